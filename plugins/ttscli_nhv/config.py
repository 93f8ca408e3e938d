"""Sizes of the vocoder, in plain numbers."""

from collections.abc import Mapping
from dataclasses import dataclass

from ttscli.config import read_config, require_sizes
from ttscli.errors import VoiceError
from ttscli.melspec import MelSpec


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

    def __post_init__(self) -> None:
        require_sizes(self, "fft_samples", "channels", "inlet_kernel", "kernel", "dilations")
        if self.inlet_kernel % 2 == 0 or self.kernel % 2 == 0:
            raise VoiceError("nhv: config: kernels must be odd, for a frame has as many neighbours before it as behind it")

    @property
    def n_bins(self) -> int:
        """Frequency bins of a filter."""
        return self.fft_samples // 2 + 1


def nhv_config(table: Mapping[str, object], mel_spec: MelSpec) -> NhvConfig:
    """Make the config of a voice's `config` table, for its mels.

    Raises:
        VoiceError: a key is unknown or its value impossible, or the transform is not of whole hops.
    """
    config = read_config(NhvConfig, table, n_mels=mel_spec.n_mels)
    if config.fft_samples % mel_spec.hop_samples or config.fft_samples % 2:
        hop = mel_spec.hop_samples
        raise VoiceError(f"nhv: config.fft_samples: {config.fft_samples}: it must be even, and a multiple of the hop, {hop}")
    return config
