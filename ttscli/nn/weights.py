"""Weights of a network ↔ a safetensors file. Strict: every tensor has its place and shape, or the file is refused."""

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn

from ttscli.errors import VoiceError
from ttscli.whole_file import write_whole

_HINT = "install the voice again, or check that it was made for this architecture"


def load_weights(module: nn.Module, path: Path) -> None:
    """Fill all parameters and buffers of `module` from `path`; float16 is upcast to the module's own type.

    Raises:
        VoiceError: the file is missing or damaged, or a tensor of it is missing, too many or of another shape.
    """
    fill(module, read_weights(path), str(path))


def read_weights(path: Path) -> dict[str, Tensor]:
    """Read the tensors of a safetensors file, as stored, onto the CPU; VoiceError if it is missing or damaged."""
    try:
        return dict(load_file(path, device="cpu"))
    except OSError as error:
        raise VoiceError(f"{path}: cannot be read: {error.strerror or error}", _HINT) from error
    except SafetensorError as error:
        raise VoiceError(f"{path}: damaged: {error}", _HINT) from error


def shape_of(tensors: Mapping[str, Tensor], name: str, n_axes: int, source: str, hint: str = _HINT) -> tuple[int, ...]:
    """The shape of one tensor, which tells a size of the network.

    Raises:
        VoiceError: it is missing, or has not `n_axes` axes, none of them empty; `source` is what it names first.
    """
    if name not in tensors:
        raise VoiceError(f"{source}: tensor {name} is missing", hint)
    shape = tuple(tensors[name].shape)
    if len(shape) != n_axes or 0 in shape:
        raise VoiceError(f"{source}: tensor {name} has shape {shape}, not {n_axes} axes, none empty", hint)
    return shape


def require_alike(tensors: Mapping[str, Tensor], wanted: Mapping[str, Tensor], source: str, hint: str = _HINT) -> None:
    """Refuse tensors of which one is missing, has no place among the `wanted`, or another shape; VoiceError names the first."""
    for name in sorted(wanted.keys() - tensors.keys()):
        raise VoiceError(f"{source}: tensor {name} is missing", hint)
    for name in sorted(tensors.keys() - wanted.keys()):
        raise VoiceError(f"{source}: tensor {name} has no place in this architecture", hint)
    for name, tensor in tensors.items():
        if tensor.shape != wanted[name].shape:
            shapes = f"{tuple(tensor.shape)}, not {tuple(wanted[name].shape)}"
            raise VoiceError(f"{source}: tensor {name} has shape {shapes}", hint)


def fill(module: nn.Module, tensors: Mapping[str, Tensor], source: str) -> None:
    """Copy `tensors` into `module` by name; `source` is what a VoiceError about them names first."""
    require_alike(tensors, module.state_dict(), source)
    module.load_state_dict(dict(tensors))


def save_weights(module: nn.Module | Mapping[str, Tensor], path: Path, dtype: torch.dtype = torch.float16) -> None:
    """Write the parameters and buffers of `module`, floating ones as `dtype`, into `path`; all of the file or none of it.

    A tensor with a value beyond the reach of `dtype` keeps its own type. OutputError if the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, to_safetensors(module, dtype))  # save_file would make a file that nobody else may read


def to_safetensors(module: nn.Module | Mapping[str, Tensor], dtype: torch.dtype = torch.float16) -> bytes:
    """What save_weights writes."""
    state = module.state_dict() if isinstance(module, nn.Module) else module
    return save({name: _narrowed(tensor.detach().cpu(), dtype) for name, tensor in state.items()})


def _narrowed(tensor: Tensor, dtype: torch.dtype) -> Tensor:
    """Cast, and copy so that no two tensors share memory, which safetensors refuses."""
    if not tensor.is_floating_point() or bool((tensor.abs() > torch.finfo(dtype).max).any()):
        return tensor.clone().contiguous()
    return tensor.to(dtype, copy=True).contiguous()
