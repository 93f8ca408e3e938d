"""The filter estimator in numpy, for speaking on a CPU without loading torch. Equal to network.py; a test holds that.

Letters: M mel bins, T frames, K frequency bins.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ttscli.contract import Frames
from ttscli.nn.lite import Array, Tensors, each, relu
from ttscli_nhv.config import NhvConfig
from ttscli_nhv.source import LOG_F0, LOG_HARMONIC, LOG_NOISE


class Filters(NamedTuple):
    """What the estimator says of one utterance: float32 (T, K) each; log_f0 and voicing (a logit) float32 (T,)."""

    log_harmonic: Array
    phase: Array
    log_noise: Array
    log_f0: Array
    voicing: Array


class LiteEstimator:
    """log mel → Filters.

    Raises:
        KeyError: a tensor is missing or unknown, naming it.
        ValueError: a tensor has another shape, naming it.
    """

    def __init__(self, tensors: Tensors, config: NhvConfig) -> None:
        self.config = config
        n, channels = config.n_mels, config.channels
        self.mean, self.deviation = tensors.take("mean", n), tensors.take("deviation", n)
        self.inlet = tensors.conv_norm("inlet.0", "inlet.1", n, channels, config.inlet_kernel)
        self.blocks = [
            tensors.conv_norm(f"blocks.{i}.0", f"blocks.{i}.1", channels, channels, config.kernel, dilation)
            for i, dilation in enumerate(config.dilations)
        ]
        self.outlet = tensors.conv("outlet", channels, 3 * config.n_bins + 2)
        tensors.finish()

    def filters(self, mels: Sequence[Frames]) -> list[Filters]:
        """Estimate the filters of each mel, float32 (M, T)."""
        return each(self._filters, mels)

    def _filters(self, mel: Frames) -> Filters:
        x = (mel.T - self.mean) / self.deviation  # (M, T) → (T, M)
        x = relu(self.inlet.same(x))
        for block in self.blocks:
            x += relu(block.same(x))
        k = self.config.n_bins
        harmonic, phase, noise, pitch = np.split(self.outlet(x), [k, 2 * k, 3 * k], axis=1)
        return Filters(harmonic + LOG_HARMONIC, phase, noise + LOG_NOISE, pitch[:, 0] + LOG_F0, pitch[:, 1])
