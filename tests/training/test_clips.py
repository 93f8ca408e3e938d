from itertools import islice

import numpy as np
import pytest
import torch

from ttscli.errors import InputError
from ttscli.training.clips import Clips
from ttscli.training.corpus import Corpus


def test_clips_are_pieces_of_the_corpus_where_they_say(corpus: Corpus) -> None:
    clips = Clips(corpus, n_frames=20, size=3)
    [(starts, _)] = islice(clips.training_starts(seed=1), 1)
    [batch] = islice(clips.training(seed=1), 1)
    for start, mel, audio in zip(starts, batch.mels, batch.audio, strict=True):
        np.testing.assert_array_equal(mel.numpy().T, corpus.mels[start : start + 20].astype(np.float32))
        np.testing.assert_array_equal((audio.numpy() * 32768).astype(int), corpus.audio[start : start + 20].reshape(-1))


def test_no_clip_leaves_its_utterance_and_none_is_of_a_held_out_one(corpus: Corpus) -> None:
    shortest = min(u.n_frames for u in corpus.training)
    clips = Clips(corpus, shortest - 1, 8)
    starts = {start for batch, _ in islice(clips.training_starts(0), 40) for start in batch}
    possible = {
        u.first_frame + offset
        for u in corpus.training
        if u.n_frames >= shortest - 1
        for offset in range(u.n_frames - shortest + 2)
    }
    assert starts <= possible
    assert len(starts) > len(possible) / 2


def test_a_batch_is_its_seeds_and_its_numbers_alone(corpus: Corpus) -> None:
    clips = Clips(corpus, 20, 4)
    begun, resumed = islice(clips.training(5), 4), islice(clips.training(5, first=2), 2)
    later = list(begun)[2:]
    assert all(torch.equal(a.audio, b.audio) and torch.equal(a.mels, b.mels) for a, b in zip(later, resumed, strict=True))
    [other] = islice(clips.training(6, first=2), 1)
    assert not torch.equal(later[0].audio, other.audio)


def test_validation_is_a_clip_of_each_held_out_utterance_the_same_each_time(corpus: Corpus) -> None:
    clips = Clips(corpus, 20, 4)
    [first], [second] = clips.validation(), clips.validation()
    assert len(first.mels) == len(corpus.validation)
    assert torch.equal(first.audio, second.audio)


def test_clips_longer_than_any_utterance_are_refused(corpus: Corpus) -> None:
    with pytest.raises(InputError, match="no utterance of 10000 frames or more to learn from"):
        next(Clips(corpus, 10_000, 1).training(0))
    assert not list(Clips(corpus, 10_000, 1).validation())
