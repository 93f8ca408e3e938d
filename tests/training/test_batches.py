from itertools import islice

import numpy as np

from ttscli.training.batches import in_order, padded, shuffled
from ttscli.training.corpus import Utterance

UTTERANCES = [
    Utterance(str(number), ("a",), (n_frames,), 0, n_frames) for number, n_frames in enumerate([30, 5, 12, 90, 7, 30, 41, 2])
]


def names(batch: list[Utterance]) -> list[str]:
    return [utterance.identity for utterance in batch]


def test_in_order_every_utterance_comes_once_and_no_batch_is_too_large() -> None:
    batches = list(in_order(UTTERANCES, 60))
    assert sorted(name for batch in batches for name in names(batch)) == [u.identity for u in UTTERANCES]
    assert all(len(batch) * batch[-1].n_frames <= 60 for batch in batches[:-1])
    assert names(batches[-1]) == ["3"]  # of 90 frames
    assert list(in_order([], 60)) == []


def test_an_epoch_has_every_utterance_once() -> None:
    n_batches = len(list(in_order(UTTERANCES, 100)))
    for batches in (islice(shuffled(UTTERANCES, 100, 1), n_batches), islice(shuffled(UTTERANCES, 100, 1, n_batches), n_batches)):
        assert sorted(name for batch in batches for name in names(batch)) == [u.identity for u in UTTERANCES]


def test_a_batch_is_its_seeds_and_its_numbers_alone() -> None:
    begun = [names(batch) for batch in islice(shuffled(UTTERANCES, 100, 3), 12)]
    assert [names(batch) for batch in islice(shuffled(UTTERANCES, 100, 3, first=7), 5)] == begun[7:]
    assert [names(batch) for batch in islice(shuffled(UTTERANCES, 100, 4), 12)] != begun


def test_zeros_stand_behind_the_shorter() -> None:
    assert padded([np.array([1, 2]), np.array([3])]).tolist() == [[1, 2], [3, 0]]
    assert padded([np.ones((2, 3)), np.ones((1, 3))]).shape == (2, 2, 3)
