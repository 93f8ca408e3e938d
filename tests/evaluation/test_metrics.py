"""Metrics, on what can be worked out by hand."""

import math

import numpy as np
import pytest

from ttscli.evaluation.metrics import cepstra, distance, distances_db, warp, word_errors


@pytest.mark.parametrize(
    ("said", "heard", "errors"),
    [
        ("the cat sat", "the cat sat", 0),
        ("the cat sat", "the bat sat", 1),
        ("the cat sat", "cat sat", 1),
        ("the cat sat", "the cat sat down there", 2),
        ("the cat sat", "", 3),
        ("", "well", 1),
        ("a b c d", "b c d a", 2),
    ],
)
def test_word_errors(said: str, heard: str, errors: int) -> None:
    assert word_errors(said.split(), heard.split()) == errors


def test_a_ripple_in_the_spectrum_is_one_coefficient() -> None:
    places = np.pi * (np.arange(80) + 0.5) / 80
    mel = np.stack([0.7 * np.cos(3 * places) + 5, 0.2 * np.cos(13 * places) - 1], axis=1).astype(np.float32)
    found = cepstra(mel)
    expected = np.zeros((2, 13))
    expected[0, 2], expected[1, 12] = 0.7, 0.2
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_the_distance_of_a_ripple_is_its_depth_in_db() -> None:
    """20 log10 of a ripple a cos(x) in natural logarithms deviates by 20 / ln 10 * a / sqrt 2 dB, root mean square."""
    one, other = np.zeros((1, 13)), np.zeros((1, 13))
    other[0, 4] = 0.5
    assert distances_db(one, other)[0, 0] == pytest.approx(20 / math.log(10) * 0.5 / math.sqrt(2))


def test_warping_holds_what_is_held() -> None:
    one, other = np.array([0, 1, 2, 3]), np.array([0, 1, 1, 1, 2, 3, 3])
    path = warp(np.abs(one[:, None] - other[None]).astype(float))
    assert path.tolist() == [[0, 0], [1, 1], [1, 2], [1, 3], [2, 4], [3, 5], [3, 6]]


def test_warping_is_the_cheapest_of_all_ways() -> None:
    """Against every way there is, in a small table."""
    costs = np.random.default_rng(0).random((4, 5))

    def cheapest(i: int, j: int) -> float:
        before = [cheapest(*p) for p in ((i - 1, j - 1), (i - 1, j), (i, j - 1)) if min(p) >= 0]
        return float(costs[i, j]) + min(before, default=0.0)

    path = warp(costs)
    assert costs[path[:, 0], path[:, 1]].sum() == pytest.approx(cheapest(3, 4))
    assert path[0].tolist() == [0, 0]
    assert path[-1].tolist() == [3, 4]
    assert set(map(tuple, np.diff(path, axis=0).tolist())) <= {(1, 1), (1, 0), (0, 1)}


def test_the_same_speech_is_no_distance_away() -> None:
    mel = np.random.default_rng(0).normal(-5, 2, (80, 30)).astype(np.float32)
    f0 = np.where(np.arange(30) < 10, 0, 120).astype(np.float32)
    same = distance(mel, f0, mel, f0)
    assert same.mcd_db == pytest.approx(0, abs=1e-5)
    assert (same.f0_cents, same.voicing_errors, same.longer) == (0, 0, 0)


def test_slower_higher_speech_is_all_that_it_is() -> None:
    """Every frame is held twice, a semitone higher, and the first tenth of it has lost its voice."""
    mel = np.random.default_rng(0).normal(-5, 2, (80, 30)).astype(np.float32)
    f0 = np.full(30, 120, np.float32)
    higher = (np.repeat(f0, 2) * 2 ** (1 / 12)).astype(np.float32)
    higher[:6] = 0
    far = distance(np.repeat(mel, 2, axis=1), higher, mel, f0)
    assert far.mcd_db == pytest.approx(0, abs=1e-5)
    assert far.f0_cents == pytest.approx(100, abs=0.1)
    assert far.voicing_errors == pytest.approx(0.1)
    assert far.longer == pytest.approx(1.0)


def test_loudness_is_no_distance() -> None:
    mel = np.random.default_rng(0).normal(-5, 2, (80, 8)).astype(np.float32)
    f0 = np.zeros(8, np.float32)
    louder = distance(mel + 1, f0, mel, f0)
    assert louder.mcd_db == pytest.approx(0, abs=1e-4)
    assert math.isnan(louder.f0_cents)
