from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

pytest.importorskip("lightning_fabric")
from lightning_fabric import Fabric

from tests.plugins.talknet_networks import SMALL
from tests.training.miniature import write_corpus
from ttscli.contract import SpeechOptions
from ttscli.errors import VoiceError
from ttscli.melspec import MelSpec
from ttscli.nn.weights import save_weights
from ttscli.training.corpus import Corpus
from ttscli.training.loop import Run
from ttscli.training.recipe import Recipe
from ttscli_talknet.config import NETWORKS
from ttscli_talknet.model import TalkNet
from ttscli_talknet.network import whole_frames
from ttscli_talknet.train import TalkNetTrainer

STACK = {"width": 32, "filters": [32, 64], "squeezes": [4, 0]}
NETWORK = SMALL | {f"{name}_{key}": value for name in NETWORKS for key, value in STACK.items()} | {"dropout": 0.0}


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """Four utterances, the first of them held out."""
    return Corpus(write_corpus(tmp_path / "miniature"), MelSpec())


def trainer(corpus: Corpus, network: dict[str, Any] | None = None) -> TalkNetTrainer:
    torch.manual_seed(0)
    recipe = Recipe(network or NETWORK, learning_rate=5e-3, warmup_steps=5, batch=300, ema=0.9)
    return TalkNetTrainer.build(recipe, corpus)


def rehearse(learner: TalkNetTrainer, n_steps: int) -> list[dict[str, float]]:
    fabric = Fabric(accelerator="cpu", devices=1)
    network, optimizer = fabric.setup(learner.network, *learner.optimizers())
    network.train()
    return [learner.step(fabric, network, [optimizer], batch) for batch in islice(learner.batches(0), n_steps)]


def test_all_three_learn_a_miniature_corpus(corpus: Corpus) -> None:
    """Each loss falls to a tenth of what it was and less; what is learnt is how long, how high and how loud the sounds are."""
    learner = trainer(corpus)
    first, *_, last = rehearse(learner, 150)
    for name in ("durations", "voicing", "f0", "mel"):
        assert last[name] < 0.1 * first[name], name
    assert last["total"] == pytest.approx(sum(last[name] for name in ("durations", "voicing", "f0", "mel")), rel=1e-4)
    network = learner.network.eval()
    batch = learner.collate(corpus.training[:1])
    with torch.no_grad():
        outputs = network(batch.ids, batch.lengths, batch.durations, batch.f0_hz)
    spoken = whole_frames(outputs.log_durations, batch.lengths)
    assert float(((spoken - batch.durations).abs() / batch.durations).max()) <= 0.25
    f0_hz = network.register.hertz(outputs.unvoiced, outputs.body)
    assert float(((f0_hz > 0) == (batch.f0_hz > 0)).float().mean()) > 0.95
    both = (f0_hz > 0) & (batch.f0_hz > 0)
    assert float((f0_hz - batch.f0_hz)[both].abs().mean()) < 10


def test_the_networks_learn_as_if_each_were_alone(corpus: Corpus) -> None:
    """What happens to the others' losses changes nothing of a network, and neither does the size of their gradients."""
    together, alone = trainer(corpus), trainer(corpus)
    rehearse(together, 3)
    for part in (alone.network.durations, alone.network.pitch):
        for parameter in part.parameters():
            parameter.data.mul_(3)
    rehearse(alone, 3)
    for one, other in zip(together.network.spectrogram.parameters(), alone.network.spectrogram.parameters(), strict=True):
        assert torch.equal(one, other)


def test_gradients_are_clipped_network_by_network(corpus: Corpus) -> None:
    """Each to the bound by itself, where all of them are longer."""
    learner = trainer(corpus)
    learner.recipe = replace(learner.recipe, clip=1e-3)
    rehearse(learner, 1)
    norms = [
        torch.stack([p.grad.norm() for p in part.parameters() if p.grad is not None]).norm()
        for part in learner.network.children()
    ]
    assert norms == pytest.approx([1e-3] * 3, rel=0.01)


def test_the_voices_register_is_that_of_the_corpus(corpus: Corpus) -> None:
    voiced = corpus.f0_hz[corpus.f0_hz > 0]
    config = trainer(corpus).config()
    assert config["f0_mean"] == pytest.approx(voiced.mean())
    assert config["f0_std"] == pytest.approx(voiced.std())


def test_a_corpus_without_voice_can_be_learnt(tmp_path: Path) -> None:
    corpus = Corpus(write_corpus(tmp_path / "whispered", ("^sss$", "^ss$")), MelSpec())
    assert all(np.isfinite(value) for value in rehearse(trainer(corpus), 2)[-1].values())


def test_padding_changes_no_loss(corpus: Corpus) -> None:
    learner = trainer(corpus)
    network = learner.network.eval()
    batch = learner.collate(corpus.training[:1])
    longer = batch._replace(
        ids=torch.nn.functional.pad(batch.ids, (0, 3)),
        durations=torch.nn.functional.pad(batch.durations, (0, 3)),
    )
    for name, loss in learner.losses(network, batch).items():
        torch.testing.assert_close(learner.losses(network, longer)[name], loss, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("name", ["fast", "published"])
def test_recipes_can_be_built_and_what_they_train_speaks(name: str, corpus: Corpus, tmp_path: Path) -> None:
    torch.manual_seed(0)
    learner = TalkNetTrainer.build(TalkNetTrainer.read_recipe(name), corpus)
    n_weights = sum(parameter.numel() for parameter in learner.network.parameters())
    assert n_weights == pytest.approx({"fast": 2.2e6, "published": 13.2e6}[name], rel=0.02)
    save_weights(learner.network, tmp_path / "w.safetensors")
    model = TalkNet.load(tmp_path / "w.safetensors", learner.config(), corpus.mel_spec, "cpu")
    [mel] = model.mels([np.array([1, 2, 3])], SpeechOptions())
    assert mel.durations is not None
    assert mel.frames.shape == (80, mel.durations.sum())


def test_a_run_makes_a_voice_and_a_vocoders_lessons(corpus: Corpus, tmp_path: Path) -> None:
    learner = trainer(corpus)
    Run(learner, tmp_path / "run").train(max_steps=2)
    model = TalkNet.load(tmp_path / "run" / "weights.safetensors", learner.config(), corpus.mel_spec, "cpu")
    assert len(model.mels([np.array([1, 2, 3])], SpeechOptions())) == 1
    [mel] = learner.teacher_forced(learner.network.eval(), corpus.training[:1])
    assert mel.shape == (corpus.training[0].n_frames, 80)
    assert mel.dtype == np.float32
    assert learner.text()["symbols"] == ["_", "$", "^", "a", "s", "u"]


def test_a_recipe_may_not_state_what_the_corpus_tells(corpus: Corpus) -> None:
    with pytest.raises(VoiceError, match="f0_mean"):
        trainer(corpus, NETWORK | {"f0_mean": 100.0})
