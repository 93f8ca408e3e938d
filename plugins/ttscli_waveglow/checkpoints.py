"""The published files of WaveGlow → our config and weights. Read as data: nothing in a file is ever executed.

    a state dict     under "state_dict" beside its "config" (the maintained program), under "model", or bare
    a whole module   of class glow.WaveGlow, or glow_old.WaveGlow, whose coupling alternates; only its parameters count: a
                     `weight` or `W_inverse` that lies beside them is older than they are

In each, the conditions of a network may be one convolution or one a layer, its residual and skip paths one or two, its weights
normed in either notation or plain.

Letters: C channels inside, N layers, M mel bins, G samples a group.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ttscli.contract import Config
from ttscli.errors import VoiceError
from ttscli.importing import Imported
from ttscli.nn.checkpoint import Inert, Shapes, expect, read_checkpoint, state_dict
from ttscli.nn.weight_norm import fuse
from ttscli.settings import mel_spec_of, require_agreement, stated
from ttscli_waveglow.config import WaveGlowConfig, waveglow_config
from ttscli_waveglow.network import WaveGlow

_CLASSES = ("glow.*", "glow_old.*", "torch.nn.*")
_OLD_CLASS = "glow_old.WaveGlow"
_PREFIX = re.compile(r"^(?:module\.|1\.)+")
_OURS = (
    (r"upsample\.", "upsampler.convolution."),
    (r"convinv\.(\d+)\.conv\.", r"flows.\1.mixing."),
    (r"WN\.(\d+)\.start\.", r"flows.\1.affine.inlet."),
    (r"WN\.(\d+)\.end\.", r"flows.\1.affine.outlet."),
    (r"WN\.(\d+)\.in_layers\.", r"flows.\1.affine.stack.gates."),
    (r"WN\.(\d+)\.cond_layers\.", r"flows.\1.affine.stack.conditions."),
    (r"WN\.(\d+)\.res_skip_layers\.", r"flows.\1.affine.stack.outlets."),
)
_WORDS = {
    "n_mel_channels": "n_mels",
    "n_group": "group",
    "n_early_every": "early_every",
    "n_early_size": "early_channels",
    "n_channels": "channels",
    "kernel_size": "kernel",
}
_SECTIONS = ("waveglow_config", "WN_config", "data_config")
_DENOISER_STRENGTH = 0.01
"""In the authors' examples."""
_LEAST_CONDITION = 1e-6
"""Of a mixing's smallest singular value to its largest: below, its inverse in float32 has no digit that is right."""


def importer(files: Sequence[Path], settings: Config) -> Imported:
    """Read a published vocoder; keeps the promise of ttscli.importing.Importer.

    `settings` are the authors' config.json (waveglow_config, data_config), keys of it, or fields of MelSpec and WaveGlowConfig,
    such as `coupling`, which a state dict cannot tell. Where they repeat what the tensors' shapes say they must agree.
    """
    if len(files) != 1:
        raise VoiceError(f"waveglow: {len(files)} files given: a published WaveGlow is one", "give its checkpoint alone")
    source = str(files[0])
    published = read_published(files[0])
    tensors = fuse(published.tensors, source)
    told = stated({"waveglow_config": published.config}, _WORDS, _SECTIONS, WaveGlowConfig)
    told |= stated(settings, _WORDS, _SECTIONS, WaveGlowConfig)
    sizes = _sizes(tensors, source)
    require_agreement(told, sizes, source)
    mel_spec = mel_spec_of(told | sizes)
    own = {field.name for field in fields(WaveGlowConfig)} - {"n_mels", "hop_samples"}
    table = {"denoiser_strength": _DENOISER_STRENGTH} | {name: value for name, value in (told | sizes).items() if name in own}
    with torch.device("meta"):
        network = WaveGlow(waveglow_config(table, mel_spec))
    arrays = expect(tensors, network, source)
    _require_invertible(tensors, source)
    return Imported("vocoder", arrays, table, mel_spec)


@dataclass(frozen=True)
class Published:
    """What a file holds.

    Attributes:
        tensors: float32, under our names, with one condition and one outlet a layer; weights normed or plain, as they were.
        config: what it says of itself.
    """

    tensors: dict[str, Tensor]
    config: Config


def read_published(path: Path) -> Published:
    """Read a checkpoint; VoiceError if it is missing, damaged, hostile or no checkpoint of tensors."""
    source = str(path)
    content = read_checkpoint(path, _CLASSES)
    model = _model(content)
    inside = content.get("config") if isinstance(content, Mapping) else None
    config = dict(inside) if isinstance(inside, Mapping) else {}
    if isinstance(model, Inert) and any(module.name == _OLD_CLASS for module in _modules(model)):
        config["coupling"] = "alternating"
    return Published(dict(_renamed(_per_layer(_state(model, source), source))), config)


def _model(content: Any) -> Any:
    """The module, or the state dict, in what was read."""
    for key in ("state_dict", "model"):
        if isinstance(content, Mapping) and key in content:
            return content[key]
    return content


def _state(model: Any, source: str) -> dict[str, Tensor]:
    """Tensors under their published names, float32, without what wrappers set before every name."""
    stored = dict(_parameters(model)) if isinstance(model, Inert) else model
    if isinstance(stored, Mapping):
        stored = {name: tensor for name, tensor in stored.items() if not str(name).endswith("W_inverse")}
    return {_PREFIX.sub("", name): tensor.float() for name, tensor in state_dict(stored, source).items()}


def _modules(module: Inert) -> Iterator[Inert]:
    yield module
    for _, child in _children(module):
        yield from _modules(child)


def _children(module: Inert) -> Iterator[tuple[str, Inert]]:
    children = module.state.get("_modules")
    for name, child in children.items() if isinstance(children, dict) else ():
        if isinstance(child, Inert):
            yield str(name), child


def _parameters(module: Inert, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """What a module's state dict would hold."""
    own = module.state.get("_parameters")
    for name, parameter in own.items() if isinstance(own, dict) else ():
        if parameter is not None:
            yield f"{prefix}{name}", parameter
    for name, child in _children(module):
        yield from _parameters(child, f"{prefix}{name}.")


def _per_layer(state: dict[str, Tensor], source: str) -> dict[str, Tensor]:
    """One condition a layer (C rows of each half), and one outlet: the rows of residual and skip paths stacked."""
    layers = dict(state)
    for name, tensor in state.items():
        if found := re.fullmatch(r"(WN\.\d+)\.cond_layer\.(.+)", name):
            stack, kind = found.groups()
            rows = 2 * Shapes(state, source).of(f"{stack}.start.bias", 1)[0]
            del layers[name]
            layers |= {f"{stack}.cond_layers.{i}.{kind}": part for i, part in enumerate(torch.split(tensor, rows))}
        elif found := re.fullmatch(r"(WN\.\d+)\.skip_layers\.(\d+\..+)", name):
            stack, layer = found.groups()
            residual = layers.pop(f"{stack}.res_layers.{layer}", tensor[:0])
            layers[f"{stack}.res_skip_layers.{layer}"] = torch.cat([residual, layers.pop(name)])
    return layers


def _renamed(state: Mapping[str, Tensor]) -> Iterator[tuple[str, Tensor]]:
    """Under our names; a name that is not known stays as it is, and has no place later on."""
    for name, tensor in state.items():
        for theirs, ours in _OURS:
            if re.match(theirs, name):
                name = re.sub(f"^{theirs}", ours, name)
                break
        yield name, tensor.squeeze(-1) if name.endswith("mixing.weight") else tensor  # (n, n, 1) → (n, n)


def _sizes(tensors: Mapping[str, Tensor], source: str) -> dict[str, object]:
    """Read off the shapes what WaveGlowConfig has to know."""
    shapes = Shapes(tensors, source)
    n_flows = shapes.count("flows.")
    widths = [shapes.of(f"flows.{flow}.mixing.weight", 2)[0] for flow in range(n_flows)] or [0]
    n_mels, _, upsample_kernel = shapes.of("upsampler.convolution.weight", 3)
    early = next((flow for flow in range(1, n_flows) if widths[flow] != widths[0]), None)
    sizes: dict[str, object] = {
        "n_mels": n_mels,
        "group": widths[0],
        "n_flows": n_flows,
        "channels": shapes.of("flows.0.affine.inlet.weight", 3)[0],
        "n_layers": shapes.count("flows.0.affine.stack.gates."),
        "kernel": shapes.of("flows.0.affine.stack.gates.0.weight", 3)[2],
        "upsample_kernel": upsample_kernel,
    }
    if early is None:
        return sizes | {"early_every": n_flows}
    return sizes | {"early_every": early, "early_channels": widths[0] - widths[early]}


def _require_invertible(tensors: Mapping[str, Tensor], source: str) -> None:
    """VoiceError if a mixing cannot be undone."""
    for name, tensor in tensors.items():
        if name.endswith("mixing.weight"):
            values = torch.linalg.svdvals(tensor.double())
            if values[-1] < _LEAST_CONDITION * values[0]:
                raise VoiceError(f"{source}: tensor {name} is singular: the flow cannot be undone")
