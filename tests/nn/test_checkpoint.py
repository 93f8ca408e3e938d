"""Checkpoints are read as torch reads them, in both containers; those that mean harm are in test_hostile_checkpoints.py."""

import io
import re
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests.nn.checkpoints import REFERENCES, pickle_of, reference_bytes, rewritten, saved
from ttscli.errors import VoiceError
from ttscli.nn.checkpoint import Inert, Shapes, expect, read_checkpoint, read_checkpoint_bytes, state_dict

CLASSES = ("glow.*", "glow_old.*", "torch.nn.*")


def assert_same(made: Any, wanted: Any) -> None:
    if isinstance(wanted, Tensor):
        assert made.dtype == wanted.dtype
        assert torch.equal(made, wanted)
    elif isinstance(wanted, dict):
        assert list(made) == list(wanted)
        for key in wanted:
            assert_same(made[key], wanted[key])
    elif isinstance(wanted, list | tuple):
        assert type(made) is type(wanted)
        assert len(made) == len(wanted)
        for one, other in zip(made, wanted, strict=True):
            assert_same(one, other)
    elif isinstance(made, Inert):
        assert isinstance(wanted, np.float64)
    else:
        assert type(made) is type(wanted)
        assert made == wanted


@pytest.mark.parametrize("name", [name for name in REFERENCES if "pickled" not in name])
def test_published_forms_are_read_as_torch_reads_them(name: str) -> None:
    data = reference_bytes(name)
    scalar: Any = (np.float64().__reduce__()[0], "numpy.core.multiarray.scalar")
    with torch.serialization.safe_globals([scalar, np.dtype, np.dtypes.Float64DType]):
        wanted = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    assert_same(read_checkpoint_bytes(data, name), wanted)


@pytest.mark.parametrize("name", [name for name in REFERENCES if "pickled" in name])
def test_whole_modules_become_inert(name: str) -> None:
    data = reference_bytes(name)
    with pytest.raises(VoiceError, match="holds more than data: glow"):
        read_checkpoint_bytes(data, name)
    model = read_checkpoint_bytes(data, name, CLASSES)["model"]
    assert isinstance(model, Inert)
    assert model.name in ("glow.WaveGlow", "glow_old.WaveGlow")
    upsample = model.state["_modules"]["upsample"]
    assert (upsample.name, type(upsample.state["_parameters"]["weight"])) == ("torch.nn.modules.conv.ConvTranspose1d", Tensor)


CONTENT = {
    "tensors": [torch.arange(6, dtype=dtype).reshape(2, 3) for dtype in (torch.float64, torch.float16, torch.int64, torch.uint8)],
    "odd": [
        torch.tensor([]),
        torch.tensor(3.0),
        torch.zeros(0, 4),
        torch.tensor([True, False]),
        torch.ones(2, dtype=torch.bfloat16),
    ],
    "ordered": OrderedDict([("b", 1), ("a", None)]),
    "parameter": nn.Parameter(torch.ones(2)),
    "plain": [True, 1, -(2**70), 0.5, "a ü", b"\xff", (1, (2, 3, 4)), {1, 2}, torch.Size([4, 5]), torch.float16, "x" * 300],
}


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("legacy", [False, True])
def test_every_plain_value_comes_back(legacy: bool, protocol: int) -> None:
    made = read_checkpoint_bytes(saved(CONTENT, legacy, protocol), "it")
    wanted = {**CONTENT, "ordered": {"b": 1, "a": None}, "parameter": torch.ones(2)}
    made["plain"][8] = torch.Size(made["plain"][8])
    assert_same(made, wanted)


@pytest.mark.parametrize("legacy", [False, True])
def test_views_of_one_storage(legacy: bool) -> None:
    whole = torch.arange(12.0).reshape(3, 4)
    views = [whole, whole.T, whole[1:, ::2], whole[2]]
    assert_same(read_checkpoint_bytes(saved(views, legacy), "it"), views)


def test_numbers_of_the_other_byte_order() -> None:
    values = torch.tensor([1.5, -2.0, 3e20])
    data = saved(values)
    swapped = values.numpy().byteswap().tobytes()
    assert_same(read_checkpoint_bytes(rewritten(data, {"data/0": swapped, "byteorder": b"big"}), "it"), values)
    assert_same(read_checkpoint_bytes(rewritten(data, {"byteorder": None}), "it"), values)


@pytest.mark.parametrize("legacy", [False, True])
def test_tensors_of_a_gpu_come_to_the_cpu(legacy: bool) -> None:
    data, (here, there) = saved(torch.ones(3), legacy), (b"ctorch\nFloatStorage\n", b"ctorch.cuda\nFloatStorage\n")
    data = data.replace(here, there) if legacy else rewritten(data, {"data.pkl": pickle_of(data).replace(here, there)})
    made = read_checkpoint_bytes(data, "it")
    assert made.device.type == "cpu"
    assert_same(made, torch.ones(3))


def test_files_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    for name, fault in (("missing", "no such file"), (".", "not a file"), ("empty", "damaged")):
        with pytest.raises(VoiceError, match=fault):
            read_checkpoint(tmp_path / name)
    with pytest.raises(VoiceError, match="not a file"):
        read_checkpoint(Path("/dev/zero"))


def test_state_dict() -> None:
    state = {"module.a": torch.ones(2), "module.b": torch.zeros(1)}
    assert list(state_dict({"x": {"y": state}}, "it", "x", "y")) == ["a", "b"]
    assert list(state_dict({**state, "c": torch.ones(1)}, "it")) == ["module.a", "module.b", "c"]
    wrong: list[tuple[Any, str]] = [
        ({}, "has no x"),
        ({"x": []}, "x is not a state dict"),
        ({"x": {"a": 1}}, "a is not a tensor"),
        ({"x": {"a": torch.tensor([1.0, float("nan")])}}, "tensor a has values that are not finite"),
    ]
    for content, fault in wrong:
        with pytest.raises(VoiceError, match=f"it: {fault}"):
            state_dict(content, "it", "x")


def test_expect() -> None:
    with torch.device("meta"):
        network = nn.BatchNorm1d(3)
    state = {name: torch.ones(tensor.shape, dtype=tensor.dtype) for name, tensor in network.state_dict().items()}
    made = expect({**state, "weight": torch.arange(6, dtype=torch.float16)[::2]}, network, "it")
    assert {name: array.dtype for name, array in made.items()} == {
        name: np.int64 if name == "num_batches_tracked" else np.float32 for name in state
    }
    assert {name: array.shape for name, array in made.items()} == {name: tuple(tensor.shape) for name, tensor in state.items()}
    assert made["weight"].tolist() == [0, 2, 4]
    assert made["weight"].flags.c_contiguous
    wrong = [
        ({name: tensor for name, tensor in state.items() if name != "bias"}, "tensor bias is missing"),
        ({**state, "more": torch.ones(1)}, "tensor more has no place"),
        ({**state, "bias": torch.ones(4)}, r"tensor bias has shape \(4,\), not \(3,\)"),
        ({**state, "bias": torch.ones(3, dtype=torch.int64)}, "tensor bias has type torch.int64"),
    ]
    for broken, fault in wrong:
        with pytest.raises(VoiceError, match=f"it: {fault}"):
            expect(broken, network, "it")


def test_what_names_and_shapes_tell() -> None:
    shapes = Shapes({"a.0.weight": torch.ones(2, 3), "a.0.bias": torch.ones(2), "a.10": torch.ones(0, 3)}, "x.pt")
    assert shapes.of("a.0.weight", 2) == (2, 3)
    assert [shapes.count(prefix) for prefix in ("a.", "a.0.", "b.")] == [2, 2, 0]


@pytest.mark.parametrize(("name", "n_axes", "fault"), [("b", 1, "is missing"), ("a", 1, "(0, 3), not 1"), ("a", 2, "none empty")])
def test_a_shape_that_is_not_wanted_is_named(name: str, n_axes: int, fault: str) -> None:
    with pytest.raises(VoiceError, match=f"x.pt: tensor {name} .*{re.escape(fault)}"):
        Shapes({"a": torch.ones(0, 3)}, "x.pt").of(name, n_axes)
