"""What a batch has made: a JSON line for each file, so that the next run makes only what is missing or changed.

A line is added, and is on the disk, as soon as its file is; of two lines for one file the later counts. A run that is killed
leaves at worst a last line that is torn, which is passed over.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, TypeAlias, get_type_hints

from ttscli.errors import OutputError

FILE_NAME = ".ttscli-manifest.jsonl"
_VERSION = 1
_BEGINNING = b'{"version": '

Reason: TypeAlias = Literal["new", "missing", "changed", "altered", "unchecked", "again"]
"""Why a file is to be made: never made, made but gone, to be another, no longer what was made, not known to be as good as is
asked for now, or asked for again."""


@dataclass(frozen=True)
class Record:
    """One file that was made.

    Attributes:
        output: its path, from the manifest's folder.
        key: Item.key.
        bytes, sha256: of the file.
        origin: the text's.
        n_samples, sample_rate_hz: of its sound.
        n_unspoken: how many things in the text make no sound; None where that was not counted.
        wer, seed, tries: as in ttscli.batch.verify.Verdict; None where nobody has listened.
    """

    output: str
    key: str
    bytes: int
    sha256: str
    origin: str
    n_samples: int
    sample_rate_hz: int
    n_unspoken: int | None = None
    wer: float | None = None
    seed: int | None = None
    tries: int | None = None


_TYPES: dict[str, Any] = get_type_hints(Record)


class Manifest:
    """The records of one file; a context in which more can be added. Several runs may add to one file at the same time.

    Raises:
        OutputError: the file cannot be read, or is something else; on entering and adding, it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._records = {record.output: record for record in _read(path)}
        self._descriptor = -1

    def reason(self, path: Path, key: str) -> Reason | None:
        """Tell why the file at `path`, whose item has this key, is to be made; None if it is there as it was made."""
        record = self.find(path)
        if record is None:
            return "new"
        if not path.is_file():
            return "missing"
        if record.key != key:
            return "changed"
        return None if (path.stat().st_size, _digest(path)) == (record.bytes, record.sha256) else "altered"

    def find(self, path: Path) -> Record | None:
        """Return the record of the file at `path`."""
        return self._records.get(self._name(path))

    def others(self, paths: Iterable[Path]) -> Iterator[tuple[Path, str]]:
        """Yield each recorded file that is still there and is none of `paths`, and what it was made of."""
        taken = {self._name(path) for path in paths}
        for record in self._records.values():
            path = self.path.parent / record.output
            if record.output not in taken and path.is_file():
                yield path, record.origin

    def record(self, path: Path, key: str, origin: str, n_samples: int, sample_rate_hz: int, **more: Any) -> Record:
        """Describe the file at `path` as it is now, with `more` fields of a record; OutputError if it is not there."""
        try:
            file = (path.stat().st_size, _digest(path))
            return Record(self._name(path), key, *file, origin, n_samples, sample_rate_hz, **more)
        except OSError as error:
            raise OutputError(f"{path}: cannot be read: {error.strerror}") from error

    def __enter__(self) -> Self:
        try:
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)
            os.lseek(self._descriptor, 0, os.SEEK_END)  # in a pipe, no record can be found again
        except OSError as error:
            raise self._error(error) from error
        return self

    def add(self, record: Record) -> None:
        """Append a record; when this returns, it is on the disk."""
        line = json.dumps({"version": _VERSION, **asdict(record)}).encode() + b"\n"
        try:
            data = line if _ends_with_a_line(self._descriptor) else b"\n" + line
            if os.write(self._descriptor, data) < len(data):
                raise OSError(0, "only a part of a record could be written")
            os.fsync(self._descriptor)
        except OSError as error:
            raise self._error(error) from error
        self._records[record.output] = record

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        os.close(self._descriptor)

    def _name(self, path: Path) -> str:
        return Path(os.path.relpath(path, self.path.parent)).as_posix()

    def _error(self, error: OSError) -> OutputError:
        return OutputError(f"{self.path}: cannot be written: {error.strerror}")


def _read(path: Path) -> Iterator[Record]:
    if not path.is_file():
        return
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise OutputError(f"{path}: cannot be read: {error.strerror}", "--manifest names another file") from error
    whole = (line for line in lines if not (line and _BEGINNING.startswith(line)))  # the first ones may be torn
    if not next(whole, _BEGINNING).startswith(_BEGINNING):
        raise OutputError(f"{path}: is no manifest of a batch", "--manifest names another file")
    for line in lines:
        try:
            table = json.loads(line)
        except ValueError:
            continue  # torn
        if isinstance(table, dict) and table.get("version") == _VERSION:
            yield from _record(table)


def _record(table: dict[str, Any]) -> Iterator[Record]:
    values: dict[str, Any] = {name: table.get(name) for name in _TYPES}
    if all(isinstance(values[name], kind) for name, kind in _TYPES.items()):
        yield Record(**values)


def _digest(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _ends_with_a_line(descriptor: int) -> bool:
    size = os.lseek(descriptor, 0, os.SEEK_END)
    if size == 0:
        return True
    os.lseek(descriptor, size - 1, os.SEEK_SET)
    return os.read(descriptor, 1) == b"\n"
