"""Spoken words → phoneme symbols, by espeak-ng through phonemizer.

Knows nothing of ids, voices or audio. The espeak-ng library and its data come from the wheel
espeakng-loader, so that nothing has to be installed by hand.
"""

import functools
import logging
import re
from collections.abc import Sequence

import espeakng_loader
from phonemizer.backend import EspeakBackend
from phonemizer.backend.espeak.wrapper import EspeakWrapper

PAUSES = ",.!?;:—…"
"""Punctuation that a voice may pronounce as a pause or a melody; all other punctuation is silent."""

_TIE = "\u0361"
# Sounds that are one unit to a listener. espeak-ng also ties vowels to a following r or l (ɔː͡ɹ, ə͡l): these are two.
_UNITS = ["a͡ɪ", "a͡ʊ", "e͡ɪ", "o͡ʊ", "ɔ͡ɪ", "t͡ʃ", "d͡ʒ"]
# A symbol is a unit or a letter with the marks that follow it: long ː, syllabic, nasal, palatalised, aspirated.
_SYMBOL = re.compile("|".join(_UNITS) + "|.[ː\u0329\u0303ʲʰ]*")
_PUNCTUATION = ';:,.!?¡¿—…"«»“”„(){}[]'


def phonemes(text: str, language: str) -> tuple[str, ...]:
    """Pronounce `text` (spoken words with punctuation) as IPA symbols.

    Args:
        text: one sentence in which numbers and abbreviations are already words.
        language: BCP 47 tag or espeak-ng voice name, such as "en-US".

    Returns:
        Symbols in order: IPA units, the stress marks "ˈ" and "ˌ" before the sound they stress, " " between words,
        and the marks of PAUSES. Empty when nothing in `text` is pronounced.
    """
    ipa = _backend(language.lower()).phonemize([text], strip=True)[0]
    return split_symbols(ipa)


def split_symbols(ipa: str) -> tuple[str, ...]:
    """Cut an IPA string of espeak-ng into symbols; marks that no voice pronounces are left out."""
    symbols = [symbol for symbol in _SYMBOL.findall(ipa) if symbol != _TIE and not _is_silent(symbol)]
    return tuple(_single_spaces(symbols))


def _is_silent(symbol: str) -> bool:
    return symbol in _PUNCTUATION and symbol not in PAUSES


def _single_spaces(symbols: Sequence[str]) -> list[str]:
    kept: list[str] = []
    for symbol in symbols:
        if symbol == " " and (not kept or kept[-1] == " "):
            continue
        kept.append(symbol)
    return kept[:-1] if kept and kept[-1] == " " else kept


@functools.cache
def _backend(language: str) -> EspeakBackend:
    EspeakWrapper.set_library(espeakng_loader.get_library_path())
    EspeakWrapper.set_data_path(espeakng_loader.get_data_path())
    return EspeakBackend(
        language,
        punctuation_marks=_PUNCTUATION,
        preserve_punctuation=True,
        with_stress=True,
        tie=True,
        language_switch="remove-flags",
        logger=_silent_logger(),
    )


def _silent_logger() -> logging.Logger:
    logger = logging.getLogger("ttscli.phonemizer")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    return logger
