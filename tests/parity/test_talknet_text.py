"""TalkNet's symbol tables, its way of writing symbols down, and our pronunciations against its own."""

import json
import re
from collections.abc import Sequence
from typing import Any

import pytest

from tests.parity.reference import reference
from ttscli import registry
from ttscli.contract import Segment
from ttscli.errors import VoiceError
from ttscli.text.arpabet import _readings, arpabet_stress
from ttscli.text.frontend import FrontEnd, Pauses
from ttscli.text.graphemes import graphemes
from ttscli.text.normalize import normalize
from ttscli.text.pauses import WORD
from ttscli.voice import TextSettings
from ttscli_talknet.text import BLANK, PADDING, UNKNOWN, labels, read_vocabulary, text_settings

TABLES: dict[str, dict[str, Any]] = json.loads((reference("talknet") / "text.json").read_text(encoding="utf-8"))
CASES = [(name, number) for name, table in TABLES.items() for number in range(len(table["cases"]))]
PHONES = [(name, number) for name, number in CASES if "g2p" in TABLES[name]["cases"][number]]
LETTERS = [(name, number) for name, number in CASES if (name, number) not in PHONES]
SAID = {case["text"]: case["g2p"] for table in TABLES.values() for case in table["cases"] if "g2p" in case}


def segment_of(settings: TextSettings, symbols: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> Segment:
    """What the front end makes of `symbols` when an alphabet gives them."""
    monkeypatch.setattr(registry, "alphabet", lambda name: lambda text, language: tuple(symbols))
    [segment] = FrontEnd(settings, "en-US", Pauses()).segments("word")
    return segment


def bare_ids(segment: Segment, settings: TextSettings) -> list[int]:
    """The ids without the blanks, which must stand around every one of them."""
    numbers = list(map(int, segment.ids))
    if not settings.blank:
        return numbers
    assert numbers[::2] == [settings.symbols.index(BLANK)] * (len(numbers) // 2 + 1)
    return numbers[1::2]


@pytest.mark.parametrize("name", TABLES)
def test_labels(name: str) -> None:
    table = TABLES[name]
    ours = labels(read_vocabulary(table["kwargs"]))
    assert list(ours) == table["labels"]
    numbers = [ours.index(mark) if mark in ours else -1 for mark in (PADDING, BLANK, UNKNOWN)]
    assert numbers == [table["pad"], table["blank"], table["oov"]]
    settings = text_settings(table["kwargs"])
    renamed = {label for label, symbol in zip(ours, settings.symbols, strict=True) if label != symbol}
    assert renamed == (set() if settings.alphabet == "graphemes" else set(':;/"()[]{}') & set(ours))  # which g2p_en never gives


@pytest.mark.parametrize(("name", "number"), PHONES)
def test_ids_of_given_phones(name: str, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    table, case = TABLES[name], TABLES[name]["cases"][number]
    settings = text_settings(table["kwargs"])
    assert settings.alphabet == ("arpabet-stress" if table["kwargs"].get("stresses") else "arpabet")
    given = case["g2p"] if settings.alphabet == "arpabet-stress" else [symbol.rstrip("012") for symbol in case["g2p"]]
    segment = segment_of(settings, given, monkeypatch)
    assert bare_ids(segment, settings) == case["ids"]
    assert segment.unspoken == ()


def of_our_front_end(text: str) -> bool:
    """Whether our normalisation leaves `text` to the alphabet: no numbers, signs, brackets or quotes."""
    return not set(text.lower()) - set("abcdefghijklmnopqrstuvwxyz' ,.!?-:;")


@pytest.mark.parametrize(("name", "number"), LETTERS)
def test_ids_of_letters(name: str, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    table, case = TABLES[name], TABLES[name]["cases"][number]
    if not of_our_front_end(case["text"]):
        pytest.skip("its cleaner and our normaliser write this differently")
    settings = text_settings(table["kwargs"])
    assert settings.alphabet == "graphemes"
    segment = segment_of(settings, graphemes(case["text"], "en-US"), monkeypatch)
    assert bare_ids(segment, settings) == case["ids"]


def words(symbols: Sequence[str]) -> list[str]:
    """The phones of each word."""
    groups = "".join(f"{symbol} " if symbol != " " else "|" for symbol in symbols if symbol not in "',.!?-;:—…").split("|")
    return [group.strip() for group in groups if group.strip()]


@pytest.mark.parametrize("text", SAID)
def test_pronunciation(text: str) -> None:
    """g2p_en reads the same dictionary; what is not in there it guesses in its own way."""
    spoken = normalize(text, "en-US")
    ours, theirs = words(arpabet_stress(spoken, "en-US")), words(SAID[text])
    known = [bool(_readings(word.lower())) for word in WORD.findall(spoken)]
    if not of_our_front_end(text.replace('"', "")) and len(ours) != len(theirs):
        pytest.skip("its number words differ from our normaliser's")
    assert [our for our, it in zip(ours, known, strict=True) if it] == [its for its, it in zip(theirs, known, strict=True) if it]
    assert all(ours)


def why_not(text: str) -> str:
    """Why our ids may differ from g2p_en's where a whole text is given; "" if they may not."""
    if re.search(r"\B'|'\B", text):
        return "a quote is silent with us; there it leaves an apostrophe"
    if not of_our_front_end(text):
        return "numbers and signs are our normaliser's business"
    if not all(_readings(word.lower()) for word in WORD.findall(text)):
        return "g2p_en guesses in its own way what the dictionary lacks"
    return ""


@pytest.mark.parametrize(("name", "number"), PHONES)
def test_from_text_to_ids(name: str, number: int) -> None:
    case = TABLES[name]["cases"][number]
    settings = text_settings(TABLES[name]["kwargs"])
    [segment] = FrontEnd(settings, "en-US", Pauses()).segments(case["text"])
    assert bare_ids(segment, settings) == case["ids"] or why_not(case["text"])
    assert [word.text for word in segment.words] == WORD.findall(segment.spoken)


def test_most_texts_are_the_same_to_the_last_id() -> None:
    assert sum(not why_not(text) for text in SAID) > len(SAID) / 2
    assert why_not("an 'apple'") and why_not("for $5") and why_not("zxqv") and not why_not("don't stop -- now?")


def test_defaults_and_options() -> None:
    assert text_settings({}) == text_settings({"notation": "chars", "punct": True, "add_blank_at": "last_but_one", "lang": "en"})
    plain = text_settings({"notation": "phonemes", "add_blank_at": None, "punct": False, "pad_with_space": True, "chars": True})
    assert (plain.start, plain.end, plain.blank, plain.padded) == ("", "", "", True)
    assert BLANK not in plain.symbols and "," not in plain.symbols and plain.symbols[40:42] == ("a", "b")
    assert len(text_settings({"notation": "phonemes"}).symbols) == 59
    assert len(text_settings({"notation": "phonemes", "stresses": True}).symbols) == 89


@pytest.mark.parametrize("table", [{"notation": "runes"}, {"spaces": "yes"}, {"add_blank_at": "first"}])
def test_what_cannot_be_meant_is_named(table: dict[str, object]) -> None:
    with pytest.raises(VoiceError, match=next(iter(table))):
        text_settings(table)


def test_marks_without_labels_leave_single_spaces(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = text_settings({"notation": "phonemes", "punct": False, "spaces": True, "pad_with_space": True})
    segment = segment_of(settings, ["HH", "EY", ",", " ", "AH", " ", "—", " ", "DH", "IH", "S", "!"], monkeypatch)
    assert " ".join(segment.symbols[1::2]) == "  HH EY   AH   DH IH S  "
