"""The convolutions in numpy against torch's own."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from ttscli.errors import VoiceError
from ttscli.nn.lite import Array, Tensors, each, read_tensors, relu
from ttscli.nn.weights import save_weights

SHAPES = [(1, 1), (2, 1), (3, 1), (3, 2), (4, 1), (4, 3), (5, 4), (7, 1)]
N_FRAMES = 31


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


def tensors(**modules: nn.Module) -> Tensors:
    state = {f"{name}.{key}": tensor for name, module in modules.items() for key, tensor in module.state_dict().items()}
    return Tensors({name: tensor.numpy() for name, tensor in state.items()})


def norm(channels: int) -> nn.BatchNorm1d:
    """One that has seen data: nothing of it is 0 or 1."""
    made = nn.BatchNorm1d(channels).eval()
    for tensor in (made.weight, made.bias, made.running_mean, made.running_var):
        assert tensor is not None
        nn.init.uniform_(tensor, 0.3, 2.0)
    return made


def frames(channels: int = 3) -> tuple[Tensor, Array]:
    """The same random values for torch, (1, C, T), and for us, (T, C)."""
    x = torch.randn(1, channels, N_FRAMES)
    return x, np.ascontiguousarray(x[0].T.numpy())


def as_ours(y: Tensor) -> Array:
    ours: Array = y.detach()[0].T.numpy()
    return ours


@pytest.mark.parametrize(("kernel", "dilation"), SHAPES)
def test_conv(kernel: int, dilation: int) -> None:
    conv, (x, ours) = nn.Conv1d(3, 5, kernel, dilation=dilation), frames()
    lite = tensors(c=conv).conv("c", 3, 5, kernel, dilation)
    assert lite.span == dilation * (kernel - 1)
    np.testing.assert_allclose(lite(ours), as_ours(conv(x)), atol=1e-5)


@pytest.mark.parametrize(("kernel", "dilation"), SHAPES)
def test_same(kernel: int, dilation: int) -> None:
    """Of an even kernel the smaller half of the zeros comes first, as torch's padding="same" has it."""
    conv, (x, ours) = nn.Conv1d(3, 5, kernel, dilation=dilation, padding="same"), frames()
    made = tensors(c=conv).conv("c", 3, 5, kernel, dilation).same(ours)
    assert made.shape == (N_FRAMES, 5)
    np.testing.assert_allclose(made, as_ours(conv(x)), atol=1e-5)


@pytest.mark.parametrize("length", [1, 2, 3])
def test_same_of_fewer_frames_than_the_kernel(length: int) -> None:
    conv, (x, ours) = nn.Conv1d(3, 5, 7, dilation=2, padding="same"), frames()
    np.testing.assert_allclose(
        tensors(c=conv).conv("c", 3, 5, 7, 2).same(ours[:length]), as_ours(conv(x[..., :length])), atol=1e-5
    )


def test_norm() -> None:
    batch_norm, (x, ours) = norm(3), frames()
    np.testing.assert_allclose(tensors(n=batch_norm).norm("n", 3)(ours), as_ours(batch_norm(x)), atol=1e-5)


@pytest.mark.parametrize(("kernel", "dilation"), SHAPES)
def test_a_norm_is_folded_into_its_convolution(kernel: int, dilation: int) -> None:
    conv, batch_norm, (x, ours) = nn.Conv1d(3, 5, kernel, dilation=dilation), norm(5), frames()
    folded = tensors(c=conv, n=batch_norm).conv_norm("c", "n", 3, 5, kernel, dilation)
    np.testing.assert_allclose(folded(ours), as_ours(batch_norm(conv(x))), atol=1e-5)


def test_relu() -> None:
    assert relu(np.array([-1.0, 0.0, 2.0], np.float32)).tolist() == [0, 0, 2]


def test_results_stay_single_precision() -> None:
    taken = tensors(c=nn.Conv1d(3, 5, 3), n=norm(5))
    assert taken.norm("n", 5)(taken.conv("c", 3, 5, 3).same(frames()[1])).dtype == np.float32


def test_halves_are_computed_in_single_precision() -> None:
    assert Tensors({"x": np.ones(3, np.float16)}).take("x", 3).dtype == np.float32


def test_what_is_left_over_is_named() -> None:
    taken = tensors(c=nn.Conv1d(3, 5, 1), n=norm(5))
    taken.norm("n", 5)
    with pytest.raises(KeyError, match=r"c\.bias"):
        taken.finish()
    taken.conv("c", 3, 5)
    taken.finish()  # num_batches_tracked is of no use to anybody


def test_what_is_missing_is_named() -> None:
    with pytest.raises(KeyError, match=r"other\.weight"):
        tensors(c=nn.Conv1d(3, 5, 1)).conv("other", 3, 5)


@pytest.mark.parametrize("shape", [(5, 3), (5, 3, 2), (-1, -1), (4, 3, 1), (5, 3, 1, 1)])
def test_another_shape_is_named(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"tensor c\.weight has shape \(5, 3, 1\), not "):
        tensors(c=nn.Conv1d(3, 5, 1)).take("c.weight", *shape)


def test_an_empty_tensor_is_none() -> None:
    with pytest.raises(ValueError, match=r"tensor x has shape \(0, 3\), not \(-1, 3\)"):
        Tensors({"x": np.ones((0, 3), np.float32)}).take("x", -1, 3)


def test_files(tmp_path: Path) -> None:
    conv = nn.Conv1d(3, 5, 2)
    save_weights(conv, tmp_path / "w.safetensors", torch.float32)
    read = read_tensors(tmp_path / "w.safetensors")
    assert np.array_equal(read.take("weight", 5, -1, 2), conv.weight.detach().numpy())
    save_weights(conv, tmp_path / "w.safetensors", torch.bfloat16)
    halves = read_tensors(tmp_path / "w.safetensors").take("weight", 5, 3, 2)
    assert np.array_equal(halves, conv.weight.detach().bfloat16().float())
    save_file({"weight": torch.ones(3, dtype=torch.float8_e5m2)}, tmp_path / "w.safetensors")
    with pytest.raises(VoiceError, match="numbers of type 'F8_E5M2'"):
        read_tensors(tmp_path / "w.safetensors")
    (tmp_path / "w.safetensors").write_bytes(b"none")
    with pytest.raises(VoiceError, match="damaged"):
        read_tensors(tmp_path / "w.safetensors")
    with pytest.raises(VoiceError, match="cannot be read"):
        read_tensors(tmp_path / "nowhere.safetensors")


@pytest.mark.parametrize("threads", ["1", "2", "7", "many"])
def test_each_item_once_and_in_order(threads: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", threads)
    assert each(lambda number: number**2, range(20)) == [number**2 for number in range(20)]
