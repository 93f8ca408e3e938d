"""What the vocoder learns from; that it goes on where it was is tested with every trainer in tests/training."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

pytest.importorskip("lightning_fabric")

from tests.training.miniature import write_corpus
from tests.training.small import assert_weighs
from ttscli.contract import Frames
from ttscli.melspec import MelSpec
from ttscli.nn.spectral import multi_resolution_stft_loss
from ttscli.testing import mel
from ttscli.training.corpus import Corpus
from ttscli.training.recipe import Recipe
from ttscli_nhv import source
from ttscli_nhv.config import NhvConfig
from ttscli_nhv.network import FilterEstimator, synthesise
from ttscli_nhv.train import NhvTrainer

RATE_HZ, HOP = 22050, 256


def estimator() -> FilterEstimator:
    torch.manual_seed(0)
    return FilterEstimator(NhvConfig(channels=8, fft_samples=512, dilations=(1, 2)))


def clip() -> tuple[Frames, Tensor, Tensor, Tensor]:
    """A steady vowel of 12 frames: its mel (any will do), sound, pulses and noise."""
    f0 = np.full(12, 150, np.float32)
    turns = 2 * np.pi * np.cumsum(np.full(12 * HOP, 150 / RATE_HZ))
    sound = sum(np.cos(k * turns) / k for k in range(1, 20)) * 0.1
    pulses = source.stft(source.pulses(f0, HOP, RATE_HZ), 512, HOP)
    noise = source.white_noise(12, 257, 0)
    return (
        mel(12, MelSpec()),
        torch.from_numpy(np.asarray(sound, np.float32))[None],
        torch.from_numpy(pulses)[None],
        torch.from_numpy(noise)[None],
    )


def test_pitch_stays_exact_in_mixed_precision() -> None:
    """bfloat16 would round 150 Hz to steps of 3 %."""
    torch.manual_seed(0)
    network, frames = FilterEstimator(NhvConfig(n_mels=80, channels=8)), torch.randn(1, 80, 50)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        pitch = network(frames).log_f0
    assert pitch.dtype == torch.float32
    assert len(pitch.unique()) > 25


def test_gradients_reach_every_weight() -> None:
    network, (frames, sound, pulses, noise) = estimator(), clip()
    filters = network(torch.from_numpy(frames)[None])
    loss = (synthesise(filters, pulses, noise, HOP) - sound).square().mean() + filters.log_f0.mean() + filters.voicing.mean()
    torch.autograd.backward(loss)
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name
        if ".0.bias" not in name:  # the norm behind a convolution takes its bias away again
            assert parameter.grad.abs().max() > 0, name


def test_a_clip_is_learnt_by_heart() -> None:
    network, (frames, sound, pulses, noise) = estimator(), clip()
    optimizer = torch.optim.Adam(network.parameters(), 2e-2)
    losses = []
    for _ in range(60):
        optimizer.zero_grad()
        loss = multi_resolution_stft_loss(synthesise(network(torch.from_numpy(frames)[None]), pulses, noise, HOP), sound)
        torch.autograd.backward(loss)
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < losses[0] / 2


def test_spectral_convergence_weighs_what_the_recipe_says(tmp_path: Path) -> None:
    corpus = Corpus(write_corpus(tmp_path / "miniature"), MelSpec())
    assert_weighs(lambda weight: _stft(weight, corpus))


def _stft(convergence_weight: float, corpus: Corpus) -> float:
    torch.manual_seed(0)
    made = NhvTrainer.build(Recipe({"channels": 8, "training": {"convergence_weight": convergence_weight}}, batch=1), corpus)
    assert made.config() == {"channels": 8}
    return made.losses(made.network, next(made.batches(0)))["stft"].item()
