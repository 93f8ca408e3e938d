"""Samples at one rate → samples at another, for formats that know only some rates. Method: a windowed sinc, in phases."""

from collections.abc import Iterable, Iterator
from itertools import chain
from math import gcd

import numpy as np
from numpy.typing import NDArray

from ttscli.contract import Samples

_HALF_TAPS = 24
_BLOCK = 1 << 14


def resample(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    """Return float32 (n_samples * to_hz // from_hz,), as if silence stood on both sides.

    Args:
        samples: float32 (n_samples,).
        from_hz: rate of `samples`.
        to_hz: wanted rate, not below `from_hz`: nothing is filtered out against aliasing.
    """
    common = gcd(from_hz, to_hz)
    up, down = to_hz // common, from_hz // common
    kernel = _kernel(up)
    padded = np.pad(samples, _HALF_TAPS)
    out = np.empty(len(samples) * up // down, np.float32)
    for start in range(0, len(out), _BLOCK):
        times = np.arange(start, min(start + _BLOCK, len(out))) * down
        windows = padded[(times // up)[:, None] + np.arange(1, 2 * _HALF_TAPS + 1)]  # (block, taps)
        out[start : start + len(times)] = np.einsum("nt,nt->n", windows, kernel[times % up])
    return out


def resampled(blocks: Iterable[Samples], from_hz: int, to_hz: int) -> Iterator[Samples]:
    """Yield what `resample` makes of all `blocks` together, a block at a time."""
    if from_hz == to_hz:
        yield from blocks
        return
    # Cut only where a sample of one rate falls on a sample of the other, and far enough from what is not known yet.
    step = from_hz // gcd(from_hz, to_hz)
    margin = -(-_HALF_TAPS // step) * step
    held, before = np.zeros(0, np.float32), 0  # `before` samples of `held` are done, and kept for their neighbours' sake
    for block in chain(blocks, [None]):
        held = held if block is None else np.concatenate([held, block])
        stop = len(held) if block is None else (len(held) - margin) // step * step
        if stop <= before:
            continue
        known = stop if block is None else stop + margin
        out = resample(held[:known], from_hz, to_hz)
        yield out[before * to_hz // from_hz : stop * to_hz // from_hz]
        kept = max(0, stop - margin)
        held, before = held[kept:], stop - kept


def _kernel(phases: int) -> NDArray[np.float32]:
    """Kaiser-windowed sinc at each fraction of a sample: float32 (phases, taps)."""
    places = np.arange(1 - _HALF_TAPS, _HALF_TAPS + 1)[None, :] - np.arange(phases)[:, None] / phases
    window = np.i0(8 * np.sqrt(np.maximum(0, 1 - (places / _HALF_TAPS) ** 2))) / np.i0(8)
    return (np.sinc(places) * window).astype(np.float32)
