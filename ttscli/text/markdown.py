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

EXTENSIONS = (".md", ".markdown")
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?:.*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_ENDS = ("heading_close", "paragraph_close", "bullet_list_close", "ordered_list_close")
_TAG = re.compile(r"<!--.*?-->|<[^<>]*>", re.DOTALL)
_FOOTNOTE = re.compile(r"\[\^[^\]\s]+\]:?")


@dataclass(frozen=True)
class Prose:
    """What is to be read of a Markdown text.

    Attributes:
        text: blocks, a blank line between; list items bear a bullet or number, which the front end knows.
        title: the first heading, or "".
        left_out: how many blocks of code are not read.
    """

    text: str
    title: str
    left_out: int


def read_markdown(source: str) -> Prose:
    """Read CommonMark with tables and footnotes: headings, paragraphs, quotes, lists, a sentence for each row of a table."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 - only Markdown pays for the import

    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(_FRONT_MATTER.sub("", source, count=1))
    headings = (following for token, following in pairwise(tokens) if token.type == "heading_open")
    blocks = list(_blocks(tokens))
    left_out = sum(token.type in ("fence", "code_block") for token in tokens)
    return Prose("\n".join(blocks).strip("\n") + "\n", next(map(_inline, headings), ""), left_out)


def _blocks(tokens: Sequence["Token"]) -> Iterator[str]:
    """Yield lines; an empty one parts what belongs to two paragraphs."""
    mark, cells, cell = "", list[str](), False
    for token in tokens:
        match token.type:
            case "list_item_open":
                mark = _mark(token)
            case "inline" if cell:
                cells.append(_inline(token))
            case "inline":
                yield mark + _inline(token)
                mark = ""
            case "tr_close":
                yield f"{', '.join(filter(None, cells))}.\n"
                cells = []
            case "html_block":
                yield f"{_TAG.sub(' ', token.content).strip()}\n"
            case kind if kind in _ENDS and not token.hidden:
                yield ""
        cell = token.type in ("td_open", "th_open")


def _mark(item: "Token") -> str:
    return f"{item.info}. " if item.info else "- "


def _inline(token: "Token") -> str:
    return _FOOTNOTE.sub("", "".join(map(_piece, token.children or []))).strip()


def _piece(token: "Token") -> str:
    if token.type in ("text", "code_inline", "image"):
        return token.content
    return {"softbreak": " ", "hardbreak": "\n"}.get(token.type, "")
