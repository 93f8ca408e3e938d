"""Chapter marks of one long file: inside of it where its format has a place that players look at, and in a file beside it.

FLAC, Ogg and Opus carry them as comments (CHAPTER001=…), MP3 as frames of its ID3 tag (CHAP). The file beside is ffmpeg's own
(";FFMETADATA1"), exact to the sample, for what has no such place and for `ffmpeg -i x.wav -i x.ffmetadata -map_metadata 1 x.m4b`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ttscli.errors import OutputError

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

    try:
        if format_name == "mp3":
            _embed_frames(path, chapters, sample_rate_hz)
        elif (file := _commented(path, format_name)) is not None:
            for number, chapter in enumerate(chapters, 1):
                file[f"CHAPTER{number:03}"] = _clock(chapter.start, sample_rate_hz)
                file[f"CHAPTER{number:03}NAME"] = chapter.title
            file.save()
    except (MutagenError, OSError) as error:
        raise OutputError(f"chapters cannot be written: {error}") from error


def to_ffmetadata(chapters: Sequence[Chapter], sample_rate_hz: int) -> str:
    """Return `chapters` in ffmpeg's form, counted in samples."""
    lines = [";FFMETADATA1"]
    for chapter in chapters:
        span = [f"TIMEBASE=1/{sample_rate_hz}", f"START={chapter.start}", f"END={chapter.stop}"]
        lines += ["[CHAPTER]", *span, f"title={_escaped(chapter.title)}"]
    return "\n".join(lines) + "\n"


def _commented(path: Path, format_name: str) -> "FLAC | OggVorbis | OggOpus | None":
    from mutagen.flac import FLAC  # noqa: PLC0415 - as above
    from mutagen.oggopus import OggOpus  # noqa: PLC0415
    from mutagen.oggvorbis import OggVorbis  # noqa: PLC0415

    match format_name:
        case "flac":
            return FLAC(path)
        case "ogg":
            return OggVorbis(path)
        case "opus":
            return OggOpus(path)
    return None


def _embed_frames(path: Path, chapters: Sequence[Chapter], sample_rate_hz: int) -> None:
    from mutagen.id3 import CHAP, CTOC, ID3, TIT2, CTOCFlags  # noqa: PLC0415 - as above

    tag = ID3()
    names = [f"chapter{number}" for number in range(len(chapters))]
    flags = CTOCFlags.TOP_LEVEL | CTOCFlags.ORDERED
    tag.add(CTOC(element_id="toc", flags=flags, child_element_ids=names, sub_frames=[]))
    unknown = 0xFFFFFFFF  # offsets in bytes; the times count
    for name, chapter in zip(names, chapters, strict=True):
        start, stop = (round(place * 1000 / sample_rate_hz) for place in (chapter.start, chapter.stop))
        title = [TIT2(encoding=3, text=[chapter.title])]
        tag.add(CHAP(name, start, stop, start_offset=unknown, end_offset=unknown, sub_frames=title))
    tag.save(path)


def _clock(sample: int, sample_rate_hz: int) -> str:
    """HH:MM:SS.mmm of a sample."""
    seconds, milliseconds = divmod(round(sample * 1000 / sample_rate_hz), 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{milliseconds:03}"


def _escaped(text: str) -> str:
    return "".join(f"\\{character}" if character in "=;#\\\n" else character for character in text)
