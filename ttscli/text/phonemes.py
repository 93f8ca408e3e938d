"""Spoken words → phoneme symbols, by espeak-ng through phonemizer.

Knows nothing of ids, voices or audio. The espeak-ng library and its data come from the wheel
espeakng-loader, so that nothing has to be installed by hand.
"""

import functools
import logging
import re
from collections.abc import Container, Sequence

import espeakng_loader
from phonemizer.backend import EspeakBackend
from phonemizer.backend.espeak.wrapper import EspeakWrapper

from ttscli.errors import VoiceError
from ttscli.text.pauses import PAUSES

_TIE = "\u0361"
# Sounds that are one unit to a listener. espeak-ng also ties vowels to a following r or l (ɔː͡ɹ, ə͡l): these are two.
_UNITS = ["a͡ɪ", "a͡ʊ", "e͡ɪ", "o͡ʊ", "ɔ͡ɪ", "t͡ʃ", "d͡ʒ"]
# A symbol is a unit or a letter with the marks that follow it: long ː, syllabic, nasal, palatalised, aspirated.
_SYMBOL = re.compile("|".join(_UNITS) + "|.[ː\u0329\u0303ʲʰ]*")
# espeak-ng names most languages by their BCP 47 tag. Where it does not, or knows only a relative:
_OTHERWISE = {
    "en": "en-us",
    "en-ca": "en-us",
    "en-ph": "en-us",
    "es-es": "es",
    "fr": "fr-fr",
    "no": "nb",
    "nn": "nb",
    "zh": "cmn",
    "zh-hk": "yue",
}
# … and what comes closest in a region that it does not name.
_ABROAD = {"en": "en-gb", "es": "es-419"}
_PUNCTUATION = ';:,.!?¡¿—…"«»“”„(){}[]'


def phonemes(text: str, language: str) -> tuple[str, ...]:
    """Pronounce `text` (spoken words with punctuation) as IPA symbols.

    Args:
        text: one sentence in which numbers and abbreviations are already words.
        language: BCP 47 tag or espeak-ng's own name of a language, such as "en-US".

    Returns:
        Symbols in order: IPA units, the stress marks "ˈ" and "ˌ" before the sound they stress, " " between words,
        and the marks of PAUSES. Empty when nothing in `text` is pronounced.

    Raises:
        VoiceError: espeak-ng does not speak `language`.
    """
    if not text.strip():  # phonemizer raises IndexError
        return ()
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


def espeak_name(tag: str, known: Container[str]) -> str | None:
    """Choose the one among the `known` languages of espeak-ng that comes closest to a BCP 47 tag; None if none does."""
    parts = tag.lower().replace("_", "-").split("-")
    prefixes = ["-".join(parts[:length]) for length in range(len(parts), 0, -1)]
    candidates = [name for prefix in prefixes for name in (prefix, _OTHERWISE.get(prefix))]
    if len(parts) > 1:
        candidates.insert(-2, _ABROAD.get(parts[0]))
    return next((name for name in candidates if name is not None and name in known), None)


@functools.cache
def _backend(language: str) -> EspeakBackend:
    EspeakWrapper.set_library(espeakng_loader.get_library_path())
    EspeakWrapper.set_data_path(espeakng_loader.get_data_path())
    name = espeak_name(language, EspeakBackend.supported_languages())
    if name is None:
        raise VoiceError(f"{language}: espeak-ng does not speak this language", "languages are BCP 47 tags, such as en-US or de")
    return EspeakBackend(
        name,
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
