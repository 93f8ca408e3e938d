"""Files → the texts in them: a line each, a file each, or a row of a table each. A bad one leaves the others alone."""

import os
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import TypeAlias

from ttscli.batch.items import Entry
from ttscli.cli.batch_inputs import JSONL, TABLES, Input, Note, Source, origin
from ttscli.cli.batch_rows import Row, csv_rows, jsonl_rows
from ttscli.cli.decoding import decode, shown
from ttscli.cli.documents import require_text
from ttscli.cli.reading import read_bytes
from ttscli.errors import InputError
from ttscli.text.emoji import EmojiPolicy
from ttscli.text.inputs import InputFormat, format_of, read_passages
from ttscli.text.markdown import read_markdown
from ttscli.text.passages import Passage, without_inlays
from ttscli.text.silent import suspects

Found: TypeAlias = Entry | Note | InputError
_DOCUMENTS = ("markdown", "ssml")
_NUMBERED, _PLAIN, _IDENTIFIED = "{stem}-{index:04}", "{stem}", "{id}"
_TITLE_CHARACTERS = 60


@dataclass(frozen=True)
class Reading:
    """How inputs are read; each field is an option of `tts batch`.

    Attributes:
        source: what an input holds; "auto" for what its extension says.
        text_format: of each text; None for what the extension says of a whole file, and plain text in lines and rows.
        emoji: what becomes of emoji.
    """

    source: Source
    text_format: InputFormat | None
    emoji: EmojiPolicy

    def of(self, item: Input) -> Source:
        """Return what `item` holds: a document is one text, and all else that is no table has one a line."""
        if self.source != "auto":
            return self.source
        if item.suffix in JSONL:
            return "jsonl"
        if item.suffix in TABLES:
            return "csv"
        return "files" if (self.text_format or format_of(item.name)) in _DOCUMENTS else "lines"

    def passages(self, text: str, origin: str, usual: InputFormat = "text") -> tuple[Passage, ...]:
        """Read one text; InputError, which names the place, if it is not of its format."""
        try:
            return tuple(read_passages(self.text_format or usual, [text], emoji=self.emoji))
        except InputError as error:
            raise InputError(f"{origin}:{error}", error.hint) from error


def entries(found: Iterable[Input | Note | InputError], reading: Reading) -> Iterator[Found]:
    """Read every input."""
    number = 0
    for item in found:
        if not isinstance(item, Input):
            yield item
            continue
        try:
            yield from _read(item, number, reading)
        except InputError as error:
            yield error
        number += 1


def _read(item: Input, number: int, reading: Reading) -> Iterator[Found]:
    data = read_bytes(item.name)
    require_text(data, item.name, stated=reading.text_format is not None)
    match reading.of(item):
        case "files":
            return iter([_whole(item, number, data, reading)])
        case "csv":
            return _rows(item, csv_rows(item, data), reading)
        case "jsonl":
            return _rows(item, jsonl_rows(item, data), reading)
    return _lines(item, data, reading)


def _whole(item: Input, number: int, data: bytes, reading: Reading) -> Entry | Note:
    text, origin, usual = decode(data, item.name), shown(item.name), format_of(item.name)
    heading = read_markdown(text).title if (reading.text_format or usual) == "markdown" else ""
    passages = reading.passages(text, origin, usual)
    if not _asks_for_sound(passages):
        return Note(f"{origin}: no words in it, and passed over")
    title = heading or os.fsencode(item.stem).decode(errors="replace")  # a name may be any bytes, chapter marks are UTF-8
    return Entry(origin, passages, title, item.stem, number, item.subfolder, _PLAIN)


def _lines(item: Input, data: bytes, reading: Reading) -> Iterator[Found]:
    """Lines without words are passed over, but counted, so that {index} is the line's number less one."""
    offset = 0
    layout: list[int] = []
    for index, line in enumerate(data.splitlines(keepends=True)):
        try:
            if text := decode(line, item.name, offset).strip():
                place = origin(item, index + 1)
                passages = reading.passages(text, place)
                if _asks_for_sound(passages):
                    yield Entry(place, passages, _title(passages), item.stem, index, item.subfolder, _NUMBERED)
                else:
                    layout.append(index + 1)
        except InputError as error:
            yield error
        offset += len(line)
    if layout:
        more = f" and {len(layout) - 1} more" if len(layout) > 1 else ""
        yield Note(f"{origin(item, layout[0])}{more}: layout alone, and passed over")


def _asks_for_sound(passages: Sequence[Passage]) -> bool:
    """Whether there is more than white space, punctuation and marks of layout, such as * * * between two scenes."""
    return any(
        passage.inlays or passage.unspoken or re.search(r"[^\W_]", passage.text) or any(suspects(passage.text))
        for passage in passages
    )


def _rows(item: Input, rows: Iterable[Row | Note | InputError], reading: Reading) -> Iterator[Found]:
    for row in rows:
        try:
            yield _row_entry(item, row, reading) if isinstance(row, Row) else row
        except InputError as error:
            yield error


def _row_entry(item: Input, row: Row, reading: Reading) -> Entry:
    place = origin(item, row.line)
    passages = reading.passages(row.text, place)
    return Entry(
        origin=place,
        passages=passages,
        title=row.id or _title(passages),
        stem=item.stem,
        index=row.index,
        subfolder=PurePath() if row.output else item.subfolder,
        usual_name=_IDENTIFIED if row.id else _NUMBERED,
        id=row.id,
        voice=row.voice,
        speed=row.speed,
        output=row.output,
    )


def _title(passages: Sequence[Passage]) -> str:
    text = " ".join(without_inlays(passage.text, passage.inlays, written=True) for passage in passages)
    return textwrap.shorten(text, _TITLE_CHARACTERS, placeholder=" …")
