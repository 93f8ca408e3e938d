"""Beginning and continuing runs."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.training.small import trainer
from ttscli.errors import UsageError, VoiceError
from ttscli.nn.weights import read_weights
from ttscli.training.beginning import Beginning
from ttscli.training.corpus import Corpus
from ttscli.training.export import export
from ttscli.training.loop import Run
from ttscli.training.runs import Plan, start

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
    Beginning.find(str(tmp_path / "voice"), "melgan").fill(second.network)
    mels = torch.randn(1, 80, 8)
    torch.testing.assert_close(first.network(mels), second.network(mels), rtol=1e-2, atol=1e-3)


def test_a_network_that_reads_takes_its_symbols_along(corpus: Corpus, folder: Path, tmp_path: Path) -> None:
    Run(trainer("speedyspeech", corpus), tmp_path / "run").train(max_steps=0)
    beginning = Beginning.find(str(tmp_path / "run"), "speedyspeech")
    assert beginning.symbols == ("_", "$", "^", "a", "s", "u")
    corpus.utterances[1:2] = [replace(corpus.utterances[1], symbols=("^", "x", "$"))]
    assert beginning.prepare(corpus) == 1
    learner = trainer("speedyspeech", corpus, seed=1)
    beginning.fill(learner.network)
    assert learner.text()["symbols"] == list(beginning.symbols)
    with pytest.raises(UsageError, match="spelled in espeak-ipa") as fault:
        replace(beginning, alphabet="arpabet").prepare(corpus)
    assert fault.value.hint == 'write alphabet = "arpabet" into its corpus.toml'


def test_weights_that_do_not_fit_are_named(plan: Plan, tmp_path: Path) -> None:
    start(plan).train(max_steps=0)
    (tmp_path / "mine.toml").write_text(NHV.replace("512", "256"))
    with pytest.raises(VoiceError, match=r"outlet\.bias"):
        start(replace(plan, out=tmp_path / "other", init_from=str(plan.out)))
    export([plan.out], tmp_path / "voice", "en-US", "CC0-1.0")
    with pytest.raises(UsageError, match="has no melgan part with weights"):
        Beginning.find(f"{tmp_path}/voice", "melgan")
    with pytest.raises(UsageError, match="has no nhv part called tuned"):
        Beginning.find(f"{tmp_path}/voice:tuned", "nhv")
