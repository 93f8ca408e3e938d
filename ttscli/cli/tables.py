"""Lists for people and for programs: an aligned table on a terminal, tab-separated in a pipe, JSON when it is asked for."""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import TextIO

from ttscli.errors import OutputError

JSON_VERSION = 1
"""Goes up when a field is renamed or removed, not when one is added."""


def stdout() -> TextIO:
    """Return standard output; OutputError if the program was started without one."""
    if sys.stdout is None:
        raise OutputError("standard output: closed", "redirect it: > FILE, or > /dev/null")
    return sys.stdout


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print `rows`. The names of the columns are for people only: in a pipe each line is a row, its cells parted by tabs."""
    if not stdout().isatty():
        for row in rows:
            print_row(row)
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        # Text, not a string: a name with brackets in it is no markup.
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


def print_row(cells: Sequence[str]) -> None:
    """Print one line of cells parted by tabs; a tab or line break inside a cell becomes a space."""
    _write("\t".join(" ".join(cell.split()) if cell.split() else cell for cell in cells))


def print_json(payload: Mapping[str, object]) -> None:
    """Print `payload` with the version of its form."""
    _write(json.dumps({"version": JSON_VERSION, **payload}, ensure_ascii=False, indent=2))


def _write(line: str) -> None:
    stdout().write(line + "\n")
