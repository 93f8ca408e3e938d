"""Standard input while it is still being written: texts that can be spoken before the rest is there."""

import os
import re
import threading
from collections.abc import Iterator
from queue import Empty, Queue

from ttscli.cli.decoding import decode, shown
from ttscli.cli.documents import require_text
from ttscli.errors import InputError

_STILL_S = 0.3
"""When nothing has come for so long, whoever writes is waiting or thinking: what is whole so far is spoken."""
_ENOUGH_BYTES = 65_536
"""More is not kept back in the hope of a paragraph's end."""
_PARAGRAPH = re.compile(rb"\n[ \t\r]*\n\s*")
_LINE_OR_SENTENCE = re.compile(rb"\n|[.!?][\"')\]]*\s")
_UNFINISHED = re.compile(rb"(?:[\xc0-\xff]|[\xe0-\xff][\x80-\xbf]|[\xf0-\xff][\x80-\xbf]{2})\Z")
"""The beginning of a character of UTF-8 whose end has not come: its first byte tells how many there will be."""


def arriving(descriptor: int, name: str, stated: bool = False) -> Iterator[str]:
    """Yield the UTF-8 text of a pipe or terminal, cut after paragraphs; where it stops coming, after lines and sentences.

    So a text that comes at once is cut as a file would be, while `tail -f` is followed line by line. Memory stays bounded.

    Args:
        descriptor: of an open file.
        name: for errors.
        stated: as require_text.

    Raises:
        InputError: it is no text, a byte is not UTF-8, or reading failed.
    """
    pending = b""
    offset = 0
    for piece in _pieces(descriptor, name):
        pending += piece or b""
        ended = piece == b""
        cut = len(pending) if ended else _cut(pending, still=piece is None)
        if cut:
            if not offset:
                require_text(pending, name, stated)
            yield decode(pending[:cut], name, offset)
            pending = pending[cut:]
            offset += cut


def _cut(pending: bytes, still: bool) -> int:
    """How much of `pending` can be spoken."""
    if ends := [match.end() for match in _PARAGRAPH.finditer(pending)]:
        return ends[-1]
    enough = len(pending) > _ENOUGH_BYTES
    if (still or enough) and (ends := [match.end() for match in _LINE_OR_SENTENCE.finditer(pending)]):
        return ends[-1]
    return pending.rfind(b" ") + 1 or _whole_characters(pending) if enough else 0


def _whole_characters(data: bytes) -> int:
    """How much of `data` is there before a character that its end divides."""
    unfinished = _UNFINISHED.search(data, max(0, len(data) - 3))
    return unfinished.start() if unfinished else len(data)


def _pieces(descriptor: int, name: str) -> Iterator[bytes | None]:
    """Yield bytes as they come, None where none came for a while, b"" at the end; InputError as arriving."""
    from ttscli import heap

    queue: Queue[bytes | OSError] = Queue(maxsize=16)
    # A thread, since no call that waits for input with a limit works for pipes and terminals on every system.
    threading.Thread(target=_read, args=(descriptor, queue), daemon=True).start()
    still = True
    while True:
        if still:  # it may be for hours
            heap.give_back()
        try:
            piece = queue.get(timeout=None if still else _STILL_S)
        except Empty:
            still = True
            yield None
            continue
        if isinstance(piece, OSError):
            raise InputError(f"{shown(name)}: cannot be read: {piece.strerror}") from piece
        still = False
        yield piece
        if not piece:
            return


def _read(descriptor: int, queue: "Queue[bytes | OSError]") -> None:
    try:
        while data := os.read(descriptor, _ENOUGH_BYTES):
            queue.put(data)
        queue.put(b"")
    except OSError as error:
        queue.put(error)
