"""The published files of MelGAN → our config and weights. Read as data: nothing in a file is ever executed.

Four networks go by the name, told apart by what is in the file:

    A   the authors' program, descriptinc/melgan-neurips; a bare state dict, keys `model.N…`
    B   seungwonpark/melgan v0.3; the same network under other names, and (mel + 5) / 5 first
    C1  … v0.1: zero padding, slope 0.01, identity shortcuts, a transposed last convolution; SpeedySpeech's vocoder
    C2  … v0.2: as C1 with a plain last convolution
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor

from ttscli.contract import Config
from ttscli.errors import VoiceError
from ttscli.importing import Imported
from ttscli.nn.checkpoint import expect, read_checkpoint, state_dict
from ttscli.nn.weight_norm import fuse
from ttscli.settings import config_of, mel_spec_of, read_settings, require_agreement, stated
from ttscli_melgan.config import MelGanConfig, melgan_config
from ttscli_melgan.generator import Generator

Variant = Literal["A", "B", "C1", "C2"]

_SHAPED = ("n_mels", "width", "ratios", "residual_units")
"""What the shapes of tensors tell, and settings can but repeat."""


@dataclass(frozen=True)
class Checkpoint:
    """A published generator.

    Attributes:
        variant: which of the four it is.
        config: its sizes; kernels and ratios are those of the file.
        tensors: fused float32 weights under the names of our Generator.
    """

    variant: Variant
    config: MelGanConfig
    tensors: dict[str, Tensor]


def importer(files: Sequence[Path], settings: Config) -> Imported:
    """Read a published generator; keeps the promise of ttscli.importing.Importer.

    `settings` are the authors' configuration, of which the section `audio` is heard, or fields of MelGanConfig and MelSpec.
    """
    if len(files) != 1:
        raise VoiceError(f"melgan: {len(files)} files given: a published generator is one", "give its checkpoint alone")
    source = str(files[0])
    content = read_checkpoint(files[0])
    found = _generator(content, source)
    told = _told(found, content, settings, source)
    require_agreement(told, {name: getattr(found.config, name) for name in _SHAPED}, source)
    config, mel_spec = config_of(MelGanConfig, asdict(found.config) | told), mel_spec_of(told)
    table = {name: value for name, value in asdict(config).items() if name != "n_mels"}
    with torch.device("meta"):
        network = Generator(melgan_config(table, mel_spec))
    return Imported("vocoder", expect(found.tensors, network, source), table, mel_spec)


def _generator(content: Any, source: str) -> Checkpoint:
    place = ["model_g"] if isinstance(content, Mapping) and "model_g" in content else []
    try:
        return identify(fuse(state_dict(content, source, *place)))
    except VoiceError as error:
        raise VoiceError(f"{source}: not a MelGAN generator: {str(error).removeprefix(f'{source}: ')}", error.hint) from error


def _told(found: Checkpoint, content: Any, settings: Config, source: str) -> dict[str, object]:
    """What is known beside the tensors, under our names: as published, then as the file says, then as `settings` say."""
    high_hz = None if found.variant == "A" else 8000.0
    told: dict[str, object] = {"n_mels": found.config.n_mels, "hop_samples": found.config.hop_samples, "high_hz": high_hz}
    written = content.get("hp_str") if isinstance(content, Mapping) else None
    words = {"mel_fmax_official" if found.variant == "A" else "mel_fmax_seungwonpark": "high_hz"}
    for table in (read_settings(written, source) if isinstance(written, str) else {}, settings):
        told |= stated(table, words, ["audio"], MelGanConfig)
    return told


def identify(state: Mapping[str, Tensor]) -> Checkpoint:
    """Tell from fused tensors under their published names what they are; VoiceError if nothing known."""
    if any(name.startswith("model.") for name in state):
        variant: Variant = "A"
    elif any(".blocks." in name for name in state):
        variant = "B"
    elif any(".layers." in name for name in state):
        last = max((name for name in state if name.endswith(".bias")), key=_place, default="")
        weight = state.get(last.replace(".bias", ".weight"), torch.empty(0))
        variant = "C2" if len(weight) == 1 else "C1"  # (1, C, 7); transposed (C, 1, 7)
    else:
        raise VoiceError("none of the four known layouts of keys")
    if flat := [name for name, tensor in state.items() if name.endswith(".weight") and tensor.ndim != 3]:
        raise VoiceError(f"tensor {flat[0]} has shape {tuple(state[flat[0]].shape)}, which is no convolution's")
    config = _config(variant, state)
    tensors = _renamed(state, dict(layer_names(variant, config)))
    if variant == "C1":
        tensors["outlet.weight"] = tensors["outlet.weight"].transpose(0, 1).flip(-1)  # (C, 1, 7) → (1, C, 7), turned round
    return Checkpoint(variant, config, tensors)


def _place(name: str) -> int:
    found = re.match(r"\w+\.(\d+)\.", name)
    return int(found[1]) if found else -1


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
    for name in (f"{layer}.{end}" for layer in ours for end in ("weight", "bias")):
        if name not in state:
            raise VoiceError(f"tensor {name} is missing")
    for name, tensor in state.items():
        layer, _, end = name.rpartition(".")
        if layer not in ours:
            raise VoiceError(f"tensor {name} has no place in it")
        tensors[f"{ours[layer]}.{end}"] = tensor.float()
    return tensors
