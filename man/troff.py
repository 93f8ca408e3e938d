"""Plain text → troff, so that no sign of a text is read as a request."""

from collections.abc import Iterable, Iterator

_SIGNS = str.maketrans({"\\": r"\e", "-": r"\-", "'": r"\(aq", "`": r"\(ga", "^": r"\(ha", "~": r"\(ti"})


def escape(text: str) -> str:
    """A hyphen would become a dash, a quotation mark a curly one, a line that begins with a dot a request."""
    text = text.translate(_SIGNS)
    return rf"\&{text}" if text.startswith(".") else text


def bold(text: str) -> str:
    """Return `text` in bold."""
    return rf"\fB{escape(text)}\fR"


def italic(text: str) -> str:
    """Return `text` in italics: a placeholder or a path."""
    return rf"\fI{escape(text)}\fR"


def section(title: str, lines: Iterable[str]) -> Iterator[str]:
    """A section, unless there is nothing in it."""
    body = list(lines)
    if body:
        yield from (f".SH {title}", *body)


def tagged(tag: str, text: str) -> Iterator[str]:
    """A term, already troff, and what it means, plain text."""
    yield from (".TP", tag, *paragraphs(text))


def verbatim(lines: Iterable[str]) -> Iterator[str]:
    """Lines as they are, in a fixed pitch; an empty one must not be empty."""
    yield from (".EX", *(escape(line) or r"\&" for line in lines), ".EE")


def paragraphs(text: str) -> Iterator[str]:
    """Paragraphs as Typer's help knows them: one that begins with a backspace keeps its lines, a form feed ends the text."""
    for number, paragraph in enumerate(part for part in text.split("\f")[0].split("\n\n") if part.strip()):
        if number:
            yield ".PP"
        if is_verbatim(paragraph):
            yield from verbatim(lines_of(paragraph))
        else:
            yield escape(" ".join(paragraph.split()))


def is_verbatim(paragraph: str) -> bool:
    """Whether a paragraph of help keeps its lines."""
    return paragraph.lstrip("\n").startswith("\b")


def lines_of(paragraph: str) -> list[str]:
    """The lines of a paragraph that keeps them."""
    return [line for line in paragraph.replace("\b", "").splitlines() if line.strip()]
