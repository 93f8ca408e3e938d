"""Weight norm (Salimans and Kingma 2016): into a network that is to be trained, and out of a state dict.

Two notations are in use for the same two tensors: `X.weight_g`, `X.weight_v` and `X.parametrizations.weight.original0`,
`…original1`. The length runs along axis 0: output channels of a convolution, input channels of a transposed one.
"""

import copy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations

from ttscli.errors import VoiceError
from ttscli.nn.weights import fill, read_weights

_NOTATIONS = ((".weight_g", ".weight_v"), (".parametrizations.weight.original0", ".parametrizations.weight.original1"))

Network = TypeVar("Network", bound=nn.Module)


def weight_normed(network: Network, where: Callable[[str], bool] = lambda name: True) -> Network:
    """Return a copy whose convolutions, if `where` says so of their names, are trained as direction and length.

    It computes the same, and its state dict has the second notation.
    """
    normed = copy.deepcopy(network)
    for name, module in list(normed.named_modules()):
        if isinstance(module, nn.Conv1d | nn.Conv2d | nn.ConvTranspose1d | nn.ConvTranspose2d) and where(name):
            parametrizations.weight_norm(module)
    return normed


def fill_from(weights: Path, network: nn.Module) -> None:
    """Read a file whose weights are plain, or those of a training run, into a network of plain ones.

    Raises:
        VoiceError: it cannot be read, is damaged or of another network, naming it.
    """
    fill(network, fuse(read_weights(weights), str(weights)), str(weights))


def fuse(state: Mapping[str, Tensor], source: str = "") -> dict[str, Tensor]:
    """Replace each pair of length (C, 1, 1) and direction (C, D, K) by X.weight (C, D, K), float32; the rest stays as it is.

    Raises:
        VoiceError: one of a pair is missing, its shapes do not belong together, or a direction has length 0; `source` is what it
            names first.
    """
    try:
        return _fused(state)
    except VoiceError as error:
        raise VoiceError(f"{source}: {error}" if source else str(error), error.hint) from error


def split(state: Mapping[str, Tensor], network: nn.Module) -> dict[str, Tensor]:
    """Undo `fuse` where `network` wants it: X.weight becomes the length and direction that its state dict has in its place."""
    parted = dict(state)
    length_end, direction_end = _NOTATIONS[1]
    for stem in (name.removesuffix(length_end) for name in network.state_dict() if name.endswith(length_end)):
        if f"{stem}.weight" in parted:
            weight = parted.pop(f"{stem}.weight").float()
            parted[stem + direction_end] = weight
            parted[stem + length_end] = torch.linalg.vector_norm(weight, dim=tuple(range(1, weight.ndim)), keepdim=True)
    return parted


def _fused(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    fused = dict(state)
    for length_end, direction_end in _NOTATIONS:
        for name in [name for name in state if name.endswith((length_end, direction_end))]:
            stem = name.removesuffix(length_end).removesuffix(direction_end)
            if f"{stem}.weight" not in fused:
                fused[f"{stem}.weight"] = _weight(state, stem + length_end, stem + direction_end)
            del fused[name]
    return fused


def _weight(state: Mapping[str, Tensor], length_name: str, direction_name: str) -> Tensor:
    for name in (length_name, direction_name):
        if name not in state:
            raise VoiceError(f"tensor {name} is missing")
    length, direction = state[length_name].float(), state[direction_name].float()
    if length.shape != (*direction.shape[:1], *(1,) * (direction.ndim - 1)):
        raise VoiceError(f"tensor {length_name} has shape {tuple(length.shape)} beside a weight of {tuple(direction.shape)}")
    axes = tuple(range(1, direction.ndim))
    weight: Tensor = direction * (length / torch.linalg.vector_norm(direction, dim=axes, keepdim=True))
    if not bool(torch.isfinite(weight).all()):
        raise VoiceError(f"tensor {direction_name} has directions of length 0")
    return weight
