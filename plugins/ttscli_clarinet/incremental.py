"""A WaveNet sample by sample, in numpy: what it has said is what it hears.

Paine et al., "Fast Wavenet Generation Algorithm", 2016, arXiv:1611.09482: each block keeps the inputs that its convolution will
need again in a ring, so that a sample costs one matrix product a layer.
Differs from it: the products with the past of all blocks are one product, and so are those with the conditions of many samples;
several utterances share every reading of the weights.

A sample takes some eight calls a block. They are numpy's, since a call of torch's takes longer than these products.

Letters: B batch, T samples, M channels of the conditions, R residual, G gate, S skip channels, N blocks, K taps in the past,
D samples in all rings, W kernel of the front convolution.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ttscli_clarinet.folding import Array, Folded, fold
from ttscli_clarinet.wavenet import WaveNet

_CHUNK_COLUMNS = 1024
"""Of so many samples, of all utterances together, what the gates are given is in memory at a time."""


@dataclass(frozen=True)
class State:
    """Where a batch of utterances has got to.

    Attributes:
        rings: float32 (D, B, R), past inputs of the blocks, ring behind ring.
        heard: float32 (B, W), the newest samples, zeros before the first.
        step: how many samples were made.
    """

    rings: Array
    heard: Array
    step: int

    def only(self, kept: Sequence[int]) -> "State":
        """The utterances of these numbers alone."""
        return replace(self, rings=self.rings[:, kept], heard=self.heard[kept])


class Incremental:
    """Says the waves of a WaveNet, many at a time."""

    def __init__(self, network: WaveNet) -> None:
        config = network.config
        self._weights = fold(network)
        self._dilations = np.array(config.dilations)
        self._spans = (config.kernel - 1) * self._dilations
        self._offsets = np.cumsum(self._spans) - self._spans

    def beginning(self, batch: int) -> State:
        """Before the first sample of `batch` utterances."""
        silence = np.repeat(-self._weights.residual_bias, self._spans, axis=0)  # (N, R) → (D, R)
        rings = np.repeat(silence[:, None], batch, axis=1)  # (D, R) → (D, B, R)
        return State(rings, np.zeros((batch, len(self._weights.front)), np.float32), 0)

    def utter(
        self, noise: Sequence[Array], conditions: Callable[[int, int, int], Array], chunk_samples: int = 4096
    ) -> list[Array]:
        """Say utterances of unequal lengths side by side.

        Args:
            noise: float32 (T,) each, T ≥ 1: how many standard deviations every sample is off its mean.
            conditions: (utterance, start, stop) → these columns of its conditions, float32 (M, stop - start).
            chunk_samples: how many columns are asked for at a time; fewer at the end of an utterance.

        Returns:
            float32 (T,) each, in [-1, 1].
        """
        waves = [np.empty(len(of_one), np.float32) for of_one in noise]
        going, state = list(range(len(noise))), self.beginning(len(noise))
        while going:
            start, stop = state.step, min(state.step + chunk_samples, *(len(noise[i]) for i in going))
            columns = np.stack([conditions(i, start, stop) for i in going])
            samples, state = self.advance(columns, np.stack([noise[i][start:stop] for i in going]), state)
            for place, i in enumerate(going):
                waves[i][start:stop] = samples[place]
            kept = [place for place, i in enumerate(going) if len(noise[i]) > stop]
            going, state = [going[place] for place in kept], state.only(kept)
        return waves

    def advance(self, conditions: Array, noise: Array, state: State) -> tuple[Array, State]:
        """Say a stretch: conditions (B, M, T), noise (B, T) and a state → samples (B, T) in [-1, 1], the state behind."""
        batch, n_samples = noise.shape
        samples, n_columns = [], max(1, _CHUNK_COLUMNS // batch)
        for start in range(0, n_samples, n_columns):
            piece = slice(start, start + n_columns)
            given = conditions[:, :, piece].transpose(2, 0, 1) @ self._weights.condition  # (B, M, T) → (T, B, N * 2G)
            given += self._weights.condition_bias
            said, state = self._say(given, noise[:, piece], state)
            samples.append(said)
        return np.concatenate(samples, axis=1), state

    def _say(self, given: Array, noise: Array, state: State) -> tuple[Array, State]:
        """What the gates are given (T, B, N * 2G), noise (B, T) → samples (B, T)."""
        weights, (batch, n_samples) = self._weights, noise.shape
        n_taps, n_blocks, _, n_gates = weights.past.shape
        gates = given.reshape(n_samples, batch, n_blocks, n_gates).swapaxes(1, 2)  # (T, B, N * 2G) → (T, N, B, 2G)
        heard = np.concatenate([state.heard, np.empty((batch, n_samples), np.float32)], axis=1)
        steps = state.step + np.arange(n_samples)[:, None, None]
        # The oldest input of a block stands where its newest will be.
        places = self._offsets + (steps + np.arange(n_taps)[:, None] * self._dilations) % self._spans  # (T, K, N)
        step, rings = _Step(weights, batch), state.rings
        width = state.heard.shape[1]
        for t in range(n_samples):
            remembered = rings[places[t]]  # (D, B, R) → (K, N, B, R)
            mean, log_std = step(heard[:, t : t + width], remembered, gates[t])
            rings[places[t, 0]] = step.inputs
            heard[:, t + width] = np.clip(mean + np.exp(log_std) * noise[:, t], -1, 1)
        return heard[:, width:], State(rings, heard[:, n_samples:].copy(), state.step + n_samples)


class _Step:
    """One sample of every utterance. Holds the memory that all samples use again, and views of it."""

    def __init__(self, weights: Folded, batch: int) -> None:
        n_taps, n_blocks, n_residual, n_gates = weights.past.shape
        self.weights = weights
        self.inputs = np.empty((n_blocks, batch, n_residual), np.float32)
        self._before = np.empty((n_taps, n_blocks, batch, n_gates), np.float32)
        self._paths = np.empty((batch, n_residual + len(weights.skip_bias)), np.float32)  # residual and skip
        self._gates = np.empty((batch, n_gates), np.float32)
        self._gated = np.empty((batch, n_gates // 2), np.float32)
        self._residual, self._skip = self._paths[:, :n_residual], self._paths[:, n_residual:]
        self._outs = [self._paths] * (n_blocks - 1) + [self._skip]

    def __call__(self, heard: Array, remembered: Array, given: Array) -> tuple[Array, Array]:
        """The newest samples (B, W), past inputs (K, N, B, R), for the gates (N, B, 2G) → mean and log_std (B,) of the next."""
        weights, gates, gated, residual = self.weights, self._gates, self._gated, self._residual
        before = np.matmul(remembered, weights.past, out=self._before).sum(axis=0)
        before += given
        np.maximum(heard @ weights.front + weights.front_bias, 0, out=residual)
        self._skip[:] = weights.skip_bias
        filters, gating = gates[:, : gated.shape[1]], gates[:, gated.shape[1] :]
        for own, present, past, outlet, out in zip(
            self.inputs, weights.present, before, weights.outlets, self._outs, strict=True
        ):
            np.copyto(own, residual)
            np.dot(own, present, out=gates)
            np.add(gates, past, out=gates)
            np.tanh(gates, out=gates)
            np.multiply(filters, gating, out=gated)
            np.add(gated, filters, out=gated)
            np.add(out, np.dot(gated, outlet), out=out)
        hidden = np.maximum(np.maximum(self._skip, 0) @ weights.hidden + weights.hidden_bias, 0)
        mean, log_std = (hidden @ weights.outlet + weights.outlet_bias).T  # (B, 2) → 2 × (B,)
        return mean, log_std
