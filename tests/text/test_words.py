"""Words and their symbols: order, cover, and groups that espeak-ng merges or parts."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ttscli.text.pauses import PAUSES
from ttscli.text.words import word_spans


def found(spoken: str, symbols: str) -> list[tuple[str, str]]:
    return [(span.text, symbols[span.start : span.stop]) for span in word_spans(spoken, tuple(symbols), len)]


def test_as_many_groups_as_words_are_counted_off() -> None:
    assert found("Stop, now — go!", "stop, naw — go!") == [("Stop", "stop"), ("now", "naw"), ("go", "go")]


def test_two_words_may_be_spoken_as_one() -> None:
    assert found("deep in the woods", "dip ində wudz") == [("deep", "dip"), ("in the", "ində"), ("woods", "wudz")]


def test_one_word_may_be_spoken_as_two() -> None:
    assert found("an iPhone of mine", "an ai fowun of main")[1] == ("iPhone", "ai fowun")


def test_a_mark_alone_is_no_word() -> None:
    assert found("— a", "— a") == [("a", "a")]
    assert found("a", "...") == []


SYLLABLES = st.lists(st.sampled_from(["ab", "ba", "abba", "b", " ", " ", ",", " — "]), max_size=30).map("".join)


@settings(max_examples=150, deadline=None)
@given(SYLLABLES, SYLLABLES)
def test_spans_are_ordered_and_cover_every_sound(spoken: str, symbols: str) -> None:
    spans = word_spans(spoken, tuple(symbols), len)
    places = [place for span in spans for place in range(span.start, span.stop)]
    assert places == sorted(set(places))
    sounding = {place for place, symbol in enumerate(symbols) if symbol not in PAUSES + " "}
    assert sounding <= set(places)
    assert all(symbols[span.start] not in PAUSES + " " and symbols[span.stop - 1] not in PAUSES + " " for span in spans)
