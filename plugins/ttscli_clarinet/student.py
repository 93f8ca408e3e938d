"""The student: flows that turn noise into a wave, all samples at once.

Ping, Peng and Chen, "ClariNet", 2018, arXiv:1807.07281, section 3.2: stacked Gaussian inverse autoregressive flows, each a
WaveNet of its own, with the teacher's upsampler. What the stack does to a sample of noise is one Gaussian in closed form.
Differs from it: flows may foretell samples in groups (`group` of the config). Each sample still is a Gaussian given noise before
it, if not all of it, so that everything that the paper says of students holds; a CPU learns many times as much audio in the
same time.

Letters: B batch, G samples a group, M mel bins, F frames, T = F * hop_samples samples.
"""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias, cast

import torch
from torch import Tensor, nn

from ttscli_clarinet.config import ClariNetConfig
from ttscli_clarinet.folding import Array
from ttscli_clarinet.upsampler import Upsampler
from ttscli_clarinet.wavenet import Gaussian, Past, WaveNet

State: TypeAlias = list[tuple[Past, Gaussian]]
"""Of each flow: its convolutions' past, and what it said of the group that comes next (B, G)."""

_CHUNK_COLUMNS = 4096
"""Long mels are sounded piece by piece, so that memory stays bounded; the seams are exact."""


class Flowed(NamedTuple):
    """What flows make of noise.

    Attributes:
        waves: float (B, T), not limited to [-1, 1]. The first group is 0: nothing comes before it that could foretell it.
        distribution: of each sample for noise of deviation 1, given noise before it; in the first group a mean of 0 and a log_std
            of minus infinity.
        group: how many samples are foretold at once.
    """

    waves: Tensor
    distribution: Gaussian
    group: int


class Student(nn.Module):
    """Plain weights; `weight_normed` makes the one to train."""

    def __init__(self, config: ClariNetConfig) -> None:
        super().__init__()
        self.config = config
        self.upsampler = Upsampler(config.upsample_strides, config.activation, config.group)
        self.flows = nn.ModuleList(WaveNet(sizes) for sizes in config.wavenets)

    @property
    def wavenets(self) -> list[WaveNet]:
        """One a flow."""
        return cast("list[WaveNet]", list(self.flows))

    def forward(self, noise: Tensor, conditions: Tensor) -> Flowed:
        """Noise (B, T) and upsampled conditioners (B, M, T / G) → waves and their Gaussian."""
        return self.advance(noise, conditions, self.beginning(len(noise)))[0]

    def beginning(self, batch: int) -> State:
        """Before the first sample."""
        zeros = next(self.parameters()).new_zeros(batch, self.config.group)
        certain = Gaussian(zeros, torch.full_like(zeros, -torch.inf))
        return [(flow.beginning(batch), certain) for flow in self.wavenets]

    def advance(self, noise: Tensor, conditions: Tensor, state: State) -> tuple[Flowed, State]:
        """As forward, of a stretch of longer waves: the state of one stretch is what the one before handed on."""
        x, mean, log_std = noise, torch.zeros_like(noise), torch.zeros_like(noise)
        following: State = []
        for flow, (past, foretold) in zip(self.wavenets, state, strict=True):
            predicted, past = flow.advance(x, conditions, past)
            of_each, of_next = _delayed(foretold, predicted)
            scale = of_each.log_std.exp()
            x = x * scale + of_each.mean
            mean = mean * scale + of_each.mean
            log_std = log_std + of_each.log_std
            following.append((past, of_next))
        return Flowed(x, Gaussian(mean, log_std), self.config.group), following


def _delayed(foretold: Gaussian, predicted: Gaussian) -> tuple[Gaussian, Gaussian]:
    """What each sample (B, T) has been told of itself, by the group before its own; and what the next group is told (B, G)."""
    group = foretold.mean.shape[1]
    together = [torch.cat(pair, dim=1) for pair in zip(foretold, predicted, strict=True)]
    return Gaussian(*(x[:, :-group] for x in together)), Gaussian(*(x[:, -group:].clone() for x in together))


class StudentSounder:
    """A trained student that speaks."""

    def __init__(self, student: Student) -> None:
        self._student = student

    def waves(self, mels: Sequence[Tensor], noise: Sequence[Tensor]) -> list[Array]:
        """Conditioners (M, F) and noise (T,) of each utterance → float32 (T,) each, in [-1, 1]."""
        return [self._wave(mel, of_one) for mel, of_one in zip(mels, noise, strict=True)]

    @torch.inference_mode()
    def _wave(self, mel: Tensor, noise: Tensor) -> Array:
        student, state, pieces = self._student, self._student.beginning(1), []
        n_frames, hop = mel.shape[1], self._student.upsampler.hop_samples
        length = max(1, _CHUNK_COLUMNS * student.config.group // hop)
        for start in range(0, n_frames, length):
            stop = min(start + length, n_frames)
            conditions = student.upsampler.stretch(mel[None], start, stop)
            flowed, state = student.advance(noise[None, start * hop : stop * hop], conditions, state)
            pieces.append(flowed.waves[0].clamp(-1, 1).cpu())
        wave: Array = torch.cat(pieces).numpy()
        return wave
