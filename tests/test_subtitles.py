"""Cues: the whole text as it is written, fit to be read, at times that the spoken words say."""

import numpy as np
import pytest

from ttscli.contract import Span
from ttscli.subtitles import Cue, cues
from ttscli.timings import Sentence

RATE_HZ = 1000
LONG = (
    "In 1887 the council of the town decided, after long debates, that the bridge should be replaced by a new one"
    " of iron and of stone; but nobody agreed on who was going to pay for it, or when."
)


def sentence(text: str, words: tuple[Span, ...] = (), stop: int = 10_000) -> Sentence:
    return Sentence(text, text, 0, stop, words, ())


def evenly(spoken: str, each: int = 300) -> tuple[Span, ...]:
    return tuple(Span(word, number * each, (number + 1) * each) for number, word in enumerate(spoken.split()))


def shown(cue: Cue) -> list[str]:
    return [" ".join(token.text for token in line) for line in cue.lines]


@pytest.mark.parametrize("known", [True, False])
def test_a_long_sentence_becomes_cues_that_can_be_read(known: bool) -> None:
    words = evenly(LONG.replace("1887", "eighteen eighty seven")) if known else ()
    stop = 300 * 40
    made = cues(sentence(LONG, words, stop), RATE_HZ)
    assert " ".join(line for cue in made for line in shown(cue)) == LONG
    assert all(len(cue.lines) <= 2 and max(map(len, shown(cue))) <= 42 for cue in made)
    assert all(0 < cue.stop - cue.start <= 7_000 for cue in made)
    assert [cue.stop for cue in made] == [*(cue.start for cue in made[1:]), stop]
    assert made[0].start == 0
    assert any(shown(cue)[-1].endswith(";") for cue in made)


def test_a_slow_sentence_is_cut_for_its_time() -> None:
    made = cues(sentence("Go slowly, please, my dear.", evenly("Go slowly please my dear", 2_000)), RATE_HZ)
    assert [shown(cue) for cue in made] == [["Go slowly,"], ["please, my dear."]]
    assert [(cue.start, cue.stop) for cue in made] == [(0, 4_000), (4_000, 10_000)]


def test_written_words_have_the_time_of_the_spoken_ones() -> None:
    words = evenly("It's five dollars no one point five kilometers off")
    [cue] = cues(sentence("It's $5 — no, 1.5 km off!", words, 2_700), RATE_HZ)
    assert [(token.text, token.start, token.known) for line in cue.lines for token in line] == [
        ("It's", 0, True),
        ("$5", 300, True),
        ("—", 900, False),
        ("no,", 900, True),
        ("1.5", 1_200, True),
        ("km", 1_800, False),
        ("off!", 2_400, True),
    ]


def test_what_cannot_be_parted_is_one_cue() -> None:
    url = f"https://example.org/{'a' * 60}"
    assert [shown(cue) for cue in cues(sentence(url), RATE_HZ)] == [[url]]
    assert cues(sentence(" "), RATE_HZ) == []
    rest = cues(sentence(f"Go {'* ' * 60}", (Span("Go", 0, 300),), 300), RATE_HZ)
    assert [(cue.start, cue.stop) for cue in rest] == [(0, 300)]


def test_every_text_is_whole_and_in_order() -> None:
    chance = np.random.default_rng(0)
    for _ in range(200):
        written = ["".join(chance.choice([*"ab1,.— "], size=chance.integers(1, 30))) for _ in range(chance.integers(1, 60))]
        text = " ".join(" ".join(written).split())
        spoken = " ".join(chance.choice(["a", "b", "ab", "one"], size=chance.integers(1, 60)))
        made = cues(sentence(text, evenly(spoken), 300 * len(spoken.split())), RATE_HZ)
        assert " ".join(line for cue in made for line in shown(cue)) == text
        times = [time for cue in made for time in (cue.start, *(token.start for line in cue.lines for token in line), cue.stop)]
        assert times == sorted(times)
