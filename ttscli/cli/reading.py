"""The text that a command is given: words, files, standard input."""

import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from ttscli.cli.arriving import arriving
from ttscli.cli.decoding import ENCODING_HINT, STDIN, decode, shown
from ttscli.errors import InputError, UsageError


def given_texts(words: list[str], files: list[str]) -> Iterator[str] | None:
    """Return the text of the words, else of the files, else of standard input as it comes; None where nobody writes into that.

    Files are read at once; the iterator raises InputError where standard input is not UTF-8, or nothing is in all but spaces.

    Raises:
        UsageError: there are words and files.
        InputError: a file cannot be read or is not UTF-8.
    """
    if words and files:
        raise UsageError("text and --file: only one can be spoken", "put the text into the file, or speak one after the other")
    if words == [STDIN]:
        words, files = [], [STDIN]
    if words:
        return _not_blank([checked_words(words)])
    if not files and (sys.stdin is None or sys.stdin.isatty()):
        return None
    return _not_blank(chain.from_iterable([_texts_of(file) for file in files or [STDIN]]))


def _texts_of(file: str) -> Iterable[str]:
    if file != STDIN:
        return [decode(read_bytes(file), file)]
    if sys.stdin is None:
        raise InputError("standard input: closed")
    return arriving(sys.stdin.fileno(), STDIN)


def _not_blank(texts: Iterable[str]) -> Iterator[str]:
    blank = True
    for text in texts:
        blank = blank and not text.strip()
        yield text
    if blank:
        raise InputError("the text is empty", "give it a word")


def checked_words(words: list[str]) -> str:
    """Join the words of a command line; InputError where their bytes were not UTF-8."""
    text = " ".join(words)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"the text is not UTF-8: character {error.start}", ENCODING_HINT) from error
    return text


def read_bytes(file: str) -> bytes:
    """Read a file, or standard input for "-"; InputError if it cannot be read."""
    try:
        if file == STDIN:
            if sys.stdin is None:
                raise InputError("standard input: closed")
            return sys.stdin.buffer.read()
        return Path(file).read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(f"{shown(file)}: cannot be read: {reason}") from error
