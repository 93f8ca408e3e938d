"""The front end: stages in order, symbols of the voice, spans, pauses, limits."""

import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ttscli import registry
from ttscli.contract import Place, Segment, Unspoken
from ttscli.text.frontend import MAX_SYMBOLS, FrontEnd, Pauses
from ttscli.text.graphemes import graphemes
from ttscli.text.inputs import read_passages
from ttscli.text.phonemes import espeak_ipa
from ttscli.voice import Marks, TextSettings

LETTERS = ("_", *"abcdefghijklmnopqrstuvwxyz',.!? ")
IPA = ("_", *"abdefhijklmnopstuvwzæðŋɐɑɔəɚɛɜɡɪɹɾʃʊʌʒθᵻˈˌ ,.!?", "a͡ɪ", "a͡ʊ", "e͡ɪ", "o͡ʊ", "ɔ͡ɪ", "t͡ʃ", "d͡ʒ", "iː", "uː", "ɑː", "ɔː")


@pytest.fixture(autouse=True)
def alphabets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "alphabet", {"graphemes": graphemes, "espeak-ipa": espeak_ipa}.__getitem__)


def front_end(
    symbols: tuple[str, ...] = LETTERS,
    alphabet: str = "graphemes",
    start: str = "",
    end: str = "",
    blank: str = "",
    marks: Marks = "",
    padded: bool = False,
) -> FrontEnd:
    return FrontEnd(TextSettings(alphabet, symbols, start, end, blank, marks, padded), "en-US", Pauses(0.25, 0.75))


def spans(segment: Segment) -> list[tuple[str, str]]:
    return [(word.text, "".join(segment.symbols[word.start : word.stop])) for word in segment.words]


def test_a_text_goes_through_all_stages() -> None:
    first, second = front_end().segments("Dr. Lee paid $5.\n\nReally?")
    assert (first.text, first.spoken) == ("Dr. Lee paid $5.", "Doctor Lee paid five dollars.")
    assert "".join(first.symbols) == "doctor lee paid five dollars."
    assert (first.pause_after_s, second.pause_after_s) == (0.75, 0.75)
    assert first.ids.dtype == np.int64 and [LETTERS[number] for number in first.ids] == list(first.symbols)
    assert spans(first) == [(word, word.lower()) for word in ["Doctor", "Lee", "paid", "five", "dollars"]]


def test_sentences_of_one_paragraph_have_the_short_pause() -> None:
    assert [segment.pause_after_s for segment in front_end().segments("One. Two.")] == [0.25, 0.75]


def test_spans_hold_with_start_end_and_blanks() -> None:
    (segment,) = front_end((*LETTERS, "^", "$", "#"), start="^", end="$", blank="#").segments("Go on.")
    assert "".join(segment.symbols) == "^g#o# #o#n#.$"
    assert spans(segment) == [("Go", "g#o"), ("on", "o#n")]


@pytest.mark.parametrize("marks", ["", "attached", "apart"])
def test_spans_hold_wherever_spaces_are_wanted(marks: Marks) -> None:
    around = front_end((*LETTERS, "#"), start="#", end="#", blank="#", marks=marks, padded=True)
    (segment,) = around.segments("Go, oh — go on.")
    assert segment.symbols[::2] == ("#",) * (len(segment.symbols) // 2 + 1)
    placed = {"": " go, oh , go on. ", "attached": " go, oh, go on. ", "apart": " go , oh , go on . "}[marks]
    assert "".join(segment.symbols[1::2]) == placed
    assert [(text, sound.replace("#", "")) for text, sound in spans(segment)] == [
        ("Go", "go"),
        ("oh", "oh"),
        ("go", "go"),
        ("on", "on"),
    ]


def test_a_dash_is_two_hyphens_where_a_voice_has_these() -> None:
    (segment,) = front_end((*LETTERS, "-")).segments("Go — a well-known man.")
    assert "".join(segment.symbols) == "go -- a well-known man."
    (segment,) = front_end().segments("A well-known man.")
    assert "".join(segment.symbols) == "a well known man." and spans(segment)[1] == ("well-known", "well known")


def test_no_space_is_left_behind_by_a_mark_that_a_voice_lacks() -> None:
    (segment,) = front_end(tuple(set(LETTERS) - set(",."))).segments("Go, on, Lee: now,")
    assert "".join(segment.symbols) == "go on lee now"


def test_what_cannot_be_spoken_is_left_out() -> None:
    assert list(front_end().segments("... !!! \n\n 😀 — \n\n ***")) == []


def test_a_symbol_that_the_voice_lacks_falls_back_or_is_named() -> None:
    (segment,) = front_end(tuple(s for s in IPA if s not in ("iː", "θ")), "espeak-ipa").segments("See the thin tree; go.")
    assert "".join(segment.symbols) == "sˈi ðə ˈɪn tɹˈi, ɡˈo͡ʊ."
    assert segment.unspoken == (Unspoken("θ", Place("", 1, 9)),)


@pytest.mark.parametrize(
    ("ipa", "sounds"),
    [("tɒm", "tɑːm"), ("ˈbed", "ˈbɛd"), ("ˈtoʊki.oʊ", "ˈto͡ʊkio͡ʊ"), ("/kʁwasɑ̃/", "kɹwɑːsɑːn"), ("ɹed", "ɹɛd")],
)
def test_other_peoples_ipa_is_spoken_with_the_sounds_of_the_voice(ipa: str, sounds: str) -> None:
    [passage] = read_passages("text", [f"[[{ipa}]]"])
    [segment] = front_end(tuple(symbol for symbol in IPA if symbol not in "eaɑ"), "espeak-ipa").read(passage)
    assert ("".join(segment.symbols), segment.unspoken) == (sounds, ())


def test_words_that_are_spoken_as_one_share_a_span() -> None:
    (segment,) = front_end(IPA, "espeak-ipa").segments("It was in the house.")
    assert spans(segment) == [("It", "ɪt"), ("was", "wʌz"), ("in the", "ɪnðə"), ("house", "hˈa͡ʊs")]


def test_homographs_are_respelt_for_the_sound_only() -> None:
    (segment,) = front_end(IPA, "espeak-ipa").segments("A ring of lead.")
    assert segment.spoken == "A ring of lead." and spans(segment)[-1] == ("lead", "lˈɛd")


def test_no_segment_is_too_long() -> None:
    segments = list(front_end().segments("Add " + "123,456,789 " * 20 + "now."))
    assert len(segments) > 2 and max(len(segment.symbols) for segment in segments) <= MAX_SYMBOLS
    words = [word.text for segment in segments for word in segment.words]
    assert words[0] == "Add" and words[-1] == "now" and words.count("million") == 20
    assert [segment.pause_after_s for segment in segments][-2:] == [0.0, 0.75]


def test_normalized_gives_each_sentence_as_written_and_as_spoken() -> None:
    pairs = [(sentence.text, spoken) for sentence, spoken in front_end().normalized("Go. 😀\n\nIt is 5.")]
    assert pairs == [("Go.", "Go."), ("It is 5.", "It is five.")]


def test_the_first_segment_comes_at_once() -> None:
    assert len(list(itertools.islice(front_end().segments("It is dark. " * 200_000), 2))) == 2


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(max_size=80) | st.text("abc ABC.,'-—…!?\n12", max_size=80), alphabet=st.sampled_from(["graphemes", "espeak-ipa"])
)
def test_any_text_is_taken(text: str, alphabet: str) -> None:
    table = LETTERS if alphabet == "graphemes" else IPA
    for segment in front_end((*table, "^", "#"), alphabet, start="^", blank="#").segments(text):
        assert len(segment.ids) == len(segment.symbols) > 1
        places = [place for word in segment.words for place in range(word.start, word.stop)]
        assert places == sorted(set(places))
        sounding = {place for place, symbol in enumerate(segment.symbols) if symbol not in "^# ,.!?ˈˌ"}
        assert sounding <= set(places)


WALK = "we walked along the river and nobody said a word "


def test_a_sentence_that_is_cut_neither_ends_nor_pauses_there() -> None:
    """What follows a cut must not sound like a beginning, what goes before it not like an end."""
    segments = list(front_end((*LETTERS, "^", "$"), start="^", end="$").segments(WALK * 60 + "home."))
    assert len(segments) > 5
    assert [segment.symbols[0] == "^" for segment in segments] == [True] + [False] * (len(segments) - 1)
    assert [segment.symbols[-1] == "$" for segment in segments] == [False] * (len(segments) - 1) + [True]
    assert [segment.pause_after_s for segment in segments] == [0.0] * (len(segments) - 1) + [0.75]
    assert not any(set(".!?") & set(segment.symbols) for segment in segments[:-1])
    assert " ".join(word.text for segment in segments for word in segment.words) == WALK * 60 + "home"
    for segment in segments:
        assert spans(segment) == [(word.text, word.text) for word in segment.words]


def test_a_long_sentence_is_cut_at_its_clauses() -> None:
    clause = WALK.strip() + ", "
    segments = list(front_end().segments(clause * 30 + "home."))
    assert all(segment.symbols[-1] == "," for segment in segments[:-1])


def test_the_first_piece_of_an_endless_sentence_comes_at_once() -> None:
    assert len(list(itertools.islice(front_end().segments(WALK * 20_000), 2))) == 2
