"""Spoken words → letters: an alphabet that needs no knowledge of pronunciation."""

from ttscli.text.pauses import PAUSES


def graphemes(text: str, language: str) -> tuple[str, ...]:
    """Spell `text` (spoken words with punctuation) as lower-case letters, "'", "-", " " and the marks of PAUSES.

    Args:
        text: one sentence in which numbers and abbreviations are already words.
        language: BCP 47 tag; Turkish and Azeri get their own small dotless i, all other languages are alike.

    Returns:
        Symbols in order, single characters. Empty when there is no letter in `text`.
    """
    symbols = letters(text, language)
    return symbols if any(map(str.isalpha, symbols)) else ()


def letters(text: str, language: str) -> tuple[str, ...]:
    """As `graphemes`, but marks without a letter are kept."""
    if language.lower().partition("-")[0] in ("tr", "az"):
        text = text.replace("I", "ı").replace("İ", "i")
    kept = [character for character in text.lower() if character.isalpha() or character.isspace() or character in "'-" + PAUSES]
    return tuple(" ".join("".join(kept).split()))
