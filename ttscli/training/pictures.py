"""Mels and alignments as pictures: arrays → PNG, without a library for it.

Letters: M mel bins, T frames, N symbols, H and W the height and width of a picture.
"""

import struct
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""(H, W, 3), red, green and blue."""

# Dark to bright, evenly to the eye: a few colours of the way from black over violet and orange to yellow.
_COLOURS = np.array([(0, 0, 4), (60, 15, 113), (140, 41, 129), (221, 73, 104), (253, 159, 108), (252, 253, 191)], float)
_PIXELS = 3
"""A bin or symbol is so many pixels high."""


def png(picture: Picture) -> bytes:
    """Encode a picture as a PNG file."""
    height, width, _ = picture.shape
    rows = np.zeros((height, 1 + 3 * width), np.uint8)  # each row begins with its filter: 0, none
    rows[:, 1:] = picture.reshape(height, -1)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)  # 8 bits a channel, colour
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows.tobytes())), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def colours(values: NDArray[np.float32], low: float, high: float) -> Picture:
    """Values (H, W) from `low` to `high`, others at its ends → a picture, dark to bright."""
    share = np.clip((values - low) / max(high - low, 1e-9), 0, 1)
    stops = np.linspace(0, 1, len(_COLOURS))
    return np.stack([np.interp(share, stops, channel) for channel in _COLOURS.T], -1).astype(np.uint8)


def mel_picture(mels: Sequence[NDArray[np.float32]], durations: Sequence[int] = ()) -> Picture:
    """Log mels (M, T), low bins below, one above the other on one scale; lines where symbols of the first one change."""
    low, high = (float(np.percentile(mels[0], q)) for q in (1, 99.5))
    pictures = [np.repeat(colours(mel[::-1], low, high), _PIXELS, 0) for mel in mels]
    edges = np.cumsum(durations, dtype=np.int64)
    pictures[0][:, edges[edges < mels[0].shape[1]]] //= 2
    return stacked(pictures)


def attention_picture(attention: NDArray[np.float32]) -> Picture:
    """Who attends to what: (T, N) in [0, 1] → frames from left to right, symbols upwards."""
    return np.repeat(colours(attention.T[::-1], 0.0, 1.0), 2 * _PIXELS, 0)


def stacked(pictures: Sequence[Picture]) -> Picture:
    """Set pictures one below the other, with a white line between them; the narrower ones are filled with white."""
    width = max(picture.shape[1] for picture in pictures)
    rows: list[Picture] = []
    for picture in pictures:
        rows += [np.pad(picture, ((0, 0), (0, width - picture.shape[1]), (0, 0)), constant_values=255)]
        rows += [np.full((_PIXELS, width, 3), 255, np.uint8)]
    return np.concatenate(rows[:-1])
