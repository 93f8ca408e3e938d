"""Published checkpoints of Glow-TTS in every form in which they are about."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file
from torch import Tensor

from tests.parity.reference import reference
from ttscli.contract import SpeechOptions
from ttscli.errors import VoiceError
from ttscli.melspec import MelSpec
from ttscli.nn.weight_norm import fuse
from ttscli_glowtts.checkpoints import importer, published_state
from ttscli_glowtts.model import GlowTtsModel

SETS = sorted(path.parent for path in reference("glow_tts").glob("*/checkpoint.pth"))
FORMS: Mapping[str, Callable[[dict[str, Tensor]], dict[str, Tensor]]] = {
    "module": lambda state: {f"module.{name}": tensor for name, tensor in state.items()},
    "parametrizations": lambda state: {_parametrized(name): tensor for name, tensor in state.items()},
    "fused": fuse,
    "partly fused": lambda state: (
        {name: tensor for name, tensor in state.items() if ".wn." not in name}
        | fuse({name: tensor for name, tensor in state.items() if ".wn." in name})
    ),
    "with inverses": lambda state: state | {"decoder.flows.1.weight_inv": torch.zeros(4, 4)},
    "double": lambda state: {name: tensor.double() for name, tensor in state.items()},
}


def _parametrized(name: str) -> str:
    ends = {".weight_g": ".parametrizations.weight.original0", ".weight_v": ".parametrizations.weight.original1"}
    return name[:-9] + ends.get(name[-9:], name[-9:])


def settings(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "config.json").read_text(encoding="utf-8")))


def saved(state: Mapping[str, Tensor], path: Path, legacy: bool = False, bare: bool = False) -> Path:
    content = dict(state) if bare else {"model": dict(state), "iteration": 3}
    torch.save(content, path, _use_new_zipfile_serialization=not legacy)
    return path


@pytest.mark.parametrize("folder", SETS, ids=lambda folder: folder.name)
def test_a_checkpoint_becomes_a_part_that_speaks(folder: Path, tmp_path: Path) -> None:
    stated = settings(folder)
    made = importer([folder / "checkpoint.pth"], stated)
    n_mels = stated["data"]["n_mel_channels"]
    assert (made.kind, made.mel_spec) == ("acoustic", MelSpec(n_mels=n_mels))
    assert made.text is not None
    assert len(made.text.symbols) == stated["n_vocab"]
    assert bool(made.text.blank) == stated["data"].get("add_blank", False)
    save_file(dict(made.tensors), tmp_path / "w.safetensors")
    model = GlowTtsModel.load(tmp_path / "w.safetensors", made.config, made.mel_spec, "cpu")
    [mel] = model.mels([np.arange(1, 30)], SpeechOptions())
    assert mel.frames.shape[0] == n_mels
    assert ("speaker" in model.controls) == (stated["model"].get("n_speakers", 0) > 1)


@pytest.mark.parametrize(
    ("form", "container"), [*((form, "zip") for form in FORMS), ("module", "legacy"), ("parametrizations", "bare")]
)
@pytest.mark.parametrize("folder", SETS, ids=lambda folder: folder.name)
def test_every_form_is_read(folder: Path, form: str, container: str, tmp_path: Path) -> None:
    wanted = importer([folder / "checkpoint.pth"], settings(folder))
    state = FORMS[form](published_state(folder / "checkpoint.pth"))
    path = saved(state, tmp_path / "x.pth", container == "legacy", container == "bare")
    made = importer([path], settings(folder))
    assert made.config == wanted.config
    assert made.tensors.keys() == wanted.tensors.keys()
    for name, tensor in made.tensors.items():
        assert tensor.dtype == np.float32
        np.testing.assert_allclose(np.asarray(tensor, np.float32), np.asarray(wanted.tensors[name], np.float32), atol=1e-6)


def test_half_precision_is_cast_before_it_is_fused(tmp_path: Path) -> None:
    folder = SETS[0]
    state = {name: tensor.half() for name, tensor in published_state(folder / "checkpoint.pth").items()}
    made = importer([saved(state, tmp_path / "x.pth")], settings(folder)).tensors["decoder.blocks.0.coupling.start.weight"]
    wanted = fuse({name: tensor.float() for name, tensor in state.items()})["decoder.flows.2.start.weight"]
    np.testing.assert_allclose(np.asarray(made, np.float32), wanted.numpy(), atol=1e-7)


@pytest.mark.parametrize("folder", SETS, ids=lambda folder: folder.name)
def test_settings_may_be_flat_and_under_our_names(folder: Path) -> None:
    stated = settings(folder)
    wanted = importer([folder / "checkpoint.pth"], stated).config
    flat = {key: value for key, value in stated["model"].items()} | {"sampling_rate": 22050, "n_vocab": stated["n_vocab"]}
    assert importer([folder / "checkpoint.pth"], flat).config == wanted
    assert importer([folder / "checkpoint.pth"], dict(wanted)).config == wanted
    published = importer([folder / "checkpoint.pth"], {}).config
    told_by_shapes = {"flow_dilation", "sigmoid_scale", "dropout", "flow_dropout", "reach"}
    assert {key for key in wanted if wanted[key] != published[key]} <= told_by_shapes


@pytest.mark.parametrize(
    ("table", "change", "message"),
    [
        ("model", {"n_heads": 7}, "heads is 2 by its tensors, not 7"),
        ("model", {"hidden_channels_dec": 1000}, "flow_channels is 12 by its tensors, not 1000"),
        ("model", {"dilation_rate": "wide"}, "config.flow_dilation"),
        ("model", {"dilation_rate": 0}, "config.flow_dilation.* must be at least 1"),
        ("data", {"n_mel_channels": 81}, "n_mels is 10 by its tensors, not 81"),
        ("data", {"sampling_rate": "high"}, "config.sample_rate_hz"),
    ],
)
def test_settings_that_do_not_fit_are_named(table: str, change: dict[str, Any], message: str) -> None:
    stated = settings(SETS[0])
    stated[table] |= change
    with pytest.raises(VoiceError, match=message):
        importer([SETS[0] / "checkpoint.pth"], stated)


@pytest.mark.parametrize(("stated", "message"), [({"dilation": 2}, "dilation: there is no"), ({"model": 3}, "model is not")])
def test_strange_settings_are_named(stated: dict[str, Any], message: str) -> None:
    with pytest.raises(VoiceError, match=message):
        importer([SETS[0] / "checkpoint.pth"], stated)


def test_none_is_said_in_their_way() -> None:
    """Also without an upper end of the mels, which is then half the sample rate."""
    stated = settings(SETS[0])
    stated["model"] |= {"block_length": None, "n_speakers": 0, "gin_channels": 0}
    stated["model"] |= {"hidden_channels": stated["model"]["hidden_channels_enc"], "hidden_channels_enc": None}
    stated["data"] |= {"mel_fmax": None, "sampling_rate": 16000}
    made = importer([SETS[0] / "checkpoint.pth"], stated)
    assert (made.config["reach"], made.config["n_speakers"]) == (-1, 1)
    assert (made.mel_spec.sample_rate_hz, made.mel_spec.high_hz) == (16000, 8000.0)


def _without(name: str) -> Callable[[dict[str, Tensor]], dict[str, Tensor]]:
    return lambda state: {key: tensor for key, tensor in state.items() if key != name}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_without("encoder.emb.weight"), r"encoder\.emb\.weight is missing"),
        (_without("decoder.flows.2.end.bias"), r"coupling\.end\.bias is missing"),
        (_without("decoder.flows.2.start.weight_g"), r"start\.weight_g is missing"),
        (lambda state: state | {"decoder.flows.0.extra": torch.zeros(3)}, r"normalisation\.extra has no place"),
        (lambda state: state | {"decoder.flows.0.bias": torch.zeros(3)}, r"normalisation\.shift has shape \(3,\)"),
        (lambda state: state | {"encoder.emb.weight": torch.zeros(3)}, r"emb\.weight has shape \(3,\), not 2 axes"),
        (lambda state: state | {"encoder.proj_m.bias": torch.tensor([np.nan])}, "not finite"),
        (lambda state: state | {"decoder.flows.1.weight": torch.zeros(4, 4)}, r"mixing\.core\.weight has no inverse"),
        (lambda state: {"encoder": torch.zeros(1)}, "is missing"),
    ],
)
def test_an_altered_checkpoint_is_refused(
    change: Callable[[dict[str, Tensor]], dict[str, Tensor]], message: str, tmp_path: Path
) -> None:
    state = change(published_state(SETS[0] / "checkpoint.pth"))
    with pytest.raises(VoiceError, match=message):
        importer([saved(state, tmp_path / "x.pth")], settings(SETS[0]))


def test_a_published_voice_is_one_file() -> None:
    for files in ([], [SETS[0] / "checkpoint.pth"] * 2):
        with pytest.raises(VoiceError, match=f"{len(files)} files"):
            importer(files, {})
