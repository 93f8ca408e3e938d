import numpy as np
import pytest

from tests.training.recorded import hum
from ttscli.melspec import MelSpec
from ttscli.training.pitch import at_frames, estimate_f0


def as_int16(samples: np.ndarray) -> np.ndarray:
    return np.round(samples * 32767).astype(np.int16)


@pytest.mark.parametrize("f0_hz", [75, 120, 220, 430])
def test_the_pitch_of_a_hum(f0_hz: float) -> None:
    found = estimate_f0(as_int16(hum(f0_hz=f0_hz)), 87, MelSpec())
    assert found.shape == (87,)
    assert np.median(np.abs(found / f0_hz - 1)) < 0.002
    assert (np.abs(found / f0_hz - 1) < 0.02).mean() > 0.95


def test_it_follows_a_glide_and_frames_stand_where_they_should() -> None:
    seconds = np.arange(22050) / 22050
    turns = 2 * np.pi * (100 * seconds + 50 * seconds**2)  # from 100 to 200 Hz in a second
    samples = 0.3 * np.sum([np.sin(k * turns) / k for k in range(1, 6)], axis=0)
    found = estimate_f0(as_int16(samples), 86, MelSpec())
    true = 100 + 100 * np.arange(86) * 256 / 22050
    assert np.abs(found / true - 1)[5:-5].max() < 0.01


def test_noise_and_silence_have_none() -> None:
    noise = 0.2 * np.random.default_rng(0).standard_normal(22050)
    assert (estimate_f0(as_int16(np.clip(noise, -1, 1)), 86, MelSpec()) > 0).mean() < 0.05
    assert not estimate_f0(np.zeros(22050, np.int16), 86, MelSpec()).any()


def test_voice_begins_where_it_begins() -> None:
    samples = np.concatenate([np.zeros(11025), hum(0.5)])
    voiced = estimate_f0(as_int16(samples), 86, MelSpec()) > 0
    assert not voiced[:40].any()
    assert voiced[47:80].all()


def test_less_than_a_window_has_none() -> None:
    assert estimate_f0(as_int16(hum(0.03)), 3, MelSpec()).tolist() == [0, 0, 0]


def test_at_frames() -> None:
    times, f0 = np.array([0.0, 1.0, 2.0, 3.0]), np.array([100.0, 200.0, 0.0, 400.0])
    found = at_frames(times, f0, np.array([0.0, 0.5, 1.4, 1.6, 2.4, 2.6, 9.0]))
    assert found == pytest.approx([100, 150, 240, 0, 0, 360, 400])
    assert at_frames(times, 0 * f0, times).tolist() == [0, 0, 0, 0]
