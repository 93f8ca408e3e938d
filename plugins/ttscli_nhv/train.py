"""Training of the vocoder: spectral distances alone (Yamamoto et al. 2020, arXiv:1910.11480, section 2.2), and the pitch.

Pulses run at the corpus's own f0, so that the filters learn a clean harmonic voice; the network's own estimate, learned beside
them, drives the pulses when it speaks. Letters as in network.py.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ttscli.nn.lengths import masked_mean
from ttscli.nn.spectral import SpectralDistance
from ttscli.training.clips import Clips
from ttscli.training.corpus import Corpus
from ttscli.training.recipe import Recipe
from ttscli.training.trainer import Trainer, take_statistics
from ttscli_nhv import source
from ttscli_nhv.config import nhv_config
from ttscli_nhv.network import FilterEstimator, synthesise

CLIP_FRAMES = 64
_EDGE_FRAMES = 2  # a clip's first and last frames lack their neighbours' overlap
_F0_WEIGHT = 5.0  # errors of log f0 are small numbers: 1 % is 0.01
_VOICING_WEIGHT = 0.2  # of the distances, that is 1


@dataclass(frozen=True)
class TrainingConfig:
    """The [network.training] table of a recipe.

    Attributes:
        convergence_weight: of the spectral convergence in the distance of several resolutions.
    """

    convergence_weight: float = 1.0


class Batch(NamedTuple):
    """Clips: mels (B, M, T), audio (B, T * hop_samples), pulses and noise complex64 (B, T, K), f0_hz (B, T)."""

    mels: Tensor
    audio: Tensor
    pulses: Tensor
    noise: Tensor
    f0_hz: Tensor


class NhvTrainer(Trainer):
    architecture: ClassVar[str] = "nhv"
    kind: ClassVar[str] = "vocoder"
    network: FilterEstimator

    def __init__(self, recipe: Recipe, corpus: Corpus, network: FilterEstimator) -> None:
        self.recipe, self.corpus, self.network = recipe, corpus, network
        self.distance = SpectralDistance(corpus.mel_spec, recipe.training(TrainingConfig).convergence_weight)
        self.clips = Clips(corpus, CLIP_FRAMES, recipe.batch)

    @classmethod
    def build(cls, recipe: Recipe, corpus: Corpus) -> "NhvTrainer":
        """Make an untrained network that standardises mels as the corpus has them."""
        network = FilterEstimator(nhv_config(recipe.sizes(), corpus.mel_spec))
        take_statistics(network, corpus)
        return cls(recipe, corpus, network)

    def batches(self, seed: int, first: int = 0) -> Iterator[Batch]:
        """Clips from anywhere in the corpus, each second of audio equally likely."""
        for starts, chance in self.clips.training_starts(seed, first):
            yield self._collate(starts, chance)

    def validation_batches(self) -> Iterator[Batch]:
        """A clip of each held-out utterance."""
        for starts, chance in self.clips.validation_starts():
            yield self._collate(starts, chance)

    def _collate(self, starts: Sequence[int], chance: np.random.Generator) -> Batch:
        """What there is to know of the clips that begin at these frames."""
        hop = self.corpus.mel_spec.hop_samples
        mels, audio = self.clips.cut(starts)
        f0 = np.stack([self.corpus.f0_hz[s : s + CLIP_FRAMES] for s in starts])
        size = self.network.config.fft_samples
        trains = [source.pulses(row, hop, self.corpus.mel_spec.sample_rate_hz) for row in f0]
        noise = [source.white_noise(CLIP_FRAMES, size // 2 + 1, int(chance.integers(2**31))) for _ in starts]
        return Batch(
            mels=mels,
            audio=audio,
            pulses=torch.from_numpy(np.stack([source.stft(train, size, hop) for train in trains])),
            noise=torch.from_numpy(np.stack(noise)),
            f0_hz=torch.from_numpy(f0),
        )

    def losses(self, network: nn.Module, batch: Batch) -> dict[str, Tensor]:
        """Log-mel L1 + multi-resolution STFT distance + pitch: L1 of log f0 where voiced, cross entropy of voicing."""
        hop = self.corpus.mel_spec.hop_samples
        filters = network(batch.mels)
        edge = slice(_EDGE_FRAMES * hop, -_EDGE_FRAMES * hop)
        made = synthesise(filters, batch.pulses, batch.noise, hop)[:, edge]
        true = batch.audio[:, edge]
        voiced = (batch.f0_hz > 0).float()
        f0_error = (filters.log_f0.float() - batch.f0_hz.clamp(min=1).log()).abs()
        losses = self.distance(made, true) | {
            "f0": masked_mean(f0_error, voiced > 0),
            "voicing": F.binary_cross_entropy_with_logits(filters.voicing.float(), voiced),
        }
        losses["total"] = losses["mel"] + losses["stft"] + _F0_WEIGHT * losses["f0"] + _VOICING_WEIGHT * losses["voicing"]
        return losses

    def config(self) -> dict[str, Any]:
        """Everything of NhvConfig that is not implied by the voice."""
        return self.recipe.sizes()
