"""The training loop, with the smallest networks that there can be."""

import json
import signal
from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import torch
from lightning_fabric import Fabric
from lightning_fabric.plugins.precision import MixedPrecision
from torch import Tensor, nn

from tests.training.small import NHV, SMALL, trainer
from ttscli.errors import InputError, UsageError
from ttscli.nn.weights import read_weights
from ttscli.precision import Precision
from ttscli.training.corpus import Corpus
from ttscli.training.loop import Run
from ttscli.training.processes import Processes
from ttscli.training.recipe import Recipe
from ttscli_nhv.train import NhvTrainer
from ttscli_speedyspeech.schedule import noam_lr


def logged(run: Path, kind: str) -> list[dict[str, Any]]:
    rows = (json.loads(line) for line in (run / "log.jsonl").read_text().splitlines())
    return [row for row in rows if row["kind"] == kind]


def tensors(value: Any) -> list[Tensor]:
    """Every tensor in a batch or a state."""
    if isinstance(value, Tensor):
        return [value]
    items = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return [tensor for item in items for tensor in tensors(item)]


def interrupted_after(steps: int, run: Run, interrupt: Callable[[], None]) -> None:
    """Let the next training of `run` be interrupted in the midst of step number `steps`."""
    step, seen = run.trainer.step, []

    def counted(*args: Any) -> dict[str, float]:
        seen.append(1)
        if len(seen) == steps:
            interrupt()
        return step(*args)

    run.trainer.step = counted  # type: ignore[method-assign, assignment]


@pytest.mark.parametrize("name", SMALL)
def test_batches_depend_on_the_seed_and_their_number_alone(name: str, corpus: Corpus) -> None:
    first = trainer(name, corpus)
    whole = [tensors(batch) for batch in islice(first.batches(3), 9)]
    for start in (1, 4, 7):
        for number, batch in enumerate(islice(first.batches(3, start), 2), start):
            assert all(torch.equal(*pair) for pair in zip(tensors(batch), whole[number], strict=True)), (start, number)
    other = [tensors(batch) for batch in islice(first.batches(4), 9)]
    pairs = (pair for x, y in zip(whole, other, strict=True) for pair in zip(x, y, strict=True))
    assert any(not torch.equal(*pair) for pair in pairs)


@pytest.mark.parametrize("name", SMALL)
def test_an_interrupted_run_ends_as_if_it_had_not_been(name: str, corpus: Corpus, tmp_path: Path) -> None:
    Run(trainer(name, corpus), tmp_path / "straight").train(max_steps=6)

    first = Run(trainer(name, corpus), tmp_path / "broken")
    interrupted_after(3, first, lambda: signal.raise_signal(signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        first.train(max_steps=6)
    second = Run(trainer(name, corpus, seed=1), tmp_path / "broken")
    assert second.progress.step == 3
    second.train(max_steps=6)

    straight, broken = (torch.load(tmp_path / run / "last.pt", weights_only=True) for run in ("straight", "broken"))
    for part in ("network", "average", "companions", "optimizers"):
        for one, other in zip(tensors(straight[part]), tensors(broken[part]), strict=True):
            torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-5)
    assert [row["step"] for row in logged(tmp_path / "broken", "validation")] == [3, 6]


@pytest.mark.parametrize("name", SMALL)
def test_half_precision_learns_what_single_precision_does(name: str, corpus: Corpus, tmp_path: Path) -> None:
    precisions: tuple[Precision, ...] = ("32-true", "bf16-mixed")
    for precision in precisions:
        Run(trainer(name, corpus), tmp_path / precision, precision=precision).train(max_steps=3)
    [single], [half] = (logged(tmp_path / precision, "validation") for precision in precisions)
    assert half["total"] == pytest.approx(single["total"], rel=0.05)
    networks = [tensors(torch.load(tmp_path / precision / "last.pt", weights_only=True)["network"]) for precision in precisions]
    assert any(not torch.equal(*pair) for pair in zip(*networks, strict=True))  # it was half precision indeed


def test_rates_are_told_how_many_batches_a_step_takes(corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An epoch of the teacher's is two batches here, which two processes see in a step."""
    run = Run(trainer("speedyspeech-teacher", corpus), tmp_path)
    monkeypatch.setattr(Processes, "world_size", 2)
    run.train(max_steps=2)
    assert run.optimizers[0].param_groups[0]["lr"] == noam_lr(1)


@pytest.mark.parametrize(("name", "steps"), [("speedyspeech", 1), ("talknet", 1), ("melgan", 3)])
def test_gradients_are_clipped_by_their_own_size(name: str, steps: int, corpus: Corpus) -> None:
    """Not by that which they are enlarged to under 16-mixed, so that half precision can hold them."""
    norms = []
    for enlarged in (1.0, 64.0):
        learner = trainer(name, corpus)
        precision = MixedPrecision("16-mixed", "cpu", torch.amp.GradScaler("cpu", init_scale=enlarged))
        fabric = Fabric(accelerator="cpu", devices=1, plugins=[precision])
        network, *optimizers = fabric.setup(learner.network, *learner.optimizers())
        for batch in islice(learner.batches(0), steps):
            torch.manual_seed(0)  # the same dropout
            learner.step(fabric, network, optimizers, batch)
        gradients = [p.grad for p in learner.network.parameters() if p.grad is not None]
        norms.append(float(torch.stack([gradient.norm() for gradient in gradients]).norm()))
    assert norms[0] >= 0.99 * learner.recipe.clip
    assert norms[1] == pytest.approx(norms[0], rel=0.01)


@pytest.mark.parametrize("name", SMALL)
def test_held_out_losses_are_of_the_weights_that_speak(name: str, corpus: Corpus, tmp_path: Path) -> None:
    """The average: whatever becomes of the weights that learn."""
    run = Run(trainer(name, corpus), tmp_path)
    before = run._validate()
    with torch.no_grad():
        for parameter in run.trainer.network.parameters():
            parameter.mul_(1.1)
    assert run._validate() == before


def test_discriminators_are_kept_and_not_exported(corpus: Corpus, tmp_path: Path) -> None:
    first = trainer("melgan", corpus)
    Run(first, tmp_path).train(max_steps=4)
    second = trainer("melgan", corpus, seed=1)
    kept, fresh = (t.companions["discriminator"].state_dict() for t in (first, second))
    assert any(not torch.equal(kept[name], fresh[name]) for name in kept)
    Run(second, tmp_path)
    assert all(torch.equal(kept[name], tensor) for name, tensor in second.companions["discriminator"].state_dict().items())
    assert set(read_weights(tmp_path / "weights.safetensors")) == set(first.network.state_dict())


@pytest.mark.parametrize(("name", "steps", "factor"), [("speedyspeech", 60, 0.5), ("nhv", 40, 0.6), ("melgan", 30, 0.7)])
def test_losses_fall(name: str, steps: int, factor: float, corpus: Corpus, tmp_path: Path) -> None:
    """On the utterance that is held out: what was learnt holds beyond what was seen."""
    alone: dict[str, Any] = (
        {"adversary": {"from_step": steps}} if name == "melgan" else {}
    )  # the losses of validation are the spectral ones
    run = Run(trainer(name, corpus, **alone), tmp_path)
    for until in (1, steps):
        run.train(max_steps=until)
    first, last = (row["total"] for row in logged(tmp_path, "validation"))
    assert last < factor * first


def test_progress_is_logged(corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ttscli.training.loop.LOG_EVERY", 2)
    Run(trainer("nhv", corpus), tmp_path).train(max_steps=5)
    rows = logged(tmp_path, "training")
    assert [row["step"] for row in rows] == [2, 4]
    assert 0 < rows[0]["seconds"] < rows[1]["seconds"]
    assert {"mel", "stft", "f0", "voicing", "total"} <= set(rows[0])


def test_checkpoints_on_the_way(corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ttscli.training.loop.CHECKPOINT_EVERY_S", 0.0)
    Run(trainer("nhv", corpus), tmp_path).train(max_steps=2)
    assert [row["step"] for row in logged(tmp_path, "validation")] == [1, 2, 2]


@pytest.mark.parametrize("limits", [{"max_steps": 0}, {"max_minutes": 0.0}])
def test_a_run_of_no_length_keeps_what_it_began_with(limits: dict[str, Any], corpus: Corpus, tmp_path: Path) -> None:
    learner = trainer("nhv", corpus)
    before = {name: tensor.clone() for name, tensor in learner.network.state_dict().items()}
    Run(learner, tmp_path).train(**limits)
    assert all(torch.equal(before[name], tensor) for name, tensor in read_weights(tmp_path / "weights.safetensors").items())


def test_a_run_ends_when_its_minutes_are_over(corpus: Corpus, tmp_path: Path) -> None:
    run = Run(trainer("nhv", corpus), tmp_path)
    run.train(max_minutes=0.5 / 60)
    assert run.progress.step > 0
    assert 0.5 <= run.progress.seconds < 10
    steps = run.progress.step
    run.train(max_minutes=0.5 / 60)
    assert run.progress.step == steps


def test_the_average_follows_the_network(corpus: Corpus, tmp_path: Path) -> None:
    """A young run's average is mostly what the last step left behind."""
    learner = trainer("nhv", corpus)
    run = Run(learner, tmp_path)
    run.train(max_steps=1)
    first = learner.network.outlet.weight.detach().clone()  # type: ignore[union-attr, operator]
    run.train(max_steps=2)
    second = learner.network.outlet.weight.detach()  # type: ignore[union-attr, operator]
    average = read_weights(tmp_path / "weights.safetensors")["outlet.weight"]
    torch.testing.assert_close(average, 2 / 11 * first + 9 / 11 * second)


def test_the_average_looks_back_as_far_as_the_recipe_says(corpus: Corpus, tmp_path: Path) -> None:
    learner = trainer("nhv", corpus)
    run = Run(learner, tmp_path)
    run.train(max_steps=20)  # from the eighth on, a decay of 1/2 is less than that of a young run
    before = read_weights(tmp_path / "weights.safetensors")["outlet.weight"]
    run.train(max_steps=21)
    average = read_weights(tmp_path / "weights.safetensors")["outlet.weight"]
    torch.testing.assert_close(average, (before + learner.network.outlet.weight.detach()) / 2)  # type: ignore[union-attr, operator]


@pytest.mark.parametrize("change", ["another size", "another architecture", "damage"])
def test_another_runs_checkpoint_is_refused_and_left_alone(change: str, corpus: Corpus, tmp_path: Path) -> None:
    Run(trainer("nhv", corpus), tmp_path).train(max_steps=1)
    if change == "damage":
        (tmp_path / "last.pt").write_bytes((tmp_path / "last.pt").read_bytes()[:1000])
    kept = [(tmp_path / name).read_bytes() for name in ("last.pt", "run.json")]
    other = trainer("melgan" if change == "another architecture" else "nhv", corpus)
    if change == "another size":
        other = NhvTrainer.build(Recipe(NHV | {"channels": 8}, batch=2), corpus)
    reason = {"another size": "it has channels 16, not 8$", "another architecture": "it has .*channels 16, not its default"}
    with pytest.raises(UsageError, match=rf"last\.pt: not a checkpoint of this.* recipe: {reason.get(change, '')}"):
        Run(other, tmp_path)
    assert [(tmp_path / name).read_bytes() for name in ("last.pt", "run.json")] == kept


@pytest.mark.parametrize("name", ["speedyspeech", "nhv", "melgan"])
def test_a_corpus_of_which_nothing_fits_is_refused(name: str, corpus: Corpus, tmp_path: Path) -> None:
    corpus.utterances = corpus.utterances[:1]
    with pytest.raises(InputError, match="no utterance of"):
        Run(trainer(name, corpus), tmp_path).train(max_steps=1)


def test_weights_can_be_read_by_others(corpus: Corpus, tmp_path: Path) -> None:
    Run(trainer("nhv", corpus), tmp_path).train(max_steps=1)
    (tmp_path / "new").touch()
    usual = (tmp_path / "new").stat().st_mode
    assert {(tmp_path / name).stat().st_mode for name in ("weights.safetensors", "last.pt", "run.json")} == {usual}


def test_no_companions_unless_a_trainer_has_them(corpus: Corpus) -> None:
    assert dict(trainer("nhv", corpus).companions) == {}
    assert all(isinstance(module, nn.Module) for module in trainer("melgan", corpus).companions.values())
