"""Spoken words → phoneme symbols, by espeak-ng through phonemizer.

Knows nothing of ids, voices or audio. The espeak-ng library and its data come from the wheel
espeakng-loader, so that nothing has to be installed by hand.
"""

import functools
import logging
from collections.abc import Container

import espeakng_loader
from phonemizer.backend import EspeakBackend
from phonemizer.backend.espeak.wrapper import EspeakWrapper

from ttscli.errors import VoiceError
from ttscli.text.homographs import respell
from ttscli.text.ipa import split_symbols
from ttscli.text.language import is_english
from ttscli.text.misread import mended

_AMERICAN = "en-us"
# espeak-ng names most languages by their BCP 47 tag. Where it does not, or knows only a relative:
_OTHERWISE = {
    "en": _AMERICAN,
    "en-ca": _AMERICAN,
    "en-ph": _AMERICAN,
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


def espeak_ipa(text: str, language: str) -> tuple[str, ...]:
    """Pronounce as `phonemes` does, but as people do where espeak-ng does not: homographs, and what Americans say otherwise."""
    if not is_english(language):
        return phonemes(text, language)
    spoken = respell(text)
    symbols = phonemes(spoken, language)
    if _backend(language.lower()).language != _AMERICAN:
        return symbols
    return mended(spoken, symbols, lambda word: phonemes(word, language))


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
