"""Training of the vocoder: spectral distances alone (Yamamoto et al. 2020, arXiv:1910.11480, section 2.2), and the pitch.

Pulses run at the corpus's own f0, so that the filters learn a clean harmonic voice; the network's own estimate, learned beside
them, drives the pulses when it speaks. Letters as in network.py.
"""

import sys
from collections.abc import Iterator
from itertools import count
from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ttscli.config import read_config
from ttscli.nn.mel import LogMel
from ttscli.nn.spectral import multi_resolution_stft_loss
from ttscli.training.corpus import Corpus, Utterance
from ttscli.training.trainer import Recipe, Trainer
from ttscli_nhv import source
from ttscli_nhv.config import NhvConfig
from ttscli_nhv.network import FilterEstimator, synthesise

CLIP_FRAMES = 64
_EDGE_FRAMES = 2  # a clip's first and last frames lack their neighbours' overlap
_PITCH_WEIGHT = 5.0  # log f0 errors are small numbers: 1 % is 0.01


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
        self.log_mel = LogMel(corpus.mel_spec)

    @classmethod
    def build(cls, recipe: Recipe, corpus: Corpus) -> "NhvTrainer":
        """Make an untrained network that standardises mels as the corpus has them."""
        network = FilterEstimator(read_config(NhvConfig, recipe.network, n_mels=corpus.mel_spec.n_mels))
        mean, deviation = corpus.mel_statistics()
        network.mean.copy_(torch.from_numpy(mean))
        network.deviation.copy_(torch.from_numpy(deviation))
        return cls(recipe, corpus, network)

    def batches(self, seed: int, first: int = 0) -> Iterator[Batch]:
        """Clips from anywhere in the corpus, each second of audio equally likely."""
        utterances = self.corpus.training_of(range(CLIP_FRAMES, sys.maxsize))
        weights = np.array([u.n_frames for u in utterances], float)
        weights /= weights.sum()
        for number in count(first):
            chance = np.random.default_rng([seed, number])
            chosen = chance.choice(len(utterances), self.recipe.batch, p=weights)
            yield self.collate([utterances[i] for i in chosen], chance)

    def validation_batches(self) -> Iterator[Batch]:
        """A clip of each held-out utterance."""
        chance = np.random.default_rng(0)
        held_out = [u for u in self.corpus.validation if u.n_frames >= CLIP_FRAMES]
        for start in range(0, len(held_out), self.recipe.batch):
            yield self.collate(held_out[start : start + self.recipe.batch], chance)

    def collate(self, utterances: list[Utterance], chance: np.random.Generator) -> Batch:
        """Cut a clip out of each utterance."""
        hop = self.corpus.mel_spec.hop_samples
        starts = [u.first_frame + int(chance.integers(u.n_frames - CLIP_FRAMES + 1)) for u in utterances]
        f0 = np.stack([self.corpus.f0_hz[s : s + CLIP_FRAMES] for s in starts])
        size = self.network.config.fft_samples
        trains = [source.pulses(row, hop, self.corpus.mel_spec.sample_rate_hz) for row in f0]
        noise = [source.white_noise(CLIP_FRAMES, size // 2 + 1, int(chance.integers(2**31))) for _ in starts]
        audio = np.stack([self.corpus.audio[s : s + CLIP_FRAMES].reshape(-1) for s in starts])
        mels = np.stack([self.corpus.mels[s : s + CLIP_FRAMES].astype(np.float32) for s in starts])
        return Batch(
            mels=torch.from_numpy(mels).transpose(1, 2),  # (B, T, M) → (B, M, T)
            audio=torch.from_numpy(audio.astype(np.float32) / 32768),
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
        f0_error = (filters.log_f0.float() - batch.f0_hz.clamp(min=1).log()).abs() * voiced
        losses = {
            "mel": F.l1_loss(self.log_mel(made), self.log_mel(true)),
            "stft": multi_resolution_stft_loss(made, true),
            "f0": f0_error.sum() / voiced.sum().clamp(min=1),
            "voicing": F.binary_cross_entropy_with_logits(filters.voicing.float(), voiced),
        }
        losses["total"] = losses["mel"] + losses["stft"] + _PITCH_WEIGHT * losses["f0"] + 0.2 * losses["voicing"]
        return losses

    def config(self) -> dict[str, Any]:
        """Everything of NhvConfig that is not implied by the voice."""
        return dict(self.recipe.network)
