"""The mel filter bank, in numpy: for front ends in any framework.

Slaney, "Auditory Toolbox", 1998: the scale (linear below 1 kHz, logarithmic above) and triangles of equal area.
Differs from it: any number of bands between any two frequencies.
"""

import functools

import numpy as np
from numpy.typing import NDArray

from ttscli.melspec import MelSpec

_HZ_PER_MEL = 200 / 3  # below the corner
_CORNER_HZ = 1000.0
_CORNER_MEL = _CORNER_HZ / _HZ_PER_MEL
_LOG_STEP = np.log(6.4) / 27  # above it, 27 mels lead from 1 to 6.4 kHz


@functools.lru_cache(maxsize=8)
def mel_filterbank(spec: MelSpec) -> NDArray[np.float32]:
    """Return the weights of each frequency bin in each band: float32 (n_mels, fft_samples // 2 + 1), read-only."""
    bins_hz = np.linspace(0, spec.sample_rate_hz / 2, spec.fft_samples // 2 + 1)
    low, high = _hz_to_mel(np.array([spec.low_hz, spec.high_hz]))
    edges_hz = _mel_to_hz(np.linspace(low, high, spec.n_mels + 2))
    # Band i rises from edge i to edge i + 1 and falls to edge i + 2.
    widths = np.diff(edges_hz)[:, None]
    distances = edges_hz[:, None] - bins_hz
    rising = -distances[:-2] / widths[:-1]
    falling = distances[2:] / widths[1:]
    areas = 2 / (edges_hz[2:] - edges_hz[:-2])[:, None]
    bank = (np.maximum(0, np.minimum(rising, falling)) * areas).astype(np.float32)
    bank.setflags(write=False)
    return bank


def _hz_to_mel(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    above = _CORNER_MEL + np.log(np.maximum(hz, _CORNER_HZ) / _CORNER_HZ) / _LOG_STEP
    return np.where(hz < _CORNER_HZ, hz / _HZ_PER_MEL, above)


def _mel_to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    above = _CORNER_HZ * np.exp(_LOG_STEP * (mel - _CORNER_MEL))
    return np.where(mel < _CORNER_MEL, mel * _HZ_PER_MEL, above)
