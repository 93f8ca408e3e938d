"""What TalkNet's three networks are trained on, and how their progress is measured.

Beliaev and Ginsburg, "TalkNet 2", 2021, arXiv:2104.08189. Differs from it: nothing.

Letters: B batch, N symbols, T frames, M mel bins. All is averaged over the valid values of the whole batch into scalars, and what
lies past an item's end never changes it.
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from ttscli_talknet.pitch import Register

_SILENT_HZ = 1e-5


def duration_loss(log_durations: Tensor, durations: Tensor, mask: Tensor) -> Tensor:
    """Squared error of ln(durations + 1): predicted (B, N), frames int64 (B, N), mask bool (B, N) → scalar."""
    errors = (log_durations - durations.to(log_durations.dtype).log1p()).square()
    return _mean(errors, mask)


def durations_within(predicted: Tensor, durations: Tensor, mask: Tensor, frames: int) -> Tensor:
    """Share of symbols, in percent, whose whole durations are at most `frames` off: int64 (B, N) twice, mask (B, N) → scalar."""
    return 100 * _mean(((predicted - durations).abs() <= frames).float(), mask)


class PitchLosses(NamedTuple):
    """Scalars: what is minimised is the sum of voicing (cross entropy) and body (squared error of f0 in deviations).

    accuracy is the share of frames whose voicing is right, mae_hz the mean absolute error of f0 over truly voiced frames.
    """

    voicing: Tensor
    body: Tensor
    accuracy: Tensor
    mae_hz: Tensor


def pitch_losses(unvoiced: Tensor, body: Tensor, f0_hz: Tensor, mask: Tensor, register: Register) -> PitchLosses:
    """Judge predicted pitch.

    Args:
        unvoiced: (B, T), logits.
        body: (B, T), deviations from the voice's mean.
        f0_hz: (B, T), true; 0 where unvoiced.
        mask: bool (B, T).
        register: of the voice.
    """
    silent = f0_hz < _SILENT_HZ
    voiced = ~silent & mask
    entropy = functional.binary_cross_entropy_with_logits(unvoiced, silent.to(unvoiced.dtype), reduction="none")
    errors = body - register.deviations(f0_hz)
    return PitchLosses(
        voicing=_mean(entropy, mask),
        body=_mean(errors.square(), voiced),
        accuracy=_mean(((unvoiced > 0) == silent).float(), mask),
        mae_hz=_mean(errors.abs() * register.std_hz, voiced),
    )


def mel_loss(predicted: Tensor, mels: Tensor, mask: Tensor) -> Tensor:
    """Squared error of log mels: (B, M, T) twice, mask bool (B, T) → scalar."""
    return _mean((predicted - mels).square().mean(1), mask)


def _mean(values: Tensor, mask: Tensor) -> Tensor:
    """Mean of (B, L) where `mask` (B, L) is true; 0 if it is nowhere."""
    return torch.where(mask, values, 0.0).sum() / mask.sum().clamp(min=1)
