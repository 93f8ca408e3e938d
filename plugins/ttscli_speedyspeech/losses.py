"""What SpeedySpeech and its teacher are trained on.

Papers: Vainer and Dušek, "SpeedySpeech: Efficient Neural Speech Synthesis", 2020 (the student's sum of L1, SSIM and Huber);
Tachibana et al., "Efficiently Trainable Text-to-Speech System Based on Deep Convolutional Networks with Guided Attention",
2017 (guided attention); Wang et al., "Image Quality Assessment", 2004 (SSIM).
Differs from them: nothing is known to; padding counts as perfectly similar in SSIM, as in the published training program.

Letters: B batch, T frames, M mel bands, N symbols. Lengths are int64 (B,). Every loss is a float32 scalar with gradients to
its predictions; what lies past an item's length never changes it.
"""

import torch
from torch import Tensor
from torch.nn import functional

from ttscli.nn.lengths import length_mask, masked_mean, off_diagonal

_SSIM_REACH = 5  # the window is 2 * 5 + 1 = 11 wide, of standard deviation 1.5, as in the SSIM paper
_SSIM_DEVIATION = 1.5
_SSIM_C1 = 0.01**2
_SSIM_C2 = 0.03**2


def masked_l1(prediction: Tensor, target: Tensor, lengths: Tensor) -> Tensor:
    """Mean absolute difference over the valid values of (B, T, M) and (B, T, M); lengths (B,) in frames → scalar."""
    return masked_mean((prediction - target).abs(), length_mask(lengths, target.shape[1])[:, :, None])


def ssim_loss(prediction: Tensor, target: Tensor, lengths: Tensor) -> Tensor:
    """1 - mean structural similarity of (B, T, M) and (B, T, M) as grey images; lengths (B,) in frames → scalar.

    Both are standardised log mels. The mean runs over all T x M places, padding included.
    """
    mask = length_mask(lengths, target.shape[1])[:, :, None]  # (B, T, 1)
    x = prediction.float() * mask
    y = target.float() * mask
    # SSIM needs the two variances only as their sum, so four blurred images are enough. Sums and doublings stand such that
    # two equal images give exactly 1.
    mean_x, mean_y, mean_squares, mean_product = _blur(torch.stack([x, y, x * x + y * y, x * y]))  # each (B, T, M)
    squared_means = mean_x * mean_x + mean_y * mean_y
    product_of_means = mean_x * mean_y
    luminance = (2 * product_of_means + _SSIM_C1) / (squared_means + _SSIM_C1)
    structure = (2 * (mean_product - product_of_means) + _SSIM_C2) / (mean_squares - squared_means + _SSIM_C2)
    similarity: Tensor = luminance * structure
    return 1 - similarity.mean()


def _blur(images: Tensor) -> Tensor:
    """Gaussian 11 x 11 window over the last two axes of float32 (…, T, M), zeros outside → (…, T, M).

    Both axes by matrix product: on a CPU several times as fast, forward and back, as a convolution of one channel.
    """
    rows, columns = images.shape[-2:]
    with torch.autocast(images.device.type, enabled=False):  # a difference of squares needs all of float32
        blurred: Tensor = _gaussian_band(rows, images.device) @ (images @ _gaussian_band(columns, images.device))
    return blurred


def _gaussian_band(size: int, device: torch.device) -> Tensor:
    """(size, size), symmetric; row i weighs the places around i."""
    places = torch.arange(size, device=device)
    offsets = places[:, None] - places
    window = torch.arange(-_SSIM_REACH, _SSIM_REACH + 1)
    total = float(torch.exp(-(window**2) / (2 * _SSIM_DEVIATION**2)).sum())
    weights = torch.exp(-(offsets**2) / (2 * _SSIM_DEVIATION**2)) / total
    return weights * (offsets.abs() <= _SSIM_REACH)


def duration_huber(log_durations: Tensor, durations: Tensor, lengths: Tensor) -> Tensor:
    """Huber loss (threshold 1) of log durations, mean over the valid symbols.

    Args:
        log_durations: (B, N), predicted natural logarithms.
        durations: (B, N), true frames per symbol, ≥ 0; a symbol of 0 frames counts as one of 1.
        lengths: (B,) in symbols.

    Returns:
        Scalar.
    """
    target = durations.clamp(min=1).to(log_durations.dtype).log()
    errors = functional.smooth_l1_loss(log_durations, target, reduction="none")
    return masked_mean(errors, length_mask(lengths, durations.shape[1]))


def guided_attention(attention: Tensor, n_frames: Tensor, n_symbols: Tensor, sigma: float) -> Tensor:
    """How far attention strays from the diagonal: 0 on it, up to 1 far away.

    Args:
        attention: (B, T, N), each frame's weights over the symbols.
        n_frames: (B,).
        n_symbols: (B,).
        sigma: width of the free band, as a share of the utterance.

    Returns:
        Scalar, the mean over items of each item's mean over its n_frames x n_symbols rectangle.
    """
    penalty = off_diagonal(n_frames, n_symbols, (attention.shape[1], attention.shape[2]), sigma)
    return ((penalty * attention).sum(dim=(1, 2)) / (n_frames * n_symbols)).mean()
