"""The generator of MelGAN: a mel, upsampled in stages by transposed convolutions with dilated residual units behind each.

Kumar et al., "MelGAN: Generative Adversarial Networks for Conditional Waveform Synthesis", 2019, arXiv:1910.06711.
Differs from it: nothing in the default config, which is the authors' own program (its weights load). Other values of the config
make the networks of a second program that is widely used, and smaller ones. The last convolution is always a plain one: a
transposed one of stride 1 is the same thing with its weights turned round.

Letters: B batch, M mel bins, T frames, C channels, L samples at the rate of a stage, N = T * hop_samples samples.
"""

import math
from itertools import pairwise

from torch import Tensor, nn
from torch.nn import functional

from ttscli_melgan.config import MelGanConfig

_EDGE_KERNEL = 7  # of the first and the last convolution


class Generator(nn.Module):
    """Mel → wave. Plain weights, as for speaking; `weight_normed` makes the one to train."""

    def __init__(self, config: MelGanConfig) -> None:
        super().__init__()
        self.config = config
        widths = [config.width >> stage for stage in range(len(config.ratios) + 1)]
        edge, mode = _EDGE_KERNEL, config.padding
        self.inlet = nn.Conv1d(config.n_mels, widths[0], edge, padding=edge // 2, padding_mode=mode)
        self.stages = nn.ModuleList(
            Stage(n_in, n_out, ratio, config) for (n_in, n_out), ratio in zip(pairwise(widths), config.ratios, strict=True)
        )
        self.outlet = nn.Conv1d(widths[-1], 1, edge, padding=edge // 2, padding_mode=mode)

    def forward(self, mels: Tensor) -> Tensor:
        """Log mels in natural logarithms (B, M, T) → waves (B, N) in [-1, 1]; T ≥ config.least_frames."""
        x: Tensor = self.inlet(self._scaled(mels))
        for stage in self.stages:
            x = stage(x)
        x = self.outlet(functional.leaky_relu(x, self.config.slope))
        return x.tanh().squeeze(1)  # (B, 1, N) → (B, N)

    def _scaled(self, mels: Tensor) -> Tensor:
        if self.config.scale == "shifted":
            return (mels + 5) / 5
        return mels / math.log(10) if self.config.scale == "decimal" else mels


class Stage(nn.Module):
    """Upsampling by `ratio`, then residual units of growing dilation."""

    def __init__(self, n_in: int, n_out: int, ratio: int, config: MelGanConfig) -> None:
        super().__init__()
        self.slope = config.slope
        odd = ratio % 2
        self.up = nn.ConvTranspose1d(n_in, n_out, 2 * ratio, ratio, padding=ratio // 2 + odd, output_padding=odd)
        self.units = nn.ModuleList(ResidualUnit(n_out, 3**j, config) for j in range(config.residual_units))

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, L) → (B, C / 2, L * ratio)."""
        x = self.up(functional.leaky_relu(x, self.slope))
        for unit in self.units:
            x = unit(x)
        return x


class ResidualUnit(nn.Module):
    """Two convolutions, the first dilated, beside a shortcut."""

    def __init__(self, channels: int, dilation: int, config: MelGanConfig) -> None:
        super().__init__()
        self.slope = config.slope
        mode = config.padding
        projected = config.unit == "projected"
        kernel = 1 if projected else 3
        self.dilated = nn.Conv1d(channels, channels, 3, dilation=dilation, padding=dilation, padding_mode=mode)
        self.second = nn.Conv1d(channels, channels, kernel, padding=kernel // 2, padding_mode=mode)
        self.shortcut = nn.Conv1d(channels, channels, 1) if projected else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, L) → the same."""
        dilated = self.dilated(functional.leaky_relu(x, self.slope))
        y: Tensor = self.second(functional.leaky_relu(dilated, self.slope))
        shortcut: Tensor = self.shortcut(x)
        return y + shortcut
