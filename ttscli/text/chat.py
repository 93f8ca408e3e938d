"""Short words of chat and mail → whole ones, and pairs of pronouns → what people say."""

import re

from ttscli.text.abbreviations import CHAT, CHAT_LETTERS, CONTRACTED

_WHOLE = CHAT | CONTRACTED
_LETTERS = re.compile(rf"\b(?:{'|'.join(CHAT_LETTERS)})\b(?![-.]\w)")
_SHORT = re.compile(
    rf"(?<![\w.@#/-])(?:{'|'.join(f'[{word[0]}{word[0].upper()}]{word[1:]}' for word in _WHOLE)})\b(?![-./]\w)(\.(?= [\da-z]))?"
)
_PHRASES = (
    (re.compile(r"(?<![\w.@-])ur\b(?![-./]\w)"), "your"),  # "Ur" is a town
    (re.compile(r"\bb/w(?= (?:\d|(?:the|you|us|them)\b))"), "between"),
    (re.compile(r"(?<=[a-z] )rn\b(?=[.,!?;]|$)"), "right now"),
    (re.compile(r"(?<!\w)(?:\(s\)he|s/he)\b"), "she or he"),
    (re.compile(r"(?<!\w)(?:\(S\)he|S/he)\b"), "She or he"),
    (re.compile(r"(?<![\w/])([Hh]e|[Hh]i[sm]|[Hh]imself)/(she|hers?|herself)\b(?!/)"), r"\1 or \2"),
    (re.compile(r"(?<![\w/])([Ss]he|[Hh]ers?|[Hh]erself)/(he|hi[sm]|himself)\b(?!/)"), r"\1 or \2"),
    (re.compile(r"(?<![\w/])(he/him|she/her|they/them)(/\w+)?\b", re.IGNORECASE), lambda m: m[0].replace("/", " ")),
)


def spoken_chat(text: str) -> str:
    """Replace short words of chat in the plain `text`, and read "he/she" as "he or she"."""
    for pattern, replacement in _PHRASES:
        text = pattern.sub(replacement, text)
    text = _LETTERS.sub(lambda match: "-".join(match[0].upper()), text)
    return _SHORT.sub(_whole, text)


def _whole(match: re.Match[str]) -> str:
    whole = _WHOLE[match[0].lower().rstrip(".")]
    return whole.capitalize() if match[0][0].isupper() else whole
