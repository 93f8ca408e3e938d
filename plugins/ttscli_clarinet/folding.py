"""The weights of a WaveNet, laid out so that a sample takes few steps.

- sigmoid(x) is (1 + tanh(x / 2)) / 2, so that one tanh makes filter and gate: the halves are in the weights.
- The √½ behind every residual sum is in the weights of all later blocks, so that residual and skip path are one sum.
- What the biases add to the residual path is in what the gates are given; a past that should be 0 begins with its negative.
- The residual path of the last block leads nowhere and is left out.

Letters: M channels of the conditions, R residual, G gate, S skip channels, N blocks, K taps in the past, W kernel of the front
convolution.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ttscli_clarinet.wavenet import HALF_POWER, WaveNet

Array: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True)
class Folded:
    """Weights, inputs first, all float32.

    Attributes:
        front, front_bias: (W, R), (R,).
        condition, condition_bias: (M, N * 2G), (N * 2G,).
        past: (K, N, R, 2G), the oldest tap first; present: N × (R, 2G).
        outlets: N × (G, R + S), but (G, S) the last.
        residual_bias: (N, R), what the residual path lacks before each block.
        skip_bias: (S,), where the skip path begins.
        hidden, hidden_bias, outlet, outlet_bias: (S, S), (S,), (S, 2), (2,).
    """

    front: Array
    front_bias: Array
    condition: Array
    condition_bias: Array
    past: Array
    present: list[Array]
    outlets: list[Array]
    residual_bias: Array
    skip_bias: Array
    hidden: Array
    hidden_bias: Array
    outlet: Array
    outlet_bias: Array


def fold(network: WaveNet) -> Folded:
    """Lay out the weights of `network`, which stays as it is."""
    config = network.config
    n_residual, n_blocks = config.residual_channels, config.cycles * config.layers
    state = {name: tensor.detach().float().cpu().numpy().copy() for name, tensor in network.state_dict().items()}
    taps = _taps(state, n_blocks)
    outlets, biases = _outlets(state, n_blocks, n_residual)
    residual_bias = np.cumsum(biases[:, :n_residual], axis=0) - biases[:, :n_residual]
    condition, condition_bias = _conditions(state, n_blocks)
    return Folded(
        front=_inputs_first(state["front.weight"][:, 0]),  # (R, 1, W) → (W, R)
        front_bias=state["front.bias"],
        condition=condition,
        condition_bias=condition_bias + np.einsum("nr,knrg->ng", residual_bias, taps).ravel(),
        past=taps[:-1],
        present=list(taps[-1]),
        outlets=[*outlets[:-1], np.ascontiguousarray(outlets[-1][:, n_residual:])],
        residual_bias=residual_bias,
        skip_bias=biases[:, n_residual:].sum(axis=0),
        hidden=_inputs_first(state["hidden.weight"][:, :, 0]),
        hidden_bias=state["hidden.bias"],
        outlet=_inputs_first(state["outlet.weight"][:, :, 0]),
        outlet_bias=state["outlet.bias"],
    )


def _taps(state: Mapping[str, Array], n_blocks: int) -> Array:
    """(K + 1, N, R, 2G); block i is fed with a residual path that lacks √½ i times."""
    taps = np.stack([_halved(state[f"blocks.{i}.gates.weight"]) * np.float32(HALF_POWER**i) for i in range(n_blocks)])
    return np.ascontiguousarray(taps.transpose(3, 0, 2, 1))  # (N, 2G, R, K + 1) → (K + 1, N, R, 2G)


def _outlets(state: Mapping[str, Array], n_blocks: int, n_residual: int) -> tuple[list[Array], Array]:
    """N × (G, R + S) and (N, R + S)."""
    weights, biases = [], []
    for i in range(n_blocks):
        weight, bias = _inputs_first(state[f"blocks.{i}.outlet.weight"][:, :, 0]), state[f"blocks.{i}.outlet.bias"].copy()
        weight /= 2
        weight[:, :n_residual] /= HALF_POWER**i
        bias[:n_residual] /= HALF_POWER**i
        weights.append(weight)
        biases.append(bias)
    return weights, np.stack(biases)


def _conditions(state: Mapping[str, Array], n_blocks: int) -> tuple[Array, Array]:
    """(M, N * 2G) and (N * 2G,), the gates' own biases among them."""
    weights = [_halved(state[f"blocks.{i}.condition.weight"][:, :, 0]) for i in range(n_blocks)]
    biases = [_halved(state[f"blocks.{i}.condition.bias"] + state[f"blocks.{i}.gates.bias"]) for i in range(n_blocks)]
    return _inputs_first(np.concatenate(weights)), np.concatenate(biases)  # (N * 2G, M) → (M, N * 2G)


def _halved(of_gates: Array) -> Array:
    """(2G, …), filters and gates: the gates by half."""
    n_filters = len(of_gates) // 2
    return np.concatenate([of_gates[:n_filters], of_gates[n_filters:] / np.float32(2)])


def _inputs_first(weight: Array) -> Array:
    """(outputs, inputs) → a copy (inputs, outputs)."""
    return np.array(weight.T, order="C")
