"""Attention of the teacher → how many frames each symbol lasts.

Paper: Vainer and Dušek, "SpeedySpeech", 2020, section 2.3: each frame belongs to the symbol that it attends to most. Differs from
the published program in what that leaves open: of two symbols that are equally long, the earlier one gives up a frame first.

Letters: T frames, N symbols.
"""

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]


def durations(attention: NDArray[np.float32], n_frames: int, n_symbols: int) -> Counts:
    """Durations of one utterance, which sum to n_frames.

    Args:
        attention: (≥ n_frames, ≥ n_symbols), one row a frame, whose argmax never goes back.
        n_frames: ≥ 1, without padding.
        n_symbols: ≥ 1, without padding.

    Returns:
        int64 (n_symbols,), ≥ 0.
    """
    return remove_excess(visits(attention, n_frames, n_symbols), n_frames)


def visits(attention: NDArray[np.float32], n_frames: int, n_symbols: int) -> Counts:
    """How many frames attend to each symbol most: (T, N) → int64 (n_symbols,), ≥ 1; a symbol that no frame visits gets 1."""
    valid = attention[:n_frames, :n_symbols]
    strongest = valid.argmax(axis=1)
    strongest[~valid.any(axis=1)] = n_symbols - 1  # all of the attention had walked on into the padding
    return np.maximum(np.bincount(strongest, minlength=n_symbols), 1).astype(np.int64)


def remove_excess(counts: Counts, n_frames: int) -> Counts:
    """Shorten the longest symbols by a frame each until the sum is n_frames: int64 (N,), sum ≤ n_frames + N → int64 (N,)."""
    excess = int(counts.sum()) - n_frames
    longest_first = np.argsort(-counts, kind="stable")
    shorter = counts.copy()
    shorter[longest_first[:excess]] -= 1
    return shorter
