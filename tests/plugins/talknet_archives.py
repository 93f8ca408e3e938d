"""Archives as the published program writes them: of networks of ours, or altered ones of the reference folder."""

import io
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
import yaml
from torch import Tensor

from ttscli_talknet.blocks import tensor_names
from ttscli_talknet.config import StackConfig
from ttscli_talknet.network import Networks

FILES = {"durations": "talknet_durs.nemo", "pitch": "talknet_pitch.nemo", "spectrogram": "talknet_spect.nemo"}
VOCABULARY = {"notation": "phonemes", "punct": True, "spaces": True, "stresses": False, "add_blank_at": "last"}

State = dict[str, Tensor]


def write_archive(path: Path, settings: Any, state: Any, mode: str = "w", folder: str = "./") -> Path:
    """Write one; `state` and `settings` may be bytes that are to stand there as they are."""
    weights = io.BytesIO()
    torch.save(state, weights)
    members = {
        "model_config.yaml": settings if isinstance(settings, bytes) else yaml.safe_dump(settings).encode(),
        "model_weights.ckpt": state if isinstance(state, bytes) else weights.getvalue(),
    }
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, data in members.items():
            member = tarfile.TarInfo(folder + name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


def read_parts(path: Path) -> tuple[dict[str, Any], State]:
    """Settings and state of an archive that can be trusted."""
    with tarfile.open(path) as archive:
        config, weights = (archive.extractfile(f"./model_{name}") for name in ("config.yaml", "weights.ckpt"))
        assert config is not None
        assert weights is not None
        return yaml.safe_load(config.read()), torch.load(io.BytesIO(weights.read()), weights_only=True)


def published_form(networks: Networks) -> dict[str, tuple[dict[str, Any], State]]:
    """Settings and state of three archives that say `networks`."""
    return {network: (_settings(networks, network), _state(networks, network)) for network in FILES}


def _state(networks: Networks, network: str) -> State:
    own = networks.get_submodule(network).state_dict()
    return {theirs: own[ours] for theirs, ours in tensor_names(network, getattr(networks.config, network))}


def _settings(networks: Networks, network: str) -> dict[str, Any]:
    stack: StackConfig = getattr(networks.config, network)
    blocks = [_block(stack, b) for b in range(stack.n_blocks)]
    settings: dict[str, Any] = {
        "d_char": stack.width,
        "encoder": {"feat_in": stack.width, "activation": stack.activation, "conv_mask": True, "jasper": blocks},
        "train_ds": {"dataset": {"blanking": True, "vocab": VOCABULARY}},
        "target": "nemo.collections.tts.models.talknet.Whatever",
    }
    if network == "pitch":
        settings |= {"f0_mean": networks.config.f0_mean, "f0_std": networks.config.f0_std}
    return settings


def _block(stack: StackConfig, b: int) -> Mapping[str, Any]:
    block: dict[str, Any] = {"filters": stack.filters[b], "repeat": stack.repeats[b], "kernel": [stack.kernels[b]], "stride": [1]}
    block |= {"dilation": [stack.dilations[b]], "dropout": 0.1, "residual": stack.residual[b], "separable": stack.separable[b]}
    return block | ({"se": True, "se_reduction_ratio": stack.squeezes[b]} if stack.squeezes[b] else {})
