"""Two processes on the CPU against one that learns from the batches of both."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.conftest import Environment
from ttscli.errors import UsageError
from ttscli.melspec import MelSpec
from ttscli.training.clips import ClipBatch
from ttscli.training.corpus import Corpus
from ttscli.training.loop import Run
from ttscli.training.processes import Processes
from ttscli.training.recipe import Recipe
from ttscli_melgan.train import MelGanTrainer

# An adversary from the first step, no batch normalisation, and no loss that is not a mean over clips, as spectral convergence is.
RECIPE = """
learning_rate = 2e-4
warmup_steps = 1
batch = 1
ema = 0.0
[network]
width = 32
residual_units = 1
[network.adversary]
from_step = 0
spectral_weight = 0.0
scales = 2
width = 8
widest = 32
"""
STEPS = 3


@pytest.fixture
def arguments(folder: Path, tmp_path: Path) -> list[str]:
    (tmp_path / "melgan.toml").write_text(RECIPE)
    return [
        *(sys.executable, "-m", "ttscli", "train", "melgan", "--data", str(folder), "--out", "two", "--recipe", "melgan.toml"),
        *("--devices", "2", "--samples-every", "0"),
    ]


class TwiceTheBatch(MelGanTrainer):
    """Learns from two batches at a time."""

    def batches(self, seed: int, first: int = 0) -> Iterator[ClipBatch]:
        single = super().batches(seed, 2 * first)
        for one, other in zip(single, single, strict=False):
            yield ClipBatch(torch.cat([one.mels, other.mels]), torch.cat([one.audio, other.audio]))


def flat(state: Any) -> list[Tensor]:
    if isinstance(state, Tensor):
        return [state.float()]
    items = state.values() if isinstance(state, dict) else state if isinstance(state, list | tuple) else ()
    return [tensor for item in items for tensor in flat(item)]


@pytest.mark.slow
def test_two_processes_learn_what_one_does_with_twice_the_batch(
    arguments: list[str], folder: Path, environment: Environment, tmp_path: Path
) -> None:
    """The averages of gradients that Adam keeps, of the network and of its adversary, and the weights."""
    Corpus(folder, MelSpec())
    done = subprocess.run(
        [*arguments, "--max-steps", str(STEPS)], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["kind"], row["step"]) for row in rows] == [("validation", STEPS)]  # one process tells

    torch.manual_seed(0)
    network = {
        "width": 32,
        "residual_units": 1,
        "adversary": {"from_step": 0, "spectral_weight": 0.0, "scales": 2, "width": 8, "widest": 32},
    }
    recipe = Recipe(network, learning_rate=2e-4, warmup_steps=1, batch=1, ema=0.0)
    Run(TwiceTheBatch.build(recipe, Corpus(folder, MelSpec())), tmp_path / "one").train(max_steps=STEPS)
    one, two = (torch.load(tmp_path / name / "last.pt", weights_only=True) for name in ("one", "two"))
    for part in ("optimizers", "network", "companions"):
        pairs = list(zip(flat(one[part]), flat(two[part]), strict=True))
        assert pairs
        worst = max(float((x - y).abs().max()) for x, y in pairs)
        assert worst < 1e-5, (part, worst)


CLOCKS = """
import os
from itertools import count
from types import SimpleNamespace
from ttscli.training import loop

rank, ticks = int(os.environ.get("LOCAL_RANK", 0)), count()
loop.time = SimpleNamespace(monotonic=lambda: 0.1 * (1 + 3 * rank) * next(ticks))
rates = []
loop.Run._set_rate = lambda run, rate, of_run=loop.Run._set_rate: (rates.append(rate), of_run(run, rate))
from ttscli.cli import main

try:
    main()
finally:
    print(rates, file=open(f"rates-{rank}", "w"))
"""


@pytest.mark.slow
def test_all_go_by_the_clock_of_the_first(arguments: list[str], environment: Environment, folder: Path, tmp_path: Path) -> None:
    """The second's is four times as fast; learning rates depend on the time. Both tick when looked at: no machine is too busy."""
    Corpus(folder, MelSpec())
    (tmp_path / "clocks.py").write_text(CLOCKS)
    _, _, _, *rest = arguments
    done = subprocess.run(
        [sys.executable, "clocks.py", *rest, "--max-minutes", "0.03"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    first, second = ((tmp_path / f"rates-{rank}").read_text() for rank in (0, 1))
    assert first == second
    assert len(set(json.loads(first))) > 10


@pytest.mark.slow
def test_a_signal_to_the_first_ends_both(arguments: list[str], environment: Environment, tmp_path: Path) -> None:
    process = subprocess.Popen(arguments, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()  # the first line of progress
    os.kill(process.pid, signal.SIGTERM)
    _, complaint = process.communicate(timeout=60)
    assert (process.returncode, b"Traceback" in complaint) == (143, False), complaint
    assert (tmp_path / "two" / "last.pt").is_file()
    time.sleep(0.5)
    children = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(tmp_path) not in children


def test_one_numbered_gpu_is_not_for_two() -> None:
    with pytest.raises(UsageError, match="cuda:1: one GPU for 2 processes"):
        Processes("cuda:1", 2)
