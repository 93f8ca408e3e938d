"""Files → the texts in them: a line each, a file each, or a row of a table each. A bad one leaves the others alone."""

import textwrap
from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import TypeAlias

from ttscli.batch.items import Entry
from ttscli.cli.batch_inputs import JSONL, TABLES, Input, Note, Source, origin
from ttscli.cli.batch_rows import Row, csv_rows, jsonl_rows
from ttscli.cli.decoding import decode, shown
from ttscli.cli.reading import read_bytes
from ttscli.errors import InputError
from ttscli.text.markdown import EXTENSIONS as MARKDOWN
from ttscli.text.markdown import read_markdown

Found: TypeAlias = Entry | Note | InputError
_NUMBERED, _PLAIN, _IDENTIFIED = "{stem}-{index:04}", "{stem}", "{id}"
_TITLE_CHARACTERS = 60


def entries(found: Iterable[Input | Note | InputError], source: Source) -> Iterator[Found]:
    """Read every input as `source` says, or, for "auto", as its extension does."""
    number = 0
    for item in found:
        if not isinstance(item, Input):
            yield item
            continue
        try:
            yield from _read(item, number, _usual(item) if source == "auto" else source)
        except InputError as error:
            yield error
        number += 1


def _usual(item: Input) -> Source:
    if item.suffix in JSONL:
        return "jsonl"
    if item.suffix in TABLES:
        return "csv"
    return "files" if item.suffix in MARKDOWN else "lines"


def _read(item: Input, number: int, source: Source) -> Iterator[Found]:
    data = read_bytes(item.name)
    match source:
        case "files":
            return _whole(item, number, data)
        case "csv":
            return _rows(item, csv_rows(item, data))
        case "jsonl":
            return _rows(item, jsonl_rows(item, data))
    return _lines(item, data)


def _whole(item: Input, number: int, data: bytes) -> Iterator[Found]:
    text, title = decode(data, item.name), item.stem
    if item.suffix in MARKDOWN:
        prose = read_markdown(text)
        text, title = prose.text, prose.title or title
        if prose.left_out:
            yield Note(f"{shown(item.name)}: blocks of code that are not read: {prose.left_out}")
    yield Entry(shown(item.name), text, title, item.stem, number, item.subfolder, _PLAIN)


def _lines(item: Input, data: bytes) -> Iterator[Found]:
    """Blank lines are passed over, but counted, so that {index} is the line's number less one."""
    offset = 0
    for index, line in enumerate(data.splitlines(keepends=True)):
        try:
            text = decode(line, item.name, offset).strip()
        except InputError as error:
            yield error
        else:
            if text:
                yield Entry(origin(item, index + 1), text, _title(text), item.stem, index, item.subfolder, _NUMBERED)
        offset += len(line)


def _rows(item: Input, rows: Iterable[Row | Note | InputError]) -> Iterator[Found]:
    for row in rows:
        yield _row_entry(item, row) if isinstance(row, Row) else row


def _row_entry(item: Input, row: Row) -> Entry:
    return Entry(
        origin=origin(item, row.line),
        text=row.text,
        title=row.id or _title(row.text),
        stem=item.stem,
        index=row.index,
        subfolder=PurePath() if row.output else item.subfolder,
        usual_name=_IDENTIFIED if row.id else _NUMBERED,
        id=row.id,
        voice=row.voice,
        speed=row.speed,
        output=row.output,
    )


def _title(text: str) -> str:
    return textwrap.shorten(text, _TITLE_CHARACTERS, placeholder=" …")
