"""What espeak-ng misreads in English → the same symbols as a person reads it. The words are in misread.tsv, a lexicon."""

import functools
import re
from collections.abc import Callable
from importlib import resources
from itertools import takewhile
from typing import TypeAlias

from ttscli.text.ipa import split_symbols
from ttscli.text.lexicon import Lexicon, find, parse
from ttscli.text.pauses import PAUSES, WORD

Symbols: TypeAlias = tuple[str, ...]

_WORDS = "misread.tsv"
_BETWEEN = (" ", *PAUSES)
_VOWEL = re.compile("[aeiouæɐɑɒɔəɚɛɜɪᵻʊʌ]")
_STRESSES = ("ˈ", "ˌ")
_REDUCED = ("ə", "ɐ", "ᵻ", "ɚ")
_NASAL = ("n", "ŋ", "m")
_VOICELESS = ("p", "t", "k", "f")
# Verbs and "much" as espeak-ng says them beside others, and so that they are not taken for other words ("this one on").
_TOO_WEAK = tuple(
    (split_symbols(weak, typed=True), split_symbols(audible, typed=True))
    for weak, audible in [("wɛnt", "wˌɛnt"), ("ɡoʊz", "ɡˌoʊz"), ("mʌtʃ", "mˌʌtʃ")]
)


def mended(text: str, symbols: Symbols, pronounce: Callable[[str], Symbols]) -> Symbols:
    """Mend the `symbols` of `text`, spoken words as espeak-ng says them.

    Args:
        text: English.
        symbols: its IPA symbols with " " and marks of PAUSES between the words.
        pronounce: what espeak-ng says of a word alone.
    """
    for word in dict.fromkeys(WORD.findall(text)):
        if sound := find(_lexicon(), word):
            symbols = _replaced(symbols, pronounce(word), split_symbols(sound.phonemes, typed=True))
    for weak, audible in _TOO_WEAK:
        symbols = _replaced(symbols, weak, audible)
    return _without_voice(_with_full_vowels(_with_weak_stress(symbols)))


@functools.cache
def _lexicon() -> Lexicon:
    return parse(resources.files(__package__).joinpath(_WORDS).read_text(encoding="utf-8"), _WORDS)


def _replaced(symbols: Symbols, wrong: Symbols, right: Symbols) -> Symbols:
    """Put `right` wherever `wrong` stands as a word."""
    at = 0
    while at + len(wrong) <= len(symbols):
        behind = at + len(wrong)
        if symbols[at:behind] == wrong and _parted(symbols, at - 1) and _parted(symbols, behind):
            symbols = (*symbols[:at], *right, *symbols[behind:])
        at += 1
    return symbols


def _parted(symbols: Symbols, at: int) -> bool:
    return not 0 <= at < len(symbols) or symbols[at] in _BETWEEN


def _with_weak_stress(symbols: Symbols) -> Symbols:
    """Stress the first vowel of a word weakly where a syllable parts it from the main stress, as in "violin"; un- always."""
    kept: list[str] = []
    first = True
    for at, symbol in enumerate(symbols):
        if symbol in _BETWEEN:
            first = True
        elif _of_vowel(symbol):
            if first and symbol not in (*_STRESSES, *_REDUCED) and _wants_stress(symbols, at):
                kept.append("ˌ")
            first = False
        kept.append(symbol)
    return tuple(kept)


def _wants_stress(symbols: Symbols, at: int) -> bool:
    """Tell whether the next stress of this word is the main one and two vowels later, or this is un-."""
    rest = takewhile(lambda symbol: symbol not in _BETWEEN, symbols[at + 1 :])
    vowels = 0
    for symbol in rest:
        if symbol in _STRESSES:
            return (symbol == "ˈ" and vowels > 0) or _is_un(symbols, at)
        vowels += bool(_VOWEL.match(symbol))
    return False


def _is_un(symbols: Symbols, at: int) -> bool:
    return _parted(symbols, at - 1) and symbols[at] == "ʌ" and symbols[at + 1] in _NASAL


def _with_full_vowels(symbols: Symbols) -> Symbols:
    """Give "has", "had" and "have" their vowel: "has anyone" is heard as "is anyone" without."""
    kept = list(symbols)
    for at in range(len(symbols) - 2):
        if symbols[at : at + 2] == ("h", "ɐ") and symbols[at + 2] in ("z", "d", "v") and _ends_syllable(symbols, at + 3):
            kept[at + 1] = "æ"
    return tuple(kept)


def _ends_syllable(symbols: Symbols, at: int) -> bool:
    return _parted(symbols, at) or not _of_vowel(symbols[at])


def _of_vowel(symbol: str) -> bool:
    """Tell a vowel, or the stress before one."""
    return symbol in _STRESSES or bool(_VOWEL.match(symbol))


def _without_voice(symbols: Symbols) -> Symbols:
    """End "graphs" and "stomachs" as "cats" ends, where espeak-ng takes their last letter but one for another sound."""
    kept = list(symbols)
    for at in range(1, len(symbols)):
        if symbols[at] == "z" and symbols[at - 1] in _VOICELESS and _parted(symbols, at + 1):
            kept[at] = "s"
    return tuple(kept)
