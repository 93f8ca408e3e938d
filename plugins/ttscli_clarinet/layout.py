"""Names and shapes of the public program's networks, ksw0306/ClariNet, under which others publish them too.

    front_conv.0.conv, res_blocks.I.*, final_conv.1.conv, final_conv.3.conv     a WaveNet
    iafs.J. before these                                                        flow J of a student
    upsample_conv.0, upsample_conv.2                                            the teacher's upsampler

A filter and its gate, a residual and its skip are two convolutions each there, and one each of ours.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from ttscli.errors import VoiceError
from ttscli.nn.checkpoint import Shapes

_SINGLE = {
    "front_conv.0.conv": "front",
    "final_conv.1.conv": "hidden",
    "final_conv.3.conv": "outlet",
}
_JOINED = (
    ("filter_conv.conv", "gate_conv.conv", "gates"),
    ("filter_conv_c", "gate_conv_c", "condition"),
    ("res_conv", "skip_conv", "outlet"),
)
_HINT = "give the file as it was published, of the architecture that you name"


@dataclass(frozen=True)
class Sizes:
    """What the shapes of one WaveNet say; the names are those of WaveNetConfig."""

    n_blocks: int
    condition_channels: int
    residual_channels: int
    gate_channels: int
    skip_channels: int
    kernel: int
    front_kernel: int


def wavenet_sizes(state: Mapping[str, Tensor], source: str) -> Sizes:
    """Read the sizes of a WaveNet off the fused tensors under its public names; VoiceError if one of them is missing."""
    shapes = Shapes(state, source)
    residual_channels, _, front_kernel = shapes.of("front_conv.0.conv.weight", 3)
    gate_channels, _, kernel = shapes.of("res_blocks.0.filter_conv.conv.weight", 3)
    return Sizes(
        n_blocks=shapes.count("res_blocks."),
        condition_channels=shapes.of("res_blocks.0.filter_conv_c.weight", 3)[1],
        residual_channels=residual_channels,
        gate_channels=gate_channels,
        skip_channels=shapes.of("res_blocks.0.skip_conv.weight", 3)[0],
        kernel=kernel,
        front_kernel=front_kernel,
    )


def upsample_strides(state: Mapping[str, Tensor], prefix: str, source: str) -> list[int]:
    """Read the strides off the fused tensors PREFIX.N.weight (1, 1, 3, 2 * stride); VoiceError if there are none."""
    names = sorted((name for name in state if re.fullmatch(rf"{prefix}\.\d+\.weight", name)), key=lambda name: (len(name), name))
    if not names:
        raise VoiceError(f"{source}: tensors {prefix}.* are missing", _HINT)
    return [Shapes(state, source).of(name, 4)[3] // 2 for name in names]


def wavenet_tensors(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Tensors of a WaveNet, of either notation of weight norm or none, under our names; what has no place keeps its own.

    Weight norm has one length an output channel, so that joining lengths and directions joins the convolutions.
    """
    tensors, left = {}, dict(state)
    for name in state:
        for theirs, ours in _SINGLE.items():
            if name.startswith(f"{theirs}."):
                tensors[name.replace(theirs, ours, 1)] = left.pop(name)
        for first, second, ours in _JOINED:
            partner = name.replace(f".{first}.", f".{second}.")
            if partner != name and partner in left and left[partner].shape[1:] == left[name].shape[1:]:
                joined = name.replace("res_blocks.", "blocks.", 1).replace(f".{first}.", f".{ours}.")
                tensors[joined] = torch.cat([left.pop(name), left.pop(partner)])
    return tensors | left


def upsampler_tensors(state: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Tensors PREFIX.N.* under our names; N counts activations too, or not."""
    found = [re.fullmatch(rf"{prefix}\.(\d+)\.(.+)", name) for name in state]
    places = sorted({int(match[1]) for match in found if match})
    return {f"layers.{places.index(int(match[1]))}.{match[2]}": state[match[0]] for match in found if match}
