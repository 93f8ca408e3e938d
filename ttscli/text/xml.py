"""XML from outside, read with expat: no entities of its own, no DTD, nothing that lies elsewhere.

What "billion laughs" and external entities need is a DOCTYPE, and that is refused as soon as it begins.
"""

from collections.abc import Mapping
from typing import NoReturn, Protocol
from xml.parsers import expat

from ttscli.errors import InputError


class Handler(Protocol):
    """Takes what is in a document; names are without their namespace's prefix, `line` and `column` count from 1."""

    def start(self, tag: str, attributes: Mapping[str, str], line: int, column: int) -> None:
        """A tag begins an element."""

    def end(self, tag: str) -> None:
        """An element ends."""

    def text(self, text: str, line: int, column: int) -> None:
        """Characters, one line or less at a time."""


def parse(source: str, name: str, handler: Handler) -> None:
    """Read a document.

    Raises:
        InputError: it is not well-formed, or has a DOCTYPE; with the line and column.
    """
    parser = expat.ParserCreate("utf-8")
    shown = f"{name}:" if name else ""

    def here() -> tuple[int, int]:
        return parser.CurrentLineNumber, parser.CurrentColumnNumber + 1

    def refuse(*declaration: object) -> NoReturn:
        line, column = here()
        raise InputError(f"{shown}{line}:{column}: a DOCTYPE is not read: it may define entities", "take it out of the file")

    def start(tag: str, attributes: dict[str, str]) -> None:
        handler.start(_local(tag), {_local(key): value for key, value in attributes.items()}, *here())

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda tag: handler.end(_local(tag))
    parser.CharacterDataHandler = lambda text: handler.text(text, *here())
    try:
        parser.Parse(source.encode(), True)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        raise InputError(f"{shown}{error.lineno}:{error.offset + 1}: not XML: {reason}") from error


def _local(name: str) -> str:
    return name.rpartition(":")[2]
