"""Excitation and synthesis of the vocoder, in numpy: pulses from f0, their spectrum, filtering, overlap-add.

Letters: T frames, H hop_samples, N fft_samples (a multiple of H), K = N / 2 + 1 bins. Frame t is centred on sample t * H.
Spectra are scaled so that a cosine of amplitude 1 has magnitude 1.
"""

import functools

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Spectrum = NDArray[np.complex64]

MAX_LOG_MAGNITUDE = 3.0
"""Filters are clipped here, so that no weights can make the exponential overflow."""

LOG_HARMONIC, LOG_NOISE, LOG_F0 = -5.0, -8.0, 5.3
"""Typical magnitudes and pitch of speech; a network says how far it is from them, so that training starts near speech."""

_NEAR_PULSE = 1e-3  # where the closed form is 0 / 0, its limit holds
_TOP_HZ_SHARE = 0.48  # harmonics end just below half of the sample rate


def pulses(f0_hz: Array, hop_samples: int, sample_rate_hz: int) -> Array:
    """A band-limited pulse train: every harmonic below the top at amplitude 1, silence where f0 is 0.

    The closed form of Σ cos(h θ), h = 1 … n, is sin((n + ½) θ) / (2 sin(θ / 2)) - ½.

    Args:
        f0_hz: float32 (T,), 0 where unvoiced.
        hop_samples: samples a frame.
        sample_rate_hz: samples a second.

    Returns:
        float32 (T * H,).
    """
    voiced = f0_hz > 0
    n_samples = len(f0_hz) * hop_samples
    if not voiced.any():
        return np.zeros(n_samples, np.float32)
    f0 = np.interp(np.arange(n_samples) / hop_samples, np.flatnonzero(voiced), f0_hz[voiced])
    turns = np.modf(np.cumsum(f0 / sample_rate_hz))[0].astype(np.float32)  # float64 until here: a sum over a long text
    order = np.floor(np.float32(_TOP_HZ_SHARE * sample_rate_hz) / f0.astype(np.float32)) + np.float32(0.5)
    theta = np.float32(2 * np.pi) * turns
    divisor = 2 * np.sin(theta / 2)
    at_pulse = np.abs(divisor) < _NEAR_PULSE
    divisor[at_pulse] = 1
    train: Array = np.sin(order * theta) / divisor
    train[at_pulse] = order[at_pulse]
    train -= np.float32(0.5)
    # A frame's voicing holds for the hop around its centre.
    edges = np.repeat(voiced, hop_samples)
    train *= np.concatenate([edges[hop_samples // 2 :], edges[-(hop_samples // 2) :]])
    return train


def stft(samples: Array, fft_samples: int, hop_samples: int) -> Spectrum:
    """(T * H,) → complex64 (T, K)."""
    n_frames = len(samples) // hop_samples
    padded = np.pad(samples, fft_samples // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, fft_samples)[::hop_samples][:n_frames]
    spectrum: Spectrum = np.fft.rfft(frames * (window(fft_samples) * np.float32(4 / fft_samples)), axis=1)  # type: ignore[assignment]
    return spectrum  # numpy keeps single precision, its annotations do not say so


def filter_source(log_harmonic: Array, phase: Array, log_noise: Array, source: Spectrum, noise: Spectrum) -> Spectrum:
    """e^log_harmonic · e^(iπ·tanh phase) · source + e^log_noise · noise; all (T, K)."""
    spectrum = np.empty(source.shape, np.complex64)
    angle = np.pi * np.tanh(phase)
    np.cos(angle, out=spectrum.real)
    np.sin(angle, out=spectrum.imag)
    spectrum *= np.exp(np.minimum(log_harmonic, MAX_LOG_MAGNITUDE))
    spectrum *= source
    spectrum += np.exp(np.minimum(log_noise, MAX_LOG_MAGNITUDE)) * noise
    return spectrum


def white_noise(n_frames: int, n_bins: int, seed: int) -> Spectrum:
    """Complex noise, each component uniform with deviation 1: complex64 (T, K). Summed over bins, it is as good as Gaussian."""
    values = np.random.default_rng(seed).random((n_frames, 2 * n_bins), dtype=np.float32)
    values -= np.float32(0.5)
    values *= np.float32(12**0.5)
    return values.view(np.complex64)


def inverse_stft(spectrum: Spectrum, hop_samples: int) -> Array:
    """complex64 (T, K) → float32 (T * H,), by overlap-add of N / H shifted blocks."""
    n_frames, fft_samples = len(spectrum), 2 * (spectrum.shape[1] - 1)
    overlap = fft_samples // hop_samples
    frames = np.fft.irfft(spectrum, fft_samples, axis=1) * (window(fft_samples) * np.float32(fft_samples / 4))
    blocks = frames.reshape(n_frames, overlap, hop_samples)
    sound = np.zeros((n_frames + overlap - 1, hop_samples), np.float32)
    weight = np.zeros_like(sound)
    squares = (window(fft_samples) ** 2).reshape(overlap, hop_samples)
    for shift in range(overlap):
        sound[shift : shift + n_frames] += blocks[:, shift]
        weight[shift : shift + n_frames] += squares[shift]
    start = fft_samples // 2
    sound /= np.maximum(weight, np.float32(1e-3))
    return sound.reshape(-1)[start : start + n_frames * hop_samples]


@functools.cache
def window(n_samples: int) -> Array:
    """The periodic Hann window."""
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_samples) / n_samples)).astype(np.float32)
