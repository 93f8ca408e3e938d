"""The published files of MelGAN → our config and weights. Read as data: nothing in a file is ever executed.

Four networks go by the name, told apart by what is in the file:

    A   the authors' program, descriptinc/melgan-neurips; a bare state dict, keys `model.N…`
    B   seungwonpark/melgan v0.3; the same network under other names, and (mel + 5) / 5 first
    C1  … v0.1: zero padding, slope 0.01, identity shortcuts, a transposed last convolution; SpeedySpeech's vocoder
    C2  … v0.2: as C1 with a plain last convolution
"""

import pickle
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor

from ttscli.errors import VoiceError
from ttscli.nn.weight_norm import fuse
from ttscli_melgan.config import MelGanConfig
from ttscli_melgan.generator import Generator

Variant = Literal["A", "B", "C1", "C2"]

_A_HZ, _B_HZ = 11025.0, 8000.0


@dataclass(frozen=True)
class Checkpoint:
    """A published generator.

    Attributes:
        variant: which of the four it is.
        config: its sizes; kernels and ratios are those of the file.
        high_hz: upper end of the mels that it was trained on.
        tensors: fused float32 weights under the names of our Generator.
    """

    variant: Variant
    config: MelGanConfig
    high_hz: float
    tensors: dict[str, Tensor]


def read_checkpoint(path: Path) -> Checkpoint:
    """Read a published file or one of its training programs' own.

    Raises:
        VoiceError: the file is missing, damaged, holds more than data, or is no MelGAN generator.
    """
    state = _state(path)
    try:
        return identify(fuse(state))
    except VoiceError as error:
        raise VoiceError(f"{path}: not a MelGAN generator: {error}", error.hint) from error


def _state(path: Path) -> dict[str, Tensor]:
    try:
        content: Any = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise VoiceError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, KeyError) as error:
        raise VoiceError(f"{path}: damaged, or holds more than data", "do not use it unless you trust its source") from error
    state = content.get("model_g", content) if isinstance(content, dict) else None
    if not isinstance(state, dict) or not state or not all(isinstance(value, Tensor) for value in state.values()):
        raise VoiceError(f"{path}: not a MelGAN generator: no state dict in it")
    return {str(name).removeprefix("module."): tensor for name, tensor in state.items()}


def identify(state: Mapping[str, Tensor]) -> Checkpoint:
    """Tell from fused tensors under their published names what they are; VoiceError if nothing known."""
    if any(name.startswith("model.") for name in state):
        variant: Variant = "A"
    elif any(".blocks." in name for name in state):
        variant = "B"
    elif any(".layers." in name for name in state):
        # The last convolution is (1, C, 7); transposed (C, 1, 7).
        variant = "C2" if len(_last_weight(state)) == 1 else "C1"
    else:
        raise VoiceError("none of the four known layouts of keys")
    config = _config(variant, state)
    tensors = _renamed(state, dict(layer_names(variant, config)))
    if variant == "C1":
        tensors["outlet.weight"] = tensors["outlet.weight"].transpose(0, 1).flip(-1)  # (C, 1, 7) → (1, C, 7), turned round
    _check(config, tensors)
    return Checkpoint(variant, config, _A_HZ if variant == "A" else _B_HZ, tensors)


def _place(name: str) -> int:
    found = re.match(r"\w+\.(\d+)\.", name)
    return int(found[1]) if found else -1


def _last_weight(state: Mapping[str, Tensor]) -> Tensor:
    return state[max((name for name in state if name.endswith("weight")), key=_place)]


def _config(variant: Variant, state: Mapping[str, Tensor]) -> MelGanConfig:
    """Read the sizes off the shapes: the upsampling convolutions are those with a kernel of twice the ratio, from 4 up."""
    weights = sorted(((_place(name), name) for name in state if name.endswith(".weight")), key=lambda pair: pair[0])
    top = [(place, state[name]) for place, name in weights if re.fullmatch(r"\w+\.\d+\.weight", name)]
    if len(top) < 3:
        raise VoiceError("its convolutions are missing")
    inlet, ups = top[0][1], top[1:-1]
    shortcuts = r"model\.\d+\.shortcut\.weight" if variant == "A" else r"generator\.\d+\.(shortcuts\.\d+|layers\.\d+\.1)\.weight"
    units = sum(re.fullmatch(shortcuts, name) is not None for _, name in weights)
    old = variant in ("C1", "C2")
    return MelGanConfig(
        n_mels=inlet.shape[1],
        width=inlet.shape[0],
        ratios=tuple(weight.shape[2] // 2 for _, weight in ups),
        residual_units=units // len(ups),
        padding="zeros" if old else "reflect",
        slope=0.01 if old else 0.2,
        unit="identity" if old else "projected",
        scale="decimal" if variant == "A" else "shifted",
    )


def layer_names(variant: Variant, config: MelGanConfig) -> Iterator[tuple[str, str]]:
    """Yield (their name, our name) of each convolution."""
    units, n_stages = config.residual_units, len(config.ratios)
    root = "model" if variant == "A" else "generator"
    first = 0 if variant in ("C1", "C2") else 1  # a padding layer stands before it
    step = units + 2 if variant == "A" else 3  # activation, upsampling, and the units, in one layer or each in its own
    yield f"{root}.{first}", "inlet"
    for stage in range(n_stages):
        up = first + 2 + stage * step
        yield f"{root}.{up}", f"stages.{stage}.up"
        for j in range(units):
            dilated, second, shortcut = _unit_names(variant, f"{root}.{up + 1}", f"{root}.{up + 1 + j}", j)
            yield dilated, f"stages.{stage}.units.{j}.dilated"
            yield second, f"stages.{stage}.units.{j}.second"
            if shortcut:
                yield shortcut, f"stages.{stage}.units.{j}.shortcut"
    yield f"{root}.{first + 2 + n_stages * step + first}", "outlet"


def _unit_names(variant: Variant, stack: str, own: str, j: int) -> tuple[str, str, str]:
    if variant == "A":
        return f"{own}.block.2", f"{own}.block.4", f"{own}.shortcut"
    if variant == "B":
        return f"{stack}.blocks.{j}.2", f"{stack}.blocks.{j}.4", f"{stack}.shortcuts.{j}"
    return f"{stack}.layers.{j}.1", f"{stack}.layers.{j}.3", ""


def _renamed(state: Mapping[str, Tensor], ours: Mapping[str, str]) -> dict[str, Tensor]:
    tensors = {}
    for name, tensor in state.items():
        layer, _, end = name.rpartition(".")
        if layer not in ours:
            raise VoiceError(f"tensor {name} has no place in it")
        tensors[f"{ours[layer]}.{end}"] = tensor.float()
    return tensors


def _check(config: MelGanConfig, tensors: Mapping[str, Tensor]) -> None:
    """Compare names and shapes with a Generator that takes up no memory."""
    with torch.device("meta"):
        wanted = Generator(config).state_dict()
    for name in sorted(wanted.keys() | tensors.keys()):
        if name not in tensors or name not in wanted:
            raise VoiceError(f"tensor {name} is {'missing' if name in wanted else 'one too many'}")
        if tensors[name].shape != wanted[name].shape:
            raise VoiceError(f"tensor {name} has shape {tuple(tensors[name].shape)}, not {tuple(wanted[name].shape)}")
