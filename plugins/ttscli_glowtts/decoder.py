"""The decoder of Glow-TTS: a flow, which turns mels into latents in training and latents into mels in speaking.

Kim et al., "Glow-TTS", 2020, arXiv:2005.11129, section 3.2 and appendix A.2, after Kingma and Dhariwal, "Glow", 2018 (activation
normalisation) and Prenger et al., "WaveGlow", 2019 (couplings).
Differs from it: log-determinants are of absolute values, so that a mixing whose determinant turned negative stays usable.

Letters: B batch, M mel bins, T frames, L = T / squeeze steps, C = M * squeeze channels, K channels that are mixed,
S channels of a speaker. Masks are float (B, 1, L), 1 within an utterance and 0 behind it. Every part of the flow returns 0 there;
its log-determinants (B,) are sums over an utterance.
"""

from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn

from ttscli.nn.invertible import Mixing
from ttscli.nn.lengths import length_mask
from ttscli.nn.wavenet import GatedStack
from ttscli_glowtts.config import GlowTtsConfig

_LEAST_VARIANCE = 1e-6
_LEAST_SCALE = 1e-6


class Decoder(nn.Module):
    """Blocks of normalisation, mixing and coupling."""

    def __init__(self, config: GlowTtsConfig) -> None:
        super().__init__()
        self.squeeze = config.squeeze
        blocks = nn.ModuleList(Block(config) for _ in range(config.flow_blocks))
        self.blocks = cast(Sequence[Block], blocks)

    def forward(self, mels: Tensor, n_frames: Tensor, speaker: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Log mels → latents.

        Args:
            mels: float (B, M, T).
            n_frames: int64 (B,). Frames that do not fill a step are left out, of T too.
            speaker: float (B, S, 1), or None.

        Returns:
            Latents (B, M, L * squeeze), 0 behind an utterance; log-determinants (B,).
        """
        x, mask = self._squeezed(mels, n_frames)
        total = x.new_zeros(len(x))
        for block in self.blocks:
            x, log_determinant = block(x, mask, speaker)
            total = total + log_determinant
        return unsqueeze(x, self.squeeze), total

    def inverse(self, latents: Tensor, n_frames: Tensor, unmixings: Sequence[Tensor], speaker: Tensor | None = None) -> Tensor:
        """Latents → log mels, both as in forward; `unmixings` are the inverse weights that self.unmixings() returns."""
        x, mask = self._squeezed(latents, n_frames)
        for block, unmixing in zip(reversed(self.blocks), reversed(unmixings), strict=True):
            x = block.inverse(x, mask, unmixing, speaker)
        return unsqueeze(x, self.squeeze)

    def unmixings(self) -> list[Tensor]:
        """The inverse weights (K, K) of each block's 1 x 1 convolution, for the weights as they are now."""
        return [block.mixing.core.inverse() for block in self.blocks]

    @torch.no_grad()
    def initialise(self, mels: Tensor, n_frames: Tensor, speaker: Tensor | None = None) -> None:
        """Set each normalisation such that its output has mean 0 and deviation 1 on this batch; arguments as of forward."""
        x, mask = self._squeezed(mels, n_frames)
        for block in self.blocks:
            block.normalisation.initialise(x, mask)
            x, _ = block(x, mask, speaker)

    def _squeezed(self, frames: Tensor, n_frames: Tensor) -> tuple[Tensor, Tensor]:
        """(B, M, T) → (B, C, L), 0 behind an utterance, and the mask."""
        x = squeeze(frames, self.squeeze)
        mask = length_mask(n_frames // self.squeeze, x.shape[2])[:, None].to(x.dtype)
        return x * mask, mask


class Block(nn.Module):
    """One step of the flow."""

    def __init__(self, config: GlowTtsConfig) -> None:
        super().__init__()
        channels = config.n_mels * config.squeeze
        self.normalisation = ActNorm(channels)
        self.mixing = GroupMixing(channels, config.group)
        self.coupling = Coupling(config)

    def forward(self, x: Tensor, mask: Tensor, speaker: Tensor | None) -> tuple[Tensor, Tensor]:
        """(B, C, L) → (B, C, L), log-determinants (B,)."""
        x, of_normalisation = self.normalisation(x, mask)
        x, of_mixing = self.mixing(x, mask)
        x, of_coupling = self.coupling(x, mask, speaker)
        return x, of_normalisation + of_mixing + of_coupling

    def inverse(self, x: Tensor, mask: Tensor, unmixing: Tensor, speaker: Tensor | None) -> Tensor:
        """(B, C, L) → the same."""
        x = self.coupling.inverse(x, mask, speaker)
        x = self.mixing.inverse(x, unmixing)
        return self.normalisation.inverse(x, mask)


class ActNorm(nn.Module):
    """A scale and a shift for each channel."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.log_scale = nn.Parameter(torch.zeros(1, channels, 1))
        self.shift = nn.Parameter(torch.zeros(1, channels, 1))

    def forward(self, x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """(B, C, L) → (B, C, L), log-determinants (B,)."""
        return (x * self.log_scale.exp() + self.shift) * mask, self.log_scale.sum() * mask.sum((1, 2))

    def inverse(self, x: Tensor, mask: Tensor) -> Tensor:
        """(B, C, L) → the same."""
        return (x - self.shift) * (-self.log_scale).exp() * mask

    def initialise(self, x: Tensor, mask: Tensor) -> None:
        """Learn scale and shift from (B, C, L), which is 0 behind an utterance."""
        n_steps = mask.sum()
        mean = x.sum((0, 2), keepdim=True) / n_steps
        variance = x.square().sum((0, 2), keepdim=True) / n_steps - mean.square()
        self.log_scale.copy_(-variance.clamp(min=_LEAST_VARIANCE).log() / 2)
        self.shift.copy_(-mean * self.log_scale.exp())


class GroupMixing(nn.Module):
    """One invertible 1 x 1 convolution for all groups of K channels, each K / 2 neighbours from either half of the channels."""

    def __init__(self, channels: int, group: int) -> None:
        super().__init__()
        self.n_groups, self.group = channels // group, group
        self.core = Mixing(group)

    def forward(self, x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """(B, C, L) → (B, C, L), log-determinants (B,). What is 0 stays so."""
        return self._mixed(x, self.core.weight), self.core.log_determinant() * self.n_groups * mask.sum((1, 2))

    def inverse(self, x: Tensor, unmixing: Tensor) -> Tensor:
        """(B, C, L), the inverse weights (K, K) → (B, C, L)."""
        return self._mixed(x, unmixing)

    def _mixed(self, x: Tensor, weight: Tensor) -> Tensor:
        batch, _, n_steps = x.shape
        halves = x.reshape(batch, 2, self.n_groups, self.group // 2, n_steps)  # (B, C, L) → (B, 2, groups, K / 2, L)
        square = weight.view(2, self.group // 2, 2, self.group // 2)  # output, input
        return torch.einsum("okhi,bhgil->bogkl", square, halves).flatten(1, 3)


class Coupling(nn.Module):
    """Scales and shifts the second half of the channels by what a gated stack makes of the first; it begins as identity."""

    def __init__(self, config: GlowTtsConfig) -> None:
        super().__init__()
        self.n_second = config.n_mels * config.squeeze // 2
        self.sigmoid_scale = config.sigmoid_scale
        width = config.flow_channels
        self.start = nn.Conv1d(self.n_second, width, 1)
        self.stack = GatedStack(
            width,
            config.flow_kernel,
            config.flow_layers,
            config.flow_dilation,
            config.speaker_channels,
            config.flow_dropout,
        )
        self.end = nn.Conv1d(width, 2 * self.n_second, 1)
        for parameter in self.end.parameters():
            nn.init.zeros_(parameter)

    def forward(self, x: Tensor, mask: Tensor, speaker: Tensor | None) -> tuple[Tensor, Tensor]:
        """(B, C, L) → (B, C, L), log-determinants (B,)."""
        first, second = x.chunk(2, dim=1)
        shift, log_scale = self._shift_and_scale(first, mask, speaker)
        changed = (shift + log_scale.exp() * second) * mask
        return torch.cat([first, changed], dim=1), (log_scale * mask).sum((1, 2))

    def inverse(self, x: Tensor, mask: Tensor, speaker: Tensor | None) -> Tensor:
        """(B, C, L) → the same."""
        first, second = x.chunk(2, dim=1)
        shift, log_scale = self._shift_and_scale(first, mask, speaker)
        return torch.cat([first, (second - shift) * (-log_scale).exp() * mask], dim=1)

    def _shift_and_scale(self, first: Tensor, mask: Tensor, speaker: Tensor | None) -> tuple[Tensor, Tensor]:
        """(B, C / 2, L) → shifts and logs of scales (B, C / 2, L) each."""
        shift, log_scale = self.end(self.stack(self.start(first) * mask, speaker, mask)).chunk(2, dim=1)
        if self.sigmoid_scale:
            log_scale = (_LEAST_SCALE + (log_scale + 2).sigmoid()).log()
        return shift, log_scale


def squeeze(frames: Tensor, n: int) -> Tensor:
    """Set `n` neighbouring frames above each other: (B, M, T) → (B, n * M, T // n); a rest is left out."""
    batch, n_mels, n_frames = frames.shape
    steps = frames[:, :, : n_frames // n * n].transpose(1, 2)  # (B, M, T) → (B, T, M)
    return steps.reshape(batch, n_frames // n, n * n_mels).transpose(1, 2)  # (B, L, C) → (B, C, L)


def unsqueeze(steps: Tensor, n: int) -> Tensor:
    """The reverse: (B, C, L) → (B, C / n, L * n)."""
    batch, channels, n_steps = steps.shape
    frames = steps.transpose(1, 2).reshape(batch, n_steps * n, channels // n)  # (B, C, L) → (B, L, C) → (B, T, M)
    return frames.transpose(1, 2)  # (B, T, M) → (B, M, T)
