"""What the user names on the command line of a batch → files to read: folders and patterns become what is in them."""

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Literal, TypeAlias

from ttscli.cli.decoding import STDIN, shown
from ttscli.errors import InputError

Source: TypeAlias = Literal["auto", "lines", "files", "csv", "jsonl"]
JSONL, TABLES = (".jsonl", ".ndjson"), (".csv", ".tsv")
_TEXTS = (".txt", ".text", *TABLES, *JSONL)
_SNIFFED_BYTES = 8192
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Input:
    """One file to read.

    Attributes:
        name: its path, or "-".
        subfolder: where it lies below the folder that the user named; what is made of it goes to the same place.
    """

    name: str
    subfolder: PurePath

    @property
    def stem(self) -> str:
        """What {stem} stands for."""
        return "stdin" if self.name == STDIN else Path(self.name).stem

    @property
    def suffix(self) -> str:
        """In small letters; "" for standard input."""
        return "" if self.name == STDIN else Path(self.name).suffix.lower()


@dataclass(frozen=True)
class Note:
    """What the user is told, and is no fault."""

    text: str


def find(names: Sequence[str], made: Path) -> Iterator[Input | Note | InputError]:
    """Yield every file that `names` stand for: files, folders with all texts in them, patterns, "-".

    Args:
        names: as the user gave them.
        made: the output folder; what lies there is no input.
    """
    for name in names:
        if name == STDIN or os.path.lexists(name) or not glob.has_magic(name):
            yield from _named(name, made)
        elif fitting := sorted(glob.glob(name, recursive=True)):  # noqa: PTH207 - Path.glob takes no absolute pattern
            for path in fitting:
                yield from _named(path, made)
        else:
            yield InputError(f"{name}: no file fits this pattern")


def _named(name: str, made: Path) -> Iterator[Input | Note | InputError]:
    from ttscli.text.inputs import format_of

    if name == STDIN or not os.path.isdir(name):  # noqa: PTH112 - Path.is_dir raises where one may not look
        yield Input(name, PurePath())
        return
    strays: list[str] = []
    for path in _files(Path(name), made):
        if isinstance(path, InputError):
            yield path
            continue
        known = path.suffix.lower() in _TEXTS or format_of(path.name) != "text"
        if known and _is_text(path):
            yield Input(str(path), PurePath(path.parent.relative_to(name)))
        else:
            strays.append(str(path))
    if strays:
        others = f" and {len(strays) - 1} more" if len(strays) > 1 else ""
        yield Note(f"not text, and passed over: {strays[0]}{others}")


def _files(folder: Path, made: Path) -> Iterator[Path | InputError]:
    """Yield what is in `folder`, sorted, folders after files; nothing hidden, nothing made, and no folder twice.

    A link to a folder elsewhere is as good as one; what lies in `folder` itself is found without links to it.
    """
    whole, closed = folder.resolve(), list[OSError]()
    passed = {whole, made.resolve()}

    def is_new(path: Path) -> bool:
        place = path.resolve()
        if path.name.startswith(".") or place in passed or (path.is_symlink() and place.is_relative_to(whole)):
            return False
        passed.add(place)
        return True

    for place, folders, files in os.walk(folder, onerror=closed.append, followlinks=True):
        folders[:] = [name for name in sorted(folders) if is_new(Path(place, name))]
        yield from (Path(place, name) for name in sorted(files) if not name.startswith("."))
    yield from (InputError(f"{error.filename}: cannot be read: {error.strerror}") for error in closed)


def _is_text(path: Path) -> bool:
    """Tell text from bytes; what only cannot be read, or is in another encoding, is told when it is read."""
    try:
        if not path.is_file():
            return False
        with open(path, "rb") as file:
            start = file.read(_SNIFFED_BYTES)
    except OSError:
        return True
    return b"\0" not in start or start.startswith(_UTF16_MARKS)


def origin(item: Input, line: int) -> str:
    """How a message names a line of an input."""
    return f"{shown(item.name)}:{line}"
