"""Recordings → alignments, by the two listeners, on a corpus whose true durations are known."""

import json
import shutil
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest
import torch
from torch import nn

from tests.training.miniature import SENTENCES, SOUNDS, write_corpus
from tests.training.small import ALIGNER, TEACHER, trainer
from ttscli.errors import InputError, UsageError
from ttscli.melspec import MelSpec
from ttscli.training.align import Aligning
from ttscli.training.corpus import Corpus, Utterance
from ttscli.training.loop import Run
from ttscli.training.metadata import Flaw
from ttscli.training.recipe import Recipe
from ttscli.training.runs import predict_mels
from ttscli.training.trainer import Alignment
from ttscli_nhv.train import NhvTrainer
from ttscli_speedyspeech.teacher_train import TeacherTrainer
from ttscli_talknet.aligner_train import AlignerTrainer
from ttscli_talknet.alignment import without_blanks

LISTENER = ALIGNER | {"filters": [32, 32, 32], "kernels": [5, 5, 1]}


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """The miniature, as if nobody knew how long its sounds last; its letters are its sounds."""
    folder = write_corpus(tmp_path / "recorded")
    (folder / "alignments.jsonl").unlink()
    (folder / "corpus.toml").write_text('alphabet = "graphemes"\n')
    words = (symbols[1:-1] for symbols in SENTENCES)
    (folder / "metadata.csv").write_text("".join(f"{number:06}|{word}\n" for number, word in enumerate(words)))
    return folder


def listener(name: str, folder: Path, steps: int) -> Path:
    """Train one on the recordings alone."""
    run = Run(trainer(name, Corpus(folder, MelSpec())), folder.parent / name)
    run.train(max_steps=steps)
    return folder.parent / name


def rows(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "alignments.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("name", ["talknet-aligner", "speedyspeech-teacher"])
def test_alignments_have_every_utterance_and_frame(name: str, recorded: Path) -> None:
    corpus = Corpus(recorded, MelSpec())
    outcomes = list(Aligning(listener(name, recorded, 1), recorded).write())
    assert [u.identity for u in outcomes] == [f"{n:06}" for n in range(4)]
    for row, utterance in zip(rows(recorded), corpus.utterances, strict=True):
        assert tuple(row["symbols"]) == utterance.symbols
        assert sum(row["durations"]) == utterance.n_frames == len(row["f0_hz"])
        assert min(row["durations"]) >= 0
        assert row["hop_samples"] == MelSpec().hop_samples
    assert [u.n_frames for u in Corpus(recorded, MelSpec()).utterances] == [u.n_frames for u in corpus.utterances]


def test_a_trained_aligner_finds_the_sounds(recorded: Path, tmp_path: Path) -> None:
    """They are so unlike that a tiny network learns to tell them apart within seconds."""
    torch.manual_seed(0)
    recipe = Recipe(LISTENER, learning_rate=1e-2, warmup_steps=5, batch=300, ema=0.9)
    Run(AlignerTrainer.build(recipe, Corpus(recorded, MelSpec())), tmp_path / "run").train(max_steps=160)
    list(Aligning(tmp_path / "run", recorded).write())
    for row in rows(recorded):
        true = np.cumsum([SOUNDS[symbol][0] for symbol in row["symbols"]])
        assert np.abs(np.cumsum(row["durations"]) - true).mean() < 4  # frames; a sound has 14 to 18


def test_of_two_lines_with_one_id_the_first_is_written(recorded: Path, tmp_path: Path) -> None:
    with open(recorded / "metadata.csv", "a") as lines:
        lines.write("000000|ssss\n")
    outcomes = list(Aligning(listener("talknet-aligner", recorded, 1), recorded).write(tmp_path / "grids"))
    assert [outcome.identity for outcome in outcomes] == [f"{n:06}" for n in range(4)]
    assert '"asuas"' in (tmp_path / "grids" / "000000.TextGrid").read_text()


def test_textgrids_have_words_and_symbols(recorded: Path, tmp_path: Path) -> None:
    list(Aligning(listener("talknet-aligner", recorded, 1), recorded).write(tmp_path / "grids"))
    grid = (tmp_path / "grids" / "000000.TextGrid").read_text()
    assert 'name = "words"' in grid
    assert 'text = "asuas"' in grid
    assert grid.count('text = "a"') == 2
    n_frames = sum(SOUNDS[symbol][0] for symbol in SENTENCES[0])
    assert f"xmax = {n_frames * 256 / 22050:.9g}" in grid


def test_alignments_are_not_overwritten_unless_asked(recorded: Path) -> None:
    run = listener("talknet-aligner", recorded, 1)
    list(Aligning(run, recorded).write())
    (recorded / "alignments.jsonl").write_text((old := json.dumps(rows(recorded)[0])) + "\n")
    with pytest.raises(UsageError, match="alignments already"):
        Aligning(run, recorded)
    assert len(list(Aligning(run, recorded, replace=True).write())) == 4
    assert len(rows(recorded)) == 4
    assert (recorded / "alignments.jsonl.old").read_text() == old + "\n"


def test_what_fails_leaves_the_old_alignments(recorded: Path) -> None:
    run = listener("talknet-aligner", recorded, 1)
    (recorded / "alignments.jsonl").write_text("mine\n")
    (recorded / "metadata.csv").unlink()
    with pytest.raises(InputError, match="not a corpus"):
        list(Aligning(run, recorded, replace=True).write())
    assert (recorded / "alignments.jsonl").read_text() == "mine\n"


def test_where_nothing_can_be_aligned_the_old_alignments_stay(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def deaf(self: AlignerTrainer, network: nn.Module, utterance: Utterance) -> NoReturn:
        raise InputError("nothing is heard")

    run = listener("talknet-aligner", recorded, 1)
    (recorded / "alignments.jsonl").write_text("mine\n")
    monkeypatch.setattr(AlignerTrainer, "align", deaf)
    outcomes = list[Utterance | Flaw]()
    with pytest.raises(InputError, match="recorded: nothing could be aligned"):
        outcomes.extend(Aligning(run, recorded, replace=True).write())
    assert [outcome.identity for outcome in outcomes] == [f"{n:06}" for n in range(4)]
    assert (recorded / "alignments.jsonl").read_text() == "mine\n"
    assert not list(recorded.glob("*.part"))


def test_a_corpus_in_another_writing_cannot_be_aligned(recorded: Path, tmp_path: Path) -> None:
    run = listener("talknet-aligner", recorded, 1)
    shutil.copytree(recorded, other := tmp_path / "other", ignore=shutil.ignore_patterns("features"))
    (other / "metadata.csv").write_text("000000|bcd\n000001|efg\n")
    with pytest.raises(InputError, match="other: nothing could be aligned"):
        list(Aligning(run, other).write())
    assert not (other / "alignments.jsonl").exists()


def test_another_corpus_is_aligned_with_the_runs_own_symbols(recorded: Path, tmp_path: Path) -> None:
    run = listener("talknet-aligner", recorded, 1)
    other = tmp_path / "other"
    shutil.copytree(recorded, other, ignore=shutil.ignore_patterns("features"))
    (other / "metadata.csv").write_text("000000|asa\n000001|asb\n000003|uuuuu\n")
    outcomes = {outcome.identity: outcome for outcome in Aligning(run, other).write()}
    flaw = outcomes["000001"]
    assert isinstance(flaw, Flaw)
    assert (flaw.kind, flaw.detail) == ("characters", f"{run} has not learned b")
    assert [row["id"] for row in rows(other)] == ["000000", "000003"]


def test_what_cannot_be_aligned_is_left_out_and_named(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = listener("talknet-aligner", recorded, 1)
    align = AlignerTrainer.align

    def deaf_to_one(self: AlignerTrainer, network: nn.Module, utterance: Utterance) -> Alignment:
        if utterance.identity == "000002":
            raise InputError("3 frames are too few for 5 symbols")
        return align(self, network, utterance)

    monkeypatch.setattr(AlignerTrainer, "align", deaf_to_one)
    flaws = [outcome for outcome in Aligning(run, recorded).write() if isinstance(outcome, Flaw)]
    assert flaws == [Flaw("000002", "unaligned", "3 frames are too few for 5 symbols")]
    assert [row["id"] for row in rows(recorded)] == ["000000", "000001", "000003"]


def test_the_teacher_keeps_the_tempo_that_it_learned_at(recorded: Path, tmp_path: Path) -> None:
    taught = TeacherTrainer.build(Recipe(TEACHER, batch=2), Corpus(recorded, MelSpec()))
    description = taught.describe()
    other = write_corpus(tmp_path / "other", ("^a$", "^aaasss$"))
    again = TeacherTrainer.reopen(description, Corpus(other, MelSpec()))
    assert again.network.config == taught.network.config
    assert TeacherTrainer.build(Recipe(TEACHER, batch=2), Corpus(other, MelSpec())).network.config != taught.network.config


@pytest.mark.parametrize("name", ["talknet-aligner", "speedyspeech-teacher"])
def test_a_single_recording_can_be_aligned(name: str, recorded: Path, tmp_path: Path) -> None:
    """Though nothing could be learnt from it: it would be held out."""
    run, single = listener(name, recorded, 1), tmp_path / "single"
    shutil.copytree(recorded, single, ignore=shutil.ignore_patterns("features"))
    (single / "metadata.csv").write_text("000000|asuas\n")
    [utterance] = Aligning(run, single).write()
    [row] = rows(single)
    assert isinstance(utterance, Utterance)
    assert sum(row["durations"]) == utterance.n_frames


def test_an_aligner_hears_its_own_symbols(recorded: Path) -> None:
    corpus = Corpus(recorded, MelSpec())
    learner = AlignerTrainer.build(Recipe(ALIGNER, batch=200), corpus)
    alignment = learner.align(learner.network.eval(), corpus.utterances[0])
    assert alignment.attention.shape == (corpus.utterances[0].n_frames, 7)
    assert ((alignment.attention >= 0) & (alignment.attention <= 1)).all()


def test_blanks_are_parted_among_their_neighbours() -> None:
    assert without_blanks(np.array([3, 1, 4, 2, 5, 1, 0, 6, 7])).tolist() == [6, 6, 4, 13]
    assert without_blanks(np.array([2, 1, 3])).tolist() == [6]


def test_a_run_of_something_else_cannot_align(corpus: Corpus, folder: Path, tmp_path: Path) -> None:
    Run(trainer("nhv", corpus), tmp_path / "nhv").train(max_steps=0)
    with pytest.raises(UsageError, match="a run of nhv, which cannot align"):
        Aligning(tmp_path / "nhv", folder, replace=True)


@pytest.mark.parametrize("kind", ["aligner", "acoustic"])
def test_what_a_trainer_can_is_known_by_its_class(
    kind: str, corpus: Corpus, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a third party's calls itself."""
    monkeypatch.setattr(NhvTrainer, "kind", kind)
    Run(trainer("nhv", corpus), tmp_path / "nhv").train(max_steps=0)
    with pytest.raises(UsageError, match="a run of nhv, which cannot align"):
        Aligning(tmp_path / "nhv", folder, replace=True)
    with pytest.raises(UsageError, match="nhv makes no mels"):
        predict_mels(tmp_path / "nhv", folder, "own", 1)
