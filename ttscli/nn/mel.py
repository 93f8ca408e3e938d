"""Waveform → log mel, in torch: the one definition of what MelSpec describes.

Letters: B batch, N samples, P samples with padding, M mel bins, T frames, K = fft_samples / 2 + 1 frequency bins.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from ttscli.melbasis import mel_filterbank
from ttscli.melspec import MelSpec


class LogMel(nn.Module):
    """Centred frames of reflected ends, as librosa, Tacotron 2 and WaveGlow have them. Holds no weights.

    `log_mel(waves)` may also be run backwards, as a loss; the gradient at a magnitude of 0 is 0.
    """

    window: Tensor
    basis: Tensor

    def __init__(self, spec: MelSpec, periodic: bool = True) -> None:
        """`periodic`: the Hann window as librosa has it; False for the symmetric one of NeMo, which is hardly another mel."""
        super().__init__()
        self.spec = spec
        self.register_buffer("window", torch.hann_window(spec.window_samples, periodic=periodic), persistent=False)
        self.register_buffer("basis", torch.tensor(mel_filterbank(spec)), persistent=False)

    def forward(self, waves: Tensor) -> Tensor:
        """Log mel: float (B, N) → float32 (B, M, T), T = 1 + N // hop_samples. Any N works."""
        padded = reflect_ends(waves, self.spec.fft_samples // 2)
        return self.amplitudes(padded).clamp(min=self.spec.floor).log()

    def amplitudes(self, padded: Tensor) -> Tensor:
        """Mel before the logarithm, of waves whose ends are already padded: float (B, P) → float32 (B, M, T)."""
        spec = self.spec
        spectrum = torch.stft(
            padded.float(),
            spec.fft_samples,
            spec.hop_samples,
            spec.window_samples,
            window=self.window,
            center=False,
            return_complex=True,
        )
        with torch.autocast(padded.device.type, enabled=False):
            magnitudes = spectrum.abs()
            if spec.power != 1:
                magnitudes = magnitudes**spec.power
            return self.basis @ magnitudes  # (M, K) @ (B, K, T) → (B, M, T)


def log_mel_of(samples: NDArray[np.float32], spec: MelSpec) -> NDArray[np.float32]:
    """Log mel of one wave: float32 (N,) → float32 (M, T)."""
    mel: NDArray[np.float32] = LogMel(spec)(torch.from_numpy(samples)[None])[0].numpy()
    return mel


def reflect_ends(waves: Tensor, padding: int) -> Tensor:
    """Mirror `padding` samples at both ends, again and again where the wave is shorter: (B, N) → (B, N + 2 * padding)."""
    n_samples = waves.shape[-1]
    if n_samples > padding:
        return functional.pad(waves, (padding, padding), mode="reflect")
    if n_samples < 2:
        return functional.pad(waves, (padding, padding))
    period = 2 * (n_samples - 1)
    places = torch.arange(-padding, n_samples + padding, device=waves.device).remainder(period)
    return waves[:, torch.minimum(places, period - places)]
