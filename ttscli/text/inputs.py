"""The formats that a text may come in → passages."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Literal, TypeAlias

from ttscli.contract import Place, Unspoken
from ttscli.text.emoji import EMOJI, EmojiPolicy, emoji_name
from ttscli.text.ipa import is_ipa, is_phones
from ttscli.text.markdown import read_markdown
from ttscli.text.passages import Draft, Inlay, Passage
from ttscli.text.pauses import PAUSES

InputFormat: TypeAlias = Literal["text", "markdown", "ssml", "phonemes"]

_EXTENSIONS: dict[str, InputFormat] = {".md": "markdown", ".markdown": "markdown", ".ssml": "ssml", ".xml": "ssml"}
_INLAY = re.compile(rf"\[\[(?P<phonemes>[^\[\]\n]{{1,300}})\]\]|(?P<emoji>{EMOJI.pattern})")
# Words of phonemes: IPA has spaces between them, phones have spaces inside and are parted as `tts g2p` prints them.
_IPA = rf"[^\s␣{re.escape(PAUSES)}]{{1,100}}"
_IPA_WORD = re.compile(rf"{_IPA}(?:\.{_IPA})*|[{re.escape(PAUSES)}]")  # a dot inside parts syllables
_PHONES_WORD = re.compile(rf"[^\s␣{re.escape(PAUSES)}][^\n␣{re.escape(PAUSES)}]*|[{re.escape(PAUSES)}]")
_PHONES_LINE = re.compile(r"@?[A-Z]{1,2}[012]?(?=\s)")


def format_of(name: str) -> InputFormat:
    """Return the format that the name of a file tells; "text" if it tells none."""
    return next((kind for extension, kind in _EXTENSIONS.items() if name.lower().endswith(extension)), "text")


def read_passages(kind: InputFormat, texts: Iterable[str], source: str = "", emoji: EmojiPolicy = "drop") -> Iterator[Passage]:
    """Read one document.

    Args:
        kind: plain text and phonemes are read as they come, the other formats whole.
        texts: the document in parts, in order.
        source: its name, for places and errors.
        emoji: what becomes of emoji.

    Raises:
        InputError: it is not of this format.
    """
    if kind in ("text", "phonemes"):
        yield from _as_they_come(texts, source, emoji, _text if kind == "text" else _phonemes)
    elif kind == "markdown":
        yield _markdown("".join(texts), source, emoji)
    else:
        from ttscli.text.ssml import read_ssml  # noqa: PLC0415 - brings a parser

        yield from read_ssml("".join(texts), source, emoji)


def _as_they_come(texts: Iterable[str], source: str, emoji: EmojiPolicy, read: "Reader") -> Iterator[Passage]:
    line, column = 1, 1
    for text in texts:
        yield from read(text, source, line, column, emoji)
        line, column = _behind(text, line, column)


def _text(text: str, source: str, line: int, column: int, emoji: EmojiPolicy) -> Iterator[Passage]:
    draft = Draft()
    add_text(draft, text, line, column, emoji)
    yield draft.passage(source, line, column)


def _phonemes(text: str, source: str, line: int, column: int, emoji: EmojiPolicy) -> Iterator[Passage]:
    """Each line is a sentence, as `tts g2p` prints them."""
    for number, written in enumerate(text.split("\n")):
        draft = Draft()
        add_phonemes(draft, written, line + number, column if number == 0 else 1)
        yield replace(draft.passage(source, line + number, 1), end="sentence")


def _markdown(source: str, name: str, emoji: EmojiPolicy) -> Passage:
    """Read a Markdown text as one passage; blocks of code are named as unspoken."""
    lines = re.split("\r\n|\r|\n", source)
    prose = read_markdown("\n".join(lines))
    draft = Draft()
    line, column = 0, 0
    for piece in prose.pieces:
        column = 0 if piece.line != line else column
        line = piece.line
        found = lines[line - 1].find(piece.text, column) if piece.text.strip() else -1
        column = column if found < 0 else found
        add_text(draft, piece.text, line, column + 1, emoji)
        column += len(piece.text) if found >= 0 else 0
    code = tuple(Unspoken("block of code", Place(name, number, 1)) for number in prose.code)
    return replace(draft.passage(name, 1, 1), unspoken=code)


Reader: TypeAlias = Callable[[str, str, int, int, EmojiPolicy], Iterator[Passage]]
"""(text, source, line, column, emoji) → passages."""


def _behind(text: str, line: int, column: int) -> tuple[int, int]:
    """Return the line and column behind `text`, which begins there."""
    lines = text.count("\n")
    return line + lines, len(text) - text.rfind("\n") if lines else column + len(text)


def add_text(draft: Draft, text: str, line: int, column: int, emoji: EmojiPolicy, brackets: bool = True) -> None:
    """Append plain text that stands at `line`, `column`.

    Args:
        draft: is appended to.
        text: what stands there.
        line: where.
        column: where.
        emoji: what becomes of emoji.
        brackets: whether [[…]] with phonemes in it gives the sound of words; other brackets are text.
    """
    start = 0
    for match in _INLAY.finditer(text):
        is_sound = brackets and match["phonemes"] and (is_ipa(match["phonemes"]) or is_phones(match["phonemes"]))
        if not is_sound and (emoji == "drop" or not match["emoji"]):
            continue
        draft.add(text[start : match.start()], line, column)
        line, column = _behind(text[start : match.start()], line, column)
        if is_sound:
            add_phonemes(draft, match["phonemes"], line, column + 2)
        elif emoji == "name":
            draft.add(f", {emoji_name(match[0])}, ", line, column)
        else:
            draft.add_inlay(Inlay(match[0], match[0], like=match[0]), line, column)
        start, column = match.end(), column + len(match[0])
    draft.add(text[start:], line, column)


def add_phonemes(draft: Draft, text: str, line: int, column: int) -> None:
    """Append words on one line, written in phonemes, IPA or phones, with marks of punctuation."""
    words = _PHONES_WORD if _PHONES_LINE.match(text.lstrip()) else _IPA_WORD
    for match in words.finditer(text):
        if match[0] in PAUSES:
            draft.add(match[0], line, column + match.start())
        else:
            draft.add_inlay(Inlay(match[0], match[0], match[0].strip()), line, column + match.start())
