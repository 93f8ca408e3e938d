"""Rows of a table, CSV or JSONL, with the fields text, id, voice, speed and output. A bad row leaves the others alone."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import Any, TypeAlias

from ttscli.cli.batch_inputs import Input, Note, origin
from ttscli.cli.decoding import decode, shown
from ttscli.errors import InputError
from ttscli.pace import FASTEST, SLOWEST

FIELDS = ("text", "id", "voice", "speed", "output")
_DELIMITERS = ",;\t|"
_LONGEST_CELL = 1 << 30


@dataclass(frozen=True)
class Row:
    """One row: its place among the lines of the file, its number among the rows, and its fields."""

    line: int
    index: int
    text: str
    id: str | None
    voice: str | None
    speed: float | None
    output: str | None


Found: TypeAlias = Row | Note | InputError


def jsonl_rows(item: Input, data: bytes) -> Iterator[Found]:
    """Read one JSON object a line. Blank lines are passed over, but counted."""
    unknown: dict[str, None] = {}
    offset = 0
    for index, line in enumerate(data.splitlines(keepends=True)):
        try:
            if text := decode(line, item.name, offset).strip():
                table = _object(text)
                unknown.update(dict.fromkeys(name for name in table if name not in FIELDS))
                yield _row(table, index + 1, index)
        except _BadRowError as error:
            yield InputError(f"{origin(item, index + 1)}: {error}")
        except InputError as error:
            yield error
        offset += len(line)
    yield from _told(item, unknown)


def csv_rows(item: Input, data: bytes) -> Iterator[Found]:
    """Read a table whose first line names the columns, parted by comma, semicolon, tab or bar; cells may hold line breaks.

    Raises:
        InputError: there is no column called text, or a field has two.
    """
    lines = data.splitlines(keepends=True)
    if not lines:
        return
    delimiter, columns = _columns(item, decode(lines[0], item.name).strip())
    offsets = list(accumulate(map(len, lines), initial=0))
    for index, (start, stop, cells) in enumerate(_records(lines, delimiter)):
        try:
            decode(b"".join(lines[start:stop]), item.name, offsets[start])
            if cells:
                yield _row(_by_column(columns, cells), start + 1, index)
        except (_BadRowError, csv.Error) as error:
            yield InputError(f"{origin(item, start + 1)}: {error}")
        except InputError as error:
            yield error
    yield from _told(item, [column for column in columns if column not in FIELDS])


class _BadRowError(ValueError):
    """What is wrong with a row, without where it is."""


def _object(text: str) -> dict[str, Any]:
    try:
        table = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _BadRowError(f"not JSON: {error}") from error
    if not isinstance(table, dict):
        raise _BadRowError('not an object, such as {"text": "Hello."}')
    return table


def _columns(item: Input, header: str) -> tuple[str, list[str]]:
    """Find the delimiter at which the header falls into columns of which one is called text."""
    for delimiter in sorted(_DELIMITERS, key=lambda delimiter: (delimiter == "\t") != (item.suffix == ".tsv")):
        columns = [name.strip().lower() for name in next(csv.reader([header], delimiter=delimiter), [])]
        if "text" in columns:
            _require_distinct(item, columns)
            return delimiter, columns
    raise InputError(f"{shown(item.name)}: no column is called text", f"the first line names the columns: {', '.join(FIELDS)}")


def _require_distinct(item: Input, columns: Sequence[str]) -> None:
    for field in FIELDS:
        if columns.count(field) > 1:
            raise InputError(
                f"{shown(item.name)}: {columns.count(field)} columns are called {field}", "of one name only one counts"
            )


def _records(lines: Sequence[bytes], delimiter: str) -> Iterator[tuple[int, int, list[str] | csv.Error]]:
    """Yield (first line, line after the last, cells) of each record after the header; after a bad one, go on in the next line."""
    csv.field_size_limit(_LONGEST_CELL)
    start = 1
    while start < len(lines):
        rest = (line.decode("utf-8", "surrogateescape") for line in islice(lines, start, None))
        reader, first = csv.reader(rest, delimiter=delimiter, strict=True), start
        try:
            for cells in reader:
                stop = first + reader.line_num
                yield start, stop, cells
                start = stop
        except csv.Error as error:
            yield start, start + 1, error
            start += 1


def _by_column(columns: Sequence[str], cells: list[str] | csv.Error) -> dict[str, Any]:
    if isinstance(cells, csv.Error):
        raise _BadRowError(f"not CSV: {cells}") from cells
    if len(cells) > len(columns):
        raise _BadRowError(f"{len(cells)} cells in a table of {len(columns)} columns")
    return {column: cell.strip() or None for column, cell in zip(columns, cells, strict=False)}


def _row(table: Mapping[str, Any], line: int, index: int) -> Row:
    text = _string(table, "text")
    if text is None or not text.strip():
        raise _BadRowError("there is no text")
    return Row(line, index, text, _id(table), _string(table, "voice"), _speed(table), _string(table, "output"))


def _string(table: Mapping[str, Any], name: str) -> str | None:
    value = table.get(name)
    if value is None or (value == "" and name != "text"):
        return None
    if not isinstance(value, str):
        raise _BadRowError(f"{name} {value!r} is not a text")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise _BadRowError(f"{name} has half a character in it, which is not Unicode")
    return value


def _id(table: Mapping[str, Any]) -> str | None:
    value = table.get("id")
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else _string(table, "id")


def _speed(table: Mapping[str, Any]) -> float | None:
    value = table.get("speed")
    if value is None:
        return None
    try:
        speed = float("nan" if isinstance(value, bool) else value)
    except (TypeError, ValueError, OverflowError):
        speed = float("nan")
    if not SLOWEST <= speed <= FASTEST:
        raise _BadRowError(f"speed {value!r} is not a number from {SLOWEST:g} to {FASTEST:g}")
    return speed


def _told(item: Input, unknown: Sequence[str] | Mapping[str, None]) -> Iterator[Note]:
    if unknown:
        yield Note(f"{shown(item.name)}: unknown fields are passed over: {', '.join(unknown)} (known: {', '.join(FIELDS)})")
