"""Items of unequal lengths in one batch, and symbols held for their durations.

Letters: B batch, N symbols, T frames, C channels.
"""

import torch
from torch import Tensor


def length_mask(lengths: Tensor, longest: int) -> Tensor:
    """Lengths (B,) → bool (B, longest), True inside."""
    return torch.arange(longest, device=lengths.device) < lengths[:, None]


def expand(encoded: Tensor, durations: Tensor) -> Tensor:
    """Hold each symbol for its duration.

    Args:
        encoded: float (B, N, C).
        durations: int64 (B, N), frames, ≥ 0.

    Returns:
        float (B, T, C), T the longest item's sum of durations; frames after an item's own sum are 0.
    """
    index, inside = frame_symbols(durations)
    frames = encoded.gather(1, index[..., None].expand(-1, -1, encoded.shape[-1]))
    return frames * inside[..., None]


def frame_symbols(durations: Tensor) -> tuple[Tensor, Tensor]:
    """Which symbol each frame belongs to.

    Args:
        durations: int64 (B, N).

    Returns:
        int64 (B, T), the symbol's index (of the last one after an item's end); bool (B, T), whether the frame is inside.
    """
    edges = durations.cumsum(1)
    frames = torch.arange(int(edges[:, -1].max()), device=durations.device).expand(len(durations), -1).contiguous()
    index = torch.searchsorted(edges, frames, right=True).clamp(max=durations.shape[1] - 1)
    return index, frames < edges[:, -1:]
