"""The recordings of a corpus: wavs/ID.EXTENSION in any format and at any rate → 16 bit, mono, at the voice's own rate."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from ttscli.errors import InputError

EXTENSIONS = (".wav", ".flac", ".opus", ".ogg", ".mp3")


class MissingError(InputError):
    """No recording has this name."""


def find(folder: Path, identity: str) -> Path:
    """Return the recording called `identity` in the corpus at `folder`; MissingError if there is none."""
    for extension in EXTENSIONS:
        path = folder / "wavs" / f"{identity}{extension}"
        if path.is_file():
            return path
    raise MissingError(f"{folder / 'wavs' / identity}: not there", f"recordings end in {', '.join(EXTENSIONS)}")


def length(path: Path) -> tuple[float, int]:
    """Return (seconds, samples per second), as the file itself says; InputError if it cannot be read."""
    with _decoding(path):
        info = soundfile.info(path)
    return info.frames / info.samplerate, info.samplerate


def read(path: Path, rate_hz: int) -> NDArray[np.int16]:
    """Read a recording: int16 (n_samples,) at `rate_hz`, the mean of its channels.

    Raises:
        InputError: it cannot be read, or holds what is no number.
    """
    with _decoding(path):
        samples, own_rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    mono = samples.mean(1)
    if not np.isfinite(mono).all():
        raise InputError(f"{path}: cannot be read: some samples are no numbers")
    if own_rate_hz != rate_hz:
        mono = soxr.resample(mono, own_rate_hz, rate_hz, quality="VHQ")
    whole: NDArray[np.int16] = np.clip(np.round(mono * 32768), -32768, 32767).astype(np.int16)
    return whole


@contextmanager
def _decoding(path: Path) -> Iterator[None]:
    """Turn what is wrong with a file into one InputError."""
    try:
        with _silence():
            yield
    except (soundfile.SoundFileError, OSError) as error:
        reason = str(error).removeprefix(f"Error opening {str(path)!r}: ")
        raise InputError(f"{path}: cannot be read: {reason}") from error


@contextmanager
def _silence() -> Iterator[None]:
    """Keep the decoder of MP3 from standard error, to which it writes by itself."""
    if sys.stderr is None:  # it was closed from the start: number 2 may be any file of ours
        yield
        return
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
