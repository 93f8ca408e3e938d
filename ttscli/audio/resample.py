"""Samples at one rate → samples at another, for formats that know only some rates. Method: a windowed sinc, in phases."""

from collections.abc import Iterable, Iterator
from math import gcd

import numpy as np
from numpy.typing import NDArray

from ttscli.contract import Samples

_HALF_TAPS = 24
_BLOCK = 1 << 14


class Resampler:
    """A stream of samples at one rate → the same sound at another, as if silence stood on both sides.

    How the stream is cut changes no sample. n samples become ceil(n * to_hz / from_hz): one for each moment before their end.

    Args:
        from_hz: rate of what comes in.
        to_hz: wanted rate, not below `from_hz`: nothing is filtered out against aliasing.
    """

    def __init__(self, from_hz: int, to_hz: int) -> None:
        assert from_hz <= to_hz
        common = gcd(from_hz, to_hz)
        self._up, self._down = to_hz // common, from_hz // common
        self._kernel = _kernel(self._up)
        self._held: Samples = np.zeros(_HALF_TAPS - 1, np.float32)
        self._next = 0  # where the first window of what comes out begins in `_held`, in 1 / up of a sample

    def push(self, samples: Samples) -> Samples:
        """Take float32 (n_samples,), and return what they complete; the last 24 samples wait for their neighbours."""
        held = np.concatenate([self._held, samples])
        times = np.arange(self._next, (len(held) - 2 * _HALF_TAPS + 1) * self._up, self._down)
        out = np.empty(len(times), np.float32)
        for start in range(0, len(times), _BLOCK):
            places, phases = np.divmod(times[start : start + _BLOCK], self._up)
            windows = held[places[:, None] + np.arange(2 * _HALF_TAPS)]  # (block, taps)
            out[start : start + _BLOCK] = np.einsum("nt,nt->n", windows, self._kernel[phases])
        done, self._next = divmod(self._next + len(times) * self._down, self._up)
        self._held = held[done:].copy()  # a view would keep all of `held`
        return out

    def close(self) -> Samples:
        """Return what is still owed, float32 (n_samples,); the stream is at its end."""
        return self.push(np.zeros(_HALF_TAPS, np.float32))


def resampled(blocks: Iterable[Samples], from_hz: int, to_hz: int) -> Iterator[Samples]:
    """Yield what Resampler makes of all `blocks`, a block at a time."""
    if from_hz == to_hz:
        yield from blocks
        return
    resampler = Resampler(from_hz, to_hz)
    yield from map(resampler.push, blocks)
    yield resampler.close()


def _kernel(phases: int) -> NDArray[np.float32]:
    """Kaiser-windowed sinc at each fraction of a sample: float32 (phases, taps)."""
    places = np.arange(1 - _HALF_TAPS, _HALF_TAPS + 1)[None, :] - np.arange(phases)[:, None] / phases
    window = np.i0(8 * np.sqrt(np.maximum(0, 1 - (places / _HALF_TAPS) ** 2))) / np.i0(8)
    return (np.sinc(places) * window).astype(np.float32)
