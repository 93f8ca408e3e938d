"""Bash cuts a command line not only at spaces, but also at the signs of COMP_WORDBREAKS: `fake:fa` comes as three words.

Typer takes words as they come, and bash puts an offer in the place of the last of them. So we join the words before Typer sees
them, and cut the offers after.
"""

import contextlib
import io
import os
import sys
from collections.abc import Iterator, Sequence

_BREAKS = frozenset(":=")


@contextlib.contextmanager
def whole_words() -> Iterator[None]:
    """Let what is done inside complete VOICE:PART and --option=value; nothing happens if it is not bash that asks."""
    if "COMP_WORDS" not in os.environ:
        yield
        return
    words = os.environ["COMP_WORDS"].split("\n")[: int(os.environ["COMP_CWORD"]) + 1]
    joined = join(words)
    os.environ.update(COMP_WORDS="\n".join(joined), COMP_CWORD=str(len(joined) - 1))
    offers = io.StringIO()
    try:
        with contextlib.redirect_stdout(offers):
            yield
    finally:
        there = already_there(words, joined)
        sys.stdout.write("".join(offer.removeprefix(there) for offer in offers.getvalue().splitlines(keepends=True)))


def join(words: Sequence[str]) -> list[str]:
    """Put together what bash cut at a colon or an equals sign; an option begins a word of its own."""
    joined: list[str] = []
    open_end = False
    for word in words:
        cut = _is_break(word)
        if joined and (cut or (open_end and not word.startswith("-"))):
            joined[-1] += word
        else:
            joined.append(word)
        open_end = cut
    return joined


def already_there(words: Sequence[str], joined: Sequence[str]) -> str:
    """Return what stands before the cursor and is no part of the word that bash will replace, such as "fake:"."""
    before = joined[-1] if _is_break(words[-1]) else joined[-1].removesuffix(words[-1])
    return before.rpartition("=")[2]


def _is_break(word: str) -> bool:
    return bool(word) and _BREAKS.issuperset(word)
