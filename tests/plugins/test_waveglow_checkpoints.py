import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.parity.reference import reference
from ttscli.contract import SpeechOptions
from ttscli.errors import VoiceError
from ttscli.importing import Imported
from ttscli.melspec import MelSpec
from ttscli.nn.weight_norm import fuse
from ttscli.nn.weights import save_weights
from ttscli.testing import mel
from ttscli_waveglow.checkpoints import importer
from ttscli_waveglow.config import WaveGlowConfig
from ttscli_waveglow.model import WaveGlowVocoder

FILE = reference("waveglow") / "checkpoint.pt"


def published() -> dict[str, Tensor]:
    content = torch.load(FILE, weights_only=True)
    return {name.removeprefix("module."): tensor for name, tensor in content["state_dict"].items()}


def read(content: object, folder: Path, settings: Mapping[str, object] | None = None) -> Imported:
    torch.save(content, folder / "x.pt")
    return importer([folder / "x.pt"], settings or {})


def require_same(made: Imported, atol: float = 0.0) -> None:
    wanted = importer([FILE], {})
    assert (dict(made.config), made.mel_spec, made.kind) == (dict(wanted.config), wanted.mel_spec, "vocoder")
    assert made.tensors.keys() == wanted.tensors.keys()
    for name, array in made.tensors.items():
        assert array.dtype == np.float32
        assert np.abs(np.subtract(array, wanted.tensors[name])).max() <= atol, name


def one_condition(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """As the authors' later program has it."""
    joined = {name: tensor for name, tensor in state.items() if "cond_layers" not in name}
    for name in state:
        if found := re.fullmatch(r"(WN\.\d+)\.cond_layers\.0\.(\w+)", name):
            stack, kind = found.groups()
            n_layers = len([n for n in state if re.fullmatch(rf"{re.escape(stack)}\.cond_layers\.\d+\.{kind}", n)])
            joined[f"{stack}.cond_layer.{kind}"] = torch.cat([state[f"{stack}.cond_layers.{i}.{kind}"] for i in range(n_layers)])
    return joined


def two_paths(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """As the authors' first program has it."""
    channels = len(state["WN.0.start.bias"])
    split: dict[str, Tensor] = {}
    for name, tensor in state.items():
        if ".res_skip_layers." not in name:
            split[name] = tensor
            continue
        split[name.replace("res_skip", "skip")] = tensor[-channels:]
        if len(tensor) > channels:
            split[name.replace("res_skip", "res")] = tensor[:channels]
    return split


def parametrized(state: dict[str, Tensor]) -> dict[str, Tensor]:
    ends = {".weight_g": ".parametrizations.weight.original0", ".weight_v": ".parametrizations.weight.original1"}
    return {name[:-9] + ends.get(name[-9:], name[-9:]): tensor for name, tensor in state.items()}


def with_inverses(state: dict[str, Tensor]) -> dict[str, Tensor]:
    return state | {"convinv.0.W_inverse": torch.zeros(8, 8, 1)}


def prefixed(prefix: str, state: dict[str, Tensor]) -> dict[str, Tensor]:
    return {prefix + name: tensor for name, tensor in state.items()}


FORMS: dict[str, Any] = {
    "bare": lambda state: state,
    "of a training run": lambda state: {"model": state, "iteration": 3, "optimizer": {"state": {}}, "learning_rate": 1e-4},
    "module": lambda state: {"state_dict": prefixed("module.", state)},
    "wrapped twice": lambda state: {"state_dict": prefixed("module.1.", state)},
    "wrapped for half precision": lambda state: {"state_dict": prefixed("1.", state)},
    "one condition": one_condition,
    "one condition, fused": lambda state: one_condition(fuse(state)),
    "two paths": two_paths,
    "two paths, fused": lambda state: two_paths(fuse(state)),
    "parametrized": parametrized,
    "parametrized, two paths": lambda state: parametrized(two_paths(state)),
    "cached inverses": with_inverses,
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_checkpoint_is_read(form: str, tmp_path: Path) -> None:
    require_same(read(FORMS[form](published()), tmp_path), atol=1e-6)


def test_half_precision_is_cast_up_before_norms(tmp_path: Path) -> None:
    halves = {name: tensor.half() for name, tensor in published().items()}
    made, wanted = read({"state_dict": halves}, tmp_path), fuse({name: tensor.float() for name, tensor in halves.items()})
    np.testing.assert_array_equal(made.tensors["flows.0.affine.inlet.weight"], wanted["WN.0.start.weight"].numpy())
    require_same(made, atol=2e-2)


def test_the_last_layout_is_the_first_programs_if_the_settings_say_so(tmp_path: Path) -> None:
    assert "coupling" not in read(published(), tmp_path).config
    assert read(published(), tmp_path, {"coupling": "alternating"}).config["coupling"] == "alternating"
    [old] = reference("waveglow").glob("*old*.pt")
    assert importer([old], {}).config["coupling"] == "alternating"
    assert importer([old], {"coupling": "constant"}).config["coupling"] == "constant"


def test_only_published_flows_are_denoised_unasked(tmp_path: Path) -> None:
    assert WaveGlowConfig().denoiser_strength == 0  # other flows speak under the mel that the hum is taken from
    assert read(published(), tmp_path).config["denoiser_strength"] == 0.01
    assert read(published(), tmp_path, {"denoiser_strength": 0.1}).config["denoiser_strength"] == 0.1


def test_the_authors_config_states_the_mels(tmp_path: Path) -> None:
    data = {
        "sampling_rate": 24000,
        "filter_length": 2048,
        "hop_length": 300,
        "win_length": 1200,
        "mel_fmin": 20,
        "mel_fmax": 7600,
    }
    channels = len(published()["WN.0.start.bias"])
    stated = {"waveglow_config": {"WN_config": {"n_channels": channels}}, "data_config": data, "train_config": {"seed": 1}}
    n_mels = len(published()["upsample.bias"])
    assert read(published(), tmp_path, stated).mel_spec == MelSpec(24000, 2048, 300, 1200, n_mels, 20.0, 7600.0)
    assert read(published(), tmp_path).mel_spec == MelSpec(n_mels=n_mels)


def test_few_flows_say_nothing_about_early_outputs(tmp_path: Path) -> None:
    few = int(str(importer([FILE], {}).config["early_every"]))
    state = {n: t for n, t in published().items() if not (found := re.match(r"\w+\.(\d+)", n)) or int(found[1]) < few}
    made = read(state, tmp_path)
    assert made.config["n_flows"] == few
    assert sounds(made, tmp_path) == 3 * 256


def sounds(made: Imported, folder: Path) -> int:
    save_weights({name: torch.from_numpy(array) for name, array in made.tensors.items()}, folder / "w.safetensors")
    vocoder = WaveGlowVocoder.load(folder / "w.safetensors", made.config, made.mel_spec, "cpu")
    return len(vocoder.waves([mel(3, made.mel_spec)], SpeechOptions())[0])


@pytest.mark.parametrize("path", sorted(reference("waveglow").glob("*.pt")), ids=lambda path: path.stem)
def test_a_checkpoint_becomes_a_voice(path: Path, tmp_path: Path) -> None:
    assert sounds(importer([path], {}), tmp_path) == 3 * 256


# What is refused


def without(name: str) -> dict[str, Tensor]:
    return {other: tensor for other, tensor in published().items() if other != name}


def singular() -> dict[str, Tensor]:
    state = published()
    state["convinv.1.conv.weight"][0] = state["convinv.1.conv.weight"][1]
    return state


def with_value(name: str, value: float) -> dict[str, Tensor]:
    state = published()
    state[name][0] = value
    return state


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (without("WN.1.in_layers.1.weight_g"), r"tensor flows.1.affine.stack.gates.1.weight_g is missing"),
        (without("upsample.weight"), r"x\.pt: tensor upsampler.convolution.weight is missing"),
        (without("convinv.1.conv.weight"), r"tensor flows\.\d+\.mixing\.weight"),
        (published() | {"WN.1.other.bias": torch.zeros(3)}, r"tensor WN.1.other.bias has no place"),
        (published() | {"WN.1.start.bias": torch.zeros(3)}, r"tensor flows.1.affine.inlet.bias has shape \(3,\)"),
        (published() | {"upsample.weight": torch.zeros(4, 4)}, r"\(4, 4\), not 3 axes"),
        (published() | {"upsample.weight": torch.zeros(0, 4, 1024)}, r"convolution.weight has shape \(0, 4, 1024\), not 3 axes"),
        (singular(), r"tensor flows.1.mixing.weight is singular"),
        (with_value("WN.1.end.weight", torch.nan), r"tensor WN.1.end.weight has values that are not finite"),
        (with_value("WN.1.start.weight_v", 0), r"x.pt: .*flows.1.affine.inlet.*length 0"),
    ],
)
def test_an_altered_checkpoint_is_refused(state: dict[str, Tensor], message: str, tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match=message):
        read({"state_dict": state}, tmp_path)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"waveglow_config": {"n_flows": 3}}, "n_flows is 10 by its tensors, not 3 as stated"),
        ({"n_mel_channels": 80}, "n_mels is 4 by its tensors, not 80"),
        ({"coupling": "odd"}, "config.coupling"),
        ({"couplings": "alternating"}, "settings: couplings: there is no such key"),
        ({"data_config": {"hop_length": "long"}}, "config.hop_samples"),
        ({"data_config": {"hop_length": 1024}}, "hop"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: dict[str, object], message: str, tmp_path: Path) -> None:
    state = published()
    n_flows, n_mels = sum(name.startswith("convinv") for name in state), len(state["upsample.bias"])
    message = message.replace("is 10 by", f"is {n_flows} by").replace("is 4 by", f"is {n_mels} by")
    with pytest.raises(VoiceError, match=message):
        read(state, tmp_path, settings)


class Surprise:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("executed",)


@pytest.mark.parametrize("content", [Surprise(), {"model": Surprise()}, {"model": 3}, [1, 2], {"model": {"a": 3}}, {}])
def test_other_files_are_refused(content: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(VoiceError, match=r"x\.pt"):
        read(content, tmp_path)
    assert not capsys.readouterr().out


@pytest.mark.parametrize("files", [[], [FILE, FILE]])
def test_one_file_is_wanted(files: list[Path]) -> None:
    with pytest.raises(VoiceError, match=f"{len(files)} files given"):
        importer(files, {})
