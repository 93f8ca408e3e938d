"""Bytes → text, with errors that say where."""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE

from ttscli.errors import InputError

STDIN = "-"
ENCODING_HINT = "convert it first: iconv -f LATIN1 -t UTF-8"
_UTF16_HINT = "convert it first: iconv -f UTF-16 -t UTF-8"


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
        hint = _UTF16_HINT if offset == 0 and data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else ENCODING_HINT
        raise InputError(f"{shown(file)}: not UTF-8: byte {error.object[error.start]:#04x} at offset {place}", hint) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def shown(file: str) -> str:
    """How a message names a file."""
    return "standard input" if file == STDIN else file
