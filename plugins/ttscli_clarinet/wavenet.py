"""A causal WaveNet that says, of every next sample, how it is distributed.

Ping, Peng and Chen, "ClariNet: Parallel Wave Generation in End-to-End Text-to-Speech", 2018, arXiv:1807.07281, section 3.1: one
Gaussian a sample. The blocks are those of van den Oord et al., "WaveNet", 2016, arXiv:1609.03499.
Differs from it: filter and gate are one convolution, and so are residual and skip, which is the same thing in fewer steps. All
that a convolution sees before the first sample is zeros, at every layer. A config may have samples in groups, as SqueezeWave has
them (Zhai et al., 2020, arXiv:2001.05685): all of a group are foretold at once, by the groups before it.

Letters: B batch, T samples, G samples a group, L = T / G groups, M channels of the conditions, R residual and S skip
channels, D span of a convolution's past.
"""

from typing import NamedTuple, TypeAlias

import torch
from torch import Tensor, nn

from ttscli_clarinet.config import WaveNetConfig

Past: TypeAlias = list[Tensor]
"""The last inputs of each dilated convolution, (B, R, D) each, behind those of the front one, (B, G, D)."""

HALF_POWER = 0.5**0.5


class Gaussian(NamedTuple):
    """A distribution a sample: mean and natural log of the standard deviation, float (B, T) each, both unbounded."""

    mean: Tensor
    log_std: Tensor


class CausalConv(nn.Conv1d):
    """A convolution without padding: what it needs of the past is handed to it and back."""

    @property
    def span(self) -> int:
        """How many groups before the newest it sees."""
        return self.dilation[0] * (self.kernel_size[0] - 1)

    def advance(self, x: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """(B, C_in, L) and its past (B, C_in, D) → (B, C_out, L) and the past of what follows."""
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
        """(B, R, L), (B, M, L) and a past → the same (B, R, L), what is skipped (B, S, L), and the past of what follows."""
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
        self.front = CausalConv(config.group, config.residual_channels, config.front_kernel)
        self.blocks = nn.ModuleList(Block(config, dilation) for dilation in config.dilations)
        self.hidden = nn.Conv1d(config.skip_channels, config.skip_channels, 1)
        self.outlet = nn.Conv1d(config.skip_channels, 2 * config.group, 1)

    def forward(self, x: Tensor, conditions: Tensor) -> Gaussian:
        """Predict every next group; with groups of one, every next sample.

        Args:
            x: float (B, T), samples.
            conditions: float (B, M, L), one column a group.

        Returns:
            Group i, which has seen groups 0 to i of both, is of the samples of group i + 1.
        """
        return self.advance(x, conditions, self.beginning(len(x)))[0]

    def beginning(self, batch: int) -> Past:
        """The past of the first sample: zeros, also after the biases of the layers before."""
        config = self.config
        spans = ((config.residual_channels, (config.kernel - 1) * dilation) for dilation in config.dilations)
        return [self.outlet.weight.new_zeros(batch, *shape) for shape in ((config.group, config.front_kernel - 1), *spans)]

    def advance(self, x: Tensor, conditions: Tensor, past: Past) -> tuple[Gaussian, Past]:
        """As forward, of a stretch of a longer wave: the past of one stretch is what the one before handed on."""
        groups = x.reshape(len(x), -1, self.config.group).transpose(1, 2)  # (B, T) → (B, G, L)
        front, front_past = self.front.advance(groups, past[0])
        x, skips, following = front.relu(), front.new_zeros(()), [front_past]
        for block, before in zip(self.blocks, past[1:], strict=True):
            x, skipped, after = block(x, conditions, before)
            skips = skips + skipped
            following.append(after)
        mean, log_std = self.outlet(self.hidden(skips.relu()).relu()).chunk(2, dim=1)
        return Gaussian(_ungrouped(mean), _ungrouped(log_std)), following


def _ungrouped(x: Tensor) -> Tensor:
    return x.transpose(1, 2).flatten(1)  # (B, G, L) → (B, T)
