"""Sizes of TalkNet's three networks, in plain numbers."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Literal

from ttscli.config import read_config, require_within
from ttscli.errors import VoiceError
from ttscli.melspec import MelSpec

Activation = Literal["relu", "hardtanh", "selu", "swish"]


@dataclass(frozen=True)
class StackConfig:
    """An embedding and the blocks behind it. What has one value a block is a tuple; all of these are equally long.

    Attributes:
        width: channels of the embedding.
        filters: output channels.
        repeats: convolutions.
        kernels: their widths, odd.
        dilations: their dilations.
        separable: depthwise and pointwise, or dense.
        squeezes: by which factor squeeze-and-excitation narrows the channels; 0 for none.
        residual: whether there is a path around the convolutions.
        activation: after every convolution but the last of a block, and after the block.
    """

    width: int
    filters: tuple[int, ...]
    repeats: tuple[int, ...]
    kernels: tuple[int, ...]
    dilations: tuple[int, ...]
    separable: tuple[bool, ...]
    squeezes: tuple[int, ...]
    residual: tuple[bool, ...]
    activation: Activation = "relu"

    @property
    def n_blocks(self) -> int:
        """How many blocks there are."""
        return len(self.filters)


def published(filters: tuple[int, ...], repeats: tuple[int, ...], kernels: tuple[int, ...]) -> StackConfig:
    """A stack as in the paper: the last block dense, the others separable, no dilation and no squeeze-and-excitation."""
    n_blocks = len(filters)
    return StackConfig(
        width=128,
        filters=filters,
        repeats=repeats,
        kernels=kernels,
        dilations=(1,) * n_blocks,
        separable=(True,) * (n_blocks - 1) + (False,),
        squeezes=(0,) * n_blocks,
        residual=(True,) * n_blocks,
    )


PREDICTOR = published((*(256,) * 6, 512), (1, 5, 5, 5, 5, 5, 1), (3, 5, 7, 9, 11, 13, 1))
"""Of the durations, and of the pitch."""
SPECTROGRAM = published((*(256,) * 7, *(512,) * 3, 1024), (3, *(5,) * 9, 1), (3, 5, 7, 9, 13, 15, 17, 21, 23, 25, 1))


@dataclass(frozen=True)
class TalkNetConfig:
    """The three networks; the defaults are those of the paper.

    Attributes:
        n_symbols, n_mels: sizes.
        durations, pitch, spectrogram: one stack a network.
        f0_mean, f0_std: of the voice, over voiced frames, in Hz; the defaults are LJ Speech's, as published.
        merge_blanks: only every second symbol, from the second on, is given to frames: the blanks between them are not.
        dropout: after every activation, in training.
        contrast: how far what a mel has beyond its smooth envelope is enlarged when it is spoken; see ttscli.post_filter.
    """

    n_symbols: int
    n_mels: int = 80
    durations: StackConfig = field(default=PREDICTOR)
    pitch: StackConfig = field(default=PREDICTOR)
    spectrogram: StackConfig = field(default=SPECTROGRAM)
    f0_mean: float = 178.7767791748047
    f0_std: float = 33.51659393310547
    merge_blanks: bool = False
    dropout: float = 0.1
    contrast: float = 1.0


NETWORKS = {"durations": PREDICTOR, "pitch": PREDICTOR, "spectrogram": SPECTROGRAM}


def talknet_config(table: Mapping[str, object], mel_spec: MelSpec, n_symbols: int, **known: float) -> TalkNetConfig:
    """Make the config of a flat table: a key of StackConfig stands there with its network's name, as in `pitch_kernels`.

    Raises:
        VoiceError: a key is unknown or its value impossible, or the blocks of a network do not fit together.
    """
    stacks = {name: _stack(name, table) for name in NETWORKS}
    rest = {key: value for key, value in table.items() if not key.startswith(tuple(f"{name}_" for name in NETWORKS))}
    config = read_config(TalkNetConfig, rest, n_symbols=n_symbols, n_mels=mel_spec.n_mels, **stacks, **known)
    require_within(config, 0, 1, "dropout")
    require_within(config, 0, 1e4, "f0_mean")
    require_within(config, 0.1, 1e4, "f0_std")
    require_within(config, 0, 10, "contrast")
    return config


def talknet_table(config: TalkNetConfig) -> dict[str, object]:
    """The flat table that `talknet_config` reads; the inverse of it but for the two sizes, which a voice implies."""
    whole = asdict(config)
    table = {key: whole[key] for key in ("f0_mean", "f0_std", "merge_blanks", "dropout", "contrast")}
    for name in NETWORKS:
        table |= {f"{name}_{key}": list(value) if isinstance(value, tuple) else value for key, value in whole[name].items()}
    return table


def _stack(network: str, table: Mapping[str, object]) -> StackConfig:
    own = {key.removeprefix(f"{network}_"): value for key, value in table.items() if key.startswith(f"{network}_")}
    return checked_stack(read_config(StackConfig, asdict(NETWORKS[network]) | own), f"{network}_")


def checked_stack(stack: StackConfig, prefix: str = "") -> StackConfig:
    """Return `stack`; VoiceError if it is impossible, naming the key that is wrong with `prefix` before it."""
    if fault := _fault(stack):
        raise VoiceError(f"talknet: config.{prefix}{fault}")
    return stack


def _fault(stack: StackConfig) -> str:
    """What is impossible about it, beginning with the key; "" if nothing is."""
    blocks = {key: value for key, value in asdict(stack).items() if isinstance(value, tuple)}
    for (key, value), (other, same) in pairwise(blocks.items()):
        if len(value) != len(same):
            return f"{other}: {len(same)} values, but {key} has {len(value)}"
    if stack.n_blocks == 0 or min(stack.width, *stack.filters, *stack.repeats, *stack.kernels, *stack.dilations) < 1:
        return "filters: there must be a block, and sizes must be at least 1"
    if any(kernel % 2 == 0 for kernel in stack.kernels):
        return f"kernels: {stack.kernels} are not all odd"
    if any(not 0 <= squeeze <= n for squeeze, n in zip(stack.squeezes, stack.filters, strict=True)):
        return f"squeezes: {stack.squeezes} must be 0, or between 1 and the number of filters"
    return ""
