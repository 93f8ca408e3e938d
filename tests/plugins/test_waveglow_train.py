from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

pytest.importorskip("lightning_fabric")
from lightning_fabric import Fabric

from tests.training.miniature import write_corpus
from tests.training.small import assert_weighs
from ttscli.contract import SpeechOptions
from ttscli.melspec import MelSpec
from ttscli.nn.weights import load_weights
from ttscli.testing import mel
from ttscli.training.clips import NoisyBatch
from ttscli.training.corpus import Corpus
from ttscli.training.loop import Run
from ttscli.training.recipe import Recipe
from ttscli_waveglow.losses import negative_log_likelihood
from ttscli_waveglow.model import WaveGlowVocoder
from ttscli_waveglow.network import WaveGlow, is_normed
from ttscli_waveglow.train import WaveGlowTrainer

SMALL: dict[str, dict[str, Any]] = {
    "dilated": {"channels": 8, "n_layers": 1, "n_flows": 2},
    "separable": {"stack": "separable", "group": 64, "early_every": 2, "early_channels": 16}
    | {"channels": 32, "n_layers": 2, "n_flows": 4},
}


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus(write_corpus(tmp_path / "miniature"), MelSpec())


def trainer(name: str, corpus: Corpus, batch: int = 3) -> WaveGlowTrainer:
    torch.manual_seed(0)
    recipe = Recipe(SMALL[name], learning_rate=5e-3, warmup_steps=5, weight_decay=0.0, clip=10.0, batch=batch, ema=0.5)
    return WaveGlowTrainer.build(recipe, corpus)


def fit(made: WaveGlowTrainer, batches: list[NoisyBatch]) -> list[float]:
    fabric = Fabric(accelerator="cpu", devices=1)
    network, *optimizers = fabric.setup(made.network, *made.optimizers())
    network.train()
    return [made.step(fabric, network, list(optimizers), batch)["total"] for batch in batches]


def by_loudness(batch: NoisyBatch) -> float:
    """Nats a sample of a Gaussian as loud as the clips: what a flow gets that knows nothing else of them."""
    return float(batch.audio.std().log()) + 0.5


def test_a_clip_is_learnt_by_heart(corpus: Corpus) -> None:
    made = trainer("dilated", corpus, batch=1)
    [batch] = islice(made.batches(0), 1)
    totals = fit(made, [batch] * 30)
    assert abs(totals[0]) < 0.1, "a new flow only mixes"
    assert totals[-1] < by_loudness(batch)


@torch.no_grad()
def test_clips_are_learnt_by_heart_together_with_their_mels(corpus: Corpus) -> None:
    made = trainer("separable", corpus)
    [batch] = islice(made.batches(0), 1)
    with torch.enable_grad():
        totals = fit(made, [batch] * 60)
    assert totals[-1] < by_loudness(batch) - 0.5
    turned_round = negative_log_likelihood(made.network(batch.mels.flip(-1), batch.audio))
    assert turned_round > totals[-1] + 0.5
    noise = torch.randn(3, 64, batch.audio.shape[1] // 64, generator=torch.Generator().manual_seed(0))
    assert isinstance(made.network, WaveGlow)
    sounded = made.network.inverse(batch.mels, noise, made.network.unmixings())
    assert 0.5 < float(sounded.std() / batch.audio.std()) < 2


def test_drawn_waves_come_closer_if_the_recipe_wants_it(corpus: Corpus) -> None:
    torch.manual_seed(0)
    network = SMALL["separable"] | {"temperature": 0.1, "training": {"spectral_weight": 1.0}}
    recipe = Recipe(network, learning_rate=5e-3, warmup_steps=5, weight_decay=0.0, clip=10.0, batch=3)
    made = WaveGlowTrainer.build(recipe, corpus)
    assert made.config() == SMALL["separable"] | {"temperature": 0.1}
    [batch] = islice(made.batches(0), 1)
    before = made.losses(made.network, batch)
    fit(made, [batch] * 80)
    after = made.losses(made.network, batch)
    for name in ("mel", "stft"):
        assert after[name] < 0.75 * before[name]
    assert after["nll"] < before["nll"] - 2
    assert torch.isclose(after["total"], after["nll"] + after["mel"] + after["stft"])


def test_spectral_convergence_weighs_what_the_recipe_says(corpus: Corpus) -> None:
    assert_weighs(lambda weight: _stft(weight, corpus))


def _stft(convergence_weight: float, corpus: Corpus) -> float:
    torch.manual_seed(0)
    training = {"spectral_weight": 1.0, "convergence_weight": convergence_weight}
    made = WaveGlowTrainer.build(Recipe(SMALL["separable"] | {"training": training}, batch=1), corpus)
    return made.losses(made.network, next(made.batches(0)))["stft"].item()


def test_samples_behind_the_last_group_are_compared_with_nothing(corpus: Corpus) -> None:
    network = SMALL["dilated"] | {"group": 24, "training": {"spectral_weight": 1.0}}
    made = WaveGlowTrainer.build(Recipe(network, batch=1), corpus)
    [batch] = islice(made.batches(0), 1)
    changed = batch.audio.clone()
    changed[:, len(changed[0]) // 24 * 24 :] += 1
    losses, others = (made.losses(made.network, batch._replace(audio=audio)) for audio in (batch.audio, changed))
    assert not torch.equal(batch.audio, changed)
    assert losses == others


def test_the_loss_survives_a_turned_determinant(corpus: Corpus) -> None:
    made = trainer("separable", corpus)
    with torch.no_grad():
        made.network.get_parameter("flows.1.mixing.weight")[0] *= -1
    [batch] = islice(made.batches(0), 1)
    assert torch.isfinite(negative_log_likelihood(made.network(batch.mels, batch.audio)))


def test_outlets_and_upsampling_have_no_weight_norm(corpus: Corpus) -> None:
    names = set(trainer("dilated", corpus).network.state_dict())
    assert {"upsampler.convolution.weight", "flows.0.affine.outlet.weight", "flows.0.mixing.weight"} <= names
    assert "flows.0.affine.stack.gates.0.parametrizations.weight.original1" in names
    assert "flows.0.affine.stack.gates.0.weight" not in names
    assert not is_normed("flows.0.affine.outlet")


def test_a_run_speaks_with_the_average_of_its_weights(corpus: Corpus, tmp_path: Path) -> None:
    made = trainer("separable", corpus)
    run = Run(made, tmp_path / "run")
    run.train(max_steps=3)
    path = tmp_path / "run" / "weights.safetensors"
    load_weights(made.network, path)
    averaged = dict(run.average.module.named_parameters())
    assert all(torch.equal(parameter, averaged[name]) for name, parameter in made.network.named_parameters())
    vocoder = WaveGlowVocoder.load(path, made.config(), corpus.mel_spec, "cpu")
    [wave] = vocoder.waves([mel(5, MelSpec())], SpeechOptions())
    assert wave.shape == (5 * 256,)
    assert np.abs(wave).max() > 0


@pytest.mark.parametrize("name", ["fast", "published"])
def test_recipes_are_networks_that_fit_the_mels(name: str, corpus: Corpus) -> None:
    with torch.device("meta"):
        made = WaveGlowTrainer.build(WaveGlowTrainer.read_recipe(name), corpus)
        n_parameters = sum(parameter.numel() for parameter in WaveGlow(made.network.config).parameters())
    assert n_parameters == 87_731_816 if name == "published" else n_parameters < 10_000_000
