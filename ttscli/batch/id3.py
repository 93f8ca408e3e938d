"""Chapters as an ID3v2.4 tag before the frames of an MP3, as its chapter frame addendum has it.

Not by mutagen: it sorts frames by their size, and ffmpeg takes chapters as they come.
"""

import io
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from ttscli.audio.encoders import shift, write_all

Milestone: TypeAlias = tuple[str, int, int]
"""Title, start and stop of a chapter, in milliseconds."""

_MOST_LISTED = 255
_UNKNOWN_OFFSET = 0xFFFFFFFF


def tag_of(chapters: Sequence[Milestone]) -> bytes:
    """Return a tag with a frame for each chapter, after a table of contents where that can list them all."""
    names = [f"chapter{number}".encode() for number in range(len(chapters))]
    frames = [_chapter(name, *chapter) for name, chapter in zip(names, chapters, strict=True)]
    if len(names) <= _MOST_LISTED:
        top_level_and_ordered = 0b11
        listed = b"".join(name + b"\0" for name in names)
        frames.insert(0, _frame(b"CTOC", b"toc\0" + bytes([top_level_and_ordered, len(names)]) + listed))
    body = b"".join(frames)
    return b"ID3\4\0\0" + _in_sevens(len(body)) + body


def insert(path: Path, data: bytes) -> None:
    """Put `data` before what is in the file at `path`."""
    with open(path, "r+b", buffering=0) as file:
        shift(file, 0, file.seek(0, io.SEEK_END), len(data))
        file.seek(0)
        write_all(file, data)


def _chapter(name: bytes, title: str, start_ms: int, stop_ms: int) -> bytes:
    utf8 = b"\3"
    place = struct.pack(">4I", start_ms, stop_ms, _UNKNOWN_OFFSET, _UNKNOWN_OFFSET)
    return _frame(b"CHAP", name + b"\0" + place + _frame(b"TIT2", utf8 + title.encode() + b"\0"))


def _frame(name: bytes, data: bytes) -> bytes:
    return name + _in_sevens(len(data)) + b"\0\0" + data


def _in_sevens(number: int) -> bytes:
    """Four bytes of seven bits each, so that no length looks like a frame of sound."""
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))
