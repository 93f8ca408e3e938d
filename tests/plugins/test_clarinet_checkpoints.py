import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.parity.reference import reference
from ttscli.contract import SpeechOptions
from ttscli.errors import VoiceError
from ttscli.importing import Imported
from ttscli.nn.weight_norm import fuse
from ttscli.nn.weights import save_weights
from ttscli.testing import mel
from ttscli_clarinet.checkpoints import importer
from ttscli_clarinet.config import ClariNetConfig, clarinet_config
from ttscli_clarinet.frontend import PUBLISHED_MEL
from ttscli_clarinet.model import ClariNet

FOLDER = reference("clarinet")
CONFIG: dict[str, Any] = json.loads((FOLDER / "config.json").read_text(encoding="utf-8"))
TEACHER, STUDENT = FOLDER / "teacher.pth", FOLDER / "student.pth"


def state(path: Path) -> dict[str, Tensor]:
    return dict(torch.load(path, weights_only=True)["state_dict"])


def same(one: Imported, other: Imported) -> bool:
    tensors = zip(one.tensors.values(), other.tensors.values(), strict=True)
    return one.config == other.config and one.mel_spec == other.mel_spec and all((a == b).all() for a, b in tensors)


def test_published_layout(tmp_path: Path) -> None:
    """Every key and shape of the networks of the published sizes is known, and what no shape tells is as published."""
    layout = json.loads((FOLDER / "published_layout.json").read_text(encoding="utf-8"))
    for kind in ("teacher", "student"):
        ones = {name: torch.ones(shape) for name, shape in layout[f"{kind}_default"].items()}
        torch.save({"state_dict": ones}, tmp_path / f"{kind}.pth")
    of_teacher = importer([tmp_path / "teacher.pth"], {})
    assert of_teacher.mel_spec == PUBLISHED_MEL
    assert clarinet_config(of_teacher.config, PUBLISHED_MEL) == ClariNetConfig()
    of_student = importer([tmp_path / "student.pth", tmp_path / "teacher.pth"], {})
    wanted = ClariNetConfig("student", cycles=(1,) * 6, residual_channels=64, gate_channels=128, skip_channels=64, kernel=3)
    assert clarinet_config(of_student.config, PUBLISHED_MEL) == wanted


@pytest.mark.parametrize("form", ["module", "parametrizations", "fused", "bare", "legacy"])
def test_every_form_of_a_checkpoint_is_read(form: str, tmp_path: Path) -> None:
    names = {".weight_g": ".parametrizations.weight.original0", ".weight_v": ".parametrizations.weight.original1"}
    for path in (TEACHER, STUDENT):
        tensors = state(path)
        if form == "module":
            tensors = {f"module.{name}": tensor for name, tensor in tensors.items()}
        elif form == "parametrizations":
            tensors = {name[:-9] + names.get(name[-9:], name[-9:]): tensor for name, tensor in tensors.items()}
        elif form == "fused":
            tensors = fuse(tensors)
        content = tensors if form == "bare" else {"state_dict": tensors, "optimizer": {}, "global_step": 1}
        torch.save(content, tmp_path / path.name, _use_new_zipfile_serialization=form != "legacy")
    wanted = importer([TEACHER, STUDENT], CONFIG)
    assert same(importer([tmp_path / "student.pth", tmp_path / "teacher.pth"], CONFIG), wanted)
    assert same(importer([tmp_path / "teacher.pth"], CONFIG), importer([TEACHER], CONFIG))


def test_a_student_of_several_gpus_is_the_same() -> None:
    other = importer([FOLDER / "student_dataparallel.pth", TEACHER], CONFIG)
    assert same(other, importer([STUDENT, TEACHER], CONFIG))


def test_half_precision_is_cast_up_before_it_is_fused(tmp_path: Path) -> None:
    halves = {name: tensor.half() for name, tensor in state(TEACHER).items()}
    torch.save({"state_dict": halves}, tmp_path / "x.pth")
    tensors = importer([tmp_path / "x.pth"], CONFIG).tensors
    gates = torch.from_numpy(tensors["wavenet.blocks.0.gates.weight"])
    fused = fuse({name: tensor.float() for name, tensor in halves.items()})
    theirs = [fused[f"res_blocks.0.{path}_conv.conv.weight"] for path in ("filter", "gate")]
    assert torch.equal(gates, torch.cat(theirs))


@pytest.mark.parametrize("files", [[TEACHER], [STUDENT, TEACHER]])
def test_a_checkpoint_becomes_a_voice(files: list[Path], tmp_path: Path) -> None:
    read = importer(files, CONFIG)
    save_weights({name: torch.from_numpy(array) for name, array in read.tensors.items()}, tmp_path / "w.safetensors")
    vocoder = ClariNet.load(tmp_path / "w.safetensors", read.config, read.mel_spec, "cpu")
    [wave] = vocoder.waves([mel(3, read.mel_spec)], SpeechOptions())
    assert wave.shape == (3 * CONFIG["hop"],)


@pytest.mark.parametrize(
    ("files", "settings", "message"),
    [
        ([STUDENT], {}, "student.pth: a student without its teacher"),
        ([TEACHER, TEACHER], {}, "2 of a teacher"),
        ([TEACHER, STUDENT, STUDENT], {}, "2 of a student"),
        ([TEACHER], {"num_layers": 3}, "no multiples of 3 layers"),
        ([TEACHER], {}, "no multiples of 10 layers"),
        ([TEACHER], {"teacher": {"num_layers": "four"}}, "config.layers"),
        ([TEACHER], {"num_layers": 4, "num_blocks": 3}, "cycles is .* as stated"),
        ([TEACHER], {"num_layers": 4, "gate_channels": 99}, "gate_channels is 24 by its tensors, not 99"),
        ([TEACHER], {"num_layers": 4, "hop": 256}, "hop_samples is 32 by its tensors"),
    ],
)
def test_what_does_not_fit_is_named(files: list[Path], settings: dict[str, object], message: str) -> None:
    with pytest.raises(VoiceError, match=message):
        importer(files, settings)


@pytest.mark.parametrize(("blocks", "kernel", "layers", "base"), [(20, 2, 10, 2), (24, 3, 6, 3), (30, 2, 10, 2)])
def test_what_no_shape_tells_of_a_teacher(blocks: int, kernel: int, layers: int, base: int, tmp_path: Path) -> None:
    torch.save({"state_dict": shrunken(blocks, kernel) | upsampler()}, tmp_path / "x.pth")
    config = importer([tmp_path / "x.pth"], {}).config
    assert (config["layers"], config["dilation_base"], config["cycles"]) == (layers, base, [blocks // layers])


@pytest.mark.parametrize(("blocks", "layers", "base"), [((10, 10, 10), 10, 2), ((6, 6, 6, 24), 6, 3), ((10, 10, 10, 30), 10, 2)])
def test_what_no_shape_tells_of_a_student(blocks: tuple[int, ...], layers: int, base: int, tmp_path: Path) -> None:
    flows = {f"iafs.{j}.{name}": tensor for j, n in enumerate(blocks) for name, tensor in shrunken(n, 3).items()}
    torch.save({"state_dict": flows}, tmp_path / "student.pth")
    torch.save({"state_dict": shrunken(20, 2) | upsampler()}, tmp_path / "teacher.pth")
    config = importer([tmp_path / "student.pth", tmp_path / "teacher.pth"], {}).config
    assert (config["layers"], config["dilation_base"], config["cycles"]) == (layers, base, [n // layers for n in blocks])


def shrunken(n_blocks: int, kernel: int) -> dict[str, Tensor]:
    """A WaveNet under its published names, fused, every width 1."""
    one, tensors = torch.ones(1, 1, 1), {"front_conv.0.conv.weight": torch.ones(1, 1, 32)}
    tensors |= {"final_conv.1.conv.weight": one, "final_conv.3.conv.weight": torch.ones(2, 1, 1)}
    for i in range(n_blocks):
        tensors |= {f"res_blocks.{i}.{path}_conv.conv.weight": torch.ones(1, 1, kernel) for path in ("filter", "gate")}
        tensors |= {f"res_blocks.{i}.{path}.weight": one for path in ("filter_conv_c", "gate_conv_c", "res_conv", "skip_conv")}
    biases = {name.replace("weight", "bias"): torch.zeros(len(tensor)) for name, tensor in tensors.items()}
    return tensors | biases


def upsampler() -> dict[str, Tensor]:
    layers = {f"upsample_conv.{n}.weight": torch.ones(1, 1, 3, 32) for n in (0, 2)}
    return layers | {name.replace("weight", "bias"): torch.zeros(1) for name in layers}


@pytest.mark.parametrize("change", ["drop", "add", "reshape", "half", "flat", "flow"])
def test_an_altered_checkpoint_is_refused(change: str, tmp_path: Path) -> None:
    tensors = state(STUDENT if change == "flow" else TEACHER)
    if change == "flow":
        tensors = {name: tensor for name, tensor in tensors.items() if not name.startswith("iafs.1.")}
    elif change == "drop":
        del tensors["res_blocks.3.gate_conv.conv.bias"]
    elif change == "add":
        tensors["res_blocks.3.other.bias"] = torch.zeros(3)
    elif change == "reshape":
        tensors["final_conv.1.conv.bias"] = torch.zeros(3)
    elif change == "half":
        del tensors["upsample_conv.2.weight_g"]
    else:
        tensors["front_conv.0.conv.weight_v"] = torch.zeros_like(tensors["front_conv.0.conv.weight_v"])
    torch.save({"state_dict": tensors}, tmp_path / "x.pth")
    files = [tmp_path / "x.pth", TEACHER] if change == "flow" else [tmp_path / "x.pth"]
    with pytest.raises(VoiceError, match=r"x\.pth: (tensor \S+ (is|has)|flows)"):
        importer(files, CONFIG)


def test_other_files_are_refused(tmp_path: Path) -> None:
    torch.save({"state_dict": {"a.weight": torch.zeros(1)}}, tmp_path / "x.pth")
    with pytest.raises(VoiceError, match="not of ClariNet"):
        importer([tmp_path / "x.pth"], {})
