"""A corpus in miniature: sentences of three sounds, each of them always the same, so that there is something to learn."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

RATE_HZ, HOP = 22050, 256
# Symbol → (frames, f0 in Hz or 0 for noise, loudness). "^" and "$" are silence.
SOUNDS = {"^": (4, 0, 0.0), "a": (18, 120, 0.5), "s": (14, 0, 0.1), "u": (16, 180, 0.4), "$": (3, 0, 0.0)}
SENTENCES = ("^asuas$", "^usasu$", "^saua$", "^auusa$")


def write_corpus(folder: Path, sentences: tuple[str, ...] = SENTENCES) -> Path:
    """Write it as `tts corpus make` does: wavs/, alignments.jsonl, metadata.csv."""
    (folder / "wavs").mkdir(parents=True)
    rows = [_row(number, symbols) for number, symbols in enumerate(sentences)]
    for number, row in enumerate(rows):
        soundfile.write(folder / "wavs" / f"{row['id']}.flac", _sound(row, number), RATE_HZ, subtype="PCM_16")
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / "alignments.jsonl").write_text("".join(lines), encoding="utf-8")
    (folder / "metadata.csv").write_text("".join(f"{row['id']}|a|a\n" for row in rows), encoding="utf-8")
    return folder


def _row(number: int, symbols: str) -> dict[str, Any]:
    durations = [SOUNDS[symbol][0] for symbol in symbols]
    f0_hz = [float(SOUNDS[symbol][1]) for symbol in symbols for _ in range(SOUNDS[symbol][0])]
    return {"id": f"{number:06d}", "symbols": list(symbols), "durations": durations, "f0_hz": f0_hz}


def _sound(row: dict[str, Any], seed: int) -> NDArray[np.float64]:
    f0 = np.repeat(row["f0_hz"], HOP)
    loudness = np.repeat([SOUNDS[symbol][2] for symbol in row["symbols"]], np.array(row["durations"]) * HOP)
    turns = 2 * np.pi * np.cumsum(f0) / RATE_HZ
    voice = sum(np.sin(k * turns) / k for k in range(1, 12)) / 2
    noise = np.random.default_rng(seed).standard_normal(len(f0)) / 2
    sound: NDArray[np.float64] = np.clip(loudness * np.where(f0 > 0, voice, noise), -1, 1)
    return sound
