from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.plugins.talknet_networks import SMALL, networks
from ttscli.contract import Mel, SpeechOptions
from ttscli.errors import DeviceError, VoiceError
from ttscli.melspec import MelSpec
from ttscli.nn.lengths import length_mask
from ttscli.nn.weights import save_weights
from ttscli.post_filter import enhance
from ttscli.testing import ACOUSTIC_MODEL_CHECKS, AcousticModelCheck, utterance
from ttscli_talknet.config import NETWORKS, talknet_config, talknet_table
from ttscli_talknet.encoder import fold_norms
from ttscli_talknet.expansion import gaussian_weights
from ttscli_talknet.model import TalkNet
from ttscli_talknet.network import Networks, whole_frames

LABELS = 59
OTHER = SMALL | {
    "spectrogram_filters": [6, 13],
    "spectrogram_separable": [False, True],
    "spectrogram_dilations": [2, 3],
    "spectrogram_squeezes": [0, 6],
    "spectrogram_residual": [False, True],
    "spectrogram_activation": "swish",
    "pitch_activation": "hardtanh",
    "durations_activation": "selu",
    "merge_blanks": True,
}


def count(network: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


@pytest.mark.parametrize(("squeeze", "counts"), [(0, (2_378_241, 2_378_754, 8_451_664)), (8, (2_460_161, 2_460_674, 8_746_576))])
def test_published_sizes(squeeze: int, counts: tuple[int, ...]) -> None:
    """13.2 million in all, as in the paper; the program that was released has squeeze-and-excitation beside it."""
    squeezes = {f"{name}_squeezes": [0, *(squeeze,) * (stack.n_blocks - 2), 0] for name, stack in NETWORKS.items()}
    with torch.device("meta"):
        made = Networks(talknet_config(squeezes, MelSpec(), n_symbols=LABELS))
    assert tuple(map(count, made.children())) == counts
    assert sum(counts) == (13_667_411 if squeeze else 13_208_659)


@pytest.mark.parametrize("check", ACOUSTIC_MODEL_CHECKS)
def test_contract(check: AcousticModelCheck, tmp_path: Path) -> None:
    """Of every kind of block that the usual builder does not have."""
    torch.manual_seed(1)
    save_weights(networks(OTHER, MelSpec()), tmp_path / "w.safetensors")
    check(TalkNet.load(tmp_path / "w.safetensors", OTHER, MelSpec(), "cpu"), 20)


@pytest.mark.parametrize("table", [SMALL, OTHER], ids=["small", "other"])
@torch.no_grad()
def test_padding_changes_nothing(table: dict[str, Any]) -> None:
    torch.manual_seed(0)
    made = networks(table, MelSpec()).eval()
    ids, lengths = torch.randint(1, 20, (2, 9)), torch.tensor([5, 9])
    durations = torch.randint(1, 4, (2, 9)) * length_mask(lengths, 9)
    n_frames = durations.sum(1)
    inside = length_mask(n_frames, int(n_frames.max()))
    f0_hz = torch.rand(inside.shape) * 100 * inside
    together = made(ids, lengths, durations, f0_hz)
    for i, n_symbols in enumerate(lengths.tolist()):
        item = slice(i, i + 1)
        alone = made(ids[item, :n_symbols], lengths[item], durations[item, :n_symbols], f0_hz[item, : n_frames[i]])
        for one, other in zip(alone, together, strict=True):
            torch.testing.assert_close(other[item, ..., : one.shape[-1]], one, atol=2e-5, rtol=0)


@torch.no_grad()
def test_folding_changes_nothing() -> None:
    torch.manual_seed(0)
    made = networks(OTHER, MelSpec()).eval()
    arguments = (torch.randint(1, 20, (1, 9)), torch.tensor([9]), torch.full((1, 9), 2), torch.rand(1, 18))
    before = made(*arguments)
    fold_norms(made)
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in made.modules())
    for one, other in zip(before, made(*arguments), strict=True):
        torch.testing.assert_close(other, one, atol=2e-5, rtol=0)


def test_frames_are_made_of_the_symbols_around_them() -> None:
    weights = gaussian_weights(torch.tensor([[3, 0, 4], [2, 0, 0]]))
    assert weights.shape == (2, 7, 3)
    torch.testing.assert_close(weights[0].sum(1), torch.ones(7), atol=1e-4, rtol=0)
    assert bool((weights[:, :, 1] == 0).all())  # 0 frames, no weight
    assert bool((weights[1, 2:] == 0).all())  # past the end
    assert weights[0].argmax(1).tolist() == [0, 0, 0, 2, 2, 2, 2]
    torch.testing.assert_close(weights[1, :2, 0], torch.ones(2), atol=1e-4, rtol=0)
    backwards = gaussian_weights(torch.tensor([[4, 0, 3]]))
    torch.testing.assert_close(backwards[0].flip(0, 1), weights[0], atol=1e-6, rtol=0)


def test_merged_blanks_give_their_frames_to_their_neighbours() -> None:
    weights = gaussian_weights(torch.tensor([[2, 3, 2, 4, 1]]), merge_blanks=True)[0]
    assert bool((weights[:, ::2] == 0).all())
    torch.testing.assert_close(weights.sum(1), torch.ones(12), atol=1e-3, rtol=0)
    assert weights[:5].argmax(1).tolist() == [1] * 5
    assert weights[7:].argmax(1).tolist() == [3] * 5


@pytest.mark.parametrize("pace", [1.0, 0.5, 2.0])
def test_pace_divides_before_rounding(pace: float) -> None:
    wanted = torch.tensor([[0.4, 1.0, 2.6, 3.5, 4.5, 0.0]])
    durations = whole_frames(wanted.log1p(), torch.tensor([6]), pace)
    assert durations.tolist() == (wanted / pace).round().long().tolist()


def test_an_utterance_has_a_frame() -> None:
    log_durations = torch.tensor([[-1.0, 0.1, 0.2, 5.0], [0.0, 2.0, 0.0, 0.0]])
    durations = whole_frames(log_durations, torch.tensor([3, 4]))
    assert durations.tolist() == [[0, 0, 1, 0], [0, 6, 0, 0]]


def test_whole_utterances_that_would_vanish_are_spoken(tmp_path: Path) -> None:
    made = networks(SMALL, MelSpec())
    with torch.no_grad():
        made.durations.head.weight.zero_()
        made.durations.head.bias.fill_(-3.0)  # type: ignore[union-attr]
    [mel] = TalkNet(made, MelSpec(), torch.device("cpu")).mels([utterance(7, 20)], SpeechOptions())
    assert mel.frames.shape == (80, 1)
    assert np.isfinite(mel.frames).all()
    assert mel.durations is not None
    assert mel.durations.sum() == 1


def test_contrast_is_that_of_the_config() -> None:
    def spoken(**table: float) -> Mel:
        torch.manual_seed(0)
        [mel] = TalkNet(networks(SMALL | table, MelSpec()), MelSpec(), torch.device("cpu")).mels(
            [utterance(7, 20)], SpeechOptions()
        )
        return mel

    assert np.array_equal(spoken(contrast=1.4).frames, enhance(spoken().frames, 1.4))


@pytest.mark.parametrize("table", [{}, SMALL, OTHER], ids=["published", "small", "other"])
def test_a_config_is_its_table(table: dict[str, Any]) -> None:
    config = talknet_config(table, MelSpec(), n_symbols=20)
    assert talknet_config(talknet_table(config), MelSpec(), n_symbols=20) == config


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"pitch_colour": 3}, "colour"),
        ({"durations": 3}, "durations"),
        ({"pitch_filters": [8]}, "config.pitch_.*: .* values, but"),
        ({"pitch_filters": []}, "config.pitch_"),
        ({"spectrogram_kernels": [4, 1]}, "config.spectrogram_kernels: .*odd"),
        ({"durations_squeezes": [9, 0]}, "config.durations_squeezes"),
        ({"durations_repeats": [0, 1]}, "config.durations_filters"),
        ({"durations_activation": "gelu"}, "activation"),
        ({"f0_std": 0.0}, "config.f0_std: 0.0: it must be in"),
        ({"f0_mean": -1.0}, "config.f0_mean: -1.0:"),
        ({"dropout": 1.0}, "dropout"),
        ({"contrast": -1.0}, "config.contrast: -1.0:"),
    ],
)
def test_what_is_wrong_in_a_config_is_named(table: dict[str, Any], message: str) -> None:
    with pytest.raises(VoiceError, match=message):
        talknet_config(SMALL | table, MelSpec(), n_symbols=20)


def test_wrong_weights_and_devices_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    save_weights({"durations.symbols.weight": torch.zeros(20, 8)}, path)
    with pytest.raises(VoiceError, match=r"tensor \S+ is missing"):
        TalkNet.load(path, SMALL, MelSpec(), "cpu")
    save_weights({"other": torch.zeros(1)}, path)
    with pytest.raises(VoiceError, match=r"durations\.symbols\.weight is missing"):
        TalkNet.load(path, SMALL, MelSpec(), "cpu")
    with pytest.raises(VoiceError, match="names no weights"):
        TalkNet.load(None, SMALL, MelSpec(), "cpu")
    with pytest.raises(DeviceError):
        TalkNet.load(path, SMALL, MelSpec(), "toaster")
