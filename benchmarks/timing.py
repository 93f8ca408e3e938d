"""How long functions take, side by side."""

import statistics
import time
from collections.abc import Callable, Sequence


def medians(functions: Sequence[Callable[[], object]], runs: int) -> list[float]:
    """Call the functions in turn, once for warming up and `runs` times for the record: the median seconds of each."""
    times: list[list[float]] = [[] for _ in functions]
    for turn in range(runs + 1):
        for function, record in zip(functions, times, strict=True):
            started = time.perf_counter()
            function()
            if turn:
                record.append(time.perf_counter() - started)
    return [statistics.median(record) for record in times]
