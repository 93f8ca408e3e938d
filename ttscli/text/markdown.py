"""Markdown → plain text: what a reader would read aloud.

The front end takes single marks out of any text; this knows blocks too: front matter, code, tables, HTML, links by reference.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token

_KEY = r"[\w\"'][\w .\"'/-]*:(?:[ \t].*)?\n"
# A rule may open a text too: what is between two of them is front matter only if it looks like "key: value".
_FRONT_MATTER = re.compile(
    rf"\A---[ \t]*\n(?:{_KEY}(?:{_KEY}|(?:[ \t]|- |#|[\]}}]).*\n|\n)*?)?(?:---|\.\.\.)[ \t]*(?:\n|\Z)",
)
_ENDS = ("heading_close", "paragraph_close", "bullet_list_close", "ordered_list_close")
_TAG = re.compile(r"<!--.*?-->|<[^<>]*>", re.DOTALL)
_FOOTNOTE = re.compile(r"\[\^[^\]\s]+\]:?")


@dataclass(frozen=True)
class Piece:
    """A stretch of a text: verbatim from `line`, from 1, of the source, or white space that parts what belongs apart."""

    text: str
    line: int


@dataclass(frozen=True)
class Prose:
    """What is to be read of a Markdown text.

    Attributes:
        pieces: together they are the text: blocks, a blank line between; list items bear a bullet or number, which the front end
            knows.
        title: the first heading, or "".
        code: the lines on which blocks of code begin, which are not read.
    """

    pieces: tuple[Piece, ...]
    title: str
    code: tuple[int, ...]


def read_markdown(source: str) -> Prose:
    """Read CommonMark with tables and footnotes: headings, paragraphs, quotes, lists, a sentence for each row of a table."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 - only Markdown pays for the import

    # Front matter is not read, but its lines count.
    body = _FRONT_MATTER.sub(lambda match: "\n" * match[0].count("\n"), source, count=1)
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(body)
    headings = (following for token, following in pairwise(tokens) if token.type == "heading_open")
    title = next(("".join(piece.text for piece in _inline(token)) for token in headings), "")
    code = tuple(_line(token) for token in tokens if token.type in ("fence", "code_block"))
    return Prose(tuple(_blocks(tokens)), title, code)


def _blocks(tokens: Sequence["Token"]) -> Iterator[Piece]:
    """Yield blocks, each with its line end; an empty line parts what belongs to two paragraphs."""
    mark, n_cells, cell, line = "", 0, False, 1
    for token in tokens:
        line = _line(token) if token.map else line
        match token.type:
            case "list_item_open":
                mark = f"{token.info}. " if token.info else "- "
            case "inline" if cell:
                pieces = _inline(token)
                yield from [Piece(", ", line)] * bool(n_cells and pieces) + pieces
                n_cells += bool(pieces)
            case "inline":
                yield from [Piece(mark, line), *_inline(token), Piece("\n", line)]
                mark = ""
            case "tr_close":
                yield Piece(".\n\n", line)
                n_cells = 0
            case "html_block":
                yield Piece(f"{_TAG.sub(' ', token.content).strip()}\n\n", line)
            case kind if kind in _ENDS and not token.hidden:
                yield Piece("\n", line)
        cell = token.type in ("td_open", "th_open")


def _line(token: "Token") -> int:
    return token.map[0] + 1 if token.map else 1


def _inline(token: "Token") -> list[Piece]:
    """The text of one block or cell, without white space around."""
    pieces: list[Piece] = []
    line = _line(token)
    for child in token.children or []:
        if child.type in ("text", "code_inline", "image"):
            pieces.append(Piece(_FOOTNOTE.sub("", child.content), line))
        elif child.type in ("softbreak", "hardbreak"):
            pieces.append(Piece(" " if child.type == "softbreak" else "\n", line))
            line += 1
    while pieces and not pieces[0].text.strip():
        pieces.pop(0)
    return [Piece(pieces[0].text.lstrip(), pieces[0].line), *pieces[1:]] if pieces else []
