"""Pitch: what the networks say of it, and how a user's wish reaches a spectrogram network that normalises what it is given."""

from collections.abc import Iterator
from itertools import islice

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from tests.plugins.talknet_networks import SMALL, networks
from ttscli.contract import SpeechOptions
from ttscli.melspec import MelSpec
from ttscli.testing import utterance
from ttscli_talknet.config import talknet_config
from ttscli_talknet.model import TalkNet
from ttscli_talknet.network import SpectrogramNetwork
from ttscli_talknet.pitch import Register, contour, standardise

VOICE = Register(mean_hz=200.0, std_hz=30.0)
N_BINS = 40


def test_contours_are_deviations_of_voiced_frames() -> None:
    f0_hz = torch.tensor([[100.0, 0.0, 120.0, 110.0], [0.0, 0.0, 0.0, 0.0], [0.0, 90.0, 0.0, -3.0]])
    heard = contour(f0_hz)
    torch.testing.assert_close(heard, torch.tensor([[-1.0, 0.0, 1.0, 0.0], [0.0] * 4, [0.0] * 4]))
    torch.testing.assert_close(contour(f0_hz * 1.3 + 17 * (f0_hz > 0)), heard)  # hence Register.altered
    assert bool(torch.isfinite(standardise(f0_hz, f0_hz > 0)).all())


def test_hertz_and_deviations_are_inverse() -> None:
    unvoiced, body = torch.tensor([[-1.0, 2.0, 0.0]]), torch.tensor([[0.5, 1.0, -2.0]])
    f0_hz = VOICE.hertz(unvoiced, body)
    assert f0_hz.tolist() == [[215.0, 0.0, 140.0]]
    torch.testing.assert_close(VOICE.deviations(f0_hz)[0, ::2], body[0, ::2])


def test_an_altered_contour_stands_for_the_pitch_that_is_wanted() -> None:
    """On the average of the voice, g sounds as mean + g * deviation Hz."""
    f0_hz = torch.tensor([[170.0, 0.0, 200.0, 230.0]])
    heard, voiced = contour(f0_hz), f0_hz > 0
    assert torch.equal(VOICE.altered(heard, voiced, 0.0, 1.0), heard)
    third = VOICE.altered(heard, voiced, 4.0, 1.0)
    sounded = VOICE.mean_hz + VOICE.std_hz * third
    torch.testing.assert_close(sounded[voiced], 2 ** (4 / 12) * f0_hz[voiced])
    assert VOICE.altered(heard, voiced, 24.0, 1.0).tolist() == [[4.0, 0.0, 4.0, 4.0]]  # as far as speech goes
    assert torch.equal(VOICE.altered(9 * heard, voiced, 0.0, 1.0), 9 * heard)
    flat = VOICE.altered(heard, voiced, 0.0, 0.0)
    assert bool((flat == 0).all())
    lively = VOICE.altered(heard, voiced, -2.0, 2.0)
    assert lively[0, 1] == 0
    assert lively[voiced].mean() < 0
    torch.testing.assert_close(lively[voiced].std() / heard[voiced].std(), torch.tensor(2 * 2 ** (-2 / 12)))


def heard_by(model: TalkNet, options: SpeechOptions) -> tuple[Tensor, np.ndarray]:
    """The contour that reaches the spectrogram network, and the mel that it makes."""
    caught: list[Tensor] = []
    spectrogram = model._networks.spectrogram
    hook = spectrogram.register_forward_pre_hook(lambda module, arguments: caught.append(arguments[2]))
    [mel] = model.mels([utterance(30, 20)], options)
    hook.remove()
    return caught[0][0], mel.frames


def test_what_a_user_asks_for_reaches_the_spectrogram_network() -> None:
    torch.manual_seed(0)
    model = TalkNet(networks(SMALL, MelSpec()), MelSpec(), torch.device("cpu"))
    usual, frames = heard_by(model, SpeechOptions())
    voiced = usual != 0
    assert 0 < int(voiced.sum()) < len(usual)
    higher, higher_frames = heard_by(model, SpeechOptions(pitch_semitones=3.0))
    lower, _ = heard_by(model, SpeechOptions(pitch_semitones=-3.0))
    livelier, livelier_frames = heard_by(model, SpeechOptions(pitch_range=1.5))
    assert bool((higher > usual)[voiced].float().mean() > 0.9)  # 3 semitones up stretch the contour a little, too
    assert higher[voiced].mean() > 0.5 > -0.5 > lower[voiced].mean()
    torch.testing.assert_close(livelier, 1.5 * usual)
    assert bool((torch.stack([higher, lower, livelier])[:, ~voiced] == 0).all())
    assert np.abs(higher_frames - frames).max() > 0.01
    assert np.abs(livelier_frames - frames).max() > 0.01


def true_mels(f0_hz: Tensor) -> Tensor:
    """A log mel whose one broad hill lies at f0: (B, T) → (B, M, T)."""
    return -((torch.arange(N_BINS)[:, None] - f0_hz[:, None] / 10) ** 2) / 50


def spoken_hz(mels: Tensor) -> Tensor:
    """The inverse of `true_mels`, from how steep the hill is on the average of all bins: (B, M, T) → Hz (B, T)."""
    slope = (mels[:, -1] - mels[:, 0]) / (N_BINS - 1)
    return 5 * (50 * slope + N_BINS - 1)


def contours(chance: torch.Generator) -> Iterator[Tensor]:
    """Sentences of a voice: f0 in Hz (B, T), each with a mean and a liveliness of its own."""
    while True:
        smooth = functional.avg_pool1d(torch.randn(8, 1, 56, generator=chance), 9, 1).squeeze(1) * 3
        mean, deviation = torch.randn(2, 8, 1, generator=chance)
        yield VOICE.mean_hz + 8 * mean + (VOICE.std_hz + 4 * deviation) * smooth


@pytest.fixture(scope="module")
def learned() -> SpectrogramNetwork:
    """A spectrogram network that has learnt to sound f0 from contours alone."""
    torch.manual_seed(0)
    stack = {"filters": [32, 32], "repeats": [1, 1], "kernels": [3, 1], "squeezes": [0, 0]}
    table = SMALL | {f"spectrogram_{key}": value for key, value in stack.items()} | {"dropout": 0.0}
    network = SpectrogramNetwork(talknet_config(table, MelSpec(n_mels=N_BINS), n_symbols=3))
    optimizer = torch.optim.Adam(network.parameters(), 1e-2)
    ids, durations = torch.ones(8, 12, dtype=torch.int64), torch.full((8, 12), 4)
    for f0_hz in islice(contours(torch.Generator().manual_seed(0)), 300):
        loss = (network(ids, durations, contour(f0_hz)) - true_mels(f0_hz)).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return network.eval()


@pytest.mark.parametrize("semitones", [-3.0, -1.0, 0.0, 1.0, 3.0])
@pytest.mark.parametrize("range_factor", [0.0, 0.5, 1.0, 1.3])
@torch.no_grad()
def test_the_mel_follows(learned: SpectrogramNetwork, semitones: float, range_factor: float) -> None:
    """What sounds has the mean and the movement that were asked for, nearly."""
    f0_hz = torch.cat(list(islice(contours(torch.Generator().manual_seed(1)), 8)))
    ids, durations = torch.ones(64, 12, dtype=torch.int64), torch.full((64, 12), 4)
    heard, ratio = contour(f0_hz), 2 ** (semitones / 12)
    usual = spoken_hz(learned(ids, durations, heard))
    other = spoken_hz(learned(ids, durations, VOICE.altered(heard, f0_hz > 0, semitones, range_factor)))
    assert float(usual.mean()) == pytest.approx(VOICE.mean_hz, abs=2)
    assert float(other.mean()) == pytest.approx(VOICE.mean_hz * ratio, abs=2 + 1.5 * abs(semitones))
    assert float(other.std(1).mean()) == pytest.approx(float(usual.std(1).mean()) * ratio * range_factor, abs=2)
