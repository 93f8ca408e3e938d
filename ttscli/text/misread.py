"""What espeak-ng misreads in English → the same symbols as a person reads it. The words are in misread.tsv, a lexicon."""

import functools
import re
from collections.abc import Callable
from importlib import resources
from typing import TypeAlias

from ttscli.text.ipa import split_symbols
from ttscli.text.lexicon import Lexicon, find, parse
from ttscli.text.pauses import PAUSES, WORD

Symbols: TypeAlias = tuple[str, ...]

_WORDS = "misread.tsv"
_BETWEEN = (" ", *PAUSES)
_VOWEL = re.compile("[aeiouæɐɑɒɔəɚɛɜɪᵻʊʌ]")
_FULL = ("ʌ", "ɪ")
_NASAL = ("n", "ŋ", "m")
_VOICELESS = ("p", "t", "k", "f")


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
    return _without_voice(_with_prefixes(symbols))


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


def _with_prefixes(symbols: Symbols) -> Symbols:
    """Stress un- and in- weakly where a syllable parts them from the stressed one: "unemployment" as it says "unexpected"."""
    kept: list[str] = []
    for at, symbol in enumerate(symbols):
        if symbol in _FULL and _parted(symbols, at - 1) and symbols[at + 1 : at + 2] in [(nasal,) for nasal in _NASAL]:
            kept += ["ˌ"] if _is_two_before_stress(symbols[at + 1 :]) else []
        kept.append(symbol)
    return tuple(kept)


def _is_two_before_stress(rest: Symbols) -> bool:
    """Tell whether an unstressed vowel, and then the main stress, come before the word ends."""
    vowels = 0
    for symbol in rest:
        if symbol in ("ˈ", "ˌ", *_BETWEEN):
            return symbol == "ˈ" and vowels > 0
        vowels += bool(_VOWEL.match(symbol))
    return False


def _without_voice(symbols: Symbols) -> Symbols:
    """End "graphs" and "stomachs" as "cats" ends, where espeak-ng takes their last letter but one for another sound."""
    kept = list(symbols)
    for at in range(1, len(symbols)):
        if symbols[at] == "z" and symbols[at - 1] in _VOICELESS and _parted(symbols, at + 1):
            kept[at] = "s"
    return tuple(kept)
