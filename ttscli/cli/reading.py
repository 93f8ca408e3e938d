"""The text that a command is given: words, files, standard input."""

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ttscli.cli.arriving import arriving
from ttscli.cli.decoding import ENCODING_HINT, STDIN, decode, shown
from ttscli.cli.documents import require_text
from ttscli.errors import InputError, UsageError

if TYPE_CHECKING:
    from ttscli.text.emoji import EmojiPolicy
    from ttscli.text.inputs import InputFormat
    from ttscli.text.passages import Passage


def given_passages(
    words: list[str], files: list[str], kind: "InputFormat | None" = None, emoji: "EmojiPolicy" = "drop"
) -> "Iterator[Passage] | None":
    """Return the text of the words, else of the files, else of standard input as it comes; None where nobody writes into that.

    Files are read at once; the iterator raises InputError where standard input is not UTF-8, a text is not of its format, or
    nothing is in all but spaces.

    Args:
        words: of the command line.
        files: their names; "-" is standard input.
        kind: the format of all; None for what a file's extension says.
        emoji: what becomes of emoji.

    Raises:
        UsageError: there are words and files, or words and standard input.
        InputError: a file cannot be read, is no text or is not UTF-8.
    """
    if words and files:
        raise UsageError("text and --file: only one can be spoken", "put the text into the file, or speak one after the other")
    if len(words) > 1 and STDIN in (words[0], words[-1]):
        raise UsageError("text and -: only one can be spoken", "a dash that belongs to the text goes between its quotes")
    if words == [STDIN]:
        words, files = [], [STDIN]
    if words:
        return _passages([("", [checked_words(words)])], kind, emoji)
    if not files and (sys.stdin is None or sys.stdin.isatty()):
        return None
    return _passages([(file, _texts_of(file, stated=kind is not None)) for file in files or [STDIN]], kind, emoji)


def comes_whole(words: list[str], files: list[str]) -> bool:
    """Whether nothing of the text is still to come while it is spoken."""
    return bool(words or files) and STDIN not in (files or [" ".join(words)])


def require_apart(inputs: Iterable[str], outputs: Iterable[Path]) -> None:
    """Make sure that no file is written that is also read, and none twice; UsageError names it."""
    read = {identity for name in inputs if name != STDIN and (identity := _identity(Path(name)))}
    written: set[str] = set()
    for output in outputs:
        if _identity(output) in read:
            raise UsageError(f"{output}: is what is read, and would be overwritten", "write somewhere else")
        place = os.path.normcase(os.path.realpath(output))
        if place in written:
            raise UsageError(f"{output}: two outputs would become it", "give each a name of its own")
        written.add(place)


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file it is, under whatever name; None for none and for what writing does not destroy, such as a terminal."""
    try:
        status = path.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISREG(status.st_mode) else None


def _passages(given: list[tuple[str, Iterable[str]]], kind: "InputFormat | None", emoji: "EmojiPolicy") -> "Iterator[Passage]":
    from ttscli.text.inputs import format_of, read_passages

    blank = True

    def watched(texts: Iterable[str]) -> Iterator[str]:
        nonlocal blank
        for text in texts:
            blank = blank and not text.strip()
            yield text

    for name, texts in given:
        yield from read_passages(kind or format_of(name), watched(texts), name, emoji)
    if blank:
        raise InputError("the text is empty", "give it a word")


def _texts_of(file: str, stated: bool) -> Iterable[str]:
    if file != STDIN:
        return [read_text(file, stated)]
    if sys.stdin is None:
        raise InputError("standard input: closed")
    return arriving(sys.stdin.fileno(), STDIN, stated)


def checked_words(words: list[str]) -> str:
    """Join the words of a command line; InputError where their bytes were not UTF-8."""
    text = " ".join(words)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"the text is not UTF-8: character {error.start}", ENCODING_HINT) from error
    return text


def read_text(file: str, stated: bool = False) -> str:
    """Read a file, or standard input for "-"; InputError if it cannot be read, is no text or is not UTF-8.

    Args:
        file: its name.
        stated: as require_text.
    """
    data = read_bytes(file)
    require_text(data, file, stated)
    return decode(data, file)


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
