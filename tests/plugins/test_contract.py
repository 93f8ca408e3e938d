"""Every plugin of ours keeps the promises of ttscli.contract, with random weights, on whatever device there is."""

import math
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from tests.conftest import REPOSITORY
from tests.plugins import clarinet_text_to_wave, glowtts_networks, talknet_networks
from ttscli import registry
from ttscli.config import read_config
from ttscli.contract import AcousticModel, SpeechOptions, Vocoder
from ttscli.errors import VoiceError
from ttscli.melspec import MelSpec
from ttscli.nn.weights import read_weights, save_weights
from ttscli.testing import (
    ACOUSTIC_MODEL_CHECKS,
    TEXT_TO_WAVE_CHECKS,
    VOCODER_CHECKS,
    AcousticModelCheck,
    TextToWaveCheck,
    VocoderCheck,
    check_alphabet,
    mel,
    utterance,
)
from ttscli_clarinet.config import clarinet_config
from ttscli_clarinet.student import Student
from ttscli_melgan.config import melgan_config
from ttscli_melgan.generator import Generator
from ttscli_nhv.config import NhvConfig
from ttscli_nhv.network import FilterEstimator
from ttscli_speedyspeech.config import StudentConfig
from ttscli_speedyspeech.student import MelStudent
from ttscli_speedyspeech.teacher import TeacherConfig
from ttscli_speedyspeech.teacher_model import MelTeacher
from ttscli_waveglow.config import waveglow_config
from ttscli_waveglow.network import WaveGlow

N_SYMBOLS = 20
CUDA_TOLERANCE = 2e-3
"""Of float32 with TF32 convolutions, on values up to some 10 (mels) or 1 (samples)."""


@dataclass(frozen=True)
class Small:
    """A plugin's part of the smallest size: its config, and the network whose random weights it loads."""

    config: dict[str, Any] = field(default_factory=dict)
    network: Callable[[dict[str, Any], MelSpec], nn.Module] | None = None


SPEEDYSPEECH = {
    "channels": 8,
    "encoder_dilations": [1, 2],
    "decoder_dilations": [1, 4],
    "convs_per_block": 1,
    "positions": "ends",
}
TEACHER = {
    "channels": 8,
    "gate_channels": 8,
    "attention_channels": 8,
    "text_dilations": [1],
    "audio_dilations": [1],
    "decoder_dilations": [1],
    "frames_per_symbol": 1.0,
}
NHV = {"fft_samples": 512, "channels": 8, "dilations": [1, 2]}
WAVEGLOW = {"stack": "separable", "group": 128, "early_channels": 16, "n_flows": 5, "channels": 8, "n_layers": 2}
CLARINET = {
    "kind": "student",
    "cycles": [1, 1],
    "layers": 3,
    "residual_channels": 4,
    "gate_channels": 4,
    "skip_channels": 4,
    "front_kernel": 8,
}
BUILDERS = {
    "speedyspeech": Small(
        SPEEDYSPEECH, lambda c, spec: MelStudent(read_config(StudentConfig, c, n_symbols=N_SYMBOLS, n_mels=spec.n_mels))
    ),
    "speedyspeech-teacher": Small(
        TEACHER, lambda c, spec: MelTeacher(read_config(TeacherConfig, c, n_symbols=N_SYMBOLS, n_mels=spec.n_mels))
    ),
    "glow-tts": Small(glowtts_networks.SMALL, glowtts_networks.networks),
    "talknet": Small(talknet_networks.SMALL, talknet_networks.networks),
    "griffin-lim": Small({"iterations": 2}),
    "melgan": Small({"width": 32, "residual_units": 1}, lambda c, spec: Generator(melgan_config(c, spec))),
    "clarinet": Small(CLARINET, lambda c, spec: Student(clarinet_config(c, spec))),
    "nhv": Small(NHV, lambda c, spec: FilterEstimator(read_config(NhvConfig, c, n_mels=spec.n_mels))),
    "waveglow": Small(WAVEGLOW, lambda c, spec: WaveGlow(waveglow_config(c, spec))),
}
TEXT_TO_WAVE_BUILDERS = {"clarinet": Small(clarinet_text_to_wave.FLOWS, clarinet_text_to_wave.networks)}
GROUPS = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]
MODELS, VOCODERS, TEXTS_TO_WAVES, ALPHABETS = (
    sorted(GROUPS.get(group, {}))
    for group in (registry.ACOUSTIC_MODELS, registry.VOCODERS, registry.TEXT_TO_WAVE, registry.ALPHABETS)
)
SINGS_WITH_ITS_OWN_NUMBERS = {"griffin-lim"}  # in numpy on every device


def load(group: str, name: str, folder: Path, device: str = "cpu", spec: MelSpec | None = None) -> Any:
    builders = TEXT_TO_WAVE_BUILDERS if group == registry.TEXT_TO_WAVE else BUILDERS
    small, spec, weights = builders[name], spec or MelSpec(), None
    if small.network is not None:
        torch.manual_seed(0)
        weights = folder / f"{name}.safetensors"
        save_weights(small.network(small.config, spec), weights)
    return registry.load(group, name).load(weights, small.config, spec, device)


def test_every_plugin_has_a_builder_here() -> None:
    assert {*MODELS, *VOCODERS} == set(BUILDERS)
    assert set(TEXTS_TO_WAVES) == set(TEXT_TO_WAVE_BUILDERS)


def test_every_plugin_is_installed_as_it_is_declared() -> None:
    for group, points in GROUPS.items():
        ours = {plugin.name: plugin.value for plugin in registry.available(group) if plugin.distribution == "ttscli"}
        assert ours == points, group


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("check", ACOUSTIC_MODEL_CHECKS)
def test_acoustic_models(check: AcousticModelCheck, name: str, tmp_path: Path) -> None:
    check(load(registry.ACOUSTIC_MODELS, name, tmp_path), N_SYMBOLS)


@pytest.mark.parametrize("name", VOCODERS)
@pytest.mark.parametrize("check", VOCODER_CHECKS)
def test_vocoders(check: VocoderCheck, name: str, tmp_path: Path) -> None:
    check(load(registry.VOCODERS, name, tmp_path))


@pytest.mark.parametrize("name", TEXTS_TO_WAVES)
@pytest.mark.parametrize("check", TEXT_TO_WAVE_CHECKS)
def test_texts_to_waves(check: TextToWaveCheck, name: str, tmp_path: Path) -> None:
    check(load(registry.TEXT_TO_WAVE, name, tmp_path), N_SYMBOLS)


@pytest.mark.parametrize("name", TEXTS_TO_WAVES)
def test_texts_to_waves_speak_at_the_rate_that_they_are_given(name: str, tmp_path: Path) -> None:
    assert load(registry.TEXT_TO_WAVE, name, tmp_path, spec=MelSpec(sample_rate_hz=24000)).sample_rate_hz == 24000


@pytest.mark.parametrize("name", ALPHABETS)
def test_alphabets(name: str) -> None:
    check_alphabet(registry.alphabet(name), "en-US")


@pytest.mark.parametrize(
    ("group", "name"), [(registry.ACOUSTIC_MODELS, n) for n in MODELS] + [(registry.VOCODERS, n) for n in VOCODERS]
)
def test_plugins_keep_the_mels_that_they_are_given(group: str, name: str, tmp_path: Path) -> None:
    spec = MelSpec(n_mels=20, high_hz=7600.0)
    assert load(group, name, tmp_path, spec=spec).mel_spec == spec


@pytest.mark.parametrize(
    ("group", "name"),
    [
        *((registry.ACOUSTIC_MODELS, name) for name in MODELS),
        *((registry.VOCODERS, name) for name in VOCODERS),
        *((registry.TEXT_TO_WAVE, name) for name in TEXTS_TO_WAVES),
    ],
)
def test_no_value_of_a_config_ends_in_a_traceback(group: str, name: str, tmp_path: Path) -> None:
    """What no size or share can be is refused, or does no harm."""
    load(group, name, tmp_path)
    small = (TEXT_TO_WAVE_BUILDERS if group == registry.TEXT_TO_WAVE else BUILDERS)[name]
    weights, plugin = tmp_path / f"{name}.safetensors" if small.network else None, registry.load(group, name)
    with pytest.raises(VoiceError) as unknown:
        plugin.load(weights, {"": 1}, MelSpec(), "cpu")
    keys = str(unknown.value.hint).removeprefix("its keys are: ").split(", ")
    for key, number in product({*keys, *small.config}, (-5, 0, math.nan)):
        usual = small.config.get(key)
        value = [number] * len(usual) if isinstance(usual, list) else number
        try:
            sound = _spoken(group, plugin.load(weights, small.config | {key: value}, MelSpec(), "cpu"))
        except VoiceError:
            continue
        except Exception as error:
            error.add_note(f"{key} = {value}")
            raise
        assert np.isfinite(sound).all(), f"{key} = {value}"


def _spoken(group: str, plugin: Any) -> NDArray[np.float32]:
    if group == registry.VOCODERS:
        [samples] = plugin.waves([mel(5, plugin.mel_spec)], SpeechOptions())
        return np.asarray(samples)
    [made] = (plugin.mels if group == registry.ACOUSTIC_MODELS else plugin.waves)([utterance(3, N_SYMBOLS)], SpeechOptions())
    return np.asarray(made.frames if group == registry.ACOUSTIC_MODELS else made.samples)


@pytest.mark.parametrize("name", ["glow-tts", "speedyspeech", "speedyspeech-teacher", "talknet"])
@pytest.mark.parametrize("rows", [(), (0, 8), (N_SYMBOLS, 8, 1)])
def test_an_embedding_that_is_no_table_is_refused(name: str, rows: tuple[int, ...], tmp_path: Path) -> None:
    load(registry.ACOUSTIC_MODELS, name, tmp_path)
    weights = tmp_path / f"{name}.safetensors"
    tensors = read_weights(weights)
    table = next(key for key, tensor in tensors.items() if tensor.ndim == 2 and len(tensor) == N_SYMBOLS)
    embeddings = {key: torch.zeros(rows) for key, tensor in tensors.items() if tensor.shape == tensors[table].shape}
    save_weights(tensors | embeddings, weights)
    with pytest.raises(VoiceError, match=r"tensor \S+ has shape \("):
        registry.load(registry.ACOUSTIC_MODELS, name).load(weights, BUILDERS[name].config, MelSpec(), "cpu")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
@pytest.mark.parametrize("name", MODELS)
def test_acoustic_models_on_cuda(name: str, tmp_path: Path) -> None:
    slow, fast = (load(registry.ACOUSTIC_MODELS, name, tmp_path, device) for device in ("cpu", "cuda"))
    _same_mels(slow, fast)
    for check in ACOUSTIC_MODEL_CHECKS[2:]:  # sums of a batch may differ by more than the tolerance of a CPU
        check(fast, N_SYMBOLS)


def _same_mels(slow: AcousticModel, fast: AcousticModel) -> None:
    batch = [utterance(length, N_SYMBOLS) for length in (30, 1, 12)]
    for one, other in zip(slow.mels(batch, SpeechOptions()), fast.mels(batch, SpeechOptions()), strict=True):
        assert np.array_equal(one.durations, other.durations)  # type: ignore[arg-type]
        np.testing.assert_allclose(other.frames, one.frames, atol=CUDA_TOLERANCE)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
@pytest.mark.parametrize("name", sorted(set(VOCODERS) - SINGS_WITH_ITS_OWN_NUMBERS))
def test_vocoders_on_cuda(name: str, tmp_path: Path) -> None:
    slow, fast = (load(registry.VOCODERS, name, tmp_path, device) for device in ("cpu", "cuda"))
    _same_waves(slow, fast)
    vocoder_checks = [check for check in VOCODER_CHECKS if "batch" not in check.__name__]
    for check in vocoder_checks:
        check(fast)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
@pytest.mark.parametrize("name", TEXTS_TO_WAVES)
def test_texts_to_waves_on_cuda(name: str, tmp_path: Path) -> None:
    fast = load(registry.TEXT_TO_WAVE, name, tmp_path, "cuda")
    for check in (check for check in TEXT_TO_WAVE_CHECKS if "batch" not in check.__name__):
        check(fast, N_SYMBOLS)


def _same_waves(slow: Vocoder, fast: Vocoder) -> None:
    mels = [mel(length, slow.mel_spec) for length in (40, 1, 13)]
    for one, other in zip(slow.waves(mels, SpeechOptions()), fast.waves(mels, SpeechOptions()), strict=True):
        np.testing.assert_allclose(other, one, atol=CUDA_TOLERANCE)
