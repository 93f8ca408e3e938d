"""A chunk of sound, without a voice."""

from collections.abc import Callable

import numpy as np
import pytest

from ttscli.contract import AudioChunk, Samples, Segment


@pytest.fixture
def chunk() -> Callable[[Samples], AudioChunk]:
    """Make a chunk of float32 (n_samples,) at 22,050 Hz."""
    segment = Segment("Ah.", "Ah.", ("a",), np.zeros(1, np.int64), (), (), 0.0)
    return lambda samples: AudioChunk(samples.astype(np.float32), 22050, segment, (), ())
