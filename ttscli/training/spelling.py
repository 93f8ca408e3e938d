"""What is said in a recording → its symbols, as the voice that is trained will spell them."""

import functools

from ttscli.text.normalize import normalize
from ttscli.text.spelling import Speller
from ttscli.training.about import About
from ttscli.voice import TextSettings

START, END = "^", "$"
"""The ends of an utterance: the silences before and after it."""


def spell(text: str, about: About) -> tuple[str, ...]:
    """Spell a text of a corpus, all of it, as one utterance; () if nothing in it sounds.

    Raises:
        UsageError, VoiceError: the corpus's alphabet cannot be had.
    """
    spoken = normalize(text, about.language)
    symbols = _speller(about.alphabet, about.language).spell(spoken).symbols if spoken else ()
    return (START, *symbols, END) if symbols else ()


@functools.cache
def _speller(alphabet: str, language: str) -> Speller:
    return Speller(TextSettings(alphabet, symbols=("_",)), language, {})
