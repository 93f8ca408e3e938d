"""A corpus as people record them: metadata.csv and wavs/, no alignments."""

from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

RATE_HZ = 22050


def hum(seconds: float = 1.0, rate_hz: int = RATE_HZ, f0_hz: float = 120.0, loudness: float = 0.3) -> NDArray[np.float64]:
    """A voice that says nothing: the first harmonics of `f0_hz`."""
    turns = 2 * np.pi * f0_hz * np.arange(round(seconds * rate_hz)) / rate_hz
    sound: NDArray[np.float64] = np.sum([np.sin(k * turns) / k for k in range(1, 9)], axis=0)
    return loudness / 1.6 * sound


def write(folder: Path, name: str, samples: NDArray[np.float64], rate_hz: int = RATE_HZ) -> None:
    """Write wavs/`name`, by whose extension the format goes."""
    (folder / "wavs").mkdir(parents=True, exist_ok=True)
    soundfile.write(folder / "wavs" / name, samples, rate_hz)


def write_recordings(folder: Path, n_items: int = 3) -> Path:
    """Good items 000, 001 …, each at another pitch, all of them saying "Hello there."."""
    lines = []
    for number in range(n_items):
        write(folder, f"{number:03}.wav", hum(f0_hz=120 + 10 * number))
        lines.append(f"{number:03}|Hello there.|Hello there.\n")
    (folder / "metadata.csv").write_text("".join(lines), encoding="utf-8")
    return folder


def add(folder: Path, line: str) -> None:
    """Append a line to metadata.csv."""
    with open(folder / "metadata.csv", "a", encoding="utf-8") as metadata:
        metadata.write(line + "\n")
