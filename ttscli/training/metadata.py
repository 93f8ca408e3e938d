"""metadata.csv, as LJSpeech has it: `id|text` or `id|text|text in spoken words` a line, unquoted. A wrong line is a Flaw."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal, TypeAlias

from ttscli.errors import InputError
from ttscli.training.recordings import EXTENSIONS

FILE_NAME = "metadata.csv"

Kind: TypeAlias = Literal[
    "malformed", "missing", "unreadable", "empty", "mis-sampled", "too-short", "too-long", "clipped", "silent", "pace",
    "duplicate", "characters", "unused", "unaligned",
]  # fmt: skip


@dataclass(frozen=True)
class Flaw:
    """What is wrong with an item of a corpus.

    Attributes:
        identity: the item, or the line or file where there is none.
        kind: what is wrong, in a word.
        detail: the evidence, and what may be behind it.
        left_out: whether training goes without the item because of it.
    """

    identity: str
    kind: Kind
    detail: str
    left_out: bool = True


@dataclass(frozen=True)
class Item:
    """A line: the name of a recording, and what is said in it, as `text` has it and in `spoken` words."""

    identity: str
    text: str
    spoken: str


def items(folder: Path) -> Iterator[Item | Flaw]:
    """Yield the lines of the corpus at `folder` in order; empty ones are passed over.

    Raises:
        InputError: there is no metadata.csv that can be read.
    """
    path = folder / FILE_NAME
    try:
        with open(path, "rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _item(line, f"line {number}")
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}", "a corpus has a metadata.csv and a folder wavs") from error


def _item(line: bytes, where: str) -> Item | Flaw:
    try:
        cells = [cell.strip() for cell in line.decode("utf-8-sig").split("|")]
    except UnicodeDecodeError as error:
        return Flaw(where, "malformed", f"not UTF-8: {error.reason} at byte {error.start + 1}")
    if len(cells) not in (2, 3):
        return Flaw(cells[0] or where, "malformed", f"{where}: {len(cells)} columns: id|text or id|text|spoken text are wanted")
    identity = _identity(cells[0])
    if not identity or ".." in PurePosixPath(identity).parts or PurePosixPath(identity).is_absolute():
        return Flaw(where, "malformed", f"{cells[0]!r} names no recording in wavs/")
    return Item(identity, cells[1], cells[-1] or cells[1])


def _identity(name: str) -> str:
    """The name without what some corpora write around it: "wavs/x.wav" is x."""
    name = name.removeprefix("wavs/")
    return next((name.removesuffix(extension) for extension in EXTENSIONS if name.endswith(extension)), name)
