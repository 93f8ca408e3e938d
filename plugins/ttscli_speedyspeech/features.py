"""Recordings → the spectrograms that the published student and teacher know, and the student's output → what their MelGAN knows.

The numbers are those of the program published with Vainer and Dušek, "SpeedySpeech", 2020. Nothing is known to differ.
A student trained here keeps the mean and deviation of its own corpus instead (student.py).

Letters: B batch, T frames, M mel bands.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from ttscli.nn.lengths import length_mask
from ttscli.nn.mel import LogMel, reflect_ends

CLOSING_FRAMES = 5
"""Frames of silence after an utterance, without which MelGAN cuts its end off."""


@dataclass(frozen=True)
class Scale:
    """Between log mels and what networks see; the defaults are the published ones, from LJ Speech.

    Attributes:
        mean, deviation: of all values of all bands, for the student.
        low, high: what 0 and 1 stand for, for the teacher; `low` is also silence.
    """

    mean: float = -5.522
    deviation: float = 2.063
    low: float = -11.5129
    high: float = 2.0584

    def standardise(self, log_mel: Tensor) -> Tensor:
        """Log mel → what the student makes; any shape."""
        return (log_mel - self.mean) / self.deviation

    def log_mel(self, standardised: Tensor) -> Tensor:
        """Inverse of `standardise`; any shape."""
        return standardised * self.deviation + self.mean

    def unit(self, log_mel: Tensor) -> Tensor:
        """Log mel → what the teacher hears and makes, in [0, 1]; any shape."""
        return ((log_mel - self.low) / (self.high - self.low)).clamp(0, 1)


def log_mels(waves: Sequence[Tensor], log_mel: LogMel) -> tuple[Tensor, Tensor]:
    """Spectrograms of a batch of recordings.

    Args:
        waves: each float (n_samples,), in [-1, 1].
        log_mel: the front end; each wave is reflected at its own end before the batch is padded with zeros.

    Returns:
        float32 (B, M, T) and int64 (B,), frames of each item: n_samples // hop_samples + 1. What follows them means nothing.
    """
    reach = log_mel.spec.fft_samples // 2
    extended = [reflect_ends(wave[None], reach)[0, reach:] for wave in waves]
    mels: Tensor = log_mel(pad_sequence(extended, batch_first=True))
    n_frames = torch.tensor([len(wave) // log_mel.spec.hop_samples + 1 for wave in waves])
    surplus = log_mel.spec.fft_samples // (2 * log_mel.spec.hop_samples)
    return mels[..., : mels.shape[-1] - surplus], n_frames


def for_melgan(standardised: Tensor, n_frames: Tensor, scale: Scale) -> Tensor:
    """The student's output → log mels with silence after each item's end.

    Args:
        standardised: (B, T, M).
        n_frames: int64 (B,).
        scale: what the student was trained with.

    Returns:
        (B, M, T + CLOSING_FRAMES).
    """
    n_items, longest, n_mels = standardised.shape
    inside = length_mask(n_frames, longest)[..., None]
    mels = torch.where(inside, scale.log_mel(standardised), scale.low)
    silence = mels.new_full((n_items, CLOSING_FRAMES, n_mels), scale.low)
    return torch.cat([mels, silence], dim=1).transpose(1, 2)  # (B, T, M) → (B, M, T)
