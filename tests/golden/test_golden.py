"""Seeded networks sound as they did when golden.npz was made (by make.py beside it)."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.golden.make import GOLDEN, outputs

TOLERANCE = {"mel": 1e-4, "durations": 0, "nhv": 1e-3, "griffin_lim": 1e-2}
"""Sums run in another order on another CPU; Griffin-Lim's phases magnify that from iteration to iteration."""


@pytest.fixture(scope="module")
def made() -> dict[str, NDArray[Any]]:
    return outputs()


@pytest.mark.parametrize("name", TOLERANCE)
def test_is_golden(name: str, made: dict[str, NDArray[Any]]) -> None:
    golden = np.load(GOLDEN)[name]
    assert golden.shape == made[name].shape
    assert golden.dtype == made[name].dtype
    np.testing.assert_allclose(made[name], golden, rtol=0, atol=TOLERANCE[name])


def test_golden_audio_is_no_silence() -> None:
    golden = np.load(GOLDEN)
    for name in ("nhv", "griffin_lim"):
        assert np.abs(golden[name]).max() > 1e-2
