"""Phones of the CMU dictionary: its readings, espeak-ng's for what it does not know, spelling, spans."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ttscli.text import arpabet as module
from ttscli.text.arpabet import arpabet, arpabet_stress, cmudict
from ttscli.text.frontend import FrontEnd, Pauses
from ttscli.text.pauses import PAUSES, WORD
from ttscli.text.phonemes import phonemes
from ttscli.text.phones import CONSONANTS, STRESSES, VOWELS
from ttscli.voice import TextSettings

STRESSED = {*CONSONANTS, *(vowel + stress for vowel in VOWELS for stress in STRESSES)}


def said(text: str, language: str = "en-US") -> str:
    return " ".join("|" if symbol == " " else symbol for symbol in arpabet_stress(text, language))


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("Hey, this produces speech!", "HH EY1 , | DH IH1 S | P R AH0 D UW1 S AH0 Z | S P IY1 CH !"),
        ("don't stop — now?", "D OW1 N T | S T AA1 P | — | N AW1 ?"),
        ("NASA's a well-known name", "N AE1 S AH0 Z | AH0 | W EH1 L N OW1 N | N EY1 M"),
        ("", ""),
        ("…", "…"),
        ("' - ,", ","),
    ],
)
def test_words_that_the_dictionary_knows(text: str, phones: str) -> None:
    assert said(text) == phones


def test_without_stress_only_the_digits_go() -> None:
    assert arpabet("Hey, a cat!", "en-US") == ("HH", "EY", ",", " ", "AH", " ", "K", "AE", "T", "!")


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("retweets", "R IH0 T W IY1 T S"),
        ("emoji's", "IH0 M OW1 JH IY0 Z"),
        ("brexit", "B R EH1 K S IH0 T"),
        ("blue-greenish", "B L UW1 G R IY1 N IH0 SH"),  # each part of it for itself
        ("unbuttonable", "AH0 N B AH1 T AH0 N AH0 B AH0 L"),  # ʔn̩
    ],
)
def test_words_that_the_dictionary_does_not_know_are_spoken_all_the_same(word: str, phones: str) -> None:
    assert word not in module._dictionary()
    assert said(word) == phones


def test_espeak_and_the_dictionary_mostly_agree() -> None:
    """The table from IPA is right when words that both know come out alike."""
    known = sorted(word for word in module._dictionary() if word.isalpha() and len(word) > 3)
    words = [known[place] for place in np.random.default_rng(0).integers(len(known), size=400)]
    wrong = phones = 0
    for word in words:
        heard = module.from_ipa(phonemes(word, "en-US"))
        assert set(heard) <= STRESSED
        differences = [_distance(reading, heard) for reading in module._readings(word)]
        wrong, phones = wrong + min(differences), phones + len(heard)
    assert wrong / phones < 0.2  # rare names; 0.06 of common words


def _distance(first: tuple[str, ...], second: tuple[str, ...]) -> int:
    row = list(range(len(second) + 1))
    for left in first:
        last, row = row, [row[0] + 1]
        for place, right in enumerate(second):
            row.append(min(last[place + 1] + 1, row[-1] + 1, last[place] + (left != right)))
    return row[-1]


@pytest.mark.parametrize(
    ("text", "place", "phones"),
    [
        ("We live for the live show.", 1, "L IH1 V"),
        ("We live for the live show.", 4, "L AY1 V"),
        ("To record a record is hard.", 1, "R IH0 K AO1 R D"),
        ("To record a record is hard.", 3, "R EH1 K ER0 D"),
        ("Please close the door.", 1, "K L OW1 Z"),
        ("I read it yesterday.", 1, "R EH1 D"),
        ("A ring of lead.", 3, "L EH1 D"),
        ("This is Plan A here.", 3, "EY1"),
        ("It was in the house of use.", 6, "Y UW1 S"),  # though espeak-ng joins "in the"
    ],
)
def test_a_heteronym_sounds_as_its_sentence_wants(text: str, place: int, phones: str) -> None:
    assert said(text).replace(" .", "").split(" | ")[place] == phones


def test_every_heteronym_has_readings_to_choose_from() -> None:
    assert [word for word in module._HETERONYMS if len(set(module._readings(word))) < 2] == []


def test_readings_are_phones() -> None:
    assert module._readings("live") == [("L", "AY1", "V"), ("L", "IH1", "V")]
    assert {phone for word in module._dictionary() for reading in module._readings(word) for phone in reading} == STRESSED


def test_another_language_is_spoken_by_espeak() -> None:
    assert said("die Katze, gut", "de").startswith("D IY")
    assert arpabet_stress("live", "de") != arpabet_stress("live", "en-US")


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("The cat sat", "@DH @AH0 | @K @AE1 @T | @S @AE1 @T"),
        ("A zxqv cat.", "@EY1 | z x q v | c a t ."),
        ("Oh — Café ;", "@OW1 | — | @K @AH0 @F @EY1 | ;"),
        ("twenty-zxqv o'zxqv", "t w e n t y - z x q v | o ' z x q v"),
        ("a #  b", "@EY1 | @B @IY1"),
        ("", ""),
    ],
)
def test_the_dictionary_or_else_letters(text: str, symbols: str) -> None:
    assert " ".join("|" if symbol == " " else symbol for symbol in cmudict(text, "en-US")) == symbols


def test_another_language_is_spelled() -> None:
    assert "".join(cmudict("The Cat", "fr")) == "the cat"


@settings(max_examples=80, deadline=None)
@given(st.text("abc liveLIVE ,.'-—…!?\n", max_size=60))
def test_words_and_symbols_stay_side_by_side(text: str) -> None:
    for alphabet in (arpabet_stress, cmudict):
        symbols = alphabet(text, "en-US")
        assert set(symbols) <= STRESSED | {f"@{phone}" for phone in STRESSED} | set("abcdefghijklmnopqrstuvwxyz'- " + PAUSES)
        assert " " not in (*symbols[:1], *symbols[-1:])
        assert [symbol for symbol in symbols if symbol in PAUSES] == [character for character in text if character in PAUSES]


@pytest.mark.parametrize("alphabet", ["arpabet", "arpabet-stress", "cmudict"])
def test_each_word_has_its_span(alphabet: str) -> None:
    text = "We live in the iPhone's well-known zxqv, don't we?"
    symbols = (*sorted(STRESSED.union(VOWELS)), *(f"@{phone}" for phone in sorted(STRESSED)), *"abcdefghijklmnopqrstuvwxyz'- ,.?")
    (segment,) = FrontEnd(TextSettings(alphabet, symbols), "en-US", Pauses()).segments(text)
    assert [word.text for word in segment.words] == WORD.findall(segment.spoken)
    assert segment.unspoken == ()
    own = FrontEnd(TextSettings(alphabet, symbols), "en-US", Pauses())
    for word in segment.words:
        if word.text != "live" and alphabet != "cmudict":  # spoken by its sentence, spelled by the mark beside it
            (alone,) = own.segments(word.text)
            assert segment.symbols[word.start : word.stop] == alone.symbols
