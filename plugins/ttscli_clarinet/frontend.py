"""Recordings and mels as the published networks were trained on them.

A mel becomes a conditioner in [0, 1] over 20 dB a decade: 0 is the floor, 1 an amplitude of 10. On the published mels (power 2,
floor 1e-4, 125 to 7600 Hz) that is what the public program makes, (20 · log10(M) - 20 + 100) / 100.

Letters: N samples.
"""

import math

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ttscli.melspec import MelSpec

PUBLISHED_MEL = MelSpec(low_hz=125.0, high_hz=7600.0, floor=1e-4, power=2.0)
"""The mels of the public program."""

_PEAK = 0.999
_LOUDEST = 10.0


def conditioner(mels: Tensor, floor: float) -> Tensor:
    """Log mels of any shape → the same in [0, 1]; `floor` is that of their MelSpec."""
    return ((mels - math.log(floor)) / math.log(_LOUDEST / floor)).clamp(0, 1)


def normalised(wave: NDArray[np.float32]) -> NDArray[np.float32]:
    """Raise or lower a recording so that its peak is just below 1: float32 (N,) → (N,). Silence stays silence."""
    peak = float(np.abs(wave).max(initial=0))
    return (wave * np.float32(_PEAK / peak)).astype(np.float32) if peak else wave


def padded(wave: NDArray[np.float32], hop_samples: int) -> NDArray[np.float32]:
    """Silence at both ends, as long as the wave's own mel, which is made without: float32 (N,) → ((1 + N // hop) * hop,)."""
    missing = (len(wave) // hop_samples + 1) * hop_samples - len(wave)
    return np.pad(wave, (missing // 2, missing - missing // 2))
