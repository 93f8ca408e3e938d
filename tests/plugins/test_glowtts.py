from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.plugins.glowtts_networks import N_SYMBOLS, SMALL, VARIANTS, alive, config
from ttscli.contract import SpeechOptions
from ttscli.errors import DeviceError, UsageError, VoiceError
from ttscli.melspec import MelSpec
from ttscli.nn.weight_norm import weight_normed
from ttscli.nn.weights import save_weights
from ttscli.post_filter import enhance
from ttscli.testing import ACOUSTIC_MODEL_CHECKS, AcousticModelCheck, utterance
from ttscli_glowtts.config import GlowTtsConfig
from ttscli_glowtts.durations import whole_frames
from ttscli_glowtts.model import GlowTtsModel
from ttscli_glowtts.network import GlowTts
from ttscli_glowtts.train import is_normed

SPEC = MelSpec(n_mels=8)


def model(variant: str) -> GlowTtsModel:
    return GlowTtsModel(alive(config(variant)), SPEC, torch.device("cpu"))


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("check", ACOUSTIC_MODEL_CHECKS)
def test_contract(check: AcousticModelCheck, variant: str) -> None:
    check(model(variant), N_SYMBOLS)


@pytest.mark.parametrize("variant", VARIANTS)
@torch.no_grad()
def test_a_padded_batch_speaks_as_its_utterances_do_alone(variant: str) -> None:
    """What GPUs run; on the CPU the plugin takes one utterance after the other."""
    speaker, batch = model(variant), [utterance(n, N_SYMBOLS) for n in (30, 1, 12)]
    options = SpeechOptions(seed=3)
    together = speaker._speak(batch, options)
    for ids, mel in zip(batch, together, strict=True):
        [alone] = speaker.mels([ids], options)
        np.testing.assert_allclose(mel.frames, alone.frames, atol=1e-4)
        assert mel.durations is not None
        assert np.array_equal(mel.durations, alone.durations)  # type: ignore[arg-type]
        assert mel.durations.sum() == mel.frames.shape[1]


@pytest.mark.parametrize(
    ("sizes", "thousands", "of_decoder"),
    [
        ({}, 28_624, 21_424),
        ({"n_symbols": 149}, 28_624, 21_424),
        (
            {
                "n_symbols": 149,
                "channels": 96,
                "filter_channels": 384,
                "duration_channels": 128,
                "layers": 4,
                "flow_channels": 96,
                "flow_blocks": 6,
                "flow_layers": 3,
                "flow_kernel": 3,
            },
            2_725,
            1_427,
        ),
        ({"n_speakers": 108, "speaker_channels": 256}, 33_604, 26_179),
    ],
)
def test_parameters_are_as_many_as_in_the_authors_program(sizes: dict[str, Any], thousands: int, of_decoder: int) -> None:
    with torch.device("meta"):
        network = weight_normed(GlowTts(GlowTtsConfig(**sizes)), is_normed)
    assert round(sum(p.numel() for p in network.parameters()) / 1000) == thousands
    assert round(sum(p.numel() for p in network.decoder.parameters()) / 1000) == of_decoder


def test_one_symbol_of_one_frame_becomes_a_step_of_the_decoder() -> None:
    network = alive(config("other"))
    with torch.no_grad():
        network.duration_predictor.outlet.bias.fill_(-9.0)  # type: ignore[union-attr]
    [mel] = GlowTtsModel(network, SPEC, torch.device("cpu")).mels([np.array([5])], SpeechOptions())
    assert mel.frames.shape == (8, 4)
    assert mel.durations is not None
    assert mel.durations.tolist() == [4]


def test_temperature_spreads_what_is_drawn() -> None:
    ids = utterance(20, N_SYMBOLS)
    mean, near, far = (model("plain").mels([ids], SpeechOptions(temperature=t))[0].frames for t in (0.0, 0.1, 0.2))
    same = model("plain").mels([ids], SpeechOptions(temperature=0.0, seed=9))[0].frames
    other = model("plain").mels([ids], SpeechOptions(temperature=0.1, seed=9))[0].frames
    assert np.array_equal(mean, same)
    assert not np.allclose(near, other, atol=1e-3)
    assert np.abs(far - mean).mean() > 1.3 * np.abs(near - mean).mean() > 0


def test_the_temperature_is_the_configs_unless_stated() -> None:
    ids, own = utterance(20, N_SYMBOLS), GlowTtsModel(alive(replace(config("plain"), temperature=0.1)), SPEC, torch.device("cpu"))
    [usual], [stated] = (own.mels([ids], SpeechOptions(temperature=t)) for t in (None, 0.1))
    assert np.array_equal(usual.frames, stated.frames)


def test_contrast_is_that_of_the_config() -> None:
    ids, own = utterance(20, N_SYMBOLS), GlowTtsModel(alive(replace(config("plain"), contrast=1.4)), SPEC, torch.device("cpu"))
    [plain], [enhanced] = (speaker.mels([ids], SpeechOptions()) for speaker in (model("plain"), own))
    assert np.array_equal(enhanced.frames, enhance(plain.frames, 1.4))


def test_speakers_differ_and_one_that_is_not_there_is_refused() -> None:
    many, ids = model("speakers"), utterance(20, N_SYMBOLS)
    assert many.controls == {"pace", "temperature", "speaker"}
    assert model("plain").controls == {"pace", "temperature"}
    first, last = (many.mels([ids], SpeechOptions(temperature=0, speaker=n))[0].frames for n in (0, 2))
    assert first.shape != last.shape or not np.allclose(first, last, atol=1e-2)
    for missing in (-1, 3):
        with pytest.raises(UsageError, match=f"speaker {missing}: there is none"):
            many.mels([ids], SpeechOptions(speaker=missing))


@torch.no_grad()
def test_pace_divides_durations_before_they_are_rounded() -> None:
    network, ids = alive(config()), utterance(30, N_SYMBOLS)
    log_durations = network.prior(torch.from_numpy(ids)[None], torch.tensor([30]), None).log_durations
    wanted = whole_frames(log_durations, torch.ones(1, 30, dtype=torch.bool), 1 / 0.7, 2)[0]
    [mel] = GlowTtsModel(network, SPEC, torch.device("cpu")).mels([ids], SpeechOptions(pace=0.7))
    assert mel.durations is not None
    assert mel.durations.tolist() == wanted.tolist()


def test_weights_of_a_training_run_speak_the_same(tmp_path: Path) -> None:
    network, ids = alive(config()), utterance(20, N_SYMBOLS)
    mels = []
    for name, weights in (("plain", network), ("normed", weight_normed(network, is_normed))):
        save_weights(weights, tmp_path / f"{name}.safetensors", torch.float32)
        loaded = GlowTtsModel.load(tmp_path / f"{name}.safetensors", SMALL, SPEC, "cpu")
        mels.append(loaded.mels([ids], SpeechOptions())[0].frames)
    np.testing.assert_allclose(mels[0], mels[1], atol=1e-5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"wide": 1}, "config.wide"),
        ({"layers": 0}, "config.layers: 0: it must be at least 1"),
        ({"kernel": -1}, "config.kernel: -1: it must be at least 1"),
        ({"dropout": 2.0}, r"config.dropout: 2.0: it must be in \[0, 1\)"),
        ({"flow_dropout": -1.0}, "config.flow_dropout: -1.0:"),
        ({"speaker_channels": -5}, "config.speaker_channels: -5:"),
        ({"temperature": -0.1}, "config.temperature: -0.1:"),
        ({"contrast": 11.0}, "config.contrast: 11.0:"),
        ({"flow_kernel": 4}, "config.flow_kernel must be odd"),
        ({"heads": 3}, "config.channels is 8, which 3 heads"),
        ({"group": 3}, "config.group is 3"),
        ({"squeeze": 3, "group": 16}, "3 frames of 8 mel bins"),
        ({"n_speakers": 2}, "config.speaker_channels must be above 0"),
        ({"speaker_channels": 2}, "config.speaker_channels must be above 0"),
        ({"channels": 16}, "has shape"),
        ({"layers": 1}, "no place"),
        ({"layers": 3}, "missing"),
    ],
)
def test_what_does_not_fit_is_named(change: dict[str, Any], message: str, tmp_path: Path) -> None:
    save_weights(alive(config()), tmp_path / "w.safetensors")
    with pytest.raises(VoiceError, match=message):
        GlowTtsModel.load(tmp_path / "w.safetensors", SMALL | change, SPEC, "cpu")


def test_a_mixing_without_inverse_is_refused(tmp_path: Path) -> None:
    network = alive(config())
    torch.nn.init.zeros_(network.decoder.blocks[1].mixing.core.weight)
    save_weights(network, tmp_path / "w.safetensors")
    with pytest.raises(VoiceError, match=r"w\.safetensors: a mixing of it has no inverse"):
        GlowTtsModel.load(tmp_path / "w.safetensors", SMALL, SPEC, "cpu")


def test_it_needs_weights_and_a_device(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="without weights"):
        GlowTtsModel.load(None, {}, SPEC, "cpu")
    with pytest.raises(DeviceError, match="cuda:99"):
        GlowTtsModel.load(None, {}, SPEC, "cuda:99")
    save_weights({"a": torch.zeros(1)}, tmp_path / "w.safetensors")
    with pytest.raises(VoiceError, match=r"encoder\.embedding\.weight is missing"):
        GlowTtsModel.load(tmp_path / "w.safetensors", SMALL, SPEC, "cpu")
