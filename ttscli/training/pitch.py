"""Recordings → pitch, a value a frame. The estimator is Praat's (Boersma 1993: autocorrelation, and the best path through it)."""

import numpy as np
import parselmouth
from numpy.typing import NDArray

from ttscli.melspec import MelSpec

LOWEST_HZ, HIGHEST_HZ = 60.0, 500.0
_PERIODS = 3
"""So many of the lowest pitch are in a window of Praat's."""


def estimate_f0(samples: NDArray[np.int16], n_frames: int, spec: MelSpec) -> NDArray[np.float32]:
    """Pitch of a recording.

    Args:
        samples: int16 (n_samples,).
        n_frames: how many frames of `spec` are wanted; frame i stands at sample i * hop_samples.
        spec: says the rates.

    Returns:
        float32 (n_frames,), Hz, 0 where there is no voice.
    """
    rate_hz = spec.sample_rate_hz
    if len(samples) <= (_PERIODS + 1) * rate_hz / LOWEST_HZ:  # less than a window
        return np.zeros(n_frames, np.float32)
    sound = parselmouth.Sound(samples / 32768, rate_hz)
    step_s = spec.hop_samples / rate_hz
    times = np.arange(n_frames, dtype=np.float64) * step_s
    pitch = sound.to_pitch_ac(time_step=step_s, pitch_floor=LOWEST_HZ, pitch_ceiling=HIGHEST_HZ)
    return at_frames(pitch.xs(), pitch.selected_array["frequency"], times)


def at_frames(times: NDArray[np.float64], f0_hz: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.float32]:
    """Read off pitch at other times: each takes the voicing of the nearest, and a pitch between its neighbours'.

    Args:
        times: (n,), rising.
        f0_hz: (n,), 0 where unvoiced.
        wanted: (n_frames,).

    Returns:
        float32 (n_frames,), 0 where unvoiced.
    """
    voiced = f0_hz > 0
    if not voiced.any():
        return np.zeros(len(wanted), np.float32)
    nearest = np.searchsorted((times[1:] + times[:-1]) / 2, wanted)
    between = np.interp(wanted, times[voiced], f0_hz[voiced])
    return np.where(voiced[nearest], between, 0.0).astype(np.float32)
