"""Small layers for large groups.

Zhai et al., "SqueezeWave: Extremely Lightweight Vocoders for On-device Speech Synthesis", 2020, arXiv:2001.05685, section 3.2:
separable convolutions without dilation, under mels at the rate of frames, and residual paths without skip paths.
Differs from it: no batch norm before the convolution across time. There it makes the likelihood of a clip depend on the batch
that it stands in, and cannot be folded into a convolution that pads with zeros; weight norm takes its place.

Letters: B batch, C channels, M mel bins, F frames, L positions.
"""

from torch import Tensor, nn


class SeparableStack(nn.Module):
    """Gated layers: each a convolution across time and one across channels."""

    def __init__(self, channels: int, kernel: int, n_layers: int, n_mels: int, repeats: int) -> None:
        """`repeats` is the number of positions a frame."""
        super().__init__()
        self.repeats = repeats
        layers = range(n_layers)
        self.depthwise = nn.ModuleList(
            nn.Conv1d(channels, channels, kernel, padding=kernel // 2, groups=channels) for _ in layers
        )
        self.pointwise = nn.ModuleList(nn.Conv1d(channels, 2 * channels, 1) for _ in layers)
        self.conditions = nn.ModuleList(nn.Conv1d(n_mels, 2 * channels, 1) for _ in layers)
        self.residuals = nn.ModuleList(nn.Conv1d(channels, channels, 1) for _ in layers)

    def forward(self, x: Tensor, mels: Tensor) -> Tensor:
        """(B, C, L) and the log mels (B, M, F), L ≤ F * repeats → (B, C, L)."""
        layers = zip(self.depthwise, self.pointwise, self.conditions, self.residuals, strict=True)
        for depthwise, pointwise, condition, residual in layers:
            said = condition(mels).repeat_interleave(self.repeats, dim=-1)[:, :, : x.shape[-1]]  # (B, C, F) → (B, C, L)
            filtered, gating = (pointwise(depthwise(x)) + said).chunk(2, dim=1)
            x = x + residual(filtered.tanh() * gating.sigmoid())
        return x
