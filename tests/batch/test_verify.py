"""How often an item is spoken until it is understood."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.conftest import FAKE_VOICES
from ttscli.batch.items import Item
from ttscli.batch.manner import Manner
from ttscli.batch.verify import Verification, best_take
from ttscli.contract import Control, SpeechOptions
from ttscli.synthesizer import MelPipeline
from ttscli.text.frontend import Pauses
from ttscli.text.passages import Passage

SEED = 2**32 - 1


class Listener:
    """Hears one thing after the other."""

    def __init__(self, *heard: str) -> None:
        self._heard = iter(heard)

    def hear(self, samples: NDArray[np.float32], rate_hz: int) -> str:
        assert samples.dtype == np.float32
        assert (samples.ndim, rate_hz) == (1, 22050)
        return next(self._heard)


@pytest.mark.parametrize(
    ("controls", "of_vocoder", "heard", "seed", "tries", "wer"),
    [
        ({"temperature"}, set(), ["One too.", "one", "One two."], 1, 3, 0.0),
        ({"temperature"}, set(), ["Nothing.", "one", "won"], 0, 3, 0.5),
        ({"temperature"}, set(), ["one", "One too."], SEED, 3, 0.5),
        ({"temperature"}, set(), ["one, 2"], SEED, 1, 0.0),
        ({"pace"}, {"temperature"}, ["Nothing."], SEED, 1, 1.0),
    ],
)
def test_the_best_try_is_kept(
    monkeypatch: pytest.MonkeyPatch,
    controls: set[Control],
    of_vocoder: set[Control],
    heard: list[str],
    seed: int,
    tries: int,
    wer: float,
) -> None:
    """Seeds begin at the item's own, and 0 follows upon the greatest."""
    manner = Manner(str(FAKE_VOICES / "fake"), None, None, "cpu", Pauses(), SpeechOptions(seed=SEED), 0.0)
    item = Item(0, "x", (Passage("One two."),), "x", Path("x.wav"), manner, "")
    synthesizer = manner.synthesizer()
    assert isinstance(synthesizer.model, MelPipeline)
    monkeypatch.setattr(synthesizer.model.acoustic, "controls", controls)
    monkeypatch.setattr(synthesizer.model, "controls", controls | of_vocoder)
    first = list(synthesizer.speak(item.passages, manner.options))
    listener = Listener(*heard, *heard[-1:])
    chunks, verdict = best_take(item, first, synthesizer, listener, Verification(None, 0.3, 3))
    assert (verdict.seed, verdict.tries, verdict.wer) == (seed, tries, wer)
    [expected] = synthesizer.speak(item.passages, SpeechOptions(seed=seed))
    assert np.array_equal(chunks[0].samples, expected.samples)
    assert (verdict.trouble(0.3) is None) == (wer <= 0.3)


def test_a_time_may_be_heard_with_a_point() -> None:
    manner = Manner(str(FAKE_VOICES / "fake"), None, None, "cpu", Pauses(), SpeechOptions(), 0.0)
    item = Item(0, "x", (Passage("Come at 10:30, with $4.50."),), "x", Path("x.wav"), manner, "")
    synthesizer = manner.synthesizer()
    first = list(synthesizer.speak(item.passages, manner.options))
    for heard in ("Come at 10.30 with $4.50.", "Come at ten thirty with four dollars and fifty cents."):
        _, verdict = best_take(item, first, synthesizer, Listener(heard), Verification(None, 0.0, 1))
        assert verdict.wer == 0.0
