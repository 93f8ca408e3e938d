"""The audio formats that the program writes, and which one a file name means. Imports neither numpy nor soundfile."""

import difflib
from pathlib import Path

from ttscli.errors import UsageError

WAV, RAW = "wav", "raw"
EXTENSIONS = {
    ".wav": WAV,
    ".wave": WAV,
    ".flac": "flac",
    ".ogg": "ogg",
    ".oga": "ogg",
    ".opus": "opus",
    ".mp3": "mp3",
    ".raw": RAW,
    ".pcm": RAW,
}
FORMATS = tuple(dict.fromkeys(EXTENSIONS.values()))
"""wav: 16 bit PCM; ogg: Vorbis; raw: samples without a header, s16le."""


def checked(name: str) -> str:
    """Return the format called `name`, in small letters; UsageError if there is none."""
    if name.lower() in FORMATS:
        return name.lower()
    near = difflib.get_close_matches(name.lower(), FORMATS, n=1)
    raise UsageError(f"{name}: not a format", f"did you mean {near[0]}?" if near else f"formats are: {', '.join(FORMATS)}")


def of_file(path: Path, asked: str | None, usual: str | None = None) -> str:
    """Return the format for `path`: as its extension says, else as `asked`, else the `usual` one, which may disagree.

    Raises:
        UsageError: the two disagree, or neither names a format.
    """
    named = EXTENSIONS.get(path.suffix.lower())
    if asked is not None:
        asked = checked(asked)
        if named not in (None, asked):
            raise UsageError(f"{path}: the name says {named}, the option says {asked}", "let the two agree, or leave one out")
        return asked
    if named is not None:
        return named
    if usual is not None:
        return usual
    if path.exists() and not path.is_file():
        return WAV  # a device or a pipe needs no extension
    what = f"{path.suffix} is no audio format" if path.suffix else "no extension to tell the format by"
    raise UsageError(f"{path}: {what}", f"formats are: {', '.join(FORMATS)} (--format, or the file's extension)")
