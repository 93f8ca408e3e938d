"""What is said in a recording → its symbols, as the voice that is trained will spell them."""

from ttscli import registry
from ttscli.text.normalize import normalize
from ttscli.training.about import About

START, END = "^", "$"
"""The ends of an utterance: the silences before and after it."""


def spell(text: str, about: About) -> tuple[str, ...]:
    """Spell a text of a corpus, all of it, as one utterance; () if nothing in it sounds.

    Raises:
        UsageError, VoiceError: the corpus's alphabet cannot be had.
    """
    spoken = normalize(text, about.language)
    if about.alphabet == "espeak-ipa" and about.language.lower().partition("-")[0] == "en":
        from ttscli.text.homographs import respell  # noqa: PLC0415 - its rules are for this alphabet alone

        spoken = respell(spoken)
    symbols = registry.alphabet(about.alphabet)(spoken, about.language) if spoken else ()
    return (START, *symbols, END) if symbols else ()
