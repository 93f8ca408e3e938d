"""Glow-TTS: every text of its reference to ids, from spoken words on: with the dictionary, in letters, and with blanks."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from tests.parity.reference import reference
from ttscli import registry
from ttscli.contract import Alphabet
from ttscli.errors import VoiceError
from ttscli.text.frontend import FrontEnd, Pauses
from ttscli.text.pauses import WORD
from ttscli.voice import TextSettings
from ttscli_glowtts.text import SYMBOLS, text_settings

TABLE: dict[str, Any] = json.loads((reference("glow_tts") / "text_cases.json").read_text(encoding="utf-8"))
CASES: list[dict[str, Any]] = TABLE["cases"]
PLAIN = text_settings(148, {"data": {"cmudict_path": "data/cmu_dictionary"}})
LETTERS = text_settings(148, {"data": {"add_blank": False}})
BLANKS = text_settings(149, {"data": {"cmudict_path": "data/cmu_dictionary", "add_blank": True}})
BRACKETS = {SYMBOLS.index("("), SYMBOLS.index(")")}
"""Our normaliser writes brackets as commas, so that none comes to an alphabet; theirs are left out of the comparison."""


def by_case(case: dict[str, Any]) -> str:
    return str(case["text"])


def spoken(case: dict[str, Any]) -> str:
    """The case's text after the authors' own normalisation, which is not ours: as it stands, or read from the letters' ids."""
    plain = " ".join(case["text"].lower().split())
    in_letters = [SYMBOLS.index(character) for character in plain if character in SYMBOLS]
    return plain if in_letters == case["ids_chars_only"] else "".join(SYMBOLS[number] for number in case["ids_chars_only"])


def ids(settings: TextSettings, text: str, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What a voice of these settings is given when `text` comes out of the normalisation."""
    alphabet: Alphabet = registry.alphabet(settings.alphabet)
    monkeypatch.setattr(registry, "alphabet", lambda name: lambda _, language: alphabet(text, language))
    [segment] = FrontEnd(settings, "en-US", Pauses()).segments("word")
    monkeypatch.undo()
    assert segment.unspoken == ()
    return list(map(int, segment.ids))


def without_brackets(numbers: Sequence[int]) -> list[int]:
    return [number for number in numbers if number not in BRACKETS]


def has_braces(case: dict[str, Any]) -> bool:
    """Phones in braces are a notation of the authors' program that ours does not have."""
    return "{" in case["text"]


PLAINLY = [case for case in CASES if not has_braces(case)]


def test_symbols() -> None:
    assert TABLE["symbols_count"] == len(SYMBOLS) == len(set(SYMBOLS))
    assert BLANKS.symbols.index(BLANKS.blank) == TABLE["blank_id"]
    assert (PLAIN.alphabet, LETTERS.alphabet, BLANKS.alphabet) == ("cmudict", "graphemes", "cmudict")


@pytest.mark.parametrize("case", PLAINLY, ids=by_case)
def test_dictionary(case: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    assert ids(PLAIN, spoken(case), monkeypatch) == without_brackets(case["ids_cmudict"])


@pytest.mark.parametrize("case", PLAINLY, ids=by_case)
def test_letters(case: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    assert ids(LETTERS, spoken(case), monkeypatch) == without_brackets(case["ids_chars_only"])


@pytest.mark.parametrize("case", PLAINLY, ids=by_case)
def test_blanks(case: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    ours = ids(BLANKS, spoken(case), monkeypatch)
    assert ours[1::2] == without_brackets(case["ids_cmudict_blank"][1::2])
    assert ours[::2] == [TABLE["blank_id"]] * (len(ours) // 2 + 1)
    assert set(case["ids_cmudict_blank"][::2]) == {TABLE["blank_id"]}


@pytest.mark.parametrize("case", [case for case in CASES if has_braces(case)], ids=by_case)
def test_what_follows_braces(case: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    rest = case["text"].rpartition("}")[2].lower()
    ours = ids(PLAIN, rest, monkeypatch)
    assert case["ids_cmudict"][-len(ours) :] == ours
    assert ids(PLAIN, case["text"], monkeypatch) != case["ids_cmudict"]


def test_from_text_to_ids() -> None:
    """The whole way, where our normalisation changes nothing that theirs would not."""
    for case in PLAINLY:
        if not set(case["text"].lower().rstrip(".!?")) - set("abcdefghijklmnopqrstuvwxyz ,"):
            [segment] = FrontEnd(BLANKS, "en-US", Pauses()).segments(case["text"])
            assert segment.ids.tolist() == case["ids_cmudict_blank"]
            assert [word.text for word in segment.words] == WORD.findall(segment.spoken)
    [segment] = FrontEnd(PLAIN, "en-US", Pauses()).segments("The cat — a cat.")
    assert " ".join(segment.symbols) == "@DH @AH0   @K @AE1 @T   - -   @EY1   c a t ."


def test_settings_of_published_files() -> None:
    assert text_settings(148, {}) == text_settings(148, {"sigmoid_scale": True}) == PLAIN
    assert text_settings(149, {}) == BLANKS == text_settings(149, {"cmudict_path": "data/cmu_dictionary", "add_blank": True})
    assert text_settings(148, {"cmudict_path": None}) == LETTERS
    further = text_settings(151, {"data": {"add_blank": True}})
    assert further.symbols == (*SYMBOLS, further.blank, "<149>", "<150>")


@pytest.mark.parametrize(
    ("n_vocab", "settings", "named"),
    [(147, {}, "147 symbols"), (148, {"data": {"add_blank": True}}, "have 149"), (148, {"data": "x"}, "settings.data")],
)
def test_what_does_not_fit_is_named(n_vocab: int, settings: dict[str, object], named: str) -> None:
    with pytest.raises(VoiceError, match=named):
        text_settings(n_vocab, settings)
