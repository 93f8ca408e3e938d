from collections.abc import Callable

import numpy as np
import pytest

from ttscli.audio.pcm import louder, pcm16
from ttscli.contract import AudioChunk, Samples

Chunk = Callable[[Samples], AudioChunk]


def test_full_scale_is_reached_and_never_passed() -> None:
    pcm = pcm16(np.array([0, 1, -1, 3, -3, 0.5], np.float32))
    assert pcm.tolist() == [0, 32767, -32767, 32767, -32767, 16384]
    assert pcm.dtype == np.dtype("<i2")


def test_louder_counts_in_decibels_and_clips(chunk: Chunk) -> None:
    plain = chunk(np.array([0.1, -0.1, 0.9]))
    assert next(louder([plain], 0)) is plain
    (twice,) = louder([plain], 6.0206)
    assert twice.samples == pytest.approx([0.2, -0.2, 1.0], abs=1e-5)
    assert twice.samples.dtype == np.float32
