"""The discriminators of MelGAN: one network at three time scales, each judging windows of the raw wave.

Kumar et al., "MelGAN", 2019, arXiv:1910.06711, section 2.2 and appendix. Both public programs have the same ones.
Differs from them: the widths may be any that the groups divide, so that small ones run too.

Letters: B batch, N samples, C channels, L samples at the rate of a layer.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import weight_norm

from ttscli.config import require_sizes
from ttscli.errors import VoiceError

Features: TypeAlias = list[list[Tensor]]
"""For each scale the output (B, C, L) of each layer, after its activation; the last is the score (B, 1, L)."""


@dataclass(frozen=True)
class DiscriminatorConfig:
    """Sizes; the defaults are the published ones.

    Attributes:
        scales: how many networks; each hears the wave at half the rate of the one before.
        width: channels after the first layer.
        downsampling_layers: how many layers have stride `factor`; each widens `factor` times, up to `widest`.
        factor: stride and widening.
        widest: most channels.
        slope: of the leaky ReLU.
    """

    scales: int = 3
    width: int = 16
    downsampling_layers: int = 4
    factor: int = 4
    widest: int = 1024
    slope: float = 0.2

    def __post_init__(self) -> None:
        require_sizes(self, "scales", "width", "downsampling_layers", "factor", "widest")
        if self.width % 4:
            raise VoiceError(f"melgan: adversary.width: {self.width}: it must be a multiple of 4, the channels of a group")
        if any(narrow % 4 or wide % (narrow // 4) for narrow, wide in pairwise(self.widths)):
            widths = ", ".join(map(str, self.widths))
            raise VoiceError(f"melgan: adversary.widest: {self.widest}: groups of 4 cannot share layers of {widths} channels")

    @property
    def widths(self) -> tuple[int, ...]:
        """Channels of the first layer and of those with a stride."""
        widths = [self.width]
        for _ in range(self.downsampling_layers):
            widths.append(min(widths[-1] * self.factor, self.widest))
        return tuple(widths)


class Discriminator(nn.Module):
    """All scales."""

    def __init__(self, config: DiscriminatorConfig) -> None:
        super().__init__()
        self.scales = nn.ModuleList(ScaleDiscriminator(config) for _ in range(config.scales))

    def forward(self, waves: Tensor) -> Features:
        """(B, N) → features."""
        x = waves.unsqueeze(1)  # (B, N) → (B, 1, N)
        features = []
        for scale in self.scales:
            features.append(scale(x))
            x = functional.avg_pool1d(x, 4, stride=2, padding=1, count_include_pad=False)
        return features


class ScaleDiscriminator(nn.Module):
    """One scale: grouped convolutions of growing stride, then a score for each window."""

    def __init__(self, config: DiscriminatorConfig) -> None:
        super().__init__()
        self.slope = config.slope
        factor, widths = config.factor, config.widths
        layers = [nn.Conv1d(1, widths[0], 15, padding=7, padding_mode="reflect")]
        for narrow, wide in pairwise(widths):
            layers.append(nn.Conv1d(narrow, wide, 10 * factor + 1, factor, padding=5 * factor, groups=narrow // 4))
        last_width = min(widths[-1] * 2, config.widest)
        layers += [nn.Conv1d(widths[-1], last_width, 5, padding=2), nn.Conv1d(last_width, 1, 3, padding=1)]
        self.layers = nn.ModuleList(weight_norm(layer) for layer in layers)

    def forward(self, x: Tensor) -> list[Tensor]:
        """(B, 1, N) → the output of each layer."""
        outputs = []
        for layer in self.layers[:-1]:
            x = functional.leaky_relu(layer(x), self.slope)
            outputs.append(x)
        return [*outputs, self.layers[-1](x)]
