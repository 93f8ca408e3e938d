"""The published networks' tensors: what their shapes say of a network, and what they are called here.

Letters: b block, r convolution within it.
"""

from collections.abc import Iterator, Mapping
from itertools import count, takewhile
from typing import Any

from torch import Tensor

from ttscli.errors import VoiceError
from ttscli_talknet.config import StackConfig

_NORM = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")

# What stands outside of the blocks: their name → ours. The first tensor of each is in no other network.
HEADS: Mapping[str, Mapping[str, str]] = {
    "pitch": {
        "sil_proj.weight": "unvoiced.weight",
        "sil_proj.bias": "unvoiced.bias",
        "body_proj.weight": "body.weight",
        "body_proj.bias": "body.bias",
        "embed.embed.weight": "expand.symbols.weight",
    },
    "spectrogram": {
        "res_f0.rs.weight": "contour.weight",
        "res_f0.rs.bias": "contour.bias",
        "proj.weight": "head.weight",
        "proj.bias": "head.bias",
        "embed.embed.weight": "expand.symbols.weight",
    },
    "durations": {
        "embed.weight": "symbols.weight",
        "proj.weight": "head.weight",
        "proj.bias": "head.bias",
    },
}


def network_of(tensors: Mapping[str, Tensor]) -> str:
    """Which of the three networks the tensors are; "" if none."""
    return next((network for network, names in HEADS.items() if next(iter(names)) in tensors), "")


def tensor_names(network: str, stack: StackConfig) -> Iterator[tuple[str, str]]:
    """Yield (their name, our name) of every tensor of a network."""
    yield from HEADS[network].items()
    for b in range(stack.n_blocks):
        for theirs, ours in _block_names(stack, b):
            yield f"encoder.encoder.{b}.{theirs}", f"encoder.blocks.{b}.{ours}"


def _block_names(stack: StackConfig, b: int) -> Iterator[tuple[str, str]]:
    """Their modules of a block are numbered: convolutions, norm, activation, dropout, again and again."""
    n_convs = 2 if stack.separable[b] else 1
    last = 0
    for r in range(stack.repeats[b]):
        first = r * (n_convs + 3)
        last = first + n_convs
        if stack.separable[b]:
            yield f"mconv.{first}.conv.weight", f"layers.{r}.depthwise.weight"
        yield f"mconv.{last - 1}.conv.weight", f"layers.{r}.conv.weight"
        yield from ((f"mconv.{last}.{end}", f"layers.{r}.norm.{end}") for end in _NORM)
    if stack.squeezes[b]:
        yield f"mconv.{last + 1}.fc.0.weight", "excite.narrow.weight"
        yield f"mconv.{last + 1}.fc.2.weight", "excite.widen.weight"
    if stack.residual[b]:
        yield "res.0.0.conv.weight", "shortcut.conv.weight"
        yield from ((f"res.0.1.{end}", f"shortcut.norm.{end}") for end in _NORM)


def read_stack(tensors: Mapping[str, Tensor]) -> dict[str, Any]:
    """What the shapes say of a network: the fields of StackConfig but for dilations and activation.

    Raises:
        VoiceError: there are no blocks, or they are of another make.
    """
    embedding = tensors.get("embed.weight", tensors.get("embed.embed.weight"))
    if embedding is None or embedding.ndim != 2:
        raise VoiceError("tensor embed.weight is missing, or no matrix")
    numbers = takewhile(lambda b: any(name.startswith(f"encoder.encoder.{b}.") for name in tensors), count())
    blocks = [_read_block(tensors, f"encoder.encoder.{b}.") for b in numbers]
    if not blocks:
        raise VoiceError("tensors encoder.encoder.0.* are missing")
    return {"width": embedding.shape[1]} | {key: tuple(block[key] for block in blocks) for key in blocks[0]}


def _read_block(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, int | bool]:
    own = {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
    convs, norms, squeezes = (
        [own[name] for name in sorted(own, key=_place) if name.startswith("mconv.") and name.endswith(end)]
        for end in (".conv.weight", ".running_var", ".fc.0.weight")
    )
    if not norms or norms[0].ndim != 1 or len(convs) not in (len(norms), 2 * len(norms)) or convs[0].ndim != 3:
        raise VoiceError(f"tensors {prefix}mconv.* are not convolutions with a norm behind each")
    filters = len(norms[0])
    return {
        "filters": filters,
        "repeats": len(norms),
        "kernels": convs[0].shape[2],
        "separable": len(convs) == 2 * len(norms),
        "squeezes": filters // max(1, len(squeezes[0])) if squeezes else 0,
        "residual": "res.0.0.conv.weight" in own,
    }


def _place(name: str) -> int:
    """The number in "mconv.12.conv.weight"; -1 if there is none."""
    number = name.split(".")[1]
    return int(number) if number.isdecimal() else -1
