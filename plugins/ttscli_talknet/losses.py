"""What TalkNet's three networks are trained on, and how their progress is measured.

Beliaev and Ginsburg, "TalkNet 2", 2021, arXiv:2104.08189. Differs from it: nothing.

Letters: B batch, N symbols, T frames, M mel bins. All is averaged over the valid values of the whole batch into scalars, and what
lies past an item's end never changes it.
"""

from typing import NamedTuple

from torch import Tensor
from torch.nn import functional

from ttscli.nn.lengths import masked_mean
from ttscli_talknet.pitch import Register

_SILENT_HZ = 1e-5


def duration_loss(log_durations: Tensor, durations: Tensor, mask: Tensor) -> Tensor:
    """Squared error of ln(durations + 1): predicted (B, N), frames int64 (B, N), mask bool (B, N) → scalar."""
    errors = (log_durations - durations.to(log_durations.dtype).log1p()).square()
    return masked_mean(errors, mask)


def durations_within(predicted: Tensor, durations: Tensor, mask: Tensor, frames: int) -> Tensor:
    """Share of symbols, in percent, whose whole durations are at most `frames` off: int64 (B, N) twice, mask (B, N) → scalar."""
    return 100 * masked_mean(((predicted - durations).abs() <= frames).float(), mask)


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
        voicing=masked_mean(entropy, mask),
        body=masked_mean(errors.square(), voiced),
        accuracy=masked_mean(((unvoiced > 0) == silent).float(), mask),
        mae_hz=masked_mean(errors.abs() * register.std_hz, voiced),
    )


def mel_loss(predicted: Tensor, mels: Tensor, mask: Tensor) -> Tensor:
    """Squared error of log mels: (B, M, T) twice, mask bool (B, T) → scalar."""
    return masked_mean((predicted - mels).square(), mask[:, None])
