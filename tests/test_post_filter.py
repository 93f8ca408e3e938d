"""The post-filter of mels."""

import numpy as np

from ttscli.post_filter import enhance


def test_one_changes_nothing() -> None:
    frames = np.random.default_rng(0).normal(-4, 2, (80, 7)).astype(np.float32)
    assert np.array_equal(enhance(frames, 1.0), frames)


def test_contrast_enlarges_what_the_envelope_leaves() -> None:
    ramp = np.linspace(-9, 0, 80, dtype=np.float32)[:, None] * np.ones((1, 3), np.float32)
    ripple = np.tile(np.array([1, -1], np.float32), 40)[:, None]
    inner = slice(9, -9)
    steeper = np.diff(enhance(ramp, 1.4)[inner], axis=0)
    np.testing.assert_allclose(steeper, np.diff(ramp[inner], axis=0), atol=1e-5)  # a smooth envelope keeps its shape
    np.testing.assert_allclose(np.diff(enhance(ripple, 1.4)[inner], axis=0), 1.4 * np.diff(ripple[inner], axis=0), atol=0.1)


def test_contrast_keeps_loudness() -> None:
    frames = np.random.default_rng(0).normal(-4, 2, (80, 7)).astype(np.float32)
    np.testing.assert_allclose(np.exp(enhance(frames, 1.4)).mean(), np.exp(frames).mean(), rtol=1e-4)
