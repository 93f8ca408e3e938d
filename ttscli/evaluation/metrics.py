"""Figures for speech: word errors, and distances from a recording of the same words.

Letters: T, U frames of the one and the other, M mel bins, C cepstral coefficients, P pairs on the path between them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Path = NDArray[np.int64]
"""int64 (P, 2): which frame of the one belongs to which of the other; both rise from 0 to the last."""

_COEFFICIENTS = 13


def word_errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """The least number of words to insert, delete and replace that turn `said` into `heard`."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(said, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (word != other))
    return row[-1]


def cepstra(log_mel: NDArray[np.float32]) -> Floats:
    """Cosine series of a natural-log amplitude mel, without its mean, which is loudness: (M, T) → float64 (T, C)."""
    n_mels = log_mel.shape[0]
    places = np.pi * (np.arange(n_mels) + 0.5) / n_mels
    basis = 2 / n_mels * np.cos(np.arange(1, _COEFFICIENTS + 1)[:, None] * places)  # (C, M)
    series: Floats = basis @ log_mel.astype(np.float64)
    return series.T  # (C, T) → (T, C)


def distances_db(one: Floats, other: Floats) -> Floats:
    """Mel-cepstral distance of each frame of the one from each of the other (Kubichek 1993): (T, C), (U, C) → (T, U)."""
    squares = (one**2).sum(1)[:, None] + (other**2).sum(1)[None] - 2 * one @ other.T
    distances: Floats = 10 / np.log(10) * np.sqrt(2 * np.maximum(squares, 0))
    return distances


def warp(costs: Floats) -> Path:
    """Dynamic time warping: the cheapest way from frame (0, 0) to the last ones, costs (T, U); steps (1, 1), (1, 0), (0, 1)."""
    total = np.full((costs.shape[0] + 1, costs.shape[1] + 1), np.inf)
    total[0, 0] = 0
    for i, row in enumerate(costs, 1):
        above = np.minimum(total[i - 1, 1:], total[i - 1, :-1])
        left = np.inf
        for j, cost in enumerate(row, 1):
            left = total[i, j] = cost + min(above[j - 1], left)
    place = (costs.shape[0], costs.shape[1])
    path = [place]
    while place != (1, 1):
        i, j = place
        place = min([(i - 1, j - 1), (i - 1, j), (i, j - 1)], key=lambda p: float(total[p]))
        path.append(place)
    return np.array(path[::-1]) - 1


@dataclass(frozen=True)
class Distance:
    """How far speech is from a recording of the same words.

    Attributes:
        mcd_db: mean mel-cepstral distance along the path.
        f0_cents: root mean square of the pitch's error where both are voiced; nan where they never are.
        voicing_errors: share of the path on which one is voiced and the other is not.
        longer: how much longer the speech is, as a share of the recording; negative if it is shorter.
    """

    mcd_db: float
    f0_cents: float
    voicing_errors: float
    longer: float


def distance(
    log_mel: NDArray[np.float32], f0_hz: NDArray[np.float32], true_log_mel: NDArray[np.float32], true_f0_hz: NDArray[np.float32]
) -> Distance:
    """Compare speech with a recording.

    Args:
        log_mel: (M, T), natural logarithms of amplitudes.
        f0_hz: (T,), 0 where unvoiced.
        true_log_mel: (M, U), of the recording.
        true_f0_hz: (U,), of the recording.
    """
    costs = distances_db(cepstra(log_mel), cepstra(true_log_mel))
    path = warp(costs)
    mine, its = f0_hz[path[:, 0]].astype(np.float64), true_f0_hz[path[:, 1]].astype(np.float64)
    both = (mine > 0) & (its > 0)
    cents = 1200 * np.log2(mine[both] / its[both])
    return Distance(
        mcd_db=float(costs[path[:, 0], path[:, 1]].mean()),
        f0_cents=float(np.sqrt((cents**2).mean())) if both.any() else float("nan"),
        voicing_errors=float(((mine > 0) != (its > 0)).mean()),
        longer=log_mel.shape[1] / true_log_mel.shape[1] - 1,
    )
