import json
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.plugins.glowtts_networks import SMALL
from tests.training.miniature import SOUNDS, write_corpus
from ttscli.contract import SpeechOptions
from ttscli.errors import InputError
from ttscli.melspec import MelSpec
from ttscli.nn.weights import save_weights
from ttscli.training.corpus import Corpus
from ttscli.training.loop import Run
from ttscli.training.processes import Processes
from ttscli.training.recipe import Recipe
from ttscli_glowtts.losses import duration_loss, likelihood_loss, log_targets, mel_distance
from ttscli_glowtts.model import GlowTtsModel
from ttscli_glowtts.network import Alignment
from ttscli_glowtts.train import GlowTtsTrainer

SIZES = SMALL | {"channels": 16, "filter_channels": 32, "duration_channels": 16, "flow_channels": 16}


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """Four utterances, the first of them held out."""
    return Corpus(write_corpus(tmp_path / "miniature"), MelSpec())


def recipe(alignment: str, mel_weight: float = 0.0, **changes: Any) -> Recipe:
    network = SIZES | {"training": {"alignment": alignment, "mel_weight": mel_weight}}
    return Recipe(network, **{"learning_rate": 5e-3, "warmup_steps": 5, "clip": 5.0, "batch": 300, "ema": 0.5} | changes)


def trainer(alignment: str, corpus: Corpus, **changes: Any) -> GlowTtsTrainer:
    torch.manual_seed(0)
    return GlowTtsTrainer.build(recipe(alignment, **changes), corpus)


@pytest.mark.parametrize("alignment", ["search", "corpus"])
def test_losses_fall(alignment: str, corpus: Corpus, tmp_path: Path) -> None:
    """On the utterance that is held out. The likelihood is a logarithm, so that it falls by a difference, not by a factor."""
    run = Run(trainer(alignment, corpus), tmp_path / "run")
    for until in (1, 80):
        run.train(max_steps=until)
    rows = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    first, last = (row for row in rows if row["kind"] == "validation")
    assert last["likelihood"] < first["likelihood"] - 0.5
    assert last["durations"] < 0.3 * first["durations"]


def test_what_would_be_spoken_nears_the_recording(corpus: Corpus, tmp_path: Path) -> None:
    """With mel_weight, beside the likelihood and well ahead of what that does alone in as many steps."""
    measured = trainer("corpus", corpus, mel_weight=1.0)
    distances = []
    for weight in (0.0, 1.0):
        learner = trainer("corpus", corpus, mel_weight=weight)
        Run(learner, tmp_path / str(weight)).train(max_steps=60)
        measured.network.load_state_dict(learner.network.state_dict())
        with torch.no_grad():
            distances.append(float(measured.losses(measured.network.eval(), measured.collate(corpus.training))["mel"]))
    assert distances[1] < 0.7 * distances[0]


def test_mel_distance_is_the_mean_inside_utterances() -> None:
    real = torch.zeros(2, 3, 5)
    made = torch.ones(2, 3, 4)
    made[1, :, 2:] = 99.0
    assert float(mel_distance(made, real, torch.tensor([4, 2]))) == 1.0
    made[0] = -2.0
    assert float(mel_distance(made, real, torch.tensor([4, 2]))) == pytest.approx((4 * 2 + 2 * 1) / 6)


def test_the_search_finds_the_sounds(corpus: Corpus, tmp_path: Path) -> None:
    """Without being told where they are; of neighbours that sound the same it cannot know the border."""
    learner = trainer("search", corpus)
    Run(learner, tmp_path / "run").train(max_steps=80)
    network = learner.network.eval()
    batch = learner.collate(corpus.training)
    with torch.no_grad():
        found = network(batch.ids, batch.lengths, batch.mels, batch.n_frames).durations
    near = (found - batch.durations).abs() <= 2
    assert near[batch.durations > 0].float().mean() > 0.7


def test_normalisations_have_met_the_first_batch(corpus: Corpus) -> None:
    learner = trainer("corpus", corpus)
    batch = next(learner.batches(0))
    with torch.no_grad():
        latents, _ = learner.network.eval().decoder(batch.mels, batch.n_frames)
    values = torch.cat([row[:, : n // 2 * 2] for row, n in zip(latents, batch.n_frames.tolist(), strict=True)], dim=1)
    assert abs(float(values.mean())) < 0.05
    assert 0.9 < float(values.square().mean()) < 1.1


def test_a_run_can_be_used_on_a_single_recording(corpus: Corpus, tmp_path: Path) -> None:
    """Of which nothing could be learnt, and no normalisation can be: the run's own weights come afterwards."""
    description = trainer("search", corpus).describe()
    single = Corpus(write_corpus(tmp_path / "single", ("^asu$",)), MelSpec())
    with pytest.raises(InputError, match="no utterance of"):
        GlowTtsTrainer.build(recipe("search"), single)
    again = GlowTtsTrainer.reopen(description, single)
    assert not any(block.normalisation.log_scale.any() for block in again.network.decoder.blocks)
    [mel] = again.teacher_forced(again.network.eval(), single.utterances)
    assert mel.shape == (single.utterances[0].n_frames, 80)


def test_half_precision_leaves_the_flow_alone(corpus: Corpus) -> None:
    """The encoder runs in it, but latents and log-determinants are those of single precision, to the last bit."""
    learner = trainer("corpus", corpus)
    batch = next(learner.batches(0))
    outputs = [
        Processes("cpu", precision=precision).setup(learner.network.eval())(*batch[:4]) for precision in ("32-true", "bf16-mixed")
    ]
    assert torch.equal(outputs[0].latents, outputs[1].latents)
    assert torch.equal(outputs[0].log_determinants, outputs[1].log_determinants)
    assert not torch.equal(outputs[0].mean, outputs[1].mean)


def test_batches_hold_what_the_corpus_says(corpus: Corpus) -> None:
    learner = trainer("corpus", corpus)
    batch = learner.collate(corpus.utterances[1:3])
    for row, utterance in enumerate(corpus.utterances[1:3]):
        n = len(utterance.symbols)
        assert [learner.symbols[i] for i in batch.ids[row, :n]] == list(utterance.symbols)
        assert batch.durations[row, :n].tolist() == [SOUNDS[symbol][0] for symbol in utterance.symbols]
        assert np.array_equal(batch.mels[row, :, : utterance.n_frames].numpy(), corpus.mel(utterance).T)


@pytest.mark.parametrize("alignment", ["search", "corpus"])
def test_teacher_forced_mels_are_near_the_recording(alignment: str, corpus: Corpus) -> None:
    """As long as it, though that is odd, but not the same."""
    learner = trainer(alignment, corpus)
    assert all(u.n_frames % 2 for u in corpus.utterances)
    mels = learner.teacher_forced(learner.network.eval(), corpus.utterances)
    for mel, utterance in zip(mels, corpus.utterances, strict=True):
        real = corpus.mel(utterance)
        assert mel.shape == real.shape
        assert 0.01 < np.abs(mel - real).mean() < real.std()


def test_utterances_that_the_search_cannot_align_are_left_out(tmp_path: Path) -> None:
    folder = write_corpus(tmp_path / "x")
    lines = (folder / "alignments.jsonl").read_text().splitlines()
    row = json.loads(lines[1])
    quick = row | {"symbols": ["a"] * 99 + ["u"], "durations": [0] * 99 + [sum(row["durations"])]}
    (folder / "alignments.jsonl").write_text("\n".join([lines[0], json.dumps(quick), *lines[2:]]) + "\n")
    corpus = Corpus(folder, MelSpec())
    seen = [{int(n) for batch in islice(trainer(a, corpus).batches(0), 9) for n in batch.lengths} for a in ("search", "corpus")]
    assert seen[1] - seen[0] == {100}
    learner = trainer("search", corpus)
    with pytest.raises(InputError, match=r"^000001: 100 symbols in \d+ frames cannot be aligned$"):
        learner.teacher_forced(learner.network.eval(), corpus.utterances[:2])
    corpus.utterances = corpus.utterances[:2]
    with pytest.raises(InputError, match="has as many frames as symbols"):
        trainer("search", corpus)


@pytest.mark.parametrize("name", ["fast", "published"])
def test_recipes_can_be_built_and_what_they_train_speaks(name: str, corpus: Corpus, tmp_path: Path) -> None:
    learner = GlowTtsTrainer.build(GlowTtsTrainer.read_recipe(name), corpus)
    save_weights(learner.network, tmp_path / "w.safetensors")
    model = GlowTtsModel.load(tmp_path / "w.safetensors", learner.config(), corpus.mel_spec, "cpu")
    [mel] = model.mels([np.array([1, 2, 3])], SpeechOptions())
    assert mel.frames.shape[0] == 80


def alignment(**changes: Tensor) -> Alignment:
    """Of one utterance of 3 symbols in 4 frames of 2 bins, and one of 1 symbol in 2 frames; all else 0."""
    zeros = torch.zeros(2, 2, 4)
    durations = torch.tensor([[1, 0, 3], [2, 0, 0]])
    plain = Alignment(zeros, zeros, zeros, torch.zeros(2), torch.zeros(2, 3), durations, torch.tensor([4, 2]))
    return plain._replace(**changes)


def test_the_likelihood_is_that_of_the_normal_distribution() -> None:
    """Less the log-determinants, over the 12 values of the batch."""
    of_nothing = 0.5 * np.log(2 * np.pi)
    assert float(likelihood_loss(alignment())) == pytest.approx(of_nothing)
    assert float(likelihood_loss(alignment(log_determinants=torch.tensor([5.0, 1.0])))) == pytest.approx(of_nothing - 0.5)
    latents = torch.zeros(2, 2, 4)
    latents[0, 1, 2] = 3
    assert float(likelihood_loss(alignment(latents=latents))) == pytest.approx(of_nothing + 4.5 / 12)
    wide = torch.zeros(2, 2, 4)
    wide[0, 1, 2] = np.log(2)
    made = float(likelihood_loss(alignment(latents=latents, log_deviation=wide)))
    assert made == pytest.approx(of_nothing + (np.log(2) + 4.5 / 4) / 12)


def test_the_duration_loss_is_the_mean_over_symbols() -> None:
    """A symbol of no frames counts as one of one."""
    assert log_targets(torch.tensor([[1, 0, 3]])).tolist() == [[0, 0, pytest.approx(np.log(3))]]
    made = float(duration_loss(alignment(log_durations=torch.tensor([[1.0, 2.0, 0.0], [0.0, 9.0, 9.0]])), torch.tensor([3, 1])))
    assert made == pytest.approx((1 + 4 + np.log(3) ** 2 + np.log(2) ** 2) / 4)
