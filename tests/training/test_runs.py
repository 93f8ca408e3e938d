"""Beginning and continuing runs."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.training.miniature import write_corpus
from tests.training.small import STUDENT, trainer
from ttscli.errors import UsageError, VoiceError
from ttscli.nn.weights import read_weights
from ttscli.training.beginning import Beginning, spell_alike
from ttscli.training.corpus import Corpus, mel_file
from ttscli.training.export import export
from ttscli.training.loop import Run
from ttscli.training.runs import Plan, start
from ttscli.training.trainer import Trainer
from ttscli_clarinet.text_to_wave_train import TextToWaveTrainer
from ttscli_clarinet.train import StudentTrainer
from ttscli_melgan.train import MelGanTrainer
from ttscli_nhv.train import NhvTrainer
from ttscli_speedyspeech.teacher_train import TeacherTrainer
from ttscli_speedyspeech.train import SpeedySpeechTrainer

NHV = "batch = 2\nlearning_rate = 1e-3\n[network]\nfft_samples = 512\nchannels = 8\ndilations = [1]\n"


@pytest.fixture
def plan(folder: Path, tmp_path: Path) -> Plan:
    (tmp_path / "mine.toml").write_text(NHV)
    return Plan("nhv", folder, tmp_path / "run", recipe=str(tmp_path / "mine.toml"))


def described(plan: Plan) -> dict[str, Any]:
    return dict(json.loads((plan.out / "run.json").read_text()))


def test_a_run_says_what_it_is_made_of(plan: Plan) -> None:
    start(replace(plan, seed=3)).train(max_steps=0)
    said = described(plan)
    assert (said["trainer"], said["architecture"], said["kind"], said["seed"]) == ("nhv", "nhv", "vocoder", 3)
    assert said["recipe_name"].endswith("mine.toml")
    assert (said["corpus"]["name"], said["corpus"]["utterances"], said["corpus"]["language"]) == ("miniature", 4, "en-US")
    assert "torch" in said["machine"]
    assert said["program"].startswith("ttscli ")


def test_a_run_is_continued_with_its_own_recipe_and_seed(plan: Plan) -> None:
    start(replace(plan, seed=3, learning_rate=1e-4)).train(max_steps=2)
    again = start(replace(plan, recipe=None))
    assert (again.progress.step, again.seed) == (2, 3)
    assert again.trainer.recipe.learning_rate == 1e-4
    assert described(plan)["recipe_name"].endswith("mine.toml")
    other = start(replace(plan, recipe=None, seed=4, learning_rate=1e-2))
    assert (other.seed, other.trainer.recipe.learning_rate) == (4, 1e-2)


def test_a_run_is_continued_with_the_mels_that_it_began_with(plan: Plan, corpus: Corpus) -> None:
    for name in ("own", "other"):
        corpus.write_mels(mel_file(name), (corpus.mel(u) - (name == "other") for u in corpus.utterances))
    first = start(replace(plan, mels="other"))
    first.train(max_steps=1)
    again = start(replace(plan, recipe=None))
    assert again.trainer.corpus.mels.tobytes() == first.trainer.corpus.mels.tobytes() != corpus.mels.tobytes()
    assert described(plan)["mels"] == "other"
    assert start(replace(plan, mels="own")).trainer.corpus.mels.tobytes() == corpus.mels.tobytes()


def test_resume_insists(plan: Plan) -> None:
    with pytest.raises(UsageError, match="run: no run to continue"):
        start(replace(plan, resume=True))
    start(replace(plan, resume=False)).train(max_steps=1)
    kept = (plan.out / "last.pt").read_bytes()
    with pytest.raises(UsageError, match="run: there is a run already"):
        start(replace(plan, resume=False))
    assert (plan.out / "last.pt").read_bytes() == kept
    assert start(replace(plan, resume=True)).progress.step == 1


def test_another_trainers_run_is_named(plan: Plan) -> None:
    start(plan).train(max_steps=0)
    with pytest.raises(UsageError, match="run: a run of nhv"):
        start(replace(plan, trainer="melgan", recipe=None))


@pytest.mark.parametrize(
    ("said", "begun_by", "others"),
    [
        ({"trainer": "clarinet", "recipe_name": "fast"}, {"clarinet"}, {"clarinet-teacher", "nhv"}),
        ({"trainer": "clarinet-teacher", "recipe_name": "fast"}, {"clarinet-teacher"}, {"clarinet", "clarinet-text-to-wave"}),
        ({}, {"clarinet", "clarinet-teacher"}, {"nhv"}),  # an early run, whose trainer nobody knows
    ],
)
def test_a_run_is_continued_by_its_own_trainer(
    said: dict[str, str], begun_by: set[str], others: set[str], plan: Plan, corpus: Corpus
) -> None:
    """Of several that train for one architecture."""
    Run(trainer("clarinet", corpus), plan.out, facts=said).train(max_steps=0)
    for name in others:
        with pytest.raises(UsageError, match=f"run: a run of {said.get('trainer', 'clarinet')}$"):
            start(replace(plan, trainer=name))
    for name in begun_by:
        with pytest.raises(UsageError, match="out of range: batch 0"):  # as far as the recipe all is well
            start(replace(plan, trainer=name, recipe=None, changes=("batch=0",)))


@pytest.mark.parametrize("source", ["weights.safetensors", "run", "voice", "voice:nhv"])
def test_a_run_begins_with_given_weights(source: str, plan: Plan, corpus: Corpus, tmp_path: Path) -> None:
    start(plan).train(max_steps=2)
    weights = plan.out / "weights.safetensors"
    named = {"weights.safetensors": str(weights), "run": str(plan.out)}.get(source)
    if named is None:
        export([plan.out], tmp_path / "voice", "en-US", "CC0-1.0")
        named = f"{tmp_path}/{source}"
    second = start(replace(plan, out=tmp_path / "second", seed=1, init_from=named))
    second.train(max_steps=0)
    for name, tensor in read_weights(weights).items():
        kept = read_weights(tmp_path / "second" / "weights.safetensors")[name]
        torch.testing.assert_close(kept, tensor, rtol=2e-3, atol=1e-6)  # a voice has them in float16


def test_weights_of_a_voice_go_into_a_network_that_learns_with_weight_norm(corpus: Corpus, tmp_path: Path) -> None:
    first, second = (trainer("melgan", corpus, seed) for seed in (0, 1))
    Run(first, tmp_path / "run").train(max_steps=0)
    export([tmp_path / "run"], tmp_path / "voice", "en-US", "CC0-1.0")
    beginning = Beginning.find(str(tmp_path / "voice"), MelGanTrainer)
    second.begin(beginning.tensors, beginning.source)
    mels = torch.randn(1, 80, 8)
    torch.testing.assert_close(first.network(mels), second.network(mels), rtol=1e-2, atol=1e-3)


def test_of_several_kinds_of_one_architecture_the_trainers_own_is_found(corpus: Corpus, tmp_path: Path) -> None:
    runs: dict[type[Trainer], Path] = {StudentTrainer: tmp_path / "vocoder", TextToWaveTrainer: tmp_path / "whole"}
    for name, folder in zip(("clarinet", "clarinet-text-to-wave"), runs.values(), strict=True):
        Run(trainer(name, corpus), folder).train(max_steps=0)
    voice = export(list(runs.values()), tmp_path / "voice", "en-US", "CC0-1.0")
    for cls, run in runs.items():
        assert Beginning.find(str(voice.folder), cls).tensors.keys() == read_weights(run / "weights.safetensors").keys()
    [whole] = voice.text_to_wave
    with pytest.raises(UsageError, match=f"has no clarinet part called {whole.name}") as fault:
        Beginning.find(f"{voice.folder}:{whole.name}", StudentTrainer)
    assert fault.value.hint == "its parts of this kind and architecture: clarinet"


def test_a_trainer_of_no_part_of_a_voice_begins_with_any_of_its_architecture(plan: Plan, tmp_path: Path) -> None:
    """A teacher that aligns is none; as an acoustic model it may be in a voice."""
    start(plan).train(max_steps=0)
    voice = export([plan.out], tmp_path / "voice", "en-US", "CC0-1.0").folder / "voice.toml"
    voice.write_text(voice.read_text().replace('architecture = "nhv"', 'architecture = "speedyspeech-teacher"'))
    assert Beginning.find(str(voice.parent), TeacherTrainer).tensors


def test_a_network_that_reads_takes_its_symbols_along(corpus: Corpus, folder: Path, tmp_path: Path) -> None:
    Run(trainer("speedyspeech", corpus), tmp_path / "run").train(max_steps=0)
    beginning = Beginning.find(str(tmp_path / "run"), SpeedySpeechTrainer)
    assert beginning.text["symbols"] == ["_", "$", "^", "a", "s", "u"]
    corpus.utterances[1:2] = [replace(corpus.utterances[1], symbols=("^", "x", "$"))]
    assert spell_alike(corpus, beginning.text, beginning.source) == 1
    learner = trainer("speedyspeech", corpus, seed=1)
    learner.begin(beginning.tensors, beginning.source)
    assert learner.text()["symbols"] == beginning.text["symbols"]
    with pytest.raises(UsageError, match="spelled in espeak-ipa") as fault:
        spell_alike(corpus, {"alphabet": "arpabet"}, "a run")
    assert fault.value.hint == 'write alphabet = "arpabet" into its corpus.toml'


def test_a_run_that_began_with_more_symbols_than_its_corpus_has_is_continued(
    corpus: Corpus, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Even where the corpus has others by now: ids stay what they were, and new symbols are left out."""
    Run(trainer("speedyspeech", corpus), tmp_path / "first").train(max_steps=0)
    other = write_corpus(tmp_path / "other", ("^as$", "^aas$", "^sas$"))
    sizes = "".join(f"{key} = {json.dumps(value)}\n" for key, value in STUDENT.items())
    (tmp_path / "mine.toml").write_text(f"batch = 200\n[network]\n{sizes}")
    recipe, init_from = str(tmp_path / "mine.toml"), str(tmp_path / "first")
    plan = Plan("speedyspeech", other, tmp_path / "run", recipe=recipe, init_from=init_from)
    start(plan).train(max_steps=1)
    kept = described(plan)["text"]
    assert kept["symbols"] == ["_", "$", "^", "a", "s", "u"]
    rows = (other / "alignments.jsonl").read_text()
    (other / "alignments.jsonl").write_text(rows.replace('["^", "s", "a", "s"', '["^", "x", "a", "s"'))
    again = start(replace(plan, recipe=None))
    assert (again.progress.step, again.trainer.text()) == (1, kept)
    assert f"1 utterances are left out: {plan.out} does not know all their symbols" in capsys.readouterr().err


def test_weights_that_are_not_there_are_told_before_features_are_made(plan: Plan) -> None:
    with pytest.raises(VoiceError, match="nobody"):
        start(replace(plan, init_from="nobody"))
    assert not (plan.corpus / "features").exists()


def test_weights_that_do_not_fit_are_named(plan: Plan, tmp_path: Path) -> None:
    start(plan).train(max_steps=0)
    (tmp_path / "mine.toml").write_text(NHV.replace("512", "256"))
    with pytest.raises(VoiceError, match=r"outlet\.bias") as fault:
        start(replace(plan, out=tmp_path / "other", init_from=str(plan.out)))
    assert fault.value.hint == "give the network its sizes: fft_samples 512, not 256"
    with pytest.raises(VoiceError, match=r"outlet\.bias") as fault:
        start(replace(plan, out=tmp_path / "other", init_from=str(plan.out / "weights.safetensors")))
    assert fault.value.hint == "give the network its sizes"
    export([plan.out], tmp_path / "voice", "en-US", "CC0-1.0")
    with pytest.raises(UsageError, match="has no melgan part with weights"):
        Beginning.find(f"{tmp_path}/voice", MelGanTrainer)
    with pytest.raises(UsageError, match="has no nhv part called tuned"):
        Beginning.find(f"{tmp_path}/voice:tuned", NhvTrainer)
