import numpy as np
import pytest

from ttscli.audio.resample import resample, resampled


@pytest.mark.parametrize(("from_hz", "to_hz"), [(22050, 24000), (44100, 48000), (16000, 16000)])
def test_a_tone_stays_the_tone(from_hz: int, to_hz: int) -> None:
    tone = np.sin(2 * np.pi * 1000 * np.arange(from_hz) / from_hz).astype(np.float32)
    expected = np.sin(2 * np.pi * 1000 * np.arange(to_hz) / to_hz)
    got = resample(tone, from_hz, to_hz)
    assert got.dtype == np.float32
    assert len(got) == to_hz
    inner = slice(200, -200)
    assert np.abs(got[inner] - expected[inner]).max() < 1e-3


def test_a_single_sample_and_none() -> None:
    assert len(resample(np.ones(1, np.float32), 22050, 24000)) == 1
    assert len(resample(np.zeros(0, np.float32), 22050, 24000)) == 0


@pytest.mark.parametrize(("from_hz", "to_hz"), [(22050, 24000), (8000, 24000), (24000, 24000)])
@pytest.mark.parametrize("block", [1, 7, 300, 1000, 5000])
def test_blocks_change_nothing(from_hz: int, to_hz: int, block: int) -> None:
    sound = np.random.default_rng(0).normal(size=4321).astype(np.float32)
    got = list(resampled((sound[at : at + block] for at in range(0, len(sound), block)), from_hz, to_hz))
    np.testing.assert_array_equal(np.concatenate(got), resample(sound, from_hz, to_hz) if from_hz != to_hz else sound)
