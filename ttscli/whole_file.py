"""Files that are there whole or not at all. Sound has ttscli.audio.writer."""

from pathlib import Path

from ttscli.errors import OutputError


def write_whole(path: Path, content: str | bytes, hint: str | None = None) -> None:
    """Write `content`, text as UTF-8, to `path`, in a folder that is there.

    What a killed process leaves, PATH.part, is overwritten by the next one.

    Raises:
        OutputError: it cannot be written, with `hint`; what stood there before is left alone.
    """
    unfinished = path.with_name(path.name + ".part")
    try:
        unfinished.write_bytes(content.encode() if isinstance(content, str) else content)
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}", hint) from error
