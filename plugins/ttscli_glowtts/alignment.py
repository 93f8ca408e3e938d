"""Which frames belong to which symbol: the most likely monotonic alignment.

Kim et al., "Glow-TTS", 2020, arXiv:2005.11129, section 3.1 and algorithm 1 ("Monotonic Alignment Search").
Differs from it: nothing in the result, ties included (a tie stays with the later symbol). Instead of a compiled loop over cells,
numpy takes a step for all symbols and utterances at once, frame by frame.

Letters: B batch, N symbols, T frames, M mel bins.
"""

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ttscli.errors import InputError

Array = NDArray[np.float32]
Counts = NDArray[np.int64]

_BLOCK_FRAMES = 16  # as many as stay in the cache when they are turned round


@torch.no_grad()
def align(latents: Tensor, mean: Tensor, log_deviation: Tensor, lengths: Tensor, n_frames: Tensor) -> Tensor:
    """Durations under which the latents are most likely.

    Args:
        latents: float (B, M, T).
        mean: float (B, M, N), of each symbol's prior.
        log_deviation: likewise.
        lengths: int64 (B,), symbols.
        n_frames: int64 (B,).

    Returns:
        int64 (B, N), ≥ 1, summing to n_frames; 0 behind an utterance.

    Raises:
        InputError: an utterance has more symbols than frames.
    """
    with torch.autocast(latents.device.type, enabled=False):  # a square that is multiplied out needs all of float32
        values = log_likelihoods(latents.float(), mean.float(), log_deviation.float())
    durations = search(values.cpu().numpy(), lengths.cpu().numpy(), n_frames.cpu().numpy())
    return torch.from_numpy(durations).to(latents.device)


def log_likelihoods(latents: Tensor, mean: Tensor, log_deviation: Tensor) -> Tensor:
    """How likely each frame is as each symbol: latents (B, M, T), mean and log_deviation (B, M, N) → (B, N, T).

    The square is multiplied out, so that a matrix product does the work.
    """
    precision = (-2 * log_deviation).exp()
    constant = (-0.5 * math.log(2 * math.pi) - log_deviation - 0.5 * mean.square() * precision).sum(1)  # (B, N)
    frames = latents.transpose(1, 2)  # (B, M, T) → (B, T, M)
    values = constant[:, None] + (-0.5 * frames.square()) @ precision + frames @ (mean * precision)
    return values.transpose(1, 2)  # (B, T, N) → (B, N, T)


def search(values: Array, lengths: Counts, n_frames: Counts) -> Counts:
    """The path of the largest sum that begins at the first symbol, ends at the last and skips none.

    Args:
        values: float32 (B, N, T), of each frame as each symbol; what lies behind an utterance is not looked at.
        lengths: int64 (B,), symbols, ≥ 1.
        n_frames: int64 (B,), frames.

    Returns:
        int64 (B, N), frames of each symbol.

    Raises:
        InputError: an utterance has more symbols than frames.
    """
    for item in np.flatnonzero(lengths > n_frames):
        counts = f"{lengths[item]} symbols in {n_frames[item]} frames"
        raise InputError(f"{counts} cannot be aligned", "leave out what is spoken so fast")
    return _backtrack(_steps(values, lengths, n_frames), lengths, n_frames)


def _steps(values: Array, lengths: Counts, n_frames: Counts) -> NDArray[np.bool_]:
    """Whether the best path to a frame and symbol comes from the symbol before: bool (T, N, B).

    Float32 sums in the order of frames: where sums of hundreds of frames come close, another order would choose otherwise.
    """
    batch, n_symbols, longest = values.shape
    rows = np.ascontiguousarray(values.transpose(0, 2, 1))  # (B, N, T) → (B, T, N), which log_likelihoods have in memory
    steps = np.empty((longest, n_symbols, batch), np.bool_)
    # Best sums up to a frame, under a row for what comes before the first symbol; two buffers in turn. -inf: cannot be reached.
    sums = np.full((2, n_symbols + 1, batch), -np.inf, np.float32)
    sums[0, 0] = 0  # where every path begins
    tail = int((lengths - n_frames).min())
    for start in range(0, longest, _BLOCK_FRAMES):
        block = np.ascontiguousarray(rows[:, start : start + _BLOCK_FRAMES].transpose(1, 2, 0))  # (B, T, N) → (T, N, B)
        for frame, row in enumerate(block, start):
            low, high = max(0, tail + frame), min(n_symbols, frame + 1)  # no path comes through what lies outside
            before, now = sums[frame % 2], sums[1 - frame % 2]
            stay, step = before[low + 1 : high + 1], before[low:high]
            np.greater(step, stay, out=steps[frame, low:high])
            np.maximum(step, stay, out=now[low + 1 : high + 1])
            now[low + 1 : high + 1] += row[low:high]
            before[0] = -np.inf
    return steps


def _backtrack(steps: NDArray[np.bool_], lengths: Counts, n_frames: Counts) -> Counts:
    """From the last symbol at the last frame back to the first: bool (T, N, B) → int64 (B, N)."""
    longest, n_symbols, batch = steps.shape
    rows = steps.reshape(longest, -1)
    places = np.empty((longest, batch), np.int64)
    place = (lengths - 1) * batch + np.arange(batch)  # in a row
    for frame in range(longest - 1, -1, -1):
        places[frame] = place
        place = place - batch * (rows[frame].take(place) & (frame < n_frames))
    inside = np.arange(longest)[:, None] < n_frames
    return np.bincount(places[inside], minlength=n_symbols * batch).reshape(n_symbols, batch).T
