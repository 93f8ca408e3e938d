from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

pytest.importorskip("lightning_fabric")
from lightning_fabric import Fabric

from tests.training.miniature import write_corpus
from ttscli.errors import InputError, VoiceError
from ttscli.melspec import MelSpec
from ttscli.training.corpus import Corpus
from ttscli.training.recipe import Recipe
from ttscli_talknet.aligner import hear
from ttscli_talknet.aligner_train import AlignerTrainer
from ttscli_talknet.alignment import best_path

NETWORK = {"filters": [32, 32, 32], "repeats": [1, 1, 1], "kernels": [5, 5, 1], "dilations": [1, 1, 1], "dropout": 0.0}


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus(write_corpus(tmp_path / "miniature"), MelSpec())


def rehearsed(corpus: Corpus, n_steps: int) -> tuple[AlignerTrainer, list[float]]:
    torch.manual_seed(0)
    learner = AlignerTrainer.build(Recipe(NETWORK, learning_rate=1e-2, warmup_steps=5, batch=300), corpus)
    fabric = Fabric(accelerator="cpu", devices=1)
    network, optimizer = fabric.setup(learner.network, *learner.optimizers())
    network.train()
    losses = [learner.step(fabric, network, [optimizer], batch)["total"] for batch in islice(learner.batches(0), n_steps)]
    learner.network.eval()
    return learner, losses


def test_it_finds_the_sounds_of_a_miniature_corpus(corpus: Corpus) -> None:
    """Told what is said, not when, it hears each symbol where it is: also in the utterance that it has never met."""
    learner, losses = rehearsed(corpus, 120)
    assert losses[-1] < 0.02 * losses[0]
    for utterance in corpus.utterances:
        batch = learner.collate([utterance])
        durations = best_path(hear(learner.network, batch.mels[0]), batch.ids[0].numpy(), len(learner.symbols))
        assert durations.sum() == utterance.n_frames
        starts = np.cumsum([0, *durations])[1::2][: len(utterance.symbols)]
        stops = starts + durations[1::2]
        edges = np.cumsum([0, *utterance.durations])
        assert bool((stops > edges[:-1]).all())
        assert bool((starts < edges[1:]).all())
        assert np.abs((starts + stops) / 2 - (edges[1:] + edges[:-1]) / 2).max() < 10


def test_padding_changes_nothing(corpus: Corpus) -> None:
    learner, _ = rehearsed(corpus, 1)
    batch = learner.collate(corpus.utterances)
    together = learner.network(batch.mels, batch.n_frames)
    for i, utterance in enumerate(corpus.utterances):
        alone = learner.collate([utterance])
        one = learner.network(alone.mels, alone.n_frames)[0]
        torch.testing.assert_close(together[i, : utterance.n_frames], one, atol=2e-5, rtol=0)
        torch.testing.assert_close(one.exp().sum(-1), torch.ones(len(one)))


def test_a_recording_that_is_too_short_is_refused(corpus: Corpus) -> None:
    learner, _ = rehearsed(corpus, 1)
    with pytest.raises(InputError, match="frames are too few"):
        best_path(hear(learner.network, torch.zeros(80, 2)), np.array([1, 2, 3]), len(learner.symbols))


@pytest.mark.parametrize("name", ["fast", "published"])
def test_recipes_can_be_built(name: str, corpus: Corpus) -> None:
    learner = AlignerTrainer.build(AlignerTrainer.read_recipe(name), corpus)
    batch = learner.collate(corpus.utterances[:1])
    assert learner.network.eval()(batch.mels, batch.n_frames).shape == (1, corpus.utterances[0].n_frames, 6)


def test_blocks_that_do_not_fit_are_refused(corpus: Corpus) -> None:
    with pytest.raises(VoiceError, match=r"config\.repeats: 3 values, but filters has 1"):
        AlignerTrainer.build(Recipe(NETWORK | {"filters": [32]}), corpus)
