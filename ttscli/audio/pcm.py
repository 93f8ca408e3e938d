"""Floats → the 16-bit samples that files, pipes and sound cards take."""

import dataclasses
from collections.abc import Iterable, Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ttscli.contract import AudioChunk, Samples

Pcm: TypeAlias = NDArray[np.int16]
"""(n_samples,), little-endian."""

_FULL_SCALE = 32767


def pcm16(samples: Samples) -> Pcm:
    """Round float32 (n_samples,) in [-1, 1] to int16 (n_samples,); what lies outside is clipped.

    Not dithered: a voice's own noise lies above the error of 16 bits.
    """
    return np.round(np.clip(samples, -1, 1) * _FULL_SCALE).astype("<i2")


def louder(chunks: Iterable[AudioChunk], volume_db: float) -> Iterator[AudioChunk]:
    """Yield `chunks` louder by `volume_db` decibels (quieter if negative), clipped to [-1, 1]."""
    if volume_db == 0:
        yield from chunks
        return
    gain = np.float32(10 ** (volume_db / 20))
    for chunk in chunks:
        yield dataclasses.replace(chunk, samples=np.clip(chunk.samples * gain, -1, 1))
