import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from ttscli.contract import Frames, Samples, SpeechOptions
from ttscli.errors import VoiceError
from ttscli.melbasis import mel_filterbank
from ttscli.melspec import MelSpec
from ttscli.nn.mel import LogMel
from ttscli.testing import VOCODER_CHECKS, VocoderCheck
from ttscli_griffinlim.model import GriffinLim

SPECS = (MelSpec(), MelSpec(16000, 512, 200, 400, 40, 50.0, 7600.0))


def load(spec: MelSpec = SPECS[0], **config: object) -> GriffinLim:
    return GriffinLim.load(None, config, spec, "cpu")


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("check", VOCODER_CHECKS)
def test_contract(check: VocoderCheck, spec: MelSpec) -> None:
    check(load(spec, iterations=2))


def speech_like(n_samples: int, spec: MelSpec = SPECS[0]) -> Samples:
    """A gliding voice of falling harmonics that opens and closes, and some breath."""
    seconds = np.arange(n_samples) / spec.sample_rate_hz
    turns = np.cumsum(140 + 40 * np.sin(2 * np.pi * 1.5 * seconds)) / spec.sample_rate_hz
    voice = sum(np.sin(2 * np.pi * k * turns) / k for k in range(1, 25)) * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * seconds))
    breath = np.random.default_rng(0).standard_normal(n_samples)
    return (0.2 * voice + 0.01 * breath).astype(np.float32)


def log_mel(wave: Samples, spec: MelSpec = SPECS[0]) -> Frames:
    """(n_mels, len(wave) / hop_samples)."""
    frames: Frames = LogMel(spec)(torch.from_numpy(wave)[None])[0, :, : len(wave) // spec.hop_samples].numpy()
    return frames


def test_the_mel_comes_back() -> None:
    mel = log_mel(speech_like(80 * 256))
    [wave] = load().waves([mel], SpeechOptions())
    error = np.abs(log_mel(wave) - mel)
    assert error.mean() < 0.15  # 1.3 dB; measured: 0.11
    assert np.abs((log_mel(wave) - mel).mean()) < 0.05  # no louder, no softer


def test_momentum_comes_closer_than_none() -> None:
    mel = log_mel(speech_like(80 * 256))
    fast, plain = (load(momentum=momentum).waves([mel], SpeechOptions())[0] for momentum in (0.99, 0.0))
    assert np.abs(log_mel(fast) - mel).mean() < np.abs(log_mel(plain) - mel).mean()


def test_magnitudes_make_the_mel() -> None:
    mel = log_mel(speech_like(40 * 256))
    magnitudes = load().magnitudes(mel)
    assert magnitudes.min() >= 0
    made = np.log(np.maximum(magnitudes @ mel_filterbank(SPECS[0]).T, 1e-5)).T
    assert np.abs(made - mel).mean() < 0.02


def test_seeds_differ() -> None:
    mel = log_mel(speech_like(20 * 256))
    first, second = (load(iterations=2).waves([mel], SpeechOptions(seed=seed))[0] for seed in (0, 1))
    assert not np.allclose(first, second, atol=1e-3)


def test_absurdly_loud_mels_stay_in_range() -> None:
    [wave] = load(iterations=2).waves([np.full((80, 5), 1e4, np.float32)], SpeechOptions())
    assert np.isfinite(wave).all()


@pytest.mark.parametrize(
    ("config", "key"),
    [
        ({"iteration": 3}, "config.iteration:"),
        ({"iterations": 2.5}, "config.iterations:"),
        ({"momentum": "much"}, "config.momentum:"),
        ({"iterations": -1}, r"config.iterations: -1: it must be in \[0, inf\)"),
    ],
)
def test_wrong_config_is_named(config: dict[str, object], key: str) -> None:
    with pytest.raises(VoiceError, match=key):
        GriffinLim.load(None, config, MelSpec(), "cpu")


def test_weights_are_refused(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="has no weights"):
        GriffinLim.load(tmp_path / "x.safetensors", {}, MelSpec(), "cpu")


def test_it_starts_without_torch() -> None:
    code = "import sys, ttscli_griffinlim.model; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": ":".join(sys.path)}, timeout=60).returncode == 0
