"""Items of unequal lengths in one batch, and symbols held for their durations.

Letters: B batch, N symbols, S decoder steps, T frames, C channels.
"""

import torch
from torch import Tensor


def length_mask(lengths: Tensor, longest: int) -> Tensor:
    """Lengths (B,) → bool (B, longest), True inside."""
    return torch.arange(longest, device=lengths.device) < lengths[:, None]


def masked_mean(values: Tensor, mask: Tensor) -> Tensor:
    """Mean of the values that a mask marks; 0 where it marks none.

    Args:
        values: float, of any shape; what is not marked never changes the mean.
        mask: bool, of that shape or one that spreads to it, such as (B, T, 1) of (B, T, C).

    Returns:
        Scalar.
    """
    marked = mask.expand_as(values)
    return torch.where(marked, values, 0.0).sum() / marked.sum().clamp(min=1)


def off_diagonal(n_steps: Tensor, n_symbols: Tensor, longest: tuple[int, int], sigma: float) -> Tensor:
    """How far each place of an attention is from the diagonal, where the symbols of an utterance are spoken evenly.

    Guided attention: Tachibana et al., "Efficiently Trainable Text-to-Speech System", 2017, arXiv:1710.08969, section 4.

    Args:
        n_steps: int64 (B,), steps or frames of each utterance.
        n_symbols: int64 (B,).
        longest: how many there are with padding, (S, N).
        sigma: width of the diagonal, as a share of the utterance.

    Returns:
        Float32 (B, S, N), in [0, 1); 0 in the padding.
    """
    steps, symbols = (torch.arange(size, device=n_steps.device) for size in longest)
    along, across = steps / n_steps[:, None], symbols / n_symbols[:, None]  # (B, S), (B, N)
    far = 1 - torch.exp(-((along[:, :, None] - across[:, None]) ** 2) / (2 * sigma**2))
    return far * length_mask(n_steps, longest[0])[:, :, None] * length_mask(n_symbols, longest[1])[:, None]


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
