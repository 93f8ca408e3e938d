"""Emoji in a text, and what people call them."""

import re
import unicodedata
from typing import Literal, TypeAlias

EmojiPolicy: TypeAlias = Literal["drop", "name", "keep"]
"""What becomes of an emoji: nothing is said of it, its name is, or it is left to the voice's alphabet."""

_SIGN = (
    "[\u2300-\u23ff\u25a0-\u27bf\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f3fa\U0001f400-\U0001faff]"
    "[\ufe0f\u20e3\U0001f3fb-\U0001f3ff]*"
)
EMOJI = re.compile(f"(?:[\U0001f1e6-\U0001f1ff]{{2}})|{_SIGN}(?:\u200d{_SIGN})*|[\U0001f3fb-\U0001f3ff]")
_FLAG = "REGIONAL INDICATOR SYMBOL LETTER "


def emoji_name(emoji: str) -> str:
    """Return the Unicode name of an emoji, as words: "grinning face", "flag F-R"; names of its parts if it has several."""
    names = [unicodedata.name(sign, "") for sign in emoji]
    if all(name.startswith(_FLAG) for name in names):
        return "flag " + "-".join(name.removeprefix(_FLAG) for name in names)
    return ", ".join(name.lower() for name, sign in zip(names, emoji, strict=True) if unicodedata.category(sign) == "So")
