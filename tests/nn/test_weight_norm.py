from pathlib import Path

import pytest
import torch
from torch import nn

from ttscli.errors import VoiceError
from ttscli.nn.weight_norm import fill_from, fuse, weight_normed
from ttscli.nn.weights import save_weights


@pytest.mark.parametrize(
    "layer", [nn.Conv1d(3, 4, 5), nn.ConvTranspose1d(3, 4, 5), nn.Conv2d(3, 4, (5, 2)), nn.ConvTranspose2d(1, 1, (3, 8))]
)
def test_what_was_normed_is_fused_again(layer: nn.Module) -> None:
    fused = fuse(weight_normed(nn.Sequential(layer)).state_dict())
    for name, tensor in nn.Sequential(layer).state_dict().items():
        torch.testing.assert_close(fused[name], tensor)


@pytest.mark.parametrize(
    ("state", "fault"),
    [
        ({"a.weight_g": torch.ones(2, 1, 1)}, "a.weight_v is missing"),
        ({"a.weight_g": torch.ones(2, 1), "a.weight_v": torch.ones(2, 1, 1)}, "a.weight_g has shape"),
        ({"a.weight_g": torch.ones(2), "a.weight_v": torch.tensor(1.0)}, "a.weight_g has shape"),
        (
            {"a.weight_g": torch.ones(2, 1), "a.weight_v": torch.eye(2).cumsum(0).tril(-1)},
            "a.weight_v has directions of length 0",
        ),
    ],
)
def test_what_is_no_pair_is_refused(state: dict[str, torch.Tensor], fault: str) -> None:
    with pytest.raises(VoiceError, match=f"^file: tensor {fault}"):
        fuse(state, "file")


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    state = weight_normed(nn.Sequential(nn.Conv1d(2, 3, 1))).state_dict()
    save_weights({name: tensor for name, tensor in state.items() if not name.endswith("original1")}, tmp_path / "w.safetensors")
    with pytest.raises(VoiceError, match=r"w\.safetensors: tensor .*original1 is missing"):
        fill_from(tmp_path / "w.safetensors", nn.Sequential(nn.Conv1d(2, 3, 1)))
