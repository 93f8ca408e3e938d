from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from tests.parity.reference import reference
from ttscli.contract import SpeechOptions
from ttscli.errors import DeviceError, VoiceError
from ttscli.melspec import MelSpec
from ttscli.nn.weight_norm import fuse, weight_normed
from ttscli.nn.weights import save_weights
from ttscli.testing import VOCODER_CHECKS, VocoderCheck, mel
from ttscli_melgan import model
from ttscli_melgan.checkpoints import importer
from ttscli_melgan.config import MelGanConfig, melgan_config
from ttscli_melgan.discriminator import Discriminator, DiscriminatorConfig
from ttscli_melgan.generator import Generator
from ttscli_melgan.model import MelGan

SMALL: dict[str, object] = {"width": 32}
CONFIGS: dict[str, tuple[dict[str, object], MelSpec]] = {
    "official": (SMALL, MelSpec()),
    "shifted": (SMALL | {"scale": "shifted"}, MelSpec()),
    "old": (SMALL | {"unit": "identity", "padding": "zeros", "slope": 0.01, "scale": "shifted"}, MelSpec()),
    "decimal": (SMALL | {"scale": "decimal"}, MelSpec(high_hz=11025.0)),
    "far": (SMALL | {"residual_units": 5}, MelSpec()),
    "flat": (SMALL | {"residual_units": 0}, MelSpec()),
    "odd": (SMALL | {"ratios": [5, 4, 3, 5]}, MelSpec(24000, 1200, 300, 1200, 40)),
    "late": (SMALL | {"ratios": [2, 2, 64]}, MelSpec()),
}


def made(config: dict[str, object], spec: MelSpec, path: Path) -> MelGan:
    """A vocoder of random weights, louder than torch's own, so that no layer is inaudible."""
    torch.manual_seed(0)
    generator = Generator(melgan_config(config, spec))
    with torch.no_grad():
        for name, parameter in generator.named_parameters():
            parameter.mul_(1.5 if name.endswith("weight") else 1.0)
    save_weights(generator, path)
    return MelGan.load(path, config, spec, "cpu")


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("check", VOCODER_CHECKS)
def test_contract(check: VocoderCheck, name: str, tmp_path: Path) -> None:
    config, spec = CONFIGS[name]
    check(made(config, spec, tmp_path / "w.safetensors"))


@pytest.mark.parametrize("name", CONFIGS)
def test_pieces_leave_no_seam(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config, spec = CONFIGS[name]
    vocoder, frames = made(config, spec, tmp_path / "w.safetensors"), mel(50, spec)
    [whole] = vocoder.waves([frames], SpeechOptions())
    monkeypatch.setattr(model, "_PIECE_FRAMES", 7)
    [pieces] = vocoder.waves([frames], SpeechOptions())
    np.testing.assert_allclose(pieces, whole, atol=5e-5)


@pytest.mark.parametrize("name", ["official", "old", "odd"])
def test_what_follows_in_silence_changes_nothing_before(name: str, tmp_path: Path) -> None:
    """The end of a mel sounds as if silence followed for ever, hence no click."""
    config, spec = CONFIGS[name]
    vocoder, frames = made(config, spec, tmp_path / "w.safetensors"), mel(20, spec)
    silence = np.full((spec.n_mels, 30), np.log(spec.floor), np.float32)
    short, long = vocoder.waves([frames, np.concatenate([frames, silence], axis=1)], SpeechOptions())
    np.testing.assert_allclose(long[: len(short)], short, atol=5e-5)


@pytest.mark.parametrize("config", [MelGanConfig(width=32), MelGanConfig(width=32, unit="identity", padding="zeros")])
def test_no_sample_depends_on_more_than_the_reach(config: MelGanConfig) -> None:
    generator = Generator(config).double()
    mels = torch.randn(1, 80, 41, dtype=torch.float64, requires_grad=True)
    generator(mels)[0, 20 * 256 : 21 * 256].square().sum().backward()
    assert mels.grad is not None
    touched = mels.grad[0].abs().sum(0).nonzero()[:, 0]
    assert config.reach_frames - 3 <= 20 - int(touched.min()) <= config.reach_frames
    assert config.reach_frames - 3 <= int(touched.max()) - 20 <= config.reach_frames


def test_weights_of_a_training_run_sound_the_same(tmp_path: Path) -> None:
    generator = Generator(melgan_config(SMALL, MelSpec()))
    normed = weight_normed(generator)
    save_weights(generator, tmp_path / "plain.safetensors", torch.float32)
    save_weights(normed, tmp_path / "normed.safetensors", torch.float32)
    vocoders = [MelGan.load(tmp_path / f"{name}.safetensors", SMALL, MelSpec(), "cpu") for name in ("plain", "normed")]
    first, second = (vocoder.waves([mel(20, MelSpec())], SpeechOptions())[0] for vocoder in vocoders)
    np.testing.assert_allclose(first, second, atol=1e-6)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"wide": 1}, "config.wide"),
        ({"width": "much"}, "config.width"),
        ({"width": 24}, "config.width is 24"),
        ({"width": 0}, "at least 1"),
        ({"ratios": [8, 8, 2]}, "128 samples a frame, not 256"),
        ({"unit": "other"}, "config.unit"),
        ({"width": 64}, "has shape"),
        ({"width": 32, "residual_units": 2}, "no place"),
        ({"width": 32, "residual_units": 4}, "missing"),
    ],
)
def test_what_does_not_fit_is_named(config: dict[str, object], message: str, tmp_path: Path) -> None:
    made(SMALL, MelSpec(), tmp_path / "w.safetensors")
    with pytest.raises(VoiceError, match=message):
        MelGan.load(tmp_path / "w.safetensors", config, MelSpec(), "cpu")


def test_it_needs_weights_and_a_device(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="without weights"):
        MelGan.load(None, {}, MelSpec(), "cpu")
    with pytest.raises(DeviceError, match="cuda:99"):
        MelGan.load(None, {}, MelSpec(), "cuda:99")


@pytest.mark.parametrize("file", ["melgan_official.pt", "melgan_seungwonpark_v01.pt", "melgan_seungwonpark_v03.pt"])
@pytest.mark.parametrize("form", ["module", "parametrizations", "fused", "nested"])
def test_every_form_of_a_checkpoint_is_read(file: str, form: str, tmp_path: Path) -> None:
    content = torch.load(reference("melgan") / file, weights_only=True)
    state = content.get("model_g", content)
    names = {".weight_g": ".parametrizations.weight.original0", ".weight_v": ".parametrizations.weight.original1"}
    if form == "module":
        state = {f"module.{name}": tensor for name, tensor in state.items()}
    elif form == "parametrizations":
        state = {name[:-9] + names.get(name[-9:], name[-9:]): tensor for name, tensor in state.items()}
    elif form == "fused":
        state = fuse(state)
    torch.save({"model_g": state, "step": 3} if form == "nested" else state, tmp_path / "x.pt")
    wanted, read = importer([reference("melgan") / file], {}), importer([tmp_path / "x.pt"], {})
    assert (read.config, read.mel_spec) == (wanted.config, wanted.mel_spec)
    assert all(np.array_equal(array, wanted.tensors[name]) for name, array in read.tensors.items())


OFFICIAL, V01 = (reference("melgan") / f"melgan_{name}.pt" for name in ("official", "seungwonpark_v01"))


@pytest.mark.parametrize(
    ("file", "settings", "wanted"),
    [
        (OFFICIAL, {}, {"high_hz": 11025.0}),
        (OFFICIAL, {"audio": {"sampling_rate": 16000, "mel_fmax": None}}, {"sample_rate_hz": 16000, "high_hz": 8000.0}),
        (OFFICIAL, {"audio": {"mel_fmax_official": 7000, "mel_fmax_seungwonpark": 1}}, {"high_hz": 7000.0}),
        (V01, {}, {"high_hz": 8000.0}),
        (V01, {"audio": {"filter_length": 2048, "win_length": 800}}, {"fft_samples": 2048, "window_samples": 800}),
        (V01, {"low_hz": 50.0}, {"low_hz": 50.0}),
    ],
)
def test_an_import_knows_its_mels(file: Path, settings: dict[str, object], wanted: dict[str, object]) -> None:
    imported = importer([file], settings)
    assert imported.kind == "vocoder"
    n_mels = len(torch.load(file, weights_only=True).get("model.1.weight_v", torch.zeros(1, 20))[0])
    assert imported.mel_spec == replace(MelSpec(n_mels=n_mels), **wanted)  # type: ignore[arg-type]


def test_a_file_of_a_training_run_says_what_its_mels_are(tmp_path: Path) -> None:
    written = "data:\n  train: ''\n---\naudio:\n  sampling_rate: 24000\n  mel_fmin: 20.0\n"
    content = torch.load(V01, weights_only=True) | {"hp_str": written}
    torch.save(content, tmp_path / "x.pt")
    spec = importer([tmp_path / "x.pt"], {"audio": {"mel_fmin": 30.0}}).mel_spec
    assert (spec.sample_rate_hz, spec.low_hz) == (24000, 30.0)


def test_an_import_sounds_as_the_checkpoint(tmp_path: Path) -> None:
    imported = importer([V01], {})
    save_file(dict(imported.tensors), tmp_path / "w.safetensors")
    vocoder = MelGan.load(tmp_path / "w.safetensors", imported.config, imported.mel_spec, "cpu")
    frames = mel(5, imported.mel_spec)
    generator = Generator(melgan_config(imported.config, imported.mel_spec)).eval()
    generator.load_state_dict({name: torch.from_numpy(array) for name, array in imported.tensors.items()})
    silence = np.full((len(frames), 20), np.log(1e-5), np.float32)
    with torch.no_grad():
        wanted = generator(torch.from_numpy(np.concatenate([frames, silence], axis=1))[None])[0, : 5 * 256]
    np.testing.assert_allclose(vocoder.waves([frames], SpeechOptions())[0], wanted, atol=1e-5)


@pytest.mark.parametrize(
    ("files", "settings", "message"),
    [
        ([], {}, "0 files"),
        ([OFFICIAL, V01], {}, "2 files"),
        ([V01], {"width": 32}, "width is 64 by its tensors, not 32"),
        ([V01], {"audio": {"n_mel_channels": 80}}, "n_mels is 20 by its tensors, not 80"),
        ([V01], {"audio": {"hop_length": 200}}, "256 samples a frame, not 200"),
        ([V01], {"audio": {"sampling_rate": "high"}}, "sample_rate_hz"),
        ([V01], {"padding": "most"}, "padding"),
    ],
)
def test_an_import_that_does_not_fit_is_refused(files: list[Path], settings: dict[str, object], message: str) -> None:
    with pytest.raises(VoiceError, match=message):
        importer(files, settings)


class Surprise:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("executed",)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no pickle at all", "damaged, or not a checkpoint"),
        (Surprise(), "holds more than data: __builtin__.print"),
        ({"model_g": 3}, "model_g is not a state dict"),
        ([1, 2], "not a state dict"),
        ({"a.weight": torch.zeros(1)}, "none of the four"),
        ({"model.1.weight": torch.zeros(4, 4, 7)}, "convolutions are missing"),
    ],
)
def test_other_files_are_refused(content: object, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.pt"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        torch.save(content, path)
    with pytest.raises(VoiceError, match=message):
        importer([path], {})
    assert not capsys.readouterr().out


@pytest.mark.parametrize("change", ["drop", "add", "reshape"])
def test_an_altered_checkpoint_is_refused(change: str, tmp_path: Path) -> None:
    state = dict(torch.load(reference("melgan") / "melgan_official.pt", weights_only=True))
    if change == "drop":
        del state["model.4.block.2.weight_g"]
    elif change == "add":
        state["model.99.bias"] = torch.zeros(3)
    else:
        state["model.4.block.2.bias"] = torch.zeros(3)
    torch.save(state, tmp_path / "x.pt")
    with pytest.raises(VoiceError, match=r"tensor \S+ (is|has)"):
        importer([tmp_path / "x.pt"], {})


def test_a_missing_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="no such file"):
        importer([tmp_path / "x.pt"], {})


@pytest.mark.parametrize(
    "config", [DiscriminatorConfig(scales=2, width=8, widest=64), DiscriminatorConfig(downsampling_layers=2)]
)
def test_discriminators_of_other_sizes(config: DiscriminatorConfig) -> None:
    features = Discriminator(config)(torch.randn(2, 2048))
    assert [len(scale) for scale in features] == [config.downsampling_layers + 3] * config.scales
    assert all(scale[-1].shape[:2] == (2, 1) for scale in features)
