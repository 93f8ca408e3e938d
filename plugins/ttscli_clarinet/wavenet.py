"""A causal WaveNet that says, of every next sample, how it is distributed.

Ping, Peng and Chen, "ClariNet: Parallel Wave Generation in End-to-End Text-to-Speech", 2018, arXiv:1807.07281, section 3.1: one
Gaussian a sample. The blocks are those of van den Oord et al., "WaveNet", 2016, arXiv:1609.03499.
Differs from it: filter and gate are one convolution, and so are residual and skip, which is the same thing in fewer steps. All
that a convolution sees before the first sample is zeros, at every layer.

Letters: B batch, T samples, M channels of the conditions, R residual, G gate, S skip channels, D span of a convolution's past.
"""

from typing import NamedTuple, TypeAlias

import torch
from torch import Tensor, nn

from ttscli_clarinet.config import WaveNetConfig

Past: TypeAlias = list[Tensor]
"""The last inputs of each dilated convolution, (B, R, D) each, behind those of the front one, (B, 1, D)."""

HALF_POWER = 0.5**0.5


class Gaussian(NamedTuple):
    """A distribution a sample: mean and natural log of the standard deviation, float (B, T) each, both unbounded."""

    mean: Tensor
    log_std: Tensor


class CausalConv(nn.Conv1d):
    """A convolution without padding: what it needs of the past is handed to it and back."""

    @property
    def span(self) -> int:
        """How many samples before the newest it sees."""
        return self.dilation[0] * (self.kernel_size[0] - 1)

    def advance(self, x: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """(B, C_in, T) and its past (B, C_in, D) → (B, C_out, T) and the past of what follows."""
        seen = torch.cat([past, x], dim=2)
        y: Tensor = self(seen)
        return y, seen[:, :, seen.shape[2] - self.span :].clone()


class Block(nn.Module):
    """A dilated convolution, gated by its other half, with residual and skip paths."""

    def __init__(self, config: WaveNetConfig, dilation: int) -> None:
        super().__init__()
        n_residual, n_gates = config.residual_channels, 2 * config.gate_channels
        self.gates = CausalConv(n_residual, n_gates, config.kernel, dilation=dilation)
        self.condition = nn.Conv1d(config.condition_channels, n_gates, 1)
        self.outlet = nn.Conv1d(config.gate_channels, n_residual + config.skip_channels, 1)

    def forward(self, x: Tensor, conditions: Tensor, past: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(B, R, T), (B, M, T) and a past → the same (B, R, T), what is skipped (B, S, T), and the past of what follows."""
        gated, past = self.gates.advance(x, past)
        filtered, gating = (gated + self.condition(conditions)).chunk(2, dim=1)
        out = self.outlet(filtered.tanh() * gating.sigmoid())
        residual, skipped = out.split([x.shape[1], out.shape[1] - x.shape[1]], dim=1)
        return (x + residual) * HALF_POWER, skipped, past


class WaveNet(nn.Module):
    """Samples and conditions → the distribution of the next samples. Plain weights; `weight_normed` makes the one to train."""

    def __init__(self, config: WaveNetConfig) -> None:
        super().__init__()
        self.config = config
        self.front = CausalConv(1, config.residual_channels, config.front_kernel)
        self.blocks = nn.ModuleList(Block(config, dilation) for dilation in config.dilations)
        self.hidden = nn.Conv1d(config.skip_channels, config.skip_channels, 1)
        self.outlet = nn.Conv1d(config.skip_channels, 2, 1)

    def forward(self, x: Tensor, conditions: Tensor) -> Gaussian:
        """Predict every next sample.

        Args:
            x: float (B, T), samples.
            conditions: float (B, M, T).

        Returns:
            Column t, which has seen columns 0 to t of both, is of sample t + 1.
        """
        return self.advance(x, conditions, self.beginning(len(x)))[0]

    def beginning(self, batch: int) -> Past:
        """The past of the first sample: zeros, also after the biases of the layers before."""
        config = self.config
        spans = ((config.residual_channels, (config.kernel - 1) * dilation) for dilation in config.dilations)
        return [self.outlet.weight.new_zeros(batch, *shape) for shape in ((1, config.front_kernel - 1), *spans)]

    def advance(self, x: Tensor, conditions: Tensor, past: Past) -> tuple[Gaussian, Past]:
        """As forward, of a stretch of a longer wave: the past of one stretch is what the one before handed on."""
        front, front_past = self.front.advance(x.unsqueeze(1), past[0])  # (B, T) → (B, 1, T)
        x, skips, following = front.relu(), front.new_zeros(()), [front_past]
        for block, before in zip(self.blocks, past[1:], strict=True):
            x, skipped, after = block(x, conditions, before)
            skips = skips + skipped
            following.append(after)
        out = self.outlet(self.hidden(skips.relu()).relu())
        return Gaussian(*out.unbind(dim=1)), following  # (B, 2, T) → 2 × (B, T)
