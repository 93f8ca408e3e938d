"""The format of a mel spectrogram, as plain numbers: reading a voice needs no numpy."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MelSpec:
    """How a waveform becomes a mel. Two parts of a voice fit together when their MelSpecs are equal.

    A mel is the natural logarithm of max(amplitude, floor), where amplitude is the magnitude spectrogram to the power of `power`
    (Hann window, frame i centred on sample i * hop_samples) under a Slaney-scale, Slaney-normalised filter bank. It is not
    normalised further: each model keeps its own mean and deviation inside.
    """

    sample_rate_hz: int = 22050
    fft_samples: int = 1024
    hop_samples: int = 256
    window_samples: int = 1024
    n_mels: int = 80
    low_hz: float = 0.0
    high_hz: float = 8000.0
    floor: float = 1e-5
    power: float = 1.0

    def differences(self, other: "MelSpec") -> list[str]:
        """Name each number in which `other` differs, such as "hop_samples 256 ≠ 300"; empty when the two fit."""
        pairs = ((name, getattr(self, name), getattr(other, name)) for name in self.__dataclass_fields__)
        return [f"{name} {mine} ≠ {theirs}" for name, mine, theirs in pairs if mine != theirs]
