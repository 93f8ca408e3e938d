"""Phonemes as people write them: IPA, or the phones of the CMU Pronouncing Dictionary with spaces between.

Imports no library, so that any text can be looked through for phonemes.
"""

import re
from collections.abc import Sequence

from ttscli.text.pauses import PAUSES

TIE = "\u0361"
# Sounds that are one unit to a listener. espeak-ng also ties vowels to a following r or l (ɔː͡ɹ, ə͡l): these are two.
_UNITS = ("a͡ɪ", "a͡ʊ", "e͡ɪ", "o͡ʊ", "ɔ͡ɪ", "t͡ʃ", "d͡ʒ")
# A symbol is a unit or a letter with the marks that follow it: long ː, syllabic, nasal, palatalised, aspirated.
_LETTER = ".[ː\u0329\u0303ʲʰ]*"
_SYMBOL = re.compile("|".join(_UNITS) + f"|{_LETTER}")
_TYPED = re.compile("|".join(unit.replace(TIE, f"{TIE}?") for unit in _UNITS) + f"|{_LETTER}")
_TIED = {unit.replace(TIE, ""): unit for unit in _UNITS}
_SILENT = '¡¿"«»“”„(){}[]'

NEAREST = {
    "a": "ɑː", "ɑ": "ɑː", "ɒ": "ɑː", "e": "ɛ", "o": "o͡ʊ", "u": "uː", "ɨ": "ɪ", "ʉ": "uː", "ɯ": "uː",
    "ɵ": "ʊ", "ɤ": "ʌ", "ø": "ɜː", "œ": "ɜː", "ɝ": "ɜː", "ɘ": "ə", "ɜ": "ɜː", "ɑ̃": "ɑːn", "ɔ̃": "ɔːn",
    "ɛ̃": "æn", "œ̃": "ʌn", "r": "ɹ", "ʁ": "ɹ", "ʀ": "ɹ", "ɻ": "ɹ", "ɫ": "l", "ɭ": "l", "ʎ": "lj",
    "ɲ": "nj", "ɳ": "n", "ɴ": "ŋ", "ç": "h", "χ": "x", "ɣ": "ɡ", "β": "v", "ʋ": "v", "ɸ": "f", "ʍ": "w",
    "ɥ": "w", "ɟ": "ɡ", "ʂ": "ʃ", "ɕ": "ʃ", "ʐ": "ʒ", "ʑ": "ʒ", "ʈ": "t", "ɖ": "d", "ħ": "h", "ɦ": "h",
}  # fmt: skip
"""Sounds of other languages, or of other people's IPA, and what an English ear takes them for."""

_OWN = "ɐɑɒɓɔɕɖɗɘəɚɛɜɝɞɟɠɡɢɣɤɥɦɧɨɩɪɫɬɭɮɯɰɱɲɳɴɵɶɸɹɺɻɼɽɾʀʁʂʃʄʈʉʊʋʌʍʎʏʐʑʒʔʕʘʙʛʜʝʟʡʢᵻᵊŋθβχˈˌːˑ"
_SHARED = "a-zæðøœç'.|‖˞ʰʲʷˠˤⁿˡ\u0300-\u036f\u203f "
_IPA = re.compile(rf"[{_SHARED}{_OWN}{re.escape(PAUSES)}]+")
_PHONES = re.compile(r"(?:@?[A-Z]{1,2}[012]?|[,.!?;:—…␣])(?:\s+(?:@?[A-Z]{1,2}[012]?|[,.!?;:—…␣]))*")


def is_ipa(text: str) -> bool:
    """Tell whether `text`, without slashes around it, is nothing but IPA for sure: a sign is in it that no spelling has."""
    return _IPA.fullmatch(text.strip("/")) is not None and any(sign in _OWN for sign in text)


def is_phones(text: str) -> bool:
    """Tell whether `text` is phones of ARPAbet for sure: spaces between, and a vowel that bears its stress, as in "HH AH0"."""
    return _PHONES.fullmatch(text) is not None and re.search(r"[A-Z][012](?!\S)", text) is not None


def split_symbols(ipa: str, typed: bool = False) -> tuple[str, ...]:
    """Cut IPA into symbols; marks that no voice pronounces are left out.

    Args:
        ipa: of espeak-ng, which ties what is one unit, or of a person.
        typed: True for that of a person: "oʊ" and "tʃ" are units without a tie, "g" and "'" stand for "ɡ" and "ˈ", and a dot is
            the border of a syllable, unless it is the last sign.
    """
    if typed:
        ipa = ipa.replace("'", "ˈ").replace("g", "ɡ").replace("|", "").replace("\u203f", "").strip("/")
        ipa = re.sub(r"(?<=\S)\.(?=\S)", "", ipa)
    found = (_TYPED if typed else _SYMBOL).findall(ipa)
    symbols = [_TIED.get(symbol, symbol) for symbol in found if symbol != TIE and symbol not in _SILENT]
    return tuple(_single_spaces(symbols))


def _single_spaces(symbols: Sequence[str]) -> list[str]:
    kept: list[str] = []
    for symbol in symbols:
        if symbol == " " and (not kept or kept[-1] == " "):
            continue
        kept.append(symbol)
    return kept[:-1] if kept and kept[-1] == " " else kept
