"""Sizes of ClariNet's vocoders, in plain numbers."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ttscli.config import read_config, require_sizes
from ttscli.errors import VoiceError
from ttscli.melspec import MelSpec

Kind: TypeAlias = Literal["teacher", "student"]
Activation: TypeAlias = Literal["leaky-relu", "softsign"]


@dataclass(frozen=True)
class WaveNetConfig:
    """Sizes of one WaveNet; the defaults are those of the published teacher.

    Attributes:
        condition_channels: channels of what it is conditioned on; of a vocoder, mel bins.
        residual_channels, skip_channels: of the paths from block to block and to the end.
        gate_channels: of the filter, and as many again of the gate.
        kernel: of the dilated convolutions.
        front_kernel: of the convolution before the first block.
        cycles, layers: blocks are `cycles` times `layers`; within a cycle, block i has dilation dilation_base ** i.
        dilation_base: shapes do not tell it; 3 in early checkpoints of kernel 3.
        group: how many samples are foretold at once, of those before them; kernels and dilations count groups.
    """

    condition_channels: int = 80
    residual_channels: int = 128
    gate_channels: int = 256
    skip_channels: int = 128
    kernel: int = 2
    front_kernel: int = 32
    cycles: int = 2
    layers: int = 10
    dilation_base: int = 2
    group: int = 1

    def __post_init__(self) -> None:
        require_sizes(self, *vars(self))
        if self.kernel < 2:
            raise VoiceError("config.kernel: 1: it must be at least 2")

    @property
    def dilations(self) -> tuple[int, ...]:
        """One a block."""
        return tuple(self.dilation_base**i for i in range(self.layers)) * self.cycles

    @property
    def reach_samples(self) -> int:
        """How many samples, the newest included, an output depends on: the receptive field."""
        return ((self.kernel - 1) * sum(self.dilations) + self.front_kernel) * self.group


@dataclass(frozen=True)
class ClariNetConfig:
    """Sizes of a vocoder; the defaults are those of the published teacher.

    Attributes:
        kind: "teacher" = one WaveNet, sample by sample; "student" = flows, each a WaveNet, all samples at once.
        upsample_strides: factors from frames to samples, whose product is the hop.
        cycles: of the teacher's WaveNet, or of each flow of a student.
        temperature: factor of the noise's deviation where the user states none, and in a student's training.
        n_mels, residual_channels, gate_channels, skip_channels, kernel, front_kernel, layers, dilation_base, group: as in
            WaveNetConfig. A teacher foretells one sample at a time.
        activation: behind every layer of the upsampler.
    """

    kind: Kind = "teacher"
    n_mels: int = 80
    upsample_strides: tuple[int, ...] = (16, 16)
    cycles: tuple[int, ...] = (2,)
    layers: int = 10
    residual_channels: int = 128
    gate_channels: int = 256
    skip_channels: int = 128
    kernel: int = 2
    front_kernel: int = 32
    dilation_base: int = 2
    group: int = 1
    temperature: float = 1.0
    activation: Activation = "leaky-relu"

    @property
    def wavenets(self) -> tuple[WaveNetConfig, ...]:
        """One of a teacher, one a flow of a student."""
        return tuple(
            WaveNetConfig(
                condition_channels=self.n_mels,
                residual_channels=self.residual_channels,
                gate_channels=self.gate_channels,
                skip_channels=self.skip_channels,
                kernel=self.kernel,
                front_kernel=self.front_kernel,
                cycles=cycles,
                layers=self.layers,
                dilation_base=self.dilation_base,
                group=self.group,
            )
            for cycles in self.cycles
        )


def clarinet_config(table: Mapping[str, object], mel_spec: MelSpec) -> ClariNetConfig:
    """Make the config of a voice's `config` table, for its mels.

    Raises:
        VoiceError: a key is unknown or its value impossible, or the strides are not those of the hop.
    """
    config = read_config(ClariNetConfig, table, n_mels=mel_spec.n_mels)
    if not config.cycles or (config.kind == "teacher" and len(config.cycles) > 1):
        raise VoiceError(f"clarinet: config.cycles are {len(config.cycles)}: a teacher has one, a student one a flow")
    if config.kind == "teacher" and config.group > 1:
        raise VoiceError(f"clarinet: config.group is {config.group}: a teacher foretells one sample at a time")
    if config.group < 1 or mel_spec.hop_samples % config.group:
        raise VoiceError(f"clarinet: config.group is {config.group}: it must divide the hop, {mel_spec.hop_samples}")
    if config.temperature < 0:
        raise VoiceError("clarinet: config.temperature must not be negative")
    if min(config.upsample_strides, default=0) < 1 or math.prod(config.upsample_strides) != mel_spec.hop_samples:
        made = " * ".join(map(str, config.upsample_strides))
        raise VoiceError(f"clarinet: config.upsample_strides: {made} is not the hop, {mel_spec.hop_samples}")
    return config
