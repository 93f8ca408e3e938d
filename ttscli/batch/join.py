"""Many sound files → one, with gaps and chapter marks. Read and written block by block, so that its length costs no memory."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from ttscli.audio.resample import resampled
from ttscli.audio.writer import AudioFile
from ttscli.batch.chapters import EXTENSION, Chapter, embed, to_ffmetadata
from ttscli.contract import Samples
from ttscli.errors import OutputError
from ttscli.whole_file import write_whole

_BLOCK = 1 << 16
_LOSSLESS = ("WAV", "WAVEX", "RF64", "FLAC")


@dataclass(frozen=True)
class Joint:
    """One file to make of many.

    Attributes:
        path: the file.
        format_name: its format, of ttscli.audio.formats.
        gap_s: silence between two parts.
        parts: title and file of each part, in order; in any format but raw.
    """

    path: Path
    format_name: str
    gap_s: float
    parts: Sequence[tuple[str, Path]]

    @property
    def sidecar(self) -> Path:
        """The file of chapter marks beside it."""
        return self.path.with_suffix(EXTENSION)

    def key(self) -> str:
        """Return the SHA-256, in hex, of all that decides its bytes; the parts are read for it."""
        parts = []
        for title, path in self.parts:
            with open(path, "rb") as file:
                parts.append([title, hashlib.file_digest(file, "sha256").hexdigest()])
        return hashlib.sha256(json.dumps([self.format_name, self.gap_s, parts]).encode()).hexdigest()

    def make(self, clobber: bool = True) -> tuple[int, int]:
        """Write the file, whole or not at all, then its chapter marks.

        A part of a lower rate than another is resampled.

        Args:
            clobber: False to leave an existing file alone and fail.

        Returns:
            Number of samples, and their rate.

        Raises:
            OutputError: the file cannot be written, or a part cannot be read.
        """
        chapters: list[Chapter] = []
        try:
            rate_hz = max(map(_rate_hz, (path for _, path in self.parts)))
            with AudioFile(
                self.path, self.format_name, clobber, tag=lambda path: embed(path, self.format_name, chapters, rate_hz)
            ) as file:
                position = 0
                for number, (title, path) in enumerate(self.parts):
                    start = position
                    for block in self._blocks(path, rate_hz, last=number == len(self.parts) - 1):
                        file.write_samples(block, rate_hz)
                        position += len(block)
                    chapters.append(Chapter(title, start, position))
        except soundfile.SoundFileError as error:
            raise OutputError(f"{self.path}: a part cannot be read: {error}") from error
        write_whole(self.sidecar, to_ffmetadata(chapters, rate_hz))
        return position, rate_hz

    def _blocks(self, path: Path, rate_hz: int, last: bool) -> Iterator[Samples]:
        """Yield the sound of a part and the gap after it: float32 (n_samples,) each."""
        with _opened(path) as file:
            yield from resampled(_read(file), file.samplerate, rate_hz)
        if not last and (gap := round(self.gap_s * rate_hz)):
            yield np.zeros(gap, np.float32)


@contextmanager
def _opened(path: Path) -> Iterator[soundfile.SoundFile]:
    """Open a sound file; not by its name, which soundfile wants to be Unicode."""
    try:
        file = open(path, "rb")  # noqa: SIM115  closed below
    except OSError as error:
        raise OutputError(f"{path}: cannot be read: {error.strerror}") from error
    with file, soundfile.SoundFile(file.fileno(), closefd=False) as sound:
        yield sound


def _rate_hz(path: Path) -> int:
    with _opened(path) as file:
        return int(file.samplerate)


def _read(file: soundfile.SoundFile) -> Iterator[Samples]:
    """Yield blocks float32 (n_samples,). The integers of a lossless format come out as the floats that they were made of."""
    while True:
        if file.format in _LOSSLESS:
            block = file.read(_BLOCK, dtype="int16").astype(np.float32) / np.float32(32767)
        else:
            block = file.read(_BLOCK, dtype="float32")
        if not len(block):
            return
        yield block
