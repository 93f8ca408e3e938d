"""How long each symbol of a recording lasts, from what a CTC recogniser hears in each frame.

Beliaev and Ginsburg, "TalkNet 2", 2021, arXiv:2104.08189, section 3: the best path through the symbols with blanks between them,
after Viterbi. Differs from it: nothing; of two equally good ways to a state, staying wins over coming, and a near one over a far.

Letters: L symbols, S = 2L + 1 states (blank, symbol, blank, …, blank), T frames, K classes.
"""

import numpy as np
from numpy.typing import NDArray

from ttscli.errors import InputError

Counts = NDArray[np.int64]
_IMPOSSIBLE = -np.inf


def best_path(log_probabilities: NDArray[np.float32], symbols: Counts, blank: int) -> Counts:
    """Find how a recogniser would most probably say `symbols`.

    Args:
        log_probabilities: (T, K).
        symbols: int64 (L,), classes; L ≥ 1, none of them the blank.
        blank: class of the blank.

    Returns:
        Frames in each state, int64 (S,), which sum to T. A symbol has at least 1; a blank may have none, but for one between two
        equal symbols.

    Raises:
        InputError: there are too few frames.
    """
    states = interleave(np.full(len(symbols) + 1, blank), symbols)
    needed = len(symbols) + int((symbols[1:] == symbols[:-1]).sum())
    if len(log_probabilities) < needed:
        raise InputError(f"{len(log_probabilities)} frames are too few for {len(symbols)} symbols", "look at the recording")
    heard = log_probabilities[:, states].astype(np.float64)  # (T, K) → (T, S)
    scores, steps = _forward(heard, _may_skip(states, blank))
    last = len(states) - 1 if scores[-1] >= scores[-2] else len(states) - 2
    return _backward(steps, last)


def interleave(blanks: Counts, symbols: Counts) -> Counts:
    """Set int64 (L,) between int64 (L + 1,) → int64 (2L + 1,)."""
    both = np.empty(len(blanks) + len(symbols), np.int64)
    both[::2], both[1::2] = blanks, symbols
    return both


def without_blanks(durations: Counts) -> Counts:
    """Part each blank among its neighbours: int64 (2L + 1,) of blanks and symbols in turn → int64 (L,) of the same sum.

    Of an odd number of frames the later symbol gets the last one: what is heard of a symbol comes after its beginning.
    """
    blanks, symbols = durations[::2], durations[1::2].copy()
    inner = blanks[1:-1]
    symbols[:-1] += inner // 2
    symbols[1:] += inner - inner // 2
    symbols[0] += blanks[0]
    symbols[-1] += blanks[-1]
    return symbols


def _may_skip(states: Counts, blank: int) -> NDArray[np.bool_]:
    """States (S,) → bool (S,): whether the state may follow the one before the last."""
    return np.concatenate([[False, False], (states[2:] != blank) & (states[2:] != states[:-2])])


def _forward(heard: NDArray[np.float64], skips: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Heard (T, S) → scores of the paths that end in each state (S,); how many states each step advanced, (T, S)."""
    n_frames, n_states = heard.shape
    scores = np.full(n_states, _IMPOSSIBLE)
    scores[:2] = heard[0, :2]  # a path begins with the first blank or the first symbol
    steps = np.zeros((n_frames, n_states), np.int8)
    ways = np.full((3, n_states), _IMPOSSIBLE)
    for t in range(1, n_frames):
        ways[0] = scores
        ways[1, 1:] = scores[:-1]
        ways[2, 2:] = np.where(skips[2:], scores[:-2], _IMPOSSIBLE)
        steps[t] = ways.argmax(0)
        scores = ways.max(0) + heard[t]
    return scores, steps


def _backward(steps: NDArray[np.int8], state: int) -> Counts:
    """Walk back from `state`, counting frames: steps (T, S) → int64 (S,)."""
    durations = np.zeros(steps.shape[1], np.int64)
    for step in steps[::-1]:
        durations[state] += 1
        state -= int(step[state])
    return durations
