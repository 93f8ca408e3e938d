"""What WaveGlow is trained on.

Prenger et al., "WaveGlow", 2018, arXiv:1811.00002, equation 8.
Differs from it: ln |det W| where the authors' program takes ln det W, which is not a number once a step has turned the sign.
"""

from torch import Tensor

from ttscli_waveglow.network import Latent


def negative_log_likelihood(latent: Latent) -> Tensor:
    """Nats a sample under noise of deviation 1, without the Gaussian's constant: float scalar, below 0 for a good model."""
    z, log_scales, log_determinants = latent
    n_positions = z.numel() // z.shape[1]
    log_scale_sum = sum((log_scale.float().sum() for log_scale in log_scales), z.new_zeros(()))
    log_determinant_sum = n_positions * log_determinants.sum()
    return (z.float().square().sum() / 2 - log_scale_sum - log_determinant_sum) / z.numel()
