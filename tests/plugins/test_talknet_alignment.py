"""Durations from a recogniser, and the losses that durations, pitch and mels are judged by."""

from itertools import product

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from ttscli.errors import InputError
from ttscli_talknet.alignment import best_path, interleave
from ttscli_talknet.losses import duration_loss, durations_within, mel_loss, pitch_losses
from ttscli_talknet.pitch import Register

BLANK = 3


def log_probabilities(n_frames: int, seed: int) -> NDArray[np.float32]:
    scores = np.random.default_rng(seed).standard_normal((n_frames, BLANK + 1)) * 2
    normed: NDArray[np.float32] = (scores - np.log(np.exp(scores).sum(1, keepdims=True))).astype(np.float32)
    return normed


def collapsed(classes: tuple[int, ...]) -> list[int]:
    """What CTC reads from one class a frame."""
    return [c for i, c in enumerate(classes) if c != BLANK and (i == 0 or c != classes[i - 1])]


@pytest.mark.parametrize("symbols", [[0], [0, 1], [1, 1], [0, 2, 0], [2, 2, 1]])
@pytest.mark.parametrize("seed", range(3))
def test_no_other_path_is_better(symbols: list[int], seed: int) -> None:
    heard = log_probabilities(6, seed)
    readings = [classes for classes in product(range(BLANK + 1), repeat=6) if collapsed(classes) == symbols]
    best = max(sum(float(heard[t, c]) for t, c in enumerate(classes)) for classes in readings)
    durations = best_path(heard, np.array(symbols), BLANK)
    states = interleave(np.full(len(symbols) + 1, BLANK), np.array(symbols))
    classes = np.repeat(states, durations)
    assert sum(float(heard[t, c]) for t, c in enumerate(classes)) == pytest.approx(best, abs=1e-6)
    assert durations.sum() == 6
    assert bool((durations[1::2] >= 1).all())


def test_equal_symbols_have_a_blank_between_them() -> None:
    heard = log_probabilities(5, seed=0)
    heard[:, BLANK] = -50
    assert best_path(heard, np.array([1, 1]), BLANK)[2] == 1
    with pytest.raises(InputError, match="2 frames are too few for 2 symbols"):
        best_path(heard[:2], np.array([1, 1]), BLANK)
    assert best_path(heard[:2], np.array([1, 2]), BLANK).tolist() == [0, 1, 0, 1, 0]


def test_long_recordings_are_aligned() -> None:
    """Each symbol where it is certain, and silence where nothing is."""
    wanted = np.array([40, 30, 0, 25, 60, 45, 0, 10, 90])
    states = interleave(np.full(5, BLANK), np.array([0, 1, 2, 0]))
    heard = np.full((300, BLANK + 1), -9.0, np.float32)
    heard[np.arange(300), np.repeat(states, wanted)] = -0.01
    assert best_path(heard, np.array([0, 1, 2, 0]), BLANK).tolist() == wanted.tolist()


def test_losses_of_what_is_right_are_nothing() -> None:
    durations, mask = torch.tensor([[3, 0, 7], [2, 9, 9]]), torch.tensor([[True] * 3, [True, False, False]])
    exact = (durations + 1.0).log()
    exact[1, 1:] = 99  # past the end
    assert float(duration_loss(exact, durations, mask)) == 0
    assert float(duration_loss(exact + 0.5 * mask, durations, mask)) == pytest.approx(0.25)
    assert float(durations_within(durations + torch.tensor([0, 1, 3]), durations, mask, 0)) == pytest.approx(50)
    assert float(durations_within(durations + torch.tensor([0, 1, 3]), durations, mask, 1)) == pytest.approx(75)
    mels, frames = torch.randn(2, 4, 3), mask
    wrong = mels + 2 * ~mask[:, None]
    assert float(mel_loss(wrong, mels, frames)) == 0
    assert float(mel_loss(mels + 2, mels, frames)) == pytest.approx(4)


def test_pitch_is_judged_where_it_is_voiced() -> None:
    voice = Register(200.0, 40.0)
    f0_hz, mask = torch.tensor([[0.0, 200.0, 240.0, 280.0]]), torch.tensor([[True, True, True, False]])
    unvoiced, body = torch.tensor([[20.0, -20.0, -20.0, 20.0]]), torch.tensor([[99.0, 0.0, 1.5, 99.0]])
    judged = pitch_losses(unvoiced, body, f0_hz, mask, voice)
    assert float(judged.voicing) == pytest.approx(0, abs=1e-6)
    assert float(judged.body) == pytest.approx(0.5**2 / 2)
    assert float(judged.accuracy) == 1
    assert float(judged.mae_hz) == pytest.approx(0.5 * 40 / 2)
    assert float(pitch_losses(-unvoiced, body, f0_hz, mask, voice).accuracy) == 0
