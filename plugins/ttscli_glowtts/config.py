"""Sizes and variants of a Glow-TTS, in plain numbers."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ttscli.config import read_config, require_sizes, require_within
from ttscli.errors import VoiceError

Rounding: TypeAlias = Literal["up", "nearest"]

_SIZES = (
    *("n_symbols", "n_mels", "channels", "filter_channels", "kernel", "layers", "heads", "duration_channels", "n_speakers"),
    *("flow_channels", "flow_blocks", "flow_layers", "flow_kernel", "flow_dilation", "squeeze", "group"),
)


@dataclass(frozen=True)
class GlowTtsConfig:
    """Sizes of a network; the defaults are the published ones.

    Attributes:
        n_symbols, n_mels: sizes.
        channels, filter_channels, kernel, layers, heads: of the encoder; kernel also of the duration predictor.
        window: how many symbols to either side have a relative position; -1 for no positions at all.
        reach: how many symbols to either side attention sees; -1 for all.
        prenet: three convolutions before the encoder's first layer.
        mean_only: the prior of every symbol has deviation 1.
        dropout: of encoder and duration predictor.
        duration_channels: of the duration predictor.
        flow_channels, flow_blocks, flow_layers, flow_kernel, flow_dilation, flow_dropout: of the decoder and the stacks in it.
        squeeze: frames that the decoder sees as one.
        group: channels that are mixed with each other.
        sigmoid_scale: scales in the couplings stay below 1.
        n_speakers, speaker_channels: 1 and 0 for a single speaker.
        temperature: deviation of the prior's noise where the user states none.
        rounding: of durations to whole frames; "up" as published, "nearest" at the pace of the corpus.
        contrast: how far what a mel has beyond its smooth envelope is enlarged when it is spoken; see ttscli.post_filter.
    """

    n_symbols: int = 148
    n_mels: int = 80
    channels: int = 192
    filter_channels: int = 768
    kernel: int = 3
    layers: int = 6
    heads: int = 2
    window: int = 4
    reach: int = -1
    prenet: bool = True
    mean_only: bool = True
    dropout: float = 0.1
    duration_channels: int = 256
    flow_channels: int = 192
    flow_blocks: int = 12
    flow_layers: int = 4
    flow_kernel: int = 5
    flow_dilation: int = 1
    flow_dropout: float = 0.05
    squeeze: int = 2
    group: int = 4
    sigmoid_scale: bool = False
    n_speakers: int = 1
    speaker_channels: int = 0
    temperature: float = 0.667
    rounding: Rounding = "up"
    contrast: float = 1.0


def glow_tts_config(table: Mapping[str, object], n_symbols: int, n_mels: int) -> GlowTtsConfig:
    """Make the config of a voice's `config` table.

    Raises:
        VoiceError: a key is unknown or its value impossible.
    """
    config = read_config(GlowTtsConfig, table, n_symbols=n_symbols, n_mels=n_mels)
    require_sizes(config, *_SIZES)
    require_within(config, 0, 1, "dropout", "flow_dropout")
    require_within(config, 0, 100, "temperature")
    require_within(config, 0, 10, "contrast")
    require_within(config, 0, math.inf, "speaker_channels")
    if even := [name for name in ("kernel", "flow_kernel") if getattr(config, name) % 2 == 0]:
        raise VoiceError(f"glow-tts: config.{even[0]} must be odd")
    if config.channels % config.heads:
        raise VoiceError(f"glow-tts: config.channels is {config.channels}, which {config.heads} heads cannot share")
    if config.group % 2 or config.n_mels * config.squeeze % config.group:
        frames = f"{config.squeeze} frames of {config.n_mels} mel bins"
        raise VoiceError(f"glow-tts: config.group is {config.group}: it must be even and divide {frames}")
    if (config.n_speakers > 1) != (config.speaker_channels > 0):
        raise VoiceError("glow-tts: config.speaker_channels must be above 0 for several speakers, and 0 for one")
    return config
