"""The block that text-to-wave is made of: a convolution, a gated linear unit and a residual path.

Ping et al., "Deep Voice 3", 2018, arXiv:1710.07654, section 3.3.
Differs from it: positions outside of an utterance are set to 0 behind every layer, so that padding never leaks into it.

Letters: B batch, C channels, T positions (symbols, decoder steps or frames).
"""

import math
from collections.abc import Callable
from typing import TypeAlias

import torch
from torch import Tensor, nn
from torch.nn import functional

from ttscli_clarinet.text_to_wave_config import Layers

SQRT_HALF = math.sqrt(0.5)
"""Keeps the variance where it is when two paths are added."""
History: TypeAlias = Tensor
"""Float (B, C, reach): the last inputs of a causal layer, zeros before the first."""


class Glu(nn.Module):
    """A convolution to twice the channels, one half of which gates the other."""

    def __init__(self, channels: int, kernel: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.reach = (kernel - 1) * dilation
        self.dropout = nn.Dropout(dropout)
        self.conv = nn.Conv1d(channels, 2 * channels, kernel, dilation=dilation)

    def gated(self, padded: Tensor) -> Tensor:
        """Float (B, C, T + reach) → (B, C, T)."""
        x = self.dropout(padded)
        if x.shape[2] > self.reach + 1:
            return functional.glu(self.conv(x), dim=1)
        taps = x[:, :, :: self.conv.dilation[0]]  # of a single position, for which torch's convolutions take long
        return functional.glu(functional.linear(taps.flatten(1), self.conv.weight.flatten(1), self.conv.bias), dim=1)[:, :, None]


class CentredGlu(Glu):
    """Sees as far ahead as back."""

    def forward(self, x: Tensor) -> Tensor:
        """Float (B, C, T) → (B, C, T)."""
        side = self.reach // 2
        return self.gated(functional.pad(x, (side, side)))


class CausalGlu(Glu):
    """Goes on where the stretch before ended, and sees nothing ahead."""

    def forward(self, x: Tensor, history: History) -> tuple[Tensor, History]:
        """Float (B, C, T) → (B, C, T), and the history after it."""
        heard = torch.cat([history, x], dim=2)
        return self.gated(heard), heard[:, :, x.shape[2] :]


class CentredLayer(nn.Module):
    """A residual block over symbols or frames; channels that are not as many as its own go through a rectifier first."""

    def __init__(self, n_in: int, channels: int, kernel: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.inlet = _inlet(n_in, channels)
        self.glu = CentredGlu(channels, kernel, dilation, dropout)

    def forward(self, x: Tensor, inside: Tensor) -> Tensor:
        """Float (B, n_in, T), bool (B, 1, T) → (B, C, T), zeros outside."""
        x = self.inlet(x) * inside
        gated: Tensor = self.glu(x)
        return (gated + x) * SQRT_HALF * inside


class CausalLayer(nn.Module):
    """The same over decoder steps."""

    def __init__(self, n_in: int, channels: int, kernel: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.inlet = _inlet(n_in, channels)
        self.glu = CausalGlu(channels, kernel, dilation, dropout)

    def forward(self, x: Tensor, history: History) -> tuple[Tensor, History]:
        """Float (B, n_in, T) → (B, C, T), and the history after it."""
        x = self.inlet(x)
        gated, history = self.glu(x, history)
        return (gated + x) * SQRT_HALF, history


def stack(layer: Callable[[int, int, int, int, float], nn.Module], n_in: int, sizes: Layers, dropout: float) -> nn.ModuleList:
    """One `layer` each of `sizes`, of which the first takes `n_in` channels."""
    layers = nn.ModuleList()
    for channels, kernel, dilation in sizes:
        layers.append(layer(n_in, channels, kernel, dilation, dropout))
        n_in = channels
    return layers


def silence(sizes: Layers, like: Tensor) -> list[History]:
    """The histories before the first position of a causal stack of `sizes`, for a batch as large as that of `like` (B, …)."""
    return [like.new_zeros(len(like), channels, (kernel - 1) * dilation) for channels, kernel, dilation in sizes]


def _inlet(n_in: int, channels: int) -> nn.Module:
    return nn.Identity() if n_in == channels else nn.Sequential(nn.Conv1d(n_in, channels, 1), nn.ReLU())
