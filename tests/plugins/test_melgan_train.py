import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

pytest.importorskip("lightning_fabric")
import soundfile
from lightning_fabric import Fabric

from tests.training.small import assert_weighs
from ttscli.contract import SpeechOptions
from ttscli.melspec import MelSpec
from ttscli.nn.weights import save_weights
from ttscli.testing import mel
from ttscli.training.corpus import Corpus
from ttscli.training.loop import Run
from ttscli.training.recipe import Recipe
from ttscli_melgan.model import MelGan
from ttscli_melgan.train import MelGanTrainer

N_FRAMES = 40


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """Three utterances of a hummed tone; the first is held out."""
    folder = tmp_path / "corpus"
    (folder / "wavs").mkdir(parents=True)
    seconds = np.arange(N_FRAMES * 256) / 22050
    rows = []
    for number in range(3):
        turns = 2 * np.pi * (120 + 30 * number) * seconds
        wave = sum(np.sin(k * turns) / k for k in range(1, 12)) * 0.2
        soundfile.write(folder / "wavs" / f"{number}.flac", wave, 22050, subtype="PCM_16")
        rows.append({"id": str(number), "symbols": ["a"], "durations": [N_FRAMES], "f0_hz": [120.0] * N_FRAMES})
    (folder / "alignments.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return Corpus(folder, MelSpec())


def recipe(**adversary: Any) -> Recipe:
    sizes = {"scales": 2, "width": 8, "widest": 32}
    return Recipe({"width": 32, "residual_units": 1, "adversary": sizes | adversary}, learning_rate=2e-3, clip=10.0, batch=2)


def steps(trainer: MelGanTrainer, count: int) -> Iterator[dict[str, float]]:
    fabric = Fabric(accelerator="cpu", devices=1)
    network, *optimizers = fabric.setup(trainer.network, *trainer.optimizers())
    network.train()
    for batch in islice(trainer.batches(0), count):
        yield trainer.step(fabric, network, list(optimizers), batch)


def test_spectral_losses_fall(corpus: Corpus) -> None:
    torch.manual_seed(0)
    totals = [losses["total"] for losses in steps(MelGanTrainer.build(recipe(from_step=100), corpus), 30)]
    assert np.mean(totals[-5:]) < 0.7 * np.mean(totals[:5])


def test_spectral_convergence_weighs_what_the_recipe_says(corpus: Corpus) -> None:
    assert_weighs(lambda weight: _first_stft(recipe(from_step=100, convergence_weight=weight), corpus))


def _first_stft(of: Recipe, corpus: Corpus) -> float:
    torch.manual_seed(0)
    [losses] = steps(MelGanTrainer.build(of, corpus), 1)
    return losses["stft"]


@pytest.mark.parametrize("loss", ["hinge", "least-squares"])
def test_discriminators_join_and_learn(loss: str, corpus: Corpus) -> None:
    torch.manual_seed(0)
    trainer = MelGanTrainer.build(recipe(loss=loss, from_step=2, spectral_weight=0.5), corpus)
    before = [parameter.clone() for parameter in trainer.discriminator.parameters()]
    first, second, *later = steps(trainer, 16)
    assert "discriminator" not in first | second
    assert {"adversarial", "features", "discriminator", "mel", "stft", "total"} == set(later[0])
    assert later[-1]["discriminator"] < later[0]["discriminator"]
    assert all(torch.isfinite(parameter).all() for parameter in trainer.network.parameters())
    assert any(not torch.equal(a, b) for a, b in zip(before, trainer.discriminator.parameters(), strict=True))


def test_without_spectral_losses_it_is_melgan(corpus: Corpus) -> None:
    [losses] = steps(MelGanTrainer.build(recipe(), corpus), 1)
    assert set(losses) == {"adversarial", "features", "discriminator", "total"}
    assert losses["total"] == pytest.approx(losses["adversarial"] + 10 * losses["features"], rel=1e-4)


def test_the_generator_learns_nothing_of_the_discriminators_loss(corpus: Corpus) -> None:
    trainer = MelGanTrainer.build(recipe(), corpus)
    list(steps(trainer, 1))
    assert all(parameter.grad is not None for parameter in trainer.network.parameters())
    assert set(trainer.network.state_dict()).isdisjoint(trainer.discriminator.state_dict())


def test_validation_is_the_same_each_time(corpus: Corpus) -> None:
    trainer = MelGanTrainer.build(recipe(), corpus)
    [first], [second] = trainer.validation_batches(), trainer.validation_batches()
    assert torch.equal(first.mels, second.mels)
    assert first.audio.shape == (1, 8192)
    assert first.mels.shape == (1, 80, 32)


@pytest.mark.parametrize("name", ["fast", "published"])
def test_recipes_can_be_built_and_what_they_train_speaks(name: str, corpus: Corpus, tmp_path: Path) -> None:
    trainer = MelGanTrainer.build(MelGanTrainer.read_recipe(name), corpus)
    save_weights(trainer.network, tmp_path / "w.safetensors")
    vocoder = MelGan.load(tmp_path / "w.safetensors", trainer.config(), corpus.mel_spec, "cpu")
    assert vocoder.waves([mel(2, MelSpec())], SpeechOptions())[0].shape == (512,)


def test_a_run_goes_on_where_it_left_off(corpus: Corpus, tmp_path: Path) -> None:
    for until in (2, 4):
        run = Run(MelGanTrainer.build(recipe(from_step=1), corpus), tmp_path / "run")
        run.train(max_steps=until)
    rows = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows if row["kind"] == "validation"] == [2, 4]
    trainer = MelGanTrainer.build(recipe(), corpus)
    vocoder = MelGan.load(tmp_path / "run" / "weights.safetensors", trainer.config(), corpus.mel_spec, "cpu")
    assert vocoder.waves([mel(2, MelSpec())], SpeechOptions())[0].shape == (512,)
