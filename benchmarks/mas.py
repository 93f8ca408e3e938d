"""Time Glow-TTS's alignment search against the loop of the paper and against torch, in turn; print medians as a Markdown table.

All three find the same paths, or the run ends.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.timing import medians
from ttscli_glowtts.alignment import search

Array = NDArray[np.float32]
Counts = NDArray[np.int64]
Search = Callable[[Array, Counts, Counts], Counts]


@dataclass(frozen=True)
class Case:
    """Random likelihoods (batch, symbols, frames) of utterances between the shortest and the longest."""

    name: str
    batch: int
    symbols: tuple[int, int]
    frames: tuple[int, int]

    def make(self) -> tuple[Array, Counts, Counts]:
        chance = np.random.default_rng(0)
        lengths = chance.integers(*self.symbols, self.batch, endpoint=True)
        n_frames = chance.integers(*self.frames, self.batch, endpoint=True)
        shape = (self.batch, int(lengths.max()), int(n_frames.max()))
        return chance.standard_normal(shape).astype(np.float32) * 8 - 115, lengths, n_frames


CASES = (
    Case("one sentence", 1, (90, 90), (566, 566)),
    Case("32 alike", 32, (150, 150), (800, 800)),
    Case("32 mixed", 32, (60, 150), (400, 800)),
)


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    torch.set_num_threads(1)
    print("| batch | ours, ms | torch, ms | loop, ms | torch to ours | loop to ours |")
    print("| --- | --- | --- | --- | --- | --- |")
    for case in CASES:
        ours, of_torch, of_loop = (1000 * median for median in _medians((search, with_torch, with_a_loop), case, runs))
        ratios = f"{of_torch / ours:.1f} | {of_loop / ours:.0f}"
        print(f"| {case.name} | {ours:.1f} | {of_torch:.1f} | {of_loop:.0f} | {ratios} |", flush=True)


def _medians(searches: Sequence[Search], case: Case, runs: int) -> list[float]:
    """Seconds of each search; SystemExit if they do not find the same."""
    arguments = case.make()
    wanted = search(*arguments)
    for function in searches:
        if not np.array_equal(function(*arguments), wanted):
            raise SystemExit(f"{function.__name__} found other paths")
    return medians([partial(function, *arguments) for function in searches], runs)


def with_a_loop(values: Array, lengths: Counts, n_frames: Counts) -> Counts:
    """Utterance by utterance and cell by cell, as algorithm 1 of the paper is written."""
    durations = np.zeros(values.shape[:2], np.int64)
    for item, (n_symbols, longest) in enumerate(zip(lengths.tolist(), n_frames.tolist(), strict=True)):
        _loop(values[item], n_symbols, longest, durations[item])
    return durations


def _loop(values: Array, n_symbols: int, n_frames: int, durations: Counts) -> None:
    sums = np.full((n_symbols + 1, n_frames + 1), -np.inf, np.float32)  # a row and a column before the first
    sums[0, 0] = 0
    for j in range(n_frames):
        for i in range(max(0, n_symbols + j - n_frames), min(n_symbols, j + 1)):
            sums[i + 1, j + 1] = max(sums[i + 1, j], sums[i, j]) + values[i, j]
    i = n_symbols
    for j in range(n_frames, 0, -1):
        durations[i - 1] += 1
        if sums[i - 1, j - 1] > sums[i, j - 1]:
            i -= 1


@torch.inference_mode()
def with_torch(values: Array, lengths: Counts, n_frames: Counts) -> Counts:
    """All symbols and utterances at once, frame by frame, as our own."""
    batch, n_symbols, longest = values.shape
    rows = torch.from_numpy(values).permute(2, 0, 1).contiguous()  # (B, N, T) → (T, B, N)
    steps = torch.empty(longest, batch, n_symbols, dtype=torch.bool)
    sums = torch.full((batch, n_symbols + 1), -torch.inf)
    sums[:, 0] = 0
    for frame, row in enumerate(rows):
        stay, step = sums[:, 1:], sums[:, :-1]
        torch.gt(step, stay, out=steps[frame])
        sums = torch.nn.functional.pad(torch.maximum(step, stay) + row, (1, 0), value=-torch.inf)
    durations = torch.zeros(batch, n_symbols, dtype=torch.int64)
    place, inside = torch.from_numpy(lengths - 1)[:, None], torch.from_numpy(n_frames)
    for frame in range(longest - 1, -1, -1):
        heard = (frame < inside)[:, None]
        durations.scatter_add_(1, place, heard.long())
        place = place - (steps[frame].gather(1, place) & heard).long()
    return durations.numpy()


if __name__ == "__main__":
    main()
