"""Small networks of Glow-TTS in which nothing is left at the 0 at which training begins."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from ttscli.melspec import MelSpec
from ttscli_glowtts.config import GlowTtsConfig, glow_tts_config
from ttscli_glowtts.network import GlowTts

N_SYMBOLS = 20
SMALL: dict[str, Any] = {
    "channels": 8,
    "filter_channels": 12,
    "layers": 2,
    "duration_channels": 6,
    "flow_channels": 8,
    "flow_blocks": 2,
    "flow_layers": 2,
    "flow_kernel": 3,
}
VARIANTS: Mapping[str, dict[str, Any]] = {
    "plain": {},
    "speakers": {"n_speakers": 3, "speaker_channels": 5},
    "other": {"mean_only": False, "sigmoid_scale": True, "flow_dilation": 2, "squeeze": 4, "group": 2},
    "bare": {"prenet": False, "window": -1, "reach": 3, "squeeze": 1},
}


def config(variant: str = "plain", n_mels: int = 8) -> GlowTtsConfig:
    return glow_tts_config(SMALL | VARIANTS[variant], N_SYMBOLS, n_mels)


def alive(config: GlowTtsConfig, seed: int = 0) -> GlowTts:
    """Random weights everywhere, mixings that are no rotations, and symbols of some frames; ready to speak."""
    torch.manual_seed(seed)
    network = GlowTts(config).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            if not parameter.any():
                nn.init.normal_(parameter, std=0.2)
        for block in network.decoder.blocks:
            block.mixing.core.weight.add_(0.15 * torch.randn_like(block.mixing.core.weight))
        network.duration_predictor.outlet.bias.fill_(1.0)  # type: ignore[union-attr]
    return network


def networks(table: dict[str, Any], spec: MelSpec) -> GlowTts:
    return alive(glow_tts_config(table, N_SYMBOLS, spec.n_mels))
