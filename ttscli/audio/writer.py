"""Chunks → an audio file that is there whole or not at all."""

import contextlib
import errno
import io
import os
import secrets
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from ttscli.audio.encoders import Encoder, open_encoder, write_all
from ttscli.contract import AudioChunk, Samples
from ttscli.errors import OutputError
from ttscli.whole_file import exists_already


class AudioFile:
    """A context that writes to a temporary name beside `path` and renames at its end; an exception leaves nothing behind.

    Devices and pipes are written straight. Entering it tries the path, so that a wrong one is known before a model is loaded.

    Args:
        path: an existing file is replaced.
        format_name: of ttscli.audio.formats.
        clobber: False to leave an existing file alone and fail.
        tag: called with the temporary file when all sound is in it, to add what comes last.

    Raises:
        OutputError: `path` cannot be written, or the disk is full.
    """

    def __init__(
        self, path: Path, format_name: str, clobber: bool = True, tag: Callable[[Path], None] = lambda path: None
    ) -> None:
        self._shown = path
        self._path = path
        self._format_name = format_name
        self._clobber = clobber
        self._tag = tag
        self._temporary: Path | None = None
        self._file: io.FileIO | None = None
        self._encoder: Encoder | None = None
        self._begun = False

    def __enter__(self) -> Self:
        try:
            self._open()
        except OSError as error:
            self._discard()
            raise self._error(error) from error
        return self

    def write(self, chunk: AudioChunk) -> None:
        """Append one chunk."""
        self.write_samples(chunk.samples, chunk.sample_rate_hz)

    def write_samples(self, samples: Samples, sample_rate_hz: int) -> None:
        """Append float32 (n_samples,), always of the same rate."""
        assert self._file is not None
        self._begun = True
        try:
            if self._encoder is None:
                self._encoder = open_encoder(self._format_name, self._file, sample_rate_hz, seekable=self._temporary is not None)
            self._encoder.write(samples)
        except OSError as error:
            raise self._error(error) from error

    def write_encoded(self, data: bytes) -> None:
        """Append bytes that are in the file's format already; a file takes either these or samples."""
        assert self._file is not None
        assert self._encoder is None
        self._begun = True
        try:
            write_all(self._file, data)
        except OSError as error:
            raise self._error(error) from error

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None and self._begun:
                self._finish()
        except OSError as error:
            raise self._error(error) from error
        finally:
            self._discard()

    def _open(self) -> None:
        mode = _mode(self._path)
        if mode is None or stat.S_ISREG(mode):
            self._path = Path(os.path.realpath(self._path))  # a link is written through, not replaced
            if mode is not None and not self._clobber:
                raise FileExistsError(errno.EEXIST, "")
            if mode is not None and not os.access(self._path, os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            self._temporary, self._file = _new_temporary(self._path.parent)
            if mode is not None:
                self._temporary.chmod(stat.S_IMODE(mode))
        elif stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        else:
            self._file = io.FileIO(self._path, "wb")

    def _finish(self) -> None:
        assert self._file is not None
        if self._encoder is not None:
            self._encoder.close()
        if self._temporary is None:
            return
        self._tag(self._temporary)
        os.fsync(self._file.fileno())
        if os.name == "nt":  # where a file that is open cannot be renamed
            self._file.close()
        if self._clobber:
            self._temporary.replace(self._path)
        else:
            _rename_to_new(self._temporary, self._path)
        self._file.close()  # not before: the lock ends with it, and what has the temporary name and no lock is abandoned

    def _discard(self) -> None:
        """Close the file, and remove it where it has not become `path`."""
        if self._file is not None:
            self._file.close()
        if self._temporary is not None:
            self._temporary.unlink(missing_ok=True)

    def _error(self, error: OSError) -> OSError | OutputError:
        if isinstance(error, BrokenPipeError):
            return error
        if isinstance(error, FileExistsError):
            return exists_already(self._shown)
        hint = None
        if isinstance(error, FileNotFoundError) and not self._shown.parent.exists():
            hint = f"make the folder first: {self._shown.parent}"
        return OutputError(f"{self._shown}: cannot be written: {_reason(error)}", hint)


def remove_abandoned(folder: Path) -> None:
    """Remove the temporary files of writers that were killed, and no others, from `folder`."""
    with contextlib.suppress(OSError):  # a name that no folder can have
        for path in folder.glob(_TEMPORARY.format("?" * 12)):
            with contextlib.suppress(OSError), open(path, "rb") as file:
                _lock(file.fileno(), wait=False)  # a writer that lives holds it
                path.unlink()


_BINARY = getattr(os, "O_BINARY", 0)
_TEMPORARY = ".ttscli-{}.part"


def _new_temporary(folder: Path) -> tuple[Path, io.FileIO]:
    """Create a temporary file in `folder` and lock it."""
    while True:
        path = folder / _TEMPORARY.format(secrets.token_hex(6))
        # Not by tempfile: a finished file shall have the permissions of any other new file.
        file = io.FileIO(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _BINARY, 0o666), "r+b")
        with contextlib.suppress(OSError):  # a file system without locks
            _lock(file.fileno(), wait=True)
        if path.exists():
            return path, file
        file.close()  # another run took it for abandoned before it was locked


def _lock(descriptor: int, wait: bool) -> None:
    """Mark a file as being written for as long as it is open and its process lives.

    Where another does so, wait until it does no more, or raise OSError.
    """
    if sys.platform != "win32":  # where a file that is open cannot be removed
        import fcntl  # noqa: PLC0415 - no module of Windows

        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


def _reason(error: OSError) -> str:
    return error.strerror or str(error)


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def _rename_to_new(source: Path, target: Path) -> None:
    """Rename without ever replacing; FileExistsError if `target` came into being meanwhile."""
    if os.name == "nt":
        source.rename(target)
        return
    try:
        target.hardlink_to(source)
    except FileExistsError:
        raise
    except OSError:  # a file system without links: claim the name, then fill it
        os.close(os.open(target, os.O_CREAT | os.O_EXCL))
        source.replace(target)
