"""The neural homomorphic vocoder as a plugin. On the CPU its network runs in numpy, so that it answers at once."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Protocol

import numpy as np

from ttscli.contract import Config, Control, Frames, Samples, SpeechOptions
from ttscli.errors import VoiceError
from ttscli.melspec import MelSpec
from ttscli.nn.lite import each, load_lite
from ttscli_nhv import source
from ttscli_nhv.config import nhv_config
from ttscli_nhv.estimate import Filters, LiteEstimator

_LOWEST_F0_HZ, _HIGHEST_F0_HZ = 40.0, 1000.0


class Estimator(Protocol):
    """What runs the network."""

    def filters(self, mels: Sequence[Frames]) -> list[Filters]:
        """Estimate the filters of each mel."""


class NeuralHomomorphicVocoder:
    """Pulses and noise, filtered frame by frame; see network.py. The seed decides the noise."""

    controls: ClassVar[frozenset[Control]] = frozenset()

    def __init__(self, mel_spec: MelSpec, estimator: Estimator) -> None:
        self.mel_spec = mel_spec
        self._estimator = estimator

    @classmethod
    def load(cls, weights: Path | None, config: Config, mel_spec: MelSpec, device: str) -> "NeuralHomomorphicVocoder":
        """As Vocoder.load."""
        if weights is None:
            raise VoiceError("nhv: this part names no weights", "it cannot sound without")
        sizes = nhv_config(config, mel_spec)
        if device != "cpu":
            from ttscli_nhv.gpu import TorchEstimator  # noqa: PLC0415 — torch takes two seconds to import

            return cls(mel_spec, TorchEstimator(weights, sizes, device))
        return cls(mel_spec, load_lite(weights, lambda tensors: LiteEstimator(tensors, sizes)))

    def waves(self, mels: Sequence[Frames], options: SpeechOptions) -> list[Samples]:
        """As Vocoder.waves."""
        return each(lambda filters: self._wave(filters, options.seed), self._estimator.filters(mels))

    def _wave(self, filters: Filters, seed: int) -> Samples:
        hop, size = self.mel_spec.hop_samples, 2 * (filters.phase.shape[1] - 1)
        f0_hz = np.clip(np.exp(filters.log_f0), _LOWEST_F0_HZ, _HIGHEST_F0_HZ)
        train = source.pulses(np.where(filters.voicing > 0, f0_hz, 0), hop, self.mel_spec.sample_rate_hz)
        noise = source.white_noise(len(f0_hz), filters.phase.shape[1], seed)
        spectrum = source.filter_source(
            filters.log_harmonic, filters.phase, filters.log_noise, source.stft(train, size, hop), noise
        )
        return np.clip(source.inverse_stft(spectrum, hop), -1, 1)
