from pathlib import Path

import pytest
import torch
from torch import nn

from ttscli.errors import DeviceError, VoiceError
from ttscli.nn.devices import torch_device
from ttscli.nn.weights import load_weights, read_weights, save_weights, shape_of


def network(kernel: int = 3) -> nn.Module:
    return nn.Sequential(nn.Conv1d(2, 4, kernel), nn.BatchNorm1d(4))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "weights.safetensors"


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 0.0), (torch.float16, 1e-3)])
def test_what_was_saved_is_loaded(path: Path, dtype: torch.dtype, tolerance: float) -> None:
    first, second = network(), network()
    save_weights(first, path, dtype)
    load_weights(second, path)
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    for name, tensor in second.state_dict().items():
        assert tensor.dtype == first.state_dict()[name].dtype
        assert torch.allclose(tensor, first.state_dict()[name], atol=tolerance)


def test_integers_and_values_beyond_float16_keep_their_type(path: Path) -> None:
    save_weights({"big": torch.tensor([1e6]), "small": torch.tensor([1.0]), "count": torch.tensor([70000])}, path)
    types = {name: tensor.dtype for name, tensor in read_weights(path).items()}
    assert types == {"big": torch.float32, "small": torch.float16, "count": torch.int64}


def test_views_of_one_memory_are_saved(path: Path) -> None:
    tensor = torch.arange(6.0).view(2, 3)
    save_weights({"a": tensor, "b": tensor.T, "c": tensor}, path, torch.float32)
    assert torch.equal(read_weights(path)["b"], tensor.T)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (nn.Sequential(nn.Conv1d(2, 4, 3), nn.BatchNorm1d(4), nn.Linear(1, 1)), "2.bias is missing"),
        (nn.Sequential(nn.Conv1d(2, 4, 3)), "1.bias has no place"),
        (network(kernel=5), r"0.weight has shape \(4, 2, 3\), not \(4, 2, 5\)"),
    ],
)
def test_another_network_is_refused(path: Path, other: nn.Module, message: str) -> None:
    save_weights(network(), path)
    with pytest.raises(VoiceError, match=message):
        load_weights(other, path)


def test_a_damaged_file_is_refused(path: Path) -> None:
    save_weights(network(), path)
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(VoiceError, match="damaged"):
        load_weights(network(), path)


def test_a_missing_file_is_named(path: Path) -> None:
    with pytest.raises(VoiceError, match="cannot be read"):
        load_weights(network(), path)


def test_a_shape_has_the_axes_that_are_wanted() -> None:
    tensors = {"table": torch.ones(3, 2), "scalar": torch.ones(()), "empty": torch.ones(0, 2), "deep": torch.ones(3, 2, 1)}
    assert shape_of(tensors, "table", 2, "w") == (3, 2)
    for name in ("scalar", "empty", "deep"):
        with pytest.raises(VoiceError, match=rf"^w: tensor {name} has shape \("):
            shape_of(tensors, name, 2, "w")
    with pytest.raises(VoiceError, match=r"^w: tensor nowhere is missing"):
        shape_of(tensors, "nowhere", 2, "w")


def test_devices() -> None:
    assert torch_device("cpu").type == "cpu"
    with pytest.raises(DeviceError, match="abacus"):
        torch_device("abacus")
    with pytest.raises(DeviceError, match="cuda:99"):
        torch_device("cuda:99")
