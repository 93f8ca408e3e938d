"""The text that a command is given: words, files, standard input."""

import sys
from pathlib import Path

from ttscli.errors import InputError, UsageError

STDIN = "-"


def given_text(words: list[str], files: list[str]) -> str | None:
    """Return the text of the words, else of the files, else of standard input; None where that is a terminal or closed.

    Raises:
        UsageError: there are words and files.
        InputError: something cannot be read, is not UTF-8, or nothing is in it but spaces.
    """
    if words and files:
        raise UsageError("text and --file: only one can be spoken", "put the text into the file, or speak one after the other")
    if words == [STDIN]:
        words, files = [], [STDIN]
    if words:
        text = checked_words(words)
    elif files:
        text = "\n\n".join(decode(read_bytes(file), file) for file in files)
    elif sys.stdin is None or sys.stdin.isatty():
        return None
    else:
        text = decode(read_bytes(STDIN), STDIN)
    if not text.strip():
        raise InputError("the text is empty", "give it a word")
    return text


def checked_words(words: list[str]) -> str:
    """Join the words of a command line; InputError where their bytes were not UTF-8."""
    text = " ".join(words)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"the text is not UTF-8: character {error.start}", _ENCODING_HINT) from error
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


def decode(data: bytes, file: str, offset: int = 0) -> str:
    """Decode UTF-8 with or without a byte order mark, and any line ends.

    Args:
        data: all of a file or a part.
        file: its name, for the error.
        offset: bytes of the file before `data`.

    Raises:
        InputError: a byte is not UTF-8, naming its place in the file.
    """
    try:
        text = data.decode("utf-8-sig" if offset == 0 else "utf-8")
    except UnicodeDecodeError as error:
        # With a byte order mark, Python counts from after it.
        mark = 3 if offset == 0 and data.startswith(b"\xef\xbb\xbf") else 0
        place = offset + mark + error.start
        raise InputError(
            f"{shown(file)}: not UTF-8: byte {error.object[error.start]:#04x} at offset {place}", _ENCODING_HINT
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def shown(file: str) -> str:
    """How a message names a file."""
    return "standard input" if file == STDIN else file


_ENCODING_HINT = "convert it first: iconv -f LATIN1 -t UTF-8"
