"""Batches of whole utterances alike in length: what acoustic models learn from."""

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from ttscli.training.corpus import Utterance

_POOL_BATCHES = 32  # so many batches' utterances are sorted by length together: little padding, still random


def shuffled(utterances: Sequence[Utterance], max_frames: int, seed: int, first: int = 0) -> Iterator[list[Utterance]]:
    """Yield batches without end, from number `first` on, in another order each epoch; batch n depends on `seed` and n alone.

    Args:
        utterances: none longer than max_frames.
        max_frames: the most that a batch has, padding included.
        seed: of the order.
        first: number of the batch to begin with.
    """
    for epoch in count():
        batches = _epoch(utterances, max_frames, np.random.default_rng([seed, epoch]))
        yield from batches[first:]
        first = max(0, first - len(batches))


def in_order(utterances: Sequence[Utterance], max_frames: int) -> Iterator[list[Utterance]]:
    """Yield each utterance once, from short to long, in batches of at most max_frames; a longer one is a batch of its own."""
    batch: list[Utterance] = []
    for utterance in sorted(utterances, key=lambda u: u.n_frames):
        if batch and utterance.n_frames * (len(batch) + 1) > max_frames:
            yield batch
            batch = []
        batch.append(utterance)
    if batch:
        yield batch


def padded(arrays: Sequence[NDArray[Any]]) -> Tensor:
    """Arrays (length, …) → (B, longest, …), zeros behind the shorter ones."""
    return pad_sequence([torch.from_numpy(array) for array in arrays], batch_first=True)


def _epoch(utterances: Sequence[Utterance], max_frames: int, chance: np.random.Generator) -> list[list[Utterance]]:
    order = chance.permutation(len(utterances))
    per_pool = _POOL_BATCHES * max(1, max_frames // 400)
    batches: list[list[Utterance]] = []
    for start in range(0, len(order), per_pool):
        batches += in_order([utterances[i] for i in order[start : start + per_pool]], max_frames)
    return [batches[i] for i in chance.permutation(len(batches))]
