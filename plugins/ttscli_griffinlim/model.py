"""Griffin-Lim as a plugin: the wave whose spectrogram comes closest to a mel, found by alternating projections.

Griffin and Lim, "Signal estimation from modified short-time Fourier transform", 1984.
Perraudin, Balazs and Søndergaard, "A fast Griffin-Lim algorithm", 2013: the momentum.
Lee and Seung, "Algorithms for non-negative matrix factorization", 2001: the update that undoes the filter bank.
Differs from them: nothing. In numpy alone, so that it starts at once; it runs on the CPU whatever the device.

Letters: M mel bins, T frames, K = fft_samples / 2 + 1 frequency bins, P = (T - 1) * hop_samples + fft_samples samples.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ttscli.config import read_config, require_within
from ttscli.contract import Config, Control, Frames, Samples, SpeechOptions
from ttscli.errors import VoiceError
from ttscli.melbasis import mel_filterbank
from ttscli.melspec import MelSpec
from ttscli.nn.lite import each

Array = NDArray[np.float32]
Spectrum = NDArray[np.complex64]

_TINY = np.float32(1e-12)  # keeps divisions by silence finite
_MAX_LOG = 12.0  # a mel louder than any wave in [-1, 1] has; the exponential must not overflow


@dataclass(frozen=True)
class GriffinLimConfig:
    """How long to search.

    Attributes:
        iterations: projections; the error falls little after some thirty (log-mel error of speech 0.12 at 32, 0.11 at 60).
        momentum: how far to go on in the direction of the last step; 0 is the method of 1984, 0.99 the choice of 2013.
        bank_iterations: updates of the magnitudes that a mel stands for.
    """

    iterations: int = 32
    momentum: float = 0.99
    bank_iterations: int = 20


class GriffinLim:
    """Keeps the promise of ttscli.contract.Vocoder. The seed chooses the phases that the search starts from."""

    controls: ClassVar[frozenset[Control]] = frozenset()

    def __init__(self, config: GriffinLimConfig, mel_spec: MelSpec) -> None:
        self.mel_spec = mel_spec
        self._config = config
        self._bank = mel_filterbank(mel_spec)
        self._unbank = np.linalg.pinv(self._bank)

    @classmethod
    def load(cls, weights: Path | None, config: Config, mel_spec: MelSpec, device: str) -> "GriffinLim":
        """Build the vocoder; there must be no weights."""
        if weights is not None:
            raise VoiceError(f"{weights}: griffin-lim has no weights", "remove the line from voice.toml")
        settings = read_config(GriffinLimConfig, config)
        require_within(settings, 0, math.inf, "iterations", "momentum", "bank_iterations")
        return cls(settings, mel_spec)

    def waves(self, mels: Sequence[Frames], options: SpeechOptions) -> list[Samples]:
        """Sound each mel on its own: float32 (M, T) each → float32 (T * hop_samples,) each, in [-1, 1]."""
        return each(lambda mel: self._wave(mel, options.seed), mels)

    def _wave(self, mel: Frames, seed: int) -> Samples:
        magnitudes = self.magnitudes(mel)
        turns = np.random.default_rng(seed).random(magnitudes.shape, np.float32)
        padded = self._search(magnitudes, np.exp(np.complex64(2j * np.pi) * turns))
        start, n_samples = self.mel_spec.fft_samples // 2, mel.shape[1] * self.mel_spec.hop_samples
        wave = np.zeros(n_samples, np.float32)
        piece = padded[start : start + n_samples]
        wave[: len(piece)] = np.clip(piece, -1, 1)
        return wave

    def magnitudes(self, mel: Frames) -> Array:
        """Undo the filter bank: log mel (M, T) → the least-squares magnitudes ≥ 0 that make it, (T, K)."""
        wanted = np.exp(np.minimum(mel.T, _MAX_LOG, dtype=np.float32))  # (M, T) → (T, M)
        found: Array = np.maximum(wanted @ self._unbank.T, _TINY)
        numerator = wanted @ self._bank
        for _ in range(self._config.bank_iterations):
            found *= numerator / np.maximum((found @ self._bank.T) @ self._bank, _TINY)
        return found ** np.float32(1 / self.mel_spec.power)

    def _search(self, magnitudes: Array, phases: Spectrum) -> Array:
        """Find the wave: (T, K), unit complex (T, K) → (P,)."""
        beyond = np.float32(self._config.momentum / (1 + self._config.momentum))
        transform = _Transform(self.mel_spec, len(magnitudes))
        wanted = phases * magnitudes
        before: Spectrum | None = None
        for _ in range(self._config.iterations):
            consistent = transform.spectrum(transform.wave(wanted))
            wanted = consistent.copy() if before is None else consistent - beyond * before
            _set_magnitudes(wanted, magnitudes)
            before = consistent
        return transform.wave(wanted)


def _set_magnitudes(spectrum: Spectrum, magnitudes: Array) -> None:
    """Give each value of `spectrum` (T, K) its magnitude, in place. By parts: numpy's complex arithmetic takes twice as long."""
    real, imaginary = spectrum.real, spectrum.imag
    scale = magnitudes / np.sqrt(real * real + imaginary * imaginary + _TINY)
    real *= scale
    imaginary *= scale


class _Transform:
    """The windowed Fourier transform of T frames, the first beginning at the first sample, and its least-squares inverse."""

    def __init__(self, spec: MelSpec, n_frames: int) -> None:
        self._fft, self._hop = spec.fft_samples, spec.hop_samples
        before = (spec.fft_samples - spec.window_samples) // 2
        hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(spec.window_samples) / spec.window_samples)
        self._window = np.zeros(spec.fft_samples, np.float32)
        self._window[before : before + spec.window_samples] = hann
        squares = np.broadcast_to(self._window**2, (n_frames, self._fft))
        self._weights: Array = np.maximum(self._overlap_add(squares), np.float32(1e-3))

    def spectrum(self, wave: Array) -> Spectrum:
        """(P,) → (T, K)."""
        frames = np.lib.stride_tricks.sliding_window_view(wave, self._fft)[:: self._hop]
        spectrum: Spectrum = np.fft.rfft(frames * self._window, axis=1)  # type: ignore[assignment]  # float32 in, complex64 out
        return spectrum

    def wave(self, spectrum: Spectrum) -> Array:
        """(T, K) → (P,)."""
        frames: Array = np.fft.irfft(spectrum, self._fft, axis=1)  # type: ignore[assignment]  # complex64 in, float32 out
        frames *= self._window
        return self._overlap_add(frames) / self._weights

    def _overlap_add(self, frames: Array) -> Array:
        """(T, fft_samples) → (P,): frame t begins at hop t, so its block r belongs to hop t + r."""
        n_frames, n_blocks = len(frames), -(-self._fft // self._hop)
        blocks = np.pad(frames, ((0, 0), (0, n_blocks * self._hop - self._fft))).reshape(n_frames, n_blocks, self._hop)
        hops = np.zeros((n_frames + n_blocks - 1, self._hop), np.float32)
        for block in range(n_blocks):
            hops[block : block + n_frames] += blocks[:, block]
        return np.ravel(hops)[: (n_frames - 1) * self._hop + self._fft]
