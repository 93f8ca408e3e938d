"""Sizes and variants of a MelGAN generator, in plain numbers."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from ttscli.config import read_config
from ttscli.errors import VoiceError
from ttscli.melspec import MelSpec

Padding = Literal["reflect", "zeros"]
Unit = Literal["projected", "identity"]
Scale = Literal["natural", "shifted", "decimal"]


@dataclass(frozen=True)
class MelGanConfig:
    """Sizes of a generator; the defaults are the published ones.

    Attributes:
        n_mels: mel bins.
        width: channels after the first convolution; each stage halves them.
        ratios: upsampling factor of each stage; their product is the hop.
        residual_units: units a stage; unit j has dilation 3 ** j.
        padding: what convolutions see beyond the ends.
        slope: of every leaky ReLU.
        unit: "projected" = second convolution of kernel 1 and a 1 x 1 convolution as shortcut (the authors' own);
            "identity" = second convolution of kernel 3 and no weights in the shortcut.
        scale: what the network makes of a mel in natural logarithms first: "natural" leaves it, "shifted" is (mel + 5) / 5,
            "decimal" turns it into base 10.
    """

    n_mels: int = 80
    width: int = 512
    ratios: tuple[int, ...] = (8, 8, 2, 2)
    residual_units: int = 3
    padding: Padding = "reflect"
    slope: float = 0.2
    unit: Unit = "projected"
    scale: Scale = "natural"

    @property
    def hop_samples(self) -> int:
        """Samples a frame."""
        return math.prod(self.ratios)

    @property
    def reach_frames(self) -> int:
        """How many frames before and after a frame its samples depend on, at most."""
        rates = [math.prod(self.ratios[:stage]) for stage in range(len(self.ratios) + 1)]
        of_units = sum(3**j for j in range(self.residual_units)) + (self.residual_units if self.unit == "identity" else 0)
        reach = 3 + 3 / rates[-1]  # the first and the last convolution
        for before, after in pairwise(rates):
            reach += 1 / before + of_units / after
        return math.ceil(reach) + 1

    @property
    def least_frames(self) -> int:
        """The shortest mel that every reflection can mirror: one sample more than it pads."""
        widest = 3 ** (self.residual_units - 1) if self.residual_units else 0
        return max(4, math.ceil((widest + 1) / self.ratios[0]), math.ceil(4 / self.hop_samples))


def melgan_config(table: Mapping[str, object], mel_spec: MelSpec) -> MelGanConfig:
    """Make the config of a voice's `config` table, for its mels.

    Raises:
        VoiceError: a key is unknown or its value impossible, or the ratios are not those of the hop.
    """
    config = read_config(MelGanConfig, table, n_mels=mel_spec.n_mels)
    if min(*config.ratios, config.width, config.residual_units + 1) < 1:
        raise VoiceError("melgan: config: width and ratios must be at least 1, residual_units at least 0")
    if config.hop_samples != mel_spec.hop_samples:
        raise VoiceError(f"melgan: config.ratios make {config.hop_samples} samples a frame, not {mel_spec.hop_samples}")
    if config.width % 2 ** len(config.ratios):
        raise VoiceError(f"melgan: config.width is {config.width}, which {len(config.ratios)} stages cannot halve")
    return config
