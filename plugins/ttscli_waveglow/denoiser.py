"""The hum that a trained flow adds to everything, taken away again.

After the program that goes with Prenger et al., "WaveGlow", 2018, arXiv:1811.00002: what the network sounds like without noise
under a mel of zeros is taken for the hum, and the magnitudes of its first frame are subtracted from those of every frame.
Differs from it: nothing.

Letters: B batch, N samples, K = fft_samples / 2 + 1 frequency bins, T frames.
"""

import torch
from torch import Tensor

from ttscli.nn.mel import reflect_ends

HUM_FRAMES = 88
"""Frames of mel that the hum is taken from; more would change its first frame by nothing that is heard."""


class Denoiser:
    """Spectral subtraction of one spectrum. Holds no weights."""

    def __init__(self, hum: Tensor, fft_samples: int = 1024, hop_samples: int = 256) -> None:
        """`hum` is a wave (1, N) that ought to be silent."""
        self._fft_samples, self._hop_samples = fft_samples, hop_samples
        self._window = torch.hann_window(fft_samples, device=hum.device)
        self.magnitudes = self._spectrum(hum).abs()[:, :, :1]
        """float32 (1, K, 1)."""

    def __call__(self, waves: Tensor, strength: float) -> Tensor:
        """Float (B, N) → float (B, N - N % hop_samples), with `strength` ≥ 0 times the hum's magnitudes taken away."""
        spectrum = self._spectrum(waves)
        kept = (spectrum.abs() - strength * self.magnitudes).clamp(min=0)
        return torch.istft(
            torch.polar(kept, spectrum.angle()), self._fft_samples, self._hop_samples, window=self._window, center=True
        )

    def _spectrum(self, waves: Tensor) -> Tensor:
        """(B, N) → complex64 (B, K, T), T = 1 + N // hop_samples; reflected ends."""
        padded = reflect_ends(waves, self._fft_samples // 2)
        return torch.stft(padded, self._fft_samples, self._hop_samples, window=self._window, center=False, return_complex=True)
