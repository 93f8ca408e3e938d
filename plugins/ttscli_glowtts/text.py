"""How the published Glow-TTS spells: letters and phones in one table, and a blank in some releases.

Source: jaywalnut310/glow-tts. What differs: spoken words are our own front end's, and phones cannot be given in braces.
"""

from collections.abc import Mapping
from string import ascii_lowercase, ascii_uppercase

from ttscli.errors import VoiceError
from ttscli.text.phones import CONSONANTS, STRESSES, VOWELS
from ttscli.voice import TextSettings

BLANK = "<blank>"

_PHONES = sorted((*CONSONANTS, *VOWELS, *(vowel + stress for vowel in VOWELS for stress in STRESSES)))

SYMBOLS: tuple[str, ...] = ("_", *"-!'(),.:;? ", *ascii_uppercase, *ascii_lowercase, *(f"@{phone}" for phone in _PHONES))
"""Id → symbol of the published weights. The padding "_" and the capitals never occur."""


def text_settings(n_vocab: int, settings: Mapping[str, object]) -> TextSettings:
    """Make the settings of a voice.

    Args:
        n_vocab: rows of its embedding: 148 symbols, 149 with a blank. What further rows mean is not known; they are never spoken.
        settings: the authors' config.json, or keys of its table "data"; without it, as published.

    Raises:
        VoiceError: `n_vocab` is too small, or too small for the blank that the settings want.
    """
    data = settings.get("data", settings)
    if not isinstance(data, Mapping):
        raise VoiceError("glow-tts: settings.data is not a table", "give the config.json that the checkpoint was trained with")
    has_blank = bool(data.get("add_blank", n_vocab == len(SYMBOLS) + 1))
    symbols = (*SYMBOLS, BLANK) if has_blank else SYMBOLS
    if n_vocab < len(symbols):
        raise VoiceError(
            f"glow-tts: an embedding of {n_vocab} symbols: the published voices have {len(symbols)}",
            "give the config.json that the checkpoint was trained with",
        )
    further = tuple(f"<{number}>" for number in range(len(symbols), n_vocab))
    alphabet = "cmudict" if data.get("cmudict_path", "data" not in settings) else "graphemes"
    blank = BLANK if has_blank else ""
    return TextSettings(alphabet, (*symbols, *further), blank, blank, blank)
