from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from ttscli.contract import SpeechOptions
from ttscli.errors import DeviceError, VoiceError
from ttscli.melspec import MelSpec
from ttscli.nn.lite import read_tensors
from ttscli.nn.weights import read_weights, save_weights
from ttscli.testing import VOCODER_CHECKS, VocoderCheck, mel
from ttscli_nhv import source
from ttscli_nhv.config import NhvConfig
from ttscli_nhv.estimate import LiteEstimator
from ttscli_nhv.gpu import TorchEstimator
from ttscli_nhv.model import NeuralHomomorphicVocoder
from ttscli_nhv.network import FilterEstimator, Filters, synthesise

RATE_HZ, HOP, FFT = 22050, 256, 1024
SMALL: dict[str, Any] = {"channels": 8, "fft_samples": 512, "dilations": [1, 2]}
CONFIG = NhvConfig(channels=8, fft_samples=512, dilations=(1, 2))


def estimator(config: NhvConfig = CONFIG) -> FilterEstimator:
    """Random weights, norms that have seen data, and about as much voiced as unvoiced."""
    torch.manual_seed(0)
    network = FilterEstimator(config).eval()
    for name, tensor in network.state_dict().items():
        if name.endswith(("running_mean", "running_var", "deviation")) or name == "mean":
            tensor.uniform_(0.5, 1.5)
    return network


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    save_weights(estimator(), tmp_path / "w.safetensors", torch.float32)
    return tmp_path / "w.safetensors"


def load(weights: Path | None, spec: MelSpec | None = None, device: str = "cpu", **config: Any) -> NeuralHomomorphicVocoder:
    return NeuralHomomorphicVocoder.load(weights, SMALL | config, spec or MelSpec(), device)


@pytest.mark.parametrize("check", VOCODER_CHECKS)
def test_contract(check: VocoderCheck, weights: Path) -> None:
    check(load(weights))


# The excitation


@pytest.mark.parametrize("f0", [lambda t: 100 + 0 * t, lambda t: 441 + 0 * t, lambda t: 90 + 8 * t, lambda t: 220 * 0.98**t])
def test_pulses_are_a_sum_of_cosines(f0: Callable[[Any], Any]) -> None:
    """100 Hz has 105 harmonics below the top; at 441 Hz a pulse falls on a sample exactly; the others glide."""
    contour = np.asarray(f0(np.arange(12.0)), np.float32)
    train = source.pulses(contour, HOP, RATE_HZ)
    hertz = np.interp(np.arange(12 * HOP) / HOP, np.arange(12), contour)
    turns = np.cumsum(hertz / RATE_HZ)
    wanted = np.zeros(12 * HOP)
    for harmonic in range(1, int(0.48 * RATE_HZ / hertz.min()) + 1):
        wanted += np.cos(2 * np.pi * harmonic * turns) * (harmonic <= np.floor(0.48 * RATE_HZ / hertz))
    assert train.dtype == np.float32
    np.testing.assert_allclose(train, wanted, atol=2e-3 * wanted.max())


def test_pulses_are_silent_where_nothing_is_voiced() -> None:
    f0 = np.array([0, 0, 150, 150, 0, 0], np.float32)
    train = source.pulses(f0, HOP, RATE_HZ)
    start, stop = 2 * HOP - HOP // 2, 4 * HOP - HOP // 2  # a frame's voicing holds for the hop around its centre
    assert not train[:start].any()
    assert not train[stop:].any()
    assert np.abs(train[start:stop]).max() > 10
    assert not source.pulses(np.zeros(3, np.float32), HOP, RATE_HZ).any()


def test_pulses_of_a_long_text_keep_their_pitch() -> None:
    """Ten minutes: in single precision the phase would have drifted."""
    train = source.pulses(np.full(51680, 110.25, np.float32), HOP, RATE_HZ)  # a pulse every 200 samples
    peaks = np.flatnonzero(train > 0.9 * train.max())
    assert np.abs(np.diff(peaks) - 200).max() <= 1
    assert abs(len(peaks) - 51680 * HOP / 200) <= 1


@pytest.mark.parametrize("fft_samples", [512, 1024])
def test_the_spectrum_comes_back(fft_samples: int) -> None:
    samples = np.random.default_rng(0).uniform(-1, 1, 20 * HOP).astype(np.float32)
    again = source.inverse_stft(source.stft(samples, fft_samples, HOP), HOP)
    inside = slice(fft_samples, -fft_samples)  # at the ends frames are missing
    assert again.shape == samples.shape
    np.testing.assert_allclose(again[inside], samples[inside], atol=1e-5)


def test_a_cosine_has_its_amplitude() -> None:
    cosine = np.cos(2 * np.pi * 64 / FFT * np.arange(20 * HOP)).astype(np.float32)
    assert np.abs(source.stft(cosine, FFT, HOP)[10, 64]) == pytest.approx(1, abs=1e-4)


def test_noise_is_white_and_the_seeds() -> None:
    noise = source.white_noise(200, 257, 3)
    assert noise.dtype == np.complex64
    assert noise.real.std() == pytest.approx(1, abs=0.01)
    assert noise.imag.std() == pytest.approx(1, abs=0.01)
    assert abs(noise.mean()) < 0.02
    assert np.array_equal(noise, source.white_noise(200, 257, 3))
    assert not np.array_equal(noise, source.white_noise(200, 257, 4))
    assert np.array_equal(noise[:50], source.white_noise(50, 257, 3))  # a longer text begins with the same noise


def random_filters(n_frames: int, n_bins: int) -> Filters:
    torch.manual_seed(1)
    harmonic, phase, noise = (torch.randn(1, n_frames, n_bins) * scale for scale in (3.0, 1.0, 3.0))
    return Filters(harmonic, phase, noise, torch.zeros(1, n_frames), torch.zeros(1, n_frames))


def test_torch_and_numpy_synthesise_alike() -> None:
    filters, hop = random_filters(15, 257), 128
    pulses = source.stft(source.pulses(np.full(15, 120, np.float32), hop, RATE_HZ), 512, hop)
    noise = source.white_noise(15, 257, 0)
    [made] = synthesise(filters, torch.from_numpy(pulses)[None], torch.from_numpy(noise)[None], hop)
    harmonic, phase, breath = (part[0].numpy() for part in filters[:3])
    ours = source.inverse_stft(source.filter_source(harmonic, phase, breath, pulses, noise), hop)
    assert np.abs(ours).max() > 1  # loud enough that a difference would show
    np.testing.assert_allclose(ours, made.numpy(), rtol=1e-4, atol=1e-4 * np.abs(ours).max())


def test_filters_cannot_overflow() -> None:
    loud = np.full((4, 257), 1e4, np.float32)
    ones = np.ones((4, 257), np.complex64)
    assert np.isfinite(source.inverse_stft(source.filter_source(loud, loud, loud, ones, ones), 128)).all()


# The network


@pytest.mark.parametrize("config", [CONFIG, NhvConfig(channels=6, fft_samples=256, kernel=5, inlet_kernel=3, dilations=(4,))])
def test_numpy_and_torch_estimate_alike(config: NhvConfig, tmp_path: Path) -> None:
    network, path, frames = estimator(config), tmp_path / "w.safetensors", mel(20, MelSpec())
    save_weights(network, path, torch.float32)
    with torch.no_grad():
        wanted = network(torch.from_numpy(frames)[None])
    [ours] = LiteEstimator(read_tensors(path), config).filters([frames])
    for name, part, theirs in zip(ours._fields, ours, wanted, strict=True):
        np.testing.assert_allclose(part, theirs[0].numpy(), atol=1e-4, err_msg=name)


def test_a_batch_in_torch_is_single_mels_in_numpy(weights: Path) -> None:
    mels = [mel(length, MelSpec()) for length in (17, 1, 9, 30)]
    batch = TorchEstimator(weights, CONFIG, "cpu").filters(mels)
    singles = LiteEstimator(read_tensors(weights), CONFIG).filters(mels)
    for in_batch, alone, frames in zip(batch, singles, mels, strict=True):
        assert len(in_batch.log_f0) == frames.shape[1]
        for name, one, other in zip(alone._fields, in_batch, alone, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-4, err_msg=name)


def test_the_seed_changes_the_noise_alone(weights: Path) -> None:
    frames = [mel(20, MelSpec())]
    vocoder, silent = load(weights), read_weights(weights)
    first, second = (vocoder.waves(frames, SpeechOptions(seed=seed))[0] for seed in (0, 1))
    assert not np.array_equal(first, second)
    n_bins = CONFIG.n_bins
    silent["outlet.weight"][2 * n_bins : 3 * n_bins] = 0
    silent["outlet.bias"][2 * n_bins : 3 * n_bins] = -100
    save_weights(silent, weights, torch.float32)
    first, second = (load(weights).waves(frames, SpeechOptions(seed=seed))[0] for seed in (0, 1))
    assert np.array_equal(first, second)
    assert np.abs(first).max() > 1e-3


def test_pitch_and_pace_do_not_depend_on_options(weights: Path) -> None:
    vocoder, frames = load(weights), [mel(20, MelSpec())]
    plain, other = (vocoder.waves(frames, options)[0] for options in (SpeechOptions(), SpeechOptions(2.0, 0.0)))
    assert np.array_equal(plain, other)


# What does not fit


def altered(tensors: dict[str, Tensor], change: str) -> dict[str, Tensor]:
    match change:
        case "missing":
            del tensors["blocks.1.0.bias"]
        case "extra":
            tensors["blocks.9.0.bias"] = torch.zeros(1)
        case "misshapen":
            tensors["blocks.1.0.weight"] = torch.zeros(8, 7, 3)
        case "narrow":
            tensors["outlet.bias"] = torch.zeros(3)
        case "stretched":
            tensors["inlet.1.running_mean"] = torch.zeros(1)
    return tensors


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("missing", r"blocks\.1\.0\.bias"),
        ("extra", r"blocks\.9\.0\.bias"),
        ("misshapen", r"blocks\.1\.0\.weight"),
        ("narrow", r"outlet\.bias"),
        ("stretched", r"inlet\.1\.running_mean"),
    ],
)
@pytest.mark.parametrize("runtime", ["numpy", "torch"])
def test_a_tensor_that_does_not_fit_is_named(change: str, name: str, runtime: str, weights: Path) -> None:
    save_weights(altered(read_weights(weights), change), weights, torch.float32)
    with pytest.raises(VoiceError, match=name):
        if runtime == "numpy":
            load(weights)
        else:
            TorchEstimator(weights, CONFIG, "cpu")


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"channel": 8}, "config.channel:"),
        ({"n_mels": 40}, "config.n_mels:"),
        ({"channels": "many"}, "config.channels:"),
        ({"dilations": [1, "two"]}, "config.dilations:"),
        ({"fft_samples": 1000}, "fft_samples: 1000: it must be even, and a multiple of the hop, 256"),
        ({"fft_samples": 0}, "fft_samples"),
        ({"channels": 16}, "blocks|inlet"),
        ({"fft_samples": 1024}, "outlet"),
        ({"kernel": 5}, r"blocks\.0"),
        ({"dilations": [1]}, r"blocks\.1\.0\.bias"),
        ({"dilations": [1, 2, 4]}, r"blocks\.2\.0\.weight"),
    ],
)
def test_a_config_that_does_not_fit_is_named(config: dict[str, Any], message: str, weights: Path) -> None:
    with pytest.raises(VoiceError, match=message):
        load(weights, **config)


def test_other_mels_do_not_fit(weights: Path) -> None:
    with pytest.raises(VoiceError, match="mean"):
        load(weights, MelSpec(n_mels=40))


def test_it_needs_weights_and_a_device(weights: Path, tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="names no weights"):
        load(None)
    with pytest.raises(VoiceError, match="cannot be read"):
        load(tmp_path / "nowhere.safetensors")
    with pytest.raises(DeviceError, match="cuda:99"):
        load(weights, device="cuda:99")
