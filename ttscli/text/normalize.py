"""Written words → spoken words: numbers, dates, money, abbreviations and signs become what people say.

Our own rules make words of all but bare numbers and dates; these are spelled by the grammars of kitten-text-processing. The
grammars take 0.3 s to load and their time grows fast with length, so they are imported when the first number comes and see
one number at a time. Emoji are dropped silently.
"""

import functools
import re

from ttscli.text.abbreviations import COUNTED, DAYS, MONTHS, SHORT_BEFORE_STOP, SHORT_WORDS, TITLES
from ttscli.text.language import is_american, is_english

_UPPER, _LOWER = "A-ZÀ-ÖØ-Þ", "a-zß-öø-ÿ"
_WORD = rf"(?:[{_UPPER}]?[{_LOWER}]+(?:[-'][{_UPPER}]?[{_LOWER}]+)*|I(?:'[a-z]+)?)"
_PLAIN = re.compile(rf"(?:A )?{_WORD}[,;:.!?…]?(?: (?:— )?{_WORD}[,;:.!?…]?)*")
_CONSONANTS = "[b-df-hj-np-tv-xz]{2,}"
_SHORT = re.compile(
    rf"\b(?:{'|'.join(SHORT_WORDS)}|{_CONSONANTS}|(?-i:{'|'.join((*DAYS, *MONTHS))}))\b"
    rf"|\b(?:{'|'.join(SHORT_BEFORE_STOP)}|[a-z])\.",
    re.IGNORECASE,
)

_AND_IN_NUMBER = re.compile(r"\b(hundred|thousand|million|billion) and\b")
_COUNTED_BY_I = re.compile(rf"\b(?:(?:{'|'.join(COUNTED)})|(?:{'|'.join(TITLES)}) (?:[A-Z]\w+ )?[A-Z]\w+) I\b")


@functools.lru_cache(maxsize=4096)
def normalize(sentence: str, language: str) -> str:
    """Say `sentence` in spoken words.

    Args:
        sentence: one sentence as it was written.
        language: BCP 47 tag. English gets all rules; the other languages of kitten-text-processing get its grammar for what
            has figures in it; in any other only characters are folded.

    Returns:
        Words with apostrophes and inner hyphens, single spaces, and the marks of ttscli.text.pauses.PAUSES; other languages
        than English may keep figures. "" when there is nothing to speak.
    """
    if is_plain(sentence):
        return sentence
    if is_english(language):
        return _english(sentence, is_american(language))
    return _other(sentence, language)


def is_plain(sentence: str) -> bool:
    """Tell whether `sentence` is nothing but words already, which no rule would change."""
    if _PLAIN.fullmatch(sentence) is None or _SHORT.search(sentence):
        return False
    return " I" not in sentence or _COUNTED_BY_I.search(sentence) is None


def _english(sentence: str, american: bool) -> str:
    from ttscli.text.english import english  # noqa: PLC0415 - compiling its rules takes longer than speaking a short text

    return english(sentence, american, _american_grammar if american else _grammar)


def _other(sentence: str, language: str) -> str:
    from ttscli.text.typography import fold, tidy  # noqa: PLC0415 - as above

    text = fold(sentence)
    if any(character.isdigit() for character in text):
        text = _grammar(text, language)
    return tidy(text)


def _american_grammar(text: str, language: str) -> str:
    """As _grammar, but "two hundred fifteen" where it says "two hundred and fifteen"."""
    return _AND_IN_NUMBER.sub(r"\1", _grammar(text, language))


@functools.lru_cache(maxsize=4096)
def _grammar(text: str, language: str) -> str:
    """Let the grammar of `language` say `text`; where there is none, or it fails, `text` stays."""
    from kitten_text_processing import SUPPORTED_LANGUAGES, normalize_text  # noqa: PLC0415 - see the top of the file

    if language.lower().partition("-")[0] not in SUPPORTED_LANGUAGES:
        return text
    try:
        return str(normalize_text(text, language))
    except Exception:
        # The grammars are foreign tables that raise errors of many kinds on odd text; figures can still be read one by one.
        return text
