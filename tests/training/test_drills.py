from collections import Counter
from itertools import islice

from ttscli.text.normalize import normalize
from ttscli.training.drills import drills


def test_the_same_seed_gives_the_same_sentences() -> None:
    assert list(drills(60, seed=1)) == list(drills(60, seed=1))
    assert list(drills(60, seed=1)) != list(drills(60, seed=2))


def test_more_sentences_begin_as_fewer_do() -> None:
    assert list(drills(10, seed=3)) == list(islice(drills(100, seed=3), 10))
    assert len(list(drills(0))) == 0


def test_they_are_many() -> None:
    assert max(Counter(drills(500, seed=4)).values()) < 25  # "No — wait!" and single words come again


def test_every_one_can_be_spoken_without_digits() -> None:
    for sentence in drills(100, seed=5):
        spoken = normalize(sentence, "en-US")
        assert spoken
        assert not any(character.isdecimal() for character in spoken), sentence
