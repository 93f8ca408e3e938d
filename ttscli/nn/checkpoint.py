"""Files of torch.save → plain data → the state dict of a network. Nothing in a file is ever executed; see unpickle.py.

Two containers are in use. Since torch 1.6 a zip archive, not compressed:

    NAME/data.pkl      the content, in which a storage is (type, key, number of elements)
    NAME/data/KEY      the storage's bytes
    NAME/byteorder     "little" or "big"; little if it is missing

and before, five pickles one after the other (a magic number, a version, the sizes of the machine's types, the content, the keys
of the storages), then the storages in the order of the keys: each its number of elements in 8 bytes, then these, little endian.
"""

import io
import sys
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ttscli.errors import VoiceError
from ttscli.nn.unpickle import ForeignNameError, Inert, Unpickler
from ttscli.nn.weights import require_alike, shape_of

__all__ = ["Inert", "Shapes", "expect", "read_checkpoint", "read_checkpoint_bytes", "state_dict"]

_LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
_LEGACY_VERSION = 1001
_HINT = "give the file as it was published, of the architecture that you name"


def read_checkpoint(path: Path, inert: Sequence[str] = ()) -> Any:
    """Read a file of torch.save, of either container.

    Args:
        path: the file.
        inert: patterns (fnmatch) of "module.name", such as "glow.*": objects of these classes become Inert.

    Returns:
        Dictionaries, lists, tuples, sets, strings, numbers, and tensors on the CPU, which may share memory or not be contiguous.

    Raises:
        VoiceError: the file is missing, damaged or no checkpoint, or names a class or function that is neither plain nor inert.
    """
    try:
        if not path.is_file():
            raise VoiceError(f"{path}: {'not a file' if path.exists() else 'there is no such file'}", _HINT)
        data = path.read_bytes()
    except OSError as error:
        raise VoiceError(f"{path}: cannot be read: {error.strerror or error}", _HINT) from error
    return read_checkpoint_bytes(data, str(path), inert)


def read_checkpoint_bytes(data: bytes, source: str, inert: Sequence[str] = ()) -> Any:
    """As read_checkpoint, of a file that is in memory; `source` is what a VoiceError about it names first."""
    try:
        return _read_zip(data, inert) if data.startswith(b"PK") else _read_legacy(data, inert)
    except ForeignNameError as error:
        hint = "it would run as a program when its authors' software loads it; it was not run"
        raise VoiceError(f"{source}: holds more than data: {error}", hint) from error
    except Exception as error:  # bytes from outside can break an interpreter of pickles anywhere; the file is of no use
        raise VoiceError(f"{source}: damaged, or not a checkpoint of torch", _HINT) from error


def _read_zip(data: bytes, inert: Sequence[str]) -> Any:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = {entry.filename: entry for entry in archive.infolist()}
        whole = sum(entry.file_size for entry in entries.values())
        plain = all(entry.compress_type == zipfile.ZIP_STORED for entry in entries.values())
        if not plain or whole > len(data) or len(entries) < len(archive.infolist()):
            raise ValueError("torch.save does not compress, nor write a thing twice")
        [root] = [name.removesuffix("data.pkl") for name in entries if name.endswith("/data.pkl")]
        order = archive.read(f"{root}byteorder") if f"{root}byteorder" in entries else b"little"
        storages: dict[str, Tensor] = {}

        def storage(key: str, dtype: torch.dtype, n_elements: int) -> Tensor:
            if key not in storages:
                storages[key] = _elements(archive.read(f"{root}data/{key}"), dtype, order)
            return _checked(storages[key], dtype, n_elements)

        return Unpickler(storage, inert, len(data)).load(io.BytesIO(archive.read(f"{root}data.pkl")))


def _read_legacy(data: bytes, inert: Sequence[str]) -> Any:
    """Reserve the storages while the content is read, and fill them when it is known how large each is."""
    storages: dict[str, Tensor] = {}
    bytes_left = len(data)

    def storage(key: str, dtype: torch.dtype, n_elements: int) -> Tensor:
        nonlocal bytes_left
        if key not in storages:
            bytes_left -= n_elements * dtype.itemsize
            if bytes_left < 0:
                raise ValueError("the storages are larger than the file")
            storages[key] = torch.empty(n_elements, dtype=dtype)
        return _checked(storages[key], dtype, n_elements)

    stream = io.BytesIO(data)
    unpickler = Unpickler(storage, inert, len(data))
    magic, version, _, content, keys = (unpickler.load(stream) for _ in range(5))
    if (magic, version) != (_LEGACY_MAGIC, _LEGACY_VERSION) or sorted(keys) != sorted(storages):
        raise ValueError("another version, or storages are missing")
    for key in keys:
        reserved = storages[key]
        if int.from_bytes(stream.read(8), "little") != len(reserved):
            raise ValueError("a storage has another size than its tensors")
        reserved.copy_(
            _checked(_elements(stream.read(reserved.nbytes), reserved.dtype, b"little"), reserved.dtype, len(reserved))
        )
    return content


def _elements(stored: bytes, dtype: torch.dtype, order: bytes) -> Tensor:
    """Bytes → tensor (n,)."""
    if order not in (b"little", b"big"):
        raise ValueError("neither order of bytes")
    if not stored:
        return torch.empty(0, dtype=dtype)
    if order.decode() == sys.byteorder:
        return torch.frombuffer(bytearray(stored), dtype=dtype)
    reversed_ = torch.frombuffer(bytearray(stored), dtype=torch.uint8).view(-1, dtype.itemsize).flip(1)
    return reversed_.view(dtype).flatten()


def _checked(flat: Tensor, dtype: torch.dtype, n_elements: int) -> Tensor:
    if flat.dtype != dtype or len(flat) != n_elements:
        raise ValueError("a storage has another size or type than its tensors")
    return flat


def state_dict(content: Any, source: str, *path: str) -> dict[str, Tensor]:
    """Take a state dict out of what read_checkpoint returned.

    Args:
        content: the whole content.
        source: what a VoiceError names first.
        path: keys from the outside to the state dict, such as "model"; none if the content is the state dict.

    Returns:
        Tensors by name, without the "module." that a network on several GPUs sets before every name.

    Raises:
        VoiceError: a key is missing, or there is something else than tensors with finite values.
    """
    for key in path:
        if not isinstance(content, Mapping) or key not in content:
            raise VoiceError(f"{source}: has no {key}", _HINT)
        content = content[key]
    if not isinstance(content, Mapping) or not content:
        raise VoiceError(f"{source}: {'.'.join(path) or 'it'} is not a state dict", _HINT)
    for name, tensor in content.items():
        if not isinstance(name, str) or not isinstance(tensor, Tensor):
            raise VoiceError(f"{source}: {name} is not a tensor", _HINT)
        if not bool(torch.isfinite(tensor).all()):
            raise VoiceError(f"{source}: tensor {name} has values that are not finite", _HINT)
    prefix = "module." if all(name.startswith("module.") for name in content) else ""
    return {name.removeprefix(prefix): tensor for name, tensor in content.items()}


@dataclass(frozen=True)
class Shapes:
    """What the names and shapes of a state dict tell; `source` is what a VoiceError names first."""

    state: Mapping[str, Tensor]
    source: str

    def of(self, name: str, n_axes: int) -> tuple[int, ...]:
        """The shape of one tensor; VoiceError if it is missing, or has not `n_axes` axes, none of them empty."""
        return shape_of(self.state, name, n_axes, self.source, _HINT)

    def count(self, prefix: str) -> int:
        """How many different words, ended by dots, follow `prefix` in the tensors' names."""
        return len({name.removeprefix(prefix).split(".")[0] for name in self.state if name.startswith(prefix)})


def expect(state: Mapping[str, Tensor], network: nn.Module, source: str) -> dict[str, NDArray[np.generic]]:
    """Compare names and shapes with those of `network`, which may be on torch.device("meta").

    Returns:
        The tensors in the order and the types of the network's own (float32; counters int64), contiguous.

    Raises:
        VoiceError: a tensor is missing, one too many, or of another shape or kind, naming it.
    """
    wanted = network.state_dict()
    require_alike(state, wanted, source, _HINT)
    for name, tensor in state.items():
        if tensor.is_floating_point() != wanted[name].is_floating_point():
            raise VoiceError(f"{source}: tensor {name} has type {tensor.dtype}, not {wanted[name].dtype}", _HINT)
    return {name: state[name].to(like.dtype).contiguous().numpy() for name, like in wanted.items()}
