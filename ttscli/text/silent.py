"""What of a written sentence may make no sound: whether it does is for the front end to find out.

White space, punctuation, marks of layout and invisible characters are silent by nature, and not looked at.
"""

import re
from collections.abc import Iterator

from ttscli.text.emoji import EMOJI
from ttscli.text.typography import EMOTICON, FOOTNOTE, TAG, words_beyond

_LAYOUT = r"\s!\"'(),\-./:;?\[\]_`{}*~|\\" + "“”„‟‘’‚‛«»‹›—–‒―‐‑−…·•‣◦¡¿、。，！？：；「」『』（）〈〉《》【】・′″"
_INVISIBLE = "\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\ufe00-\ufe0f\U000e0000-\U000e007f"
_FOREIGN = words_beyond(r"\u0000-\u024f")
_LINES_AND_BRACKETS = r"={4,}|<+(?=[^<>\s]*[./@])|(?<=[\w/])>+(?=[\s,.;:)]|$)|(?<=[.,:;!?…] )>+(?= )"
"""A line under a title, "<" and ">" around an address, and what marks the lines of a quotation."""
_SUSPECT = re.compile(
    rf"{TAG.pattern}|{FOOTNOTE.pattern}|(?P<layout>{_LINES_AND_BRACKETS})|(?<=\]\()[^()\s]+(?=\))"
    rf"|{EMOTICON.pattern}|{EMOJI.pattern}"
    rf"|(?P<foreign>{_FOREIGN})|(?<!^)(?<!^#)[#>]|[^\w{_LAYOUT}{_INVISIBLE}#>]",
    re.DOTALL,
)


def suspects(written: str) -> Iterator[tuple[int, str, bool]]:
    """Yield (place, stretch, whether it is letters) of what may be silent in a sentence."""
    for match in _SUSPECT.finditer(written):
        quoted = match[0] == ">" and written.startswith(">")
        if match["layout"] is None and not quoted:
            stretch = "note" if match["note"] else 0
            yield match.start(stretch), match[stretch], match["foreign"] is not None
