"""What f0 is to TalkNet: deviations from a mean, of the voice in what is predicted, of the utterance in what is heard.

Beliaev and Ginsburg, "TalkNet 2", 2021, arXiv:2104.08189.
Differs from it: the contour that the spectrogram network hears may be shifted and stretched. Doing so in Hz would be in vain, for
that network is given deviations from the utterance's own mean in units of the utterance's own deviation, in which a shift and a
factor cancel. But it never learns that mean and deviation: on the average of the voice, what it sounds for a value g is
f0_mean + g * f0_std Hz. `altered` therefore asks for another g, the one that stands for the pitch that is wanted.

Letters: B batch, T frames.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

_LEAST_VARIANCE = 1e-8
_FARTHEST = 4.0


def standardise(x: Tensor, mask: Tensor) -> Tensor:
    """Deviations from the mean of what `mask` marks, in its standard deviations; also where it marks nothing.

    Args:
        x: float (B, T).
        mask: bool (B, T). An item without marks is taken to have mean 0, one of a single mark hardly a deviation.

    Returns:
        float (B, T).
    """
    counts = mask.sum(1, keepdim=True)
    mean = (x * mask).sum(1, keepdim=True) / counts.clamp(min=1)
    squares = ((x - mean) * mask).square().sum(1, keepdim=True)
    return (x - mean) / (squares / (counts - 1).clamp(min=1) + _LEAST_VARIANCE).sqrt()


def contour(f0_hz: Tensor) -> Tensor:
    """What the spectrogram network hears: f0 (B, T) in Hz, > 0 where voiced → float (B, T), 0 where unvoiced."""
    voiced = f0_hz > 0
    return standardise(f0_hz, voiced) * voiced


@dataclass(frozen=True)
class Register:
    """Where a voice's f0 lies: mean and standard deviation over all its voiced frames, in Hz."""

    mean_hz: float
    std_hz: float

    def hertz(self, unvoiced: Tensor, body: Tensor) -> Tensor:
        """Logits of being unvoiced and deviations from the mean, both (B, T) → f0 (B, T) in Hz, 0 where unvoiced."""
        return torch.where(unvoiced <= 0, body * self.std_hz + self.mean_hz, 0.0)

    def deviations(self, f0_hz: Tensor) -> Tensor:
        """F0 in Hz → deviations from the mean; any shape. The inverse of `hertz` where voiced."""
        return (f0_hz - self.mean_hz) / self.std_hz

    def altered(self, heard: Tensor, voiced: Tensor, semitones: float, range_factor: float) -> Tensor:
        """Shift and stretch a contour, as the spectrogram network understands it.

        Args:
            heard: float (B, T), as `contour` makes it.
            voiced: bool (B, T).
            semitones: how much higher.
            range_factor: ≥ 0, of the movement around the mean.

        Returns:
            float (B, T), 0 where unvoiced; exactly `heard` for 0 semitones and a factor of 1. It goes no further than 4, or than
            `heard` does: no speech lies there, and what the network would make of it is none.
        """
        ratio: float = 2 ** (semitones / 12)
        wanted = heard * (ratio * range_factor) + voiced * ((ratio - 1) * self.mean_hz / self.std_hz)
        reach = heard.abs().amax(1, keepdim=True).clamp(min=_FARTHEST)
        return wanted.clamp(-reach, reach)
