"""Comparing waves by their spectra.

Yamamoto, Song and Kim, "Parallel WaveGAN", 2020: the multi-resolution STFT loss.
Differs from it: windows as long as the transform, hops of a quarter, zeros around the ends (so that any length works).

Letters: B batch, K frequency bins, T frames.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from ttscli.melspec import MelSpec
from ttscli.nn.mel import LogMel

FFT_SAMPLES = (512, 1024, 2048)
_LEAST_POWER = 1e-7  # below what 16-bit rounding noise has in a bin: silence is not a matter of taste


class SpectralDistance:
    """How far waves are from others, in their mels and in their magnitudes.

    Args:
        mel_spec: of the mels.
        convergence_weight: as in multi_resolution_stft_loss.
    """

    def __init__(self, mel_spec: MelSpec, convergence_weight: float = 1.0) -> None:
        self._log_mel = LogMel(mel_spec)
        self._convergence_weight = convergence_weight

    def __call__(self, made: Tensor, real: Tensor) -> dict[str, Tensor]:
        """Two float (B, n_samples) → "mel", the L1 distance of log mels, and "stft", that of several resolutions."""
        log_mel = self._log_mel.to(made.device)
        return {
            "mel": functional.l1_loss(log_mel(made), log_mel(real)),
            "stft": multi_resolution_stft_loss(made, real, self._convergence_weight),
        }


def multi_resolution_stft_loss(
    made: Tensor, real: Tensor, convergence_weight: float = 1.0, fft_samples: Sequence[int] = FFT_SAMPLES
) -> Tensor:
    """Mean over resolutions of log-magnitude L1 plus spectral convergence.

    Args:
        made: float (B, n_samples); gradients flow here.
        real: float (B, n_samples).
        convergence_weight: of the latter, which looks at loud bins: where it is small, noise fills the gaps between harmonics, as
            the distance of two noises in a bin is nearly as great as the log distance of anything.
        fft_samples: the resolutions.

    Returns:
        float32 scalar.
    """
    spectra = [(magnitudes(made, n), magnitudes(real, n)) for n in fft_samples]
    return torch.stack([_log_distance(*pair) + convergence_weight * _convergence(*pair) for pair in spectra]).mean()


def magnitudes(waves: Tensor, fft_samples: int) -> Tensor:
    """Magnitude spectrogram: float (B, n_samples) → float32 (B, K, T), K = fft_samples // 2 + 1, floored above 0."""
    window = torch.hann_window(fft_samples, device=waves.device)
    spectrum = torch.stft(
        waves.float(), fft_samples, fft_samples // 4, window=window, center=True, pad_mode="constant", return_complex=True
    )
    power = spectrum.real.square() + spectrum.imag.square()  # on a CPU five times as fast as a sum over pairs
    return power.clamp(min=_LEAST_POWER).sqrt()


def _log_distance(made: Tensor, real: Tensor) -> Tensor:
    """Two magnitude spectrograms (B, K, T) → scalar."""
    return (made.log() - real.log()).abs().mean()


def _convergence(made: Tensor, real: Tensor) -> Tensor:
    """Two magnitude spectrograms (B, K, T) → scalar."""
    convergence: Tensor = torch.linalg.vector_norm(real - made) / torch.linalg.vector_norm(real)
    return convergence
