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
    if language.lower().partition("-")[0] in ("tr", "az"):
        text = text.replace("I", "ı").replace("İ", "i")
    symbols = [character for character in " ".join(text.lower().split()) if character.isalpha() or character in "'- " + PAUSES]
    if not any(map(str.isalpha, symbols)):
        return ()
    return tuple(" ".join("".join(symbols).split()))
