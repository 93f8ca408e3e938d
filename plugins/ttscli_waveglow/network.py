"""A normalizing flow between the wave of a mel and noise.

Prenger, Valle and Catanzaro, "WaveGlow: A Flow-based Generative Network for Speech Synthesis", 2018, arXiv:1811.00002.
Differs from it: the weights that its authors published have 256 channels where the paper has 512, and so has the default config.
Other values make the authors' first program, whose coupling alternates, and networks as small as SqueezeWave (separable.py).

Letters: B batch, M mel bins, F frames, N samples, G samples a group, L groups, H half of a flow's channels, C channels inside.
"""

from collections.abc import Sequence
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn

from ttscli.nn.invertible import Mixing, mixed
from ttscli.nn.wavenet import GatedStack
from ttscli_waveglow.config import WaveGlowConfig
from ttscli_waveglow.separable import SeparableStack


class Latent(NamedTuple):
    """What a wave becomes, and how much room it took up on the way.

    Attributes:
        z: float (B, G, L); the channels that were done first stand first.
        log_scales: float (B, H, L) of each flow, the logarithm of what half of the channels were multiplied by.
        log_determinants: float32 (n_flows,), ln |det W| of each flow's mixing at one position.
    """

    z: Tensor
    log_scales: list[Tensor]
    log_determinants: Tensor


class WaveGlow(nn.Module):
    """Wave → noise, and back. Plain weights, as for speaking; `weight_normed(network, is_normed)` makes the one to train."""

    def __init__(self, config: WaveGlowConfig) -> None:
        super().__init__()
        self.config = config
        self.upsampler = Upsampler(config) if config.stack == "dilated" else None
        swaps = [config.coupling == "alternating" and number % 2 == 1 for number in range(config.n_flows)]
        widths = config.flow_channels
        self.flows = nn.ModuleList(Flow(width, swap, config) for width, swap in zip(widths, swaps, strict=True))

    def forward(self, mels: Tensor, audio: Tensor) -> Latent:
        """Log mels (B, M, F) and their waves (B, N) → noise; samples behind the last whole group are left out.

        N may be less than F * hop_samples, not much more.
        """
        x = squeezed(audio[:, None], self.config.group)
        condition = self.condition(mels, x.shape[-1])
        done, log_scales = [], []
        for number, flow in enumerate(self._steps()):
            if self.config.leaves_early(number):
                early, x = x.tensor_split([self.config.early_channels], dim=1)
                done.append(early)
            x, log_scale = flow(x, condition)
            log_scales.append(log_scale)
        determinants = torch.stack([flow.mixing.log_determinant() for flow in self._steps()])
        return Latent(torch.cat([*done, x], dim=1), log_scales, determinants)

    def inverse(self, mels: Tensor, z: Tensor, unmixings: Sequence[Tensor]) -> Tensor:
        """Log mels (B, M, F) and noise (B, G, L), scaled and ordered as Latent.z → waves (B, L * G), not clipped.

        `unmixings` are those of `unmixings()`, which stay the same as long as the weights do.
        """
        condition, flows = self.condition(mels, z.shape[-1]), self._steps()
        split = self.config.group - self.config.flow_channels[-1]
        x = z[:, split:]
        for number in reversed(range(self.config.n_flows)):
            x = flows[number].inverse(x, condition, unmixings[number])
            if self.config.leaves_early(number):
                early = z[:, split - self.config.early_channels : split]
                x, split = torch.cat([early, x], dim=1), split - self.config.early_channels
        return x.transpose(1, 2).flatten(1)  # (B, G, L) → (B, L, G) → (B, L * G)

    def unmixings(self) -> list[Tensor]:
        """The inverse weights W⁻¹ of each flow's 1 x 1 convolution, by way of float64."""
        return [flow.mixing.inverse() for flow in self._steps()]

    def _steps(self) -> list["Flow"]:
        return cast("list[Flow]", list(self.flows))

    def condition(self, mels: Tensor, n_groups: int) -> Tensor:
        """What every flow sees of mels (B, M, F): (B, M * G, L) upsampled, or the mels themselves."""
        return mels if self.upsampler is None else self.upsampler(mels, n_groups)


class Upsampler(nn.Module):
    """Mels at the rate of samples, cut into groups as the wave is."""

    def __init__(self, config: WaveGlowConfig) -> None:
        super().__init__()
        self.group = config.group
        self.convolution = nn.ConvTranspose1d(config.n_mels, config.n_mels, config.upsample_kernel, config.hop_samples)

    def forward(self, mels: Tensor, n_groups: int) -> Tensor:
        """(B, M, F) → (B, M * G, L): the G samples of a bin stand together."""
        upsampled = self.convolution(mels)[:, :, : n_groups * self.group]
        return squeezed(upsampled, self.group)


class Flow(nn.Module):
    """One step: all channels are mixed, then half of them scaled and shifted by what the other half and the mel say."""

    def __init__(self, channels: int, swap: bool, config: WaveGlowConfig) -> None:
        super().__init__()
        self.swap = swap
        self.mixing = Mixing(channels)
        self.affine = Affine(channels // 2, config)

    def forward(self, x: Tensor, condition: Tensor) -> tuple[Tensor, Tensor]:
        """(B, 2H, L) → the same and the logarithm of the scale (B, H, L)."""
        kept, changed = self._halves(self.mixing(x))
        shift, log_scale = self.affine(kept, condition)
        return self._joined(kept, changed * log_scale.exp() + shift), log_scale

    def inverse(self, x: Tensor, condition: Tensor, unmixing: Tensor) -> Tensor:
        """Undo `forward`: (B, 2H, L) → the same; `unmixing` is W⁻¹ (2H, 2H)."""
        kept, changed = self._halves(x)
        shift, log_scale = self.affine(kept, condition)
        return mixed(unmixing, self._joined(kept, (changed - shift) * (-log_scale).exp()))

    def _halves(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The half that stays and the half that changes."""
        first, second = x.chunk(2, dim=1)
        return (second, first) if self.swap else (first, second)

    def _joined(self, kept: Tensor, changed: Tensor) -> Tensor:
        return torch.cat([changed, kept] if self.swap else [kept, changed], dim=1)


class Affine(nn.Module):
    """Half of the channels and the mel → shift and log-scale of the other half.

    Both are zero at first, so that a flow begins as its mixing.
    """

    def __init__(self, half: int, config: WaveGlowConfig) -> None:
        super().__init__()
        self.inlet = nn.Conv1d(half, config.channels, 1)
        self.stack = _stack(config)
        self.outlet = nn.Conv1d(config.channels, 2 * half, 1)
        nn.init.zeros_(self.outlet.weight)
        nn.init.zeros_(self.outlet.bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor, condition: Tensor) -> tuple[Tensor, Tensor]:
        """(B, H, L) → shift, log-scale (B, H, L)."""
        shift, log_scale = self.outlet(self.stack(self.inlet(x), condition)).chunk(2, dim=1)
        return shift, log_scale


def _stack(config: WaveGlowConfig) -> nn.Module:
    if config.stack == "separable":
        repeats = config.hop_samples // config.group
        return SeparableStack(config.channels, config.kernel, config.n_layers, config.n_mels, repeats)
    return GatedStack(config.channels, config.kernel, config.n_layers, condition_channels=config.n_mels * config.group)


def is_normed(name: str) -> bool:
    """Whether the convolution of this name is trained as direction and length: not upsampling, nor outlets, which begin at 0."""
    return not name.endswith(("outlet", "upsampler.convolution"))


def squeezed(x: Tensor, group: int) -> Tensor:
    """Successive samples become channels: (B, D, N) → (B, D * G, L), L = N // G."""
    n_groups = x.shape[-1] // group
    grouped = x[:, :, : n_groups * group].reshape(*x.shape[:2], n_groups, group)
    return grouped.transpose(2, 3).flatten(1, 2)  # (B, D, L, G) → (B, D, G, L) → (B, D * G, L)
