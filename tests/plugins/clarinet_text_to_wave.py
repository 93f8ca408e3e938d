"""The smallest text-to-wave networks that there can be, for tests."""

from collections.abc import Mapping
from typing import Any

from torch import nn

from ttscli.melspec import MelSpec
from ttscli_clarinet.text_to_wave import DistilledTextToWave, TextToWave
from ttscli_clarinet.text_to_wave_config import text_to_wave_config

N_SYMBOLS = 20
SMALL: dict[str, Any] = {
    "n_symbols": N_SYMBOLS,
    "embedding": 16,
    "encoder": [[12, 3, 1], [16, 5, 3]],
    "prenet": [[8, 3, 1], [16, 3, 3]],
    "decoder": [[16, 3, 1], [16, 3, 3], [16, 1, 1]],
    "attends": [True, False, True],
    "frames_per_step": 2,
    "key_rate": 0.05,
    "least_steps": 2,
    "bridge": [[12, 5, 1], [10, 3, 3]],
    "vocoder_layers": 2,
    "vocoder_cycles": [1],
    "vocoder_front_kernel": 4,
    "vocoder_residual_channels": 4,
    "vocoder_gate_channels": 6,
    "vocoder_skip_channels": 5,
}
TRAINED = {key: SMALL[key] for key in SMALL if key not in ("n_symbols", "key_rate", "frames_per_step")} | {"dropout": 0.0}
"""The [network] table of a recipe."""
FLOWS = SMALL | {"vocoder_kind": "student", "vocoder_cycles": [1, 1]}


def networks(table: Mapping[str, Any], mel_spec: MelSpec) -> nn.Module:
    """A network of this config, which never says that it is done."""
    config = text_to_wave_config(table, mel_spec)
    network = TextToWave(config) if config.vocoder.kind == "teacher" else DistilledTextToWave(config)
    nn.init.constant_(network.get_parameter("decoder.done.bias"), -100.0)
    return network
