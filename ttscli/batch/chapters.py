"""Chapter marks of one long file: inside of it where its format has a place that players look at, and in a file beside it.

FLAC, Ogg and Opus carry them as comments (CHAPTER001=…), MP3 as frames of its ID3 tag (CHAP). The file beside is ffmpeg's own
(";FFMETADATA1"), exact to the sample, for what has no such place and for `ffmpeg -i x.wav -i x.ffmetadata -map_metadata 1 x.m4b`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ttscli.batch import id3
from ttscli.errors import OutputError
from ttscli.timings import clock

if TYPE_CHECKING:
    from mutagen.flac import FLAC
    from mutagen.oggopus import OggOpus
    from mutagen.oggvorbis import OggVorbis

EXTENSION = ".ffmetadata"


@dataclass(frozen=True)
class Chapter:
    """A stretch of the file, in samples; the next begins where it stops."""

    title: str
    start: int
    stop: int


def embed(path: Path, format_name: str, chapters: Sequence[Chapter], sample_rate_hz: int) -> None:
    """Write `chapters` into the sound file at `path`; nothing where `format_name` has no place for them.

    Raises:
        OutputError: the file cannot be written.
    """
    from mutagen import MutagenError  # noqa: PLC0415 - only a joined file pays for the import

    def milliseconds(sample: int) -> int:
        return round(sample * 1000 / sample_rate_hz)

    try:
        if format_name == "mp3":
            marks = [(chapter.title, milliseconds(chapter.start), milliseconds(chapter.stop)) for chapter in chapters]
            id3.insert(path, id3.tag_of(marks))
        elif format_name in ("flac", "ogg", "opus"):
            file = _commented(path, format_name)
            for number, chapter in enumerate(chapters, 1):
                file[f"CHAPTER{number:03}"] = clock(chapter.start, sample_rate_hz)
                file[f"CHAPTER{number:03}NAME"] = chapter.title
            file.save()
    except (MutagenError, OSError) as error:
        raise OutputError(f"chapters cannot be written: {error}") from error


def _commented(path: Path, format_name: str) -> "FLAC | OggVorbis | OggOpus":
    from mutagen.flac import FLAC  # noqa: PLC0415 - as above
    from mutagen.oggopus import OggOpus  # noqa: PLC0415
    from mutagen.oggvorbis import OggVorbis  # noqa: PLC0415

    return {"flac": FLAC, "ogg": OggVorbis, "opus": OggOpus}[format_name](path)


def to_ffmetadata(chapters: Sequence[Chapter], sample_rate_hz: int) -> str:
    """Return `chapters` in ffmpeg's form, counted in samples."""
    lines = [";FFMETADATA1"]
    for chapter in chapters:
        span = [f"TIMEBASE=1/{sample_rate_hz}", f"START={chapter.start}", f"END={chapter.stop}"]
        lines += ["[CHAPTER]", *span, f"title={_escaped(chapter.title)}"]
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return "".join(f"\\{character}" if character in "=;#\\\n" else character for character in text)
