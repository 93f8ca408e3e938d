"""Positional encodings of SpeedySpeech (section 2.1 of the paper; denominators as in its published code).

B batch, N symbols, T frames, C channels.
"""

import torch
from torch import Tensor

from ttscli.nn.lengths import frame_symbols
from ttscli_speedyspeech.config import Positions


def positional_encoding(length: int, channels: int, rate: float = 1.0) -> Tensor:
    """Sine and cosine of rate * t / D_i in turns, with D_i = 10 ** (4 ** (2i / C)): float32 (length, C), C even.

    That is not Vaswani's 10000 ** (2i / C): in the published code the powers associate to the right, and its weights want it so.
    """
    exponents = torch.arange(0, channels, 2) / channels
    return _waves(torch.arange(length), torch.pow(10, torch.pow(4, exponents)), rate)


def _waves(positions: Tensor, denominators: Tensor, rate: float = 1.0) -> Tensor:
    """Positions (...), denominators (C/2,) → float32 (..., C)."""
    angles = rate * positions[..., None] / denominators
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(-2)  # (..., C/2, 2) → (..., C)


def frame_positions(durations: Tensor, channels: int, mode: Positions) -> Tensor:
    """The positional term of every frame for `mode`: float32 (B, T, C), or (1, T, C) for "standard"."""
    edges = durations.cumsum(1)
    index, inside = frame_symbols(durations)
    frames = torch.arange(index.shape[1], device=durations.device)
    if mode == "none":
        return torch.zeros(1, len(frames), channels, device=durations.device)
    if mode in ("utterance", "standard"):
        table = positional_encoding(len(frames), channels).to(durations.device)[None]
        return table * inside[..., None] if mode == "utterance" else table
    stops = edges.gather(1, index)  # (B, N) → (B, T), where each frame's symbol ends
    since = frames - (stops - durations.gather(1, index))
    if mode == "reset":
        table = positional_encoding(int(durations.max()) + 1, channels).to(durations.device)
        return table[since.clamp(max=len(table) - 1)] * inside[..., None]
    half = channels // 2
    denominators = torch.pow(1e4, torch.arange(0, half, 2, device=durations.device) / half)
    both = torch.cat([_waves(since, denominators), _waves(stops - 1 - frames, denominators)], dim=-1)
    return both * inside[..., None]
