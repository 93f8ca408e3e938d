"""Clips of one length out of a corpus: what vocoders learn from.

Letters: B clips, M mel bins, T frames a clip, N = T * hop_samples samples.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ttscli.training.corpus import Corpus, Utterance


class ClipBatch(NamedTuple):
    """Clips: mels float32 (B, M, T), audio float32 (B, N) in [-1, 1]."""

    mels: Tensor
    audio: Tensor


class NoisyBatch(NamedTuple):
    """Clips and noise: mels float32 (B, M, T), audio float32 (B, N) in [-1, 1], noise float32 (B, N) of deviation 1."""

    mels: Tensor
    audio: Tensor
    noise: Tensor


@dataclass(frozen=True)
class Clips:
    """Clips of `n_frames` from a corpus, `size` a batch.

    A batch is also to be had as the first frames of its clips, for a trainer that cuts more than mels and audio out of the
    corpus, together with the random generator that chose them, which may go on to choose the rest.
    """

    corpus: Corpus
    n_frames: int
    size: int

    def training(self, seed: int, first: int = 0) -> Iterator[ClipBatch]:
        """Yield batches without end, from number `first` on; batch n depends on `seed` and n alone.

        Raises:
            InputError: no utterance is long enough.
        """
        for starts, _ in self.training_starts(seed, first):
            yield self.cut(starts)

    def validation(self) -> Iterator[ClipBatch]:
        """Yield a clip of each held-out utterance, the same each time."""
        for starts, _ in self.validation_starts():
            yield self.cut(starts)

    def noisy_training(self, seed: int, first: int = 0) -> Iterator[NoisyBatch]:
        """As `training`, with new noise each time."""
        for starts, chance in self.training_starts(seed, first):
            yield self._noisy(starts, chance)

    def noisy_validation(self) -> Iterator[NoisyBatch]:
        """As `validation`, with the same noise each time."""
        for starts, chance in self.validation_starts():
            yield self._noisy(starts, chance)

    def training_starts(self, seed: int, first: int = 0) -> Iterator[tuple[list[int], np.random.Generator]]:
        """First frames of clips from anywhere in the corpus, each second of audio equally likely; as `training`."""
        utterances = self.corpus.training_of(self.n_frames)
        weights = np.array([u.n_frames for u in utterances], float)
        weights /= weights.sum()
        for number in count(first):
            chance = np.random.default_rng([seed, number])
            chosen = chance.choice(len(utterances), self.size, p=weights)
            yield self._starts([utterances[i] for i in chosen], chance), chance

    def validation_starts(self) -> Iterator[tuple[list[int], np.random.Generator]]:
        """As `validation`."""
        chance = np.random.default_rng(0)
        held_out = [u for u in self.corpus.validation if u.n_frames >= self.n_frames]
        for start in range(0, len(held_out), self.size):
            yield self._starts(held_out[start : start + self.size], chance), chance

    def cut(self, starts: Sequence[int]) -> ClipBatch:
        """Cut out the clips whose first frames are `starts`."""
        mels = np.stack([self.corpus.mels[s : s + self.n_frames].astype(np.float32) for s in starts])
        audio = np.stack([self.corpus.audio[s : s + self.n_frames].reshape(-1) for s in starts])
        return ClipBatch(
            mels=torch.from_numpy(mels).transpose(1, 2),  # (B, T, M) → (B, M, T)
            audio=torch.from_numpy(audio.astype(np.float32) / 32768),
        )

    def _noisy(self, starts: Sequence[int], chance: np.random.Generator) -> NoisyBatch:
        mels, audio = self.cut(starts)
        return NoisyBatch(mels, audio, torch.from_numpy(chance.standard_normal(audio.shape, np.float32)))

    def _starts(self, utterances: Sequence[Utterance], chance: np.random.Generator) -> list[int]:
        return [u.first_frame + int(chance.integers(u.n_frames - self.n_frames + 1)) for u in utterances]
