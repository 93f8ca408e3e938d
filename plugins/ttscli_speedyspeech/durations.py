"""Attention of the teacher → how many frames each symbol lasts.

Paper: Vainer and Dušek, "SpeedySpeech", 2020, section 2.3: each frame belongs to the symbol that it attends to most. Differs from
the published program in what that leaves open: of two symbols that are equally long, the earlier one gives up a frame first.

Letters: T frames, N symbols.
"""

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]


def durations(attention: NDArray[np.float32]) -> Counts:
    """Durations of one utterance: attention (T, N), whose argmax never goes back → int64 (N,), ≥ 0, which sum to T."""
    return remove_excess(visits(attention), len(attention))


def visits(attention: NDArray[np.float32]) -> Counts:
    """How many frames attend to each symbol most: (T, N) → int64 (N,), ≥ 1; a symbol that no frame visits gets 1."""
    return np.maximum(np.bincount(attention.argmax(axis=1), minlength=attention.shape[1]), 1).astype(np.int64)


def remove_excess(counts: Counts, n_frames: int) -> Counts:
    """Shorten the longest symbols by a frame each until the sum is n_frames: int64 (N,), sum ≤ n_frames + N → int64 (N,)."""
    excess = int(counts.sum()) - n_frames
    longest_first = np.argsort(-counts, kind="stable")
    shorter = counts.copy()
    shorter[longest_first[:excess]] -= 1
    return shorter
