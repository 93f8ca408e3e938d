"""Sizes and variants of a WaveGlow, in plain numbers."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ttscli.config import read_config
from ttscli.errors import VoiceError
from ttscli.melspec import MelSpec

Stack = Literal["dilated", "separable"]
Coupling = Literal["constant", "alternating"]


@dataclass(frozen=True)
class WaveGlowConfig:
    """Sizes of a flow; the defaults are those of the weights that the authors published last.

    Attributes:
        n_mels: mel bins.
        hop_samples: samples a frame.
        group: successive samples that are the channels of one position; even.
        n_flows: steps of flow.
        early_every: after so many flows, some channels are done and go no further …
        early_channels: … namely so many; even.
        channels: inside the network that makes scales and shifts.
        n_layers: gated layers in it.
        kernel: of their convolutions; odd.
        stack: "dilated" = WaveGlow's layers, under mels upsampled to the rate of samples; "separable" = small layers under mels
            at the rate of frames, for large groups (see separable.py).
        upsample_kernel: of the transposed convolution that upsamples mels; without meaning for "separable".
        coupling: "constant" = the second half is always the one transformed; "alternating" = in odd flows it is the first, as in
            the authors' first program (class glow_old).
        temperature: deviation of the noise where the user states none; 0.6 in the authors' examples.
        denoiser_strength: how much of the hum is taken away where the user states nothing. Only a flow that learnt from its
            likelihood alone hums under a mel of zeros, which is a loud one: any other speaks, and would lose its speech.
    """

    n_mels: int = 80
    hop_samples: int = 256
    group: int = 8
    n_flows: int = 12
    early_every: int = 4
    early_channels: int = 2
    channels: int = 256
    n_layers: int = 8
    kernel: int = 3
    stack: Stack = "dilated"
    upsample_kernel: int = 1024
    coupling: Coupling = "constant"
    temperature: float = 0.6
    denoiser_strength: float = 0.0

    def leaves_early(self, flow: int) -> bool:
        """Whether channels are done before flow number `flow`."""
        return flow > 0 and flow % self.early_every == 0

    @property
    def flow_channels(self) -> tuple[int, ...]:
        """Channels of each flow."""
        left = self.group
        widths = []
        for flow in range(self.n_flows):
            left -= self.early_channels * self.leaves_early(flow)
            widths.append(left)
        return tuple(widths)

    @property
    def reach_frames(self) -> int:
        """How many frames before and after a frame its samples depend on, at most."""
        growth = range(self.n_layers)
        dilations = sum(2**layer for layer in growth) if self.stack == "dilated" else self.n_layers
        samples = self.n_flows * dilations * (self.kernel - 1) // 2 * self.group
        frames_of_a_sample = self.upsample_kernel if self.stack == "dilated" else self.hop_samples
        return math.ceil(samples / self.hop_samples) + math.ceil(frames_of_a_sample / self.hop_samples) + 1

    @property
    def step_frames(self) -> int:
        """The least number of frames that is a whole number of groups: where a mel may be cut."""
        return self.group // math.gcd(self.group, self.hop_samples)

    def n_groups(self, n_frames: int) -> int:
        """Positions that hold `n_frames`."""
        return -(-n_frames * self.hop_samples // self.group)


def waveglow_config(table: Mapping[str, object], mel_spec: MelSpec) -> WaveGlowConfig:
    """Make the config of a voice's `config` table, for its mels.

    Raises:
        VoiceError: a key is unknown, its value impossible, or the sizes do not fit each other or the mels.
    """
    config = read_config(WaveGlowConfig, table, n_mels=mel_spec.n_mels, hop_samples=mel_spec.hop_samples)
    for name in ("group", "n_flows", "early_every", "channels", "n_layers", "kernel"):
        if getattr(config, name) < 1:
            raise VoiceError(f"waveglow: config.{name} must be at least 1")
    if wrong := _misfit(config):
        raise VoiceError(f"waveglow: config: {wrong}")
    if 2 * mel_spec.hop_samples > mel_spec.fft_samples:
        raise VoiceError("waveglow: the mel's fft_samples must be at least twice its hop_samples: the denoiser needs the overlap")
    return config


def _misfit(config: WaveGlowConfig) -> str:
    """What of the sizes cannot be; empty if they fit."""
    if config.group % 2 or config.early_channels % 2 or config.early_channels < 0:
        return "group and early_channels must be even: each flow halves its channels"
    if config.flow_channels[-1] < 2:
        return f"early_channels leave {config.flow_channels[-1]} channels to the last flow"
    if config.kernel % 2 == 0:
        return "kernel must be odd"
    if min(config.denoiser_strength, config.temperature) < 0:
        return "denoiser_strength and temperature must not be negative"
    if config.stack == "separable":
        return "" if config.hop_samples % config.group == 0 else f"group {config.group} must divide the hop {config.hop_samples}"
    return "" if config.upsample_kernel >= config.hop_samples + config.group else "upsample_kernel must exceed the hop by a group"
