"""Sizes of the vocoder, in plain numbers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NhvConfig:
    """Sizes of the filter estimator.

    Attributes:
        fft_samples: of the inverse STFT; a multiple of the mel's hop_samples.
        channels, inlet_kernel, kernel, dilations: of its convolutions.
    """

    n_mels: int = 80
    fft_samples: int = 1024
    channels: int = 192
    inlet_kernel: int = 7
    kernel: int = 3
    dilations: tuple[int, ...] = (1, 2, 4, 1, 2, 4, 1, 2, 4)

    @property
    def n_bins(self) -> int:
        """Frequency bins of a filter."""
        return self.fft_samples // 2 + 1
