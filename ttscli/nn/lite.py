"""Convolutions in numpy, for speaking without torch: numpy is imported in a fifth of a second, torch takes two.

A network that should answer at once is written twice: in torch for training and GPUs, and with these few functions for the CPU;
a test holds the two equal. Letters: T frames, C channels, K kernel size. All arrays are float32, time first.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, deserialize

from ttscli.device import processors
from ttscli.errors import VoiceError

Array = NDArray[np.float32]
_TYPES = {"F16": "<f2", "BF16": "<u2", "F32": "<f4", "F64": "<f8", "I64": "<i8", "I32": "<i4"}

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True)
class Conv:
    """A one-dimensional convolution: weight (K, C_in, C_out), bias (C_out,)."""

    weight: Array
    bias: Array
    dilation: int = 1

    @property
    def span(self) -> int:
        """Frames by which an unpadded output is shorter than its input."""
        return self.dilation * (len(self.weight) - 1)

    def __call__(self, x: Array) -> Array:
        """Without padding: (T, C_in) → (T - span, C_out), T > span."""
        n_frames = len(x) - self.span
        y: Array = x[:n_frames] @ self.weight[0]
        for k in range(1, len(self.weight)):
            y += x[k * self.dilation : k * self.dilation + n_frames] @ self.weight[k]
        y += self.bias
        return y

    def same(self, x: Array) -> Array:
        """With zeros around the input: (T, C_in) → (T, C_out)."""
        before = self.span // 2
        return self(np.pad(x, ((before, self.span - before), (0, 0))))


@dataclass(frozen=True)
class Affine:
    """A batch norm with fixed statistics: scale (C,), shift (C,)."""

    scale: Array
    shift: Array

    def __call__(self, x: Array) -> Array:
        """(T, C) → (T, C)."""
        return x * self.scale + self.shift


class Tensors:
    """The tensors of a weights file, taken out one by one under torch's names and layouts.

    Raises:
        KeyError: a tensor that is asked for is not there.
        ValueError: it has another shape.
    """

    def __init__(self, tensors: dict[str, NDArray[np.generic]]) -> None:
        self._left = {
            name: tensor.astype(np.float32) for name, tensor in tensors.items() if not name.endswith("num_batches_tracked")
        }

    def take(self, name: str, *shape: int) -> Array:
        """Take one tensor of this shape; -1 stands for any size above 0."""
        tensor = self._left.pop(name)
        if len(tensor.shape) != len(shape) or any(m == 0 or n not in (-1, m) for m, n in zip(tensor.shape, shape, strict=True)):
            raise ValueError(f"tensor {name} has shape {tensor.shape}, not {shape}")
        return tensor

    def conv(self, prefix: str, n_in: int, n_out: int, kernel: int = 1, dilation: int = 1) -> Conv:
        """Take a torch Conv1d: weight (C_out, C_in, K), bias."""
        weight = self.take(f"{prefix}.weight", n_out, n_in, kernel).transpose(2, 1, 0)  # (C_out, C_in, K) → (K, C_in, C_out)
        return Conv(np.ascontiguousarray(weight), self.take(f"{prefix}.bias", n_out), dilation)

    def norm(self, prefix: str, channels: int, epsilon: float = 1e-5) -> Affine:
        """Take a torch BatchNorm1d with its running statistics."""
        weight, bias, mean, variance = (
            self.take(f"{prefix}.{name}", channels) for name in ("weight", "bias", "running_mean", "running_var")
        )
        scale = weight / np.sqrt(variance + np.float32(epsilon))
        return Affine(scale, bias - mean * scale)

    def conv_norm(self, conv: str, norm: str, n_in: int, n_out: int, kernel: int = 1, dilation: int = 1) -> Conv:
        """Take a convolution and the batch norm right after it, as one convolution."""
        plain, affine = self.conv(conv, n_in, n_out, kernel, dilation), self.norm(norm, n_out)
        return Conv(plain.weight * affine.scale, plain.bias * affine.scale + affine.shift, dilation)

    def finish(self) -> None:
        """Raise KeyError if a tensor has not been taken."""
        if self._left:
            raise KeyError(min(self._left))


def each(function: Callable[[T], U], items: Sequence[T]) -> list[U]:
    """Apply `function` to every item, several at a time: numpy lets go of the interpreter while it computes.

    One item a core is faster than all cores on one item, whose matrices are small. So many at a time as OMP_NUM_THREADS says,
    else as there are processors; the results are the same however many.
    """
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    workers = min(len(items), int(wanted) if wanted.isdecimal() else processors())
    if workers < 2:
        return [function(item) for item in items]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(function, items))


def relu(x: Array) -> Array:
    """max(x, 0), in place."""
    return np.maximum(x, 0, out=x)


def read_tensors(path: Path) -> Tensors:
    """Read a safetensors file; VoiceError if it is missing, damaged or of numbers that numpy lacks, other than bfloat16."""
    try:
        return Tensors({name: _array(**stored) for name, stored in deserialize(path.read_bytes())})  # type: ignore[no-untyped-call]
    except OSError as error:
        raise VoiceError(f"{path}: cannot be read: {error.strerror or error}", "install the voice again") from error
    except SafetensorError as error:
        raise VoiceError(f"{path}: damaged: {error}", "install the voice again") from error
    except KeyError as error:
        raise VoiceError(f"{path}: has numbers of type {error}", f"it must be one of {', '.join(_TYPES)}") from error


def _array(dtype: str, shape: Sequence[int], data: bytes) -> NDArray[np.generic]:
    """What safetensors says of a tensor → its values; KeyError if numpy cannot hold them."""
    numbers = np.frombuffer(data, _TYPES[dtype])
    if dtype == "BF16":  # the upper half of a float32
        numbers = (numbers.astype("<u4") << 16).view("<f4")
    return numbers.reshape(shape)


def load_lite(path: Path, build: Callable[[Tensors], T]) -> T:
    """Build a network of the tensors in a safetensors file.

    Raises:
        VoiceError: the file is missing or damaged, or `build` finds a tensor missing, too many or of another shape.
    """
    tensors = read_tensors(path)
    try:
        return build(tensors)
    except (KeyError, ValueError) as error:
        raise VoiceError(f"{path}: not these weights: {error}", "install the voice again") from error
