"""Attention of the decoder over the symbols, where both sides know their positions.

Ping et al., "Deep Voice 3", 2018, arXiv:1710.07654, sections 3.6 and 3.7: dot products of one head, position encodings
whose rates make a diagonal at first sight, and a window that goes over the symbols from left to right.
Differs from it: the context grows with the root of the utterance's own length, not of the padded one: padding changes nothing.

Letters: B batch, N symbols, S decoder steps, C decoder channels, E embedding channels.
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ttscli_clarinet.glu import SQRT_HALF


class Memory(NamedTuple):
    """What is attended to: keys and values (B, E, N), `inside` bool (B, 1, N), and int64 (B,) symbols an utterance has."""

    keys: Tensor
    values: Tensor
    inside: Tensor
    n_symbols: Tensor


class Attention(nn.Module):
    """One hop; its own projections of keys and values are optional."""

    def __init__(self, channels: int, embedding: int, project_keys: bool, project_values: bool) -> None:
        super().__init__()
        self.query = nn.Conv1d(channels, embedding, 1)
        self.key = nn.Conv1d(embedding, embedding, 1) if project_keys else nn.Identity()
        self.value = nn.Conv1d(embedding, embedding, 1) if project_values else nn.Identity()
        self.outlet = nn.Conv1d(embedding, channels, 1)
        if project_keys and channels == embedding:  # equal positions then have the largest product: the diagonal
            self.key.load_state_dict(self.query.state_dict())

    def project(self, memory: Memory) -> Memory:
        """The memory as this hop sees it; once an utterance."""
        return memory._replace(keys=self.key(memory.keys), values=self.value(memory.values))

    def forward(self, x: Tensor, projected: Memory, allowed: Tensor, forced: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Attend.

        Args:
            x: float (B, C, S), positions added.
            projected: from `project`.
            allowed: bool (B, 1, N), symbols that may be attended to, at least one each.
            forced: float (B, S, N), the weights to read with, whatever attention would choose; they sum to 1 a step.

        Returns:
            Float (B, C, S), and the weights (B, S, N) that attention chose, which sum to 1 a step.
        """
        scores = self.query(x).transpose(1, 2) @ projected.keys  # (B, S, E) @ (B, E, N)
        weights = scores.masked_fill(~allowed, -math.inf).softmax(dim=2)
        context = projected.values @ (weights if forced is None else forced).transpose(1, 2)  # (B, E, N) @ (B, N, S)
        context = context * projected.n_symbols.sqrt()[:, None, None]
        return (self.outlet(context) + x) * SQRT_HALF, weights


def position_encoding(positions: Tensor, channels: int, rate: float) -> Tensor:
    """Sines (even channels) and cosines (odd) of how far a position is: int64 (B, N) → float32 (B, channels, N).

    Positions count from 1; position 0 is padding, and gets zeros.
    """
    angles = rate * position_angles(positions, channels)
    encoding = torch.stack([angles[..., ::2].sin(), angles[..., 1::2].cos()], dim=-1).flatten(-2)  # neighbours in turn
    return (encoding * (positions > 0)[..., None]).transpose(1, 2)  # (B, N, channels) → (B, channels, N)


def position_angles(positions: Tensor, channels: int) -> Tensor:
    """Angles in radians before the rate: int64 (...) → float32 (..., channels), neighbours in pairs; `channels` is even."""
    pairs = torch.arange(channels, device=positions.device) // 2
    angles = positions[..., None].double() / 10000 ** (2 * pairs.double() / channels)
    return angles.float()


class Place(NamedTuple):
    """Where attention is while it speaks: at a symbol, for so many steps."""

    symbol: int
    steps: int

    def then(self, symbol: int) -> "Place":
        """Where it is after another step."""
        return Place(symbol, self.steps + 1 if symbol == self.symbol else 1)


def window(last: int, back: int, ahead: int, memory: Memory) -> Tensor:
    """Symbols from last - back to last + ahead - 1, those that a step may attend to after one that was at `last`.

    Args:
        last: symbol with the largest weight in the step before, ≥ 0.
        back: ≥ 0.
        ahead: ≥ 1.
        memory: of one utterance.

    Returns:
        Bool (1, 1, N).
    """
    places = torch.arange(memory.inside.shape[2], device=memory.inside.device)
    return ((places >= last - back) & (places < last + ahead))[None, None] & memory.inside
