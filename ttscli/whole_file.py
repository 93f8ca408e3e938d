"""Files that are there whole or not at all. Sound has ttscli.audio.writer."""

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ttscli.errors import OutputError


@contextmanager
def unfinished(path: Path) -> Iterator[Path]:
    """Lend an empty new file beside `path` to write to: at the end it becomes `path`; whatever is raised, it is gone.

    Of several writers the last wins. A link is written through, and the permissions of a file that is there are kept; devices
    and pipes are lent themselves. What a killed process leaves, .ttscli-XXXXXXXX.part, may be deleted.

    Raises:
        OSError: it cannot be written; at once where `path` is a folder, or nothing can be made beside it.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if path.exists() and not path.is_file():
        yield path
        return
    path = Path(os.path.realpath(path))
    new = path.with_name(f".ttscli-{secrets.token_hex(4)}.part")
    try:
        new.touch(exist_ok=False)
        if path.exists():
            shutil.copymode(path, new)  # at once: what is private is so while it is written, too
        yield new
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def write_whole(path: Path, content: str | bytes, hint: str | None = None) -> None:
    """Write `content`, text as UTF-8, to `path`, in a folder that is there.

    Raises:
        OutputError: it cannot be written, with `hint`; what stood there before is left alone.
    """
    with told(path, hint), unfinished(path) as new:
        new.write_bytes(content.encode() if isinstance(content, str) else content)


def exists_already(path: Path) -> OutputError:
    """Return what is raised where --no-clobber finds a file."""
    return OutputError(f"{path}: exists already", "leave --no-clobber out to replace it")


@contextmanager
def told(path: Path, hint: str | None = None) -> Iterator[None]:
    """Tell with `hint` that `path` cannot be written, if anything is not; OutputError."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}", hint) from error
