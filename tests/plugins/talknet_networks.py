"""TalkNet with random weights that speak: every symbol some frames long, some frames voiced and some not."""

from typing import Any

import torch
from torch import nn

from ttscli.melspec import MelSpec
from ttscli_talknet.config import NETWORKS, talknet_config
from ttscli_talknet.network import Networks

SMALL: dict[str, Any] = {}
for _network in NETWORKS:
    SMALL |= {
        f"{_network}_width": 8,
        f"{_network}_filters": [8, 16],
        f"{_network}_repeats": [2, 1],
        f"{_network}_kernels": [5, 1],
        f"{_network}_dilations": [1, 1],
        f"{_network}_separable": [True, False],
        f"{_network}_squeezes": [4, 0],
        f"{_network}_residual": [True, True],
    }


def networks(table: dict[str, Any], spec: MelSpec, n_symbols: int = 20) -> Networks:
    """Random networks whose norms have met some data, so that nothing of them is neutral."""
    made = Networks(talknet_config(table, spec, n_symbols=n_symbols))
    with torch.no_grad():
        for module in made.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.3)  # type: ignore[union-attr]
                module.running_var.uniform_(0.5, 1.5)  # type: ignore[union-attr]
        made.durations.head.bias.fill_(1.5)  # type: ignore[union-attr]
    return made
