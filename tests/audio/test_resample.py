import numpy as np
import pytest

from ttscli.audio.resample import Resampler, resampled
from ttscli.contract import Samples


def in_blocks(sound: Samples, block: int, from_hz: int, to_hz: int) -> Samples:
    blocks = (sound[start : start + block] for start in range(0, len(sound), block))
    return np.concatenate(list(resampled(blocks, from_hz, to_hz)))


def tone(pitch_hz: float, rate_hz: int, n_samples: int) -> Samples:
    return np.sin(2 * np.pi * pitch_hz * np.arange(n_samples) / rate_hz).astype(np.float32)


@pytest.mark.parametrize(("from_hz", "to_hz"), [(22050, 24000), (44100, 48000), (20000, 22050), (16000, 16000)])
def test_a_tone_stays_the_tone(from_hz: int, to_hz: int) -> None:
    got = in_blocks(tone(1000, from_hz, from_hz), from_hz, from_hz, to_hz)
    assert got.dtype == np.float32
    assert len(got) == to_hz
    inner = slice(200, -200)
    assert np.abs(got[inner] - tone(1000, to_hz, to_hz)[inner]).max() < 1e-3


@pytest.mark.parametrize(("n_samples", "expected"), [(0, 0), (1, 2), (2, 3), (147, 160), (22051, 24002)])
def test_there_is_a_sample_for_each_moment_before_the_end(n_samples: int, expected: int) -> None:
    assert len(in_blocks(np.ones(n_samples, np.float32), 100, 22050, 24000)) == expected


@pytest.mark.parametrize(("from_hz", "to_hz"), [(22050, 24000), (8000, 24000), (47999, 48000), (24000, 24000)])
@pytest.mark.parametrize("block", [1, 7, 300, 1000, 5000])
def test_blocks_change_nothing(from_hz: int, to_hz: int, block: int) -> None:
    sound = np.random.default_rng(0).normal(size=4321).astype(np.float32)
    np.testing.assert_array_equal(in_blocks(sound, block, from_hz, to_hz), in_blocks(sound, len(sound), from_hz, to_hz))


@pytest.mark.parametrize("block", [30, 441, 1 << 14])
def test_a_tone_has_no_seams(block: int) -> None:
    got = in_blocks(tone(220, 22050, 50000), block, 22050, 24000)
    inner = slice(200, -200)
    assert np.abs(got[inner] - tone(220, 24000, len(got))[inner]).max() < 1e-4


def test_no_more_is_held_back_than_the_neighbours_that_are_not_there_yet() -> None:
    resampler, sound = Resampler(22050, 24000), tone(220, 22050, 3000)
    came = np.cumsum([len(resampler.push(block)) for block in np.split(sound, 30)])
    assert list(came) == [-(-(known - 24) * 24000 // 22050) for known in range(100, 3001, 100)]
    assert came[-1] + len(resampler.close()) == -(-3000 * 24000 // 22050)
