"""What ends a run before its time, and what is left of it then."""

import errno
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest
import torch
from torch import Tensor

from tests.training.small import trainer
from ttscli.errors import OutputError, TtsError
from ttscli.training import checkpoints
from ttscli.training.corpus import Corpus
from ttscli.training.loop import Run
from ttscli.training.trainer import Trainer


def spoiled_from(step: int, learner: Trainer, value: float) -> Trainer:
    """Let the losses of a trainer be no numbers from that step on."""
    losses, calls = learner.losses, []

    def spoiled(*args: Any) -> dict[str, Tensor]:
        calls.append(1)
        real = losses(*args)
        return real if len(calls) <= step else real | {"total": real["total"] * value}

    learner.losses = spoiled  # type: ignore[method-assign, assignment]
    return learner


def kept(run: Path) -> dict[str, bytes]:
    return {name: (run / name).read_bytes() for name in ("last.pt", "weights.safetensors")}


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_loss_that_is_no_number_ends_the_run_and_keeps_the_checkpoint(value: float, corpus: Corpus, tmp_path: Path) -> None:
    Run(trainer("nhv", corpus), tmp_path).train(max_steps=2)
    before = kept(tmp_path)
    run = Run(spoiled_from(1, trainer("nhv", corpus), value), tmp_path, seed=5)
    with pytest.raises(TtsError, match=r"step 3, batch 3 of seed 5: the losses are .*total (nan|inf)") as fault:
        run.train(max_steps=9)
    assert fault.value.exit_code == 1
    assert kept(tmp_path) == before
    assert Run(trainer("nhv", corpus), tmp_path).progress.step == 2


def test_weights_that_are_no_numbers_are_not_kept(corpus: Corpus, tmp_path: Path) -> None:
    learner = trainer("nhv", corpus)
    run = Run(learner, tmp_path)
    run.train(max_steps=1)
    before = kept(tmp_path)
    with torch.no_grad():
        next(iter(learner.network.parameters())).fill_(math.nan)
    with pytest.raises(TtsError, match="some weights are no numbers"):
        run.save()
    assert kept(tmp_path) == before


def test_a_checkpoint_that_is_interrupted_leaves_the_last_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(state: object, path: Path) -> NoReturn:
        path.write_bytes(b"half a ")
        raise KeyboardInterrupt

    (tmp_path / "last.pt").write_bytes(b"whole")
    monkeypatch.setattr("torch.save", interrupted)
    with pytest.raises(KeyboardInterrupt):
        checkpoints.write_state(tmp_path, {})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"last.pt": b"whole"}


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), RuntimeError("file write failed")])
def test_a_full_disk_leaves_the_last_checkpoint(
    error: Exception, corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run(trainer("nhv", corpus), tmp_path)
    run.train(max_steps=1)
    before = kept(tmp_path)

    def full(state: object, path: Path) -> NoReturn:
        path.write_bytes(b"half a ")
        raise error

    monkeypatch.setattr("torch.save", full)
    with pytest.raises(OutputError, match=r"last\.pt: cannot be written: (No space left|file write failed)") as fault:
        run.train(max_steps=2)
    assert fault.value.exit_code == 6
    assert kept(tmp_path) == before
    assert not list(tmp_path.glob("*.part"))


def test_whatever_file_finds_no_room_the_hint_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    monkeypatch.setattr("torch.save", full)
    writers: list[Callable[[], None]] = [
        lambda: checkpoints.write_state(tmp_path, {}),
        lambda: checkpoints.write_weights(tmp_path, torch.nn.Linear(1, 1)),
        lambda: checkpoints.write_description(tmp_path, {}),
    ]
    for write in writers:
        with pytest.raises(OutputError, match="cannot be written: No space left on device") as fault:
            write()
        assert fault.value.hint == "make room; the run goes on from its last checkpoint"
