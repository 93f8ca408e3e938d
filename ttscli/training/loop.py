"""The training loop: step, log, average, validate, sound, checkpoint, resume.

A run folder holds run.json (what is trained, with which recipe), log.jsonl (a line every LOG_EVERY steps, and one for each
validation), last.pt (everything needed to go on), weights.safetensors (the averaged weights) and samples/ (what they make of a
sentence that is held out).
"""

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import nn
from torch.optim import Optimizer
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from ttscli.errors import TtsError, UsageError
from ttscli.nn.weights import fill
from ttscli.precision import Precision
from ttscli.training import checkpoints
from ttscli.training.export import describe
from ttscli.training.processes import Processes
from ttscli.training.progress import Reporter, reporter
from ttscli.training.samples import write_sample
from ttscli.training.signals import Waiting, postponed
from ttscli.training.trainer import Trainer, differing_sizes

Tensors: TypeAlias = tuple[torch.Tensor, ...] | list[torch.Tensor]

LOG_EVERY = 50
CHECKPOINT_EVERY_S = 600.0


@dataclass
class Progress:
    """How far a run has got."""

    step: int = 0
    seconds: float = 0.0


class Run:
    """One training run in a folder; continues where the folder left off.

    Args:
        trainer: what to train.
        folder: made if it is not there.
        seed: of the batches.
        device: "cpu", "cuda" or "cuda:N".
        precision: of the layers that bear less than single precision.
        devices: how many processes; only the first writes and tells anything.
        samples_every_s: how often to let the network be heard and seen; never, if infinite.
        facts: what else run.json should say of the run.

    Raises:
        UsageError: what the folder holds was begun with another network.
    """

    def __init__(
        self,
        trainer: Trainer,
        folder: Path,
        seed: int = 0,
        device: str = "cpu",
        precision: Precision = "32-true",
        devices: int = 1,
        samples_every_s: float = math.inf,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        self.trainer, self.folder, self.seed, self.samples_every_s = trainer, folder, seed, samples_every_s
        self.fabric = Processes(device, devices, precision)
        self.fabric.launch()
        self.progress = Progress()
        self.bare_optimizers = trainer.optimizers()
        self.average = AveragedModel(trainer.network, multi_avg_fn=self._blend, use_buffers=True)
        self.network, *optimizers = self.fabric.setup(trainer.network, *self.bare_optimizers)
        self.optimizers: list[Optimizer] = list(optimizers)
        for module in (self.average, *trainer.companions.values()):
            module.to(self.fabric.device)
        self.fabric.learn_together([trainer.network, *trainer.companions.values()])
        self.reporter: Reporter = reporter(first=self.fabric.is_global_zero)
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / checkpoints.LAST).exists():
            self._resume()
        self.description = trainer.describe() | dict(facts or {}) | {"seed": seed}
        if self.fabric.is_global_zero:
            checkpoints.write_description(folder, self.description)

    def train(self, max_minutes: float = float("inf"), max_steps: int = 2**62) -> None:
        """Train until the run has lasted `max_minutes` or `max_steps` in all; interrupted, leave a checkpoint.

        Raises:
            OutputError: a file cannot be written; the last checkpoint stays as it was.
            TtsError: a loss is no number any more; likewise.
        """
        progress, batches = self.progress, self._batches()
        started, before = time.monotonic(), progress.seconds
        saved = sounded = started
        self.network.train()
        with postponed() as waiting, self.reporter:
            while (share := max(_share(progress.seconds / 60, max_minutes), _share(progress.step, max_steps))) < 1:
                self._step(next(batches), share)
                now = time.monotonic()
                progress.seconds = self.fabric.of_first(before + now - started)  # or rates and ends would differ
                if self.fabric.any(bool(waiting)):
                    self._stop(waiting)
                if now - saved > CHECKPOINT_EVERY_S:
                    self.save()
                    saved = now
                if now - sounded > self.samples_every_s:
                    self._sound()
                    sounded = now
            self.save()
            if self.samples_every_s < math.inf:
                self._sound()

    def _batches(self) -> Iterator[Any]:
        """The batches of this process: every one in so many of those of the seed, from where the run has got to."""
        every, own = self.fabric.world_size, self.fabric.global_rank
        return islice(self.trainer.batches(self.seed, self.progress.step * every + own), 0, None, every)

    def _step(self, batch: Any, share: float) -> None:
        self._set_rate(self.trainer.recipe.rate(self.progress.step, share, self.fabric.world_size))
        self._reseed()
        losses = self.trainer.step(self.fabric, self.network, self.optimizers, self.fabric.to_device(batch))
        if self.fabric.any(not all(map(math.isfinite, losses.values()))):
            self._give_up(f"the losses are {', '.join(f'{name} {value:g}' for name, value in losses.items())}")
        self.average.update_parameters(self.trainer.network)
        self.progress.step += 1
        self.reporter.advanced(self.progress.step, share)
        if self.progress.step % LOG_EVERY == 0:
            self._log(losses)

    def _reseed(self) -> None:
        """Let dropout depend on seed, step and process alone: a run that was interrupted drops what it would have."""
        chance = np.random.default_rng([self.seed, self.progress.step, self.fabric.global_rank])
        torch.manual_seed(int(chance.integers(2**62)))

    def _blend(self, average: Tensors, current: Tensors, number: torch.Tensor | int) -> None:
        """Move the average towards the weights. A young run's looks back over a tenth of it: first steps are soon bad."""
        step = self.progress.step
        decay = min(self.trainer.recipe.ema, (1 + step) / (10 + step))
        get_ema_multi_avg_fn(decay)(average, current, number)  # type: ignore[no-untyped-call]

    def _stop(self, waiting: Waiting) -> None:
        """End as a signal demands; all processes come here together, and the first answers for them."""
        self.save()
        if not self.fabric.is_global_zero:
            raise SystemExit(0)
        waiting.carry_out()
        raise KeyboardInterrupt  # the signal came to another process, or its handler came back

    def _give_up(self, reason: str) -> None:
        if not self.fabric.is_global_zero:
            raise SystemExit(0)
        step, every = self.progress.step, self.fabric.world_size
        batch = f"batch {step}" if every == 1 else f"batches {step * every} to {(step + 1) * every - 1}"
        hint = "the last checkpoint stays; try a lower --learning-rate, or look at the corpus: tts corpus check"
        raise TtsError(f"{self.folder}: step {step}, {batch} of seed {self.seed}: {reason}", hint)

    def save(self) -> None:
        """Write last.pt and weights.safetensors, each whole or not at all, and validate.

        Raises:
            OutputError: the disk is full.
            TtsError: a weight is no number any more.
        """
        if not self.fabric.is_global_zero:
            return
        if not all(bool(p.isfinite().all()) for p in self.trainer.network.parameters()):
            self._give_up("some weights are no numbers any more")
        state = {
            "network": self.trainer.network.state_dict(),
            "average": self.average.state_dict(),
            "companions": {name: module.state_dict() for name, module in self.trainer.companions.items()},
            "optimizers": [optimizer.state_dict() for optimizer in self.bare_optimizers],
            "progress": asdict(self.progress),
        }
        checkpoints.write_state(self.folder, state)
        checkpoints.write_weights(self.folder, self.average.module)
        self._log(self._validate(), kind="validation")

    def _sound(self) -> None:
        """Let the averaged weights be heard and seen."""
        if not self.fabric.is_global_zero:
            return
        checkpoints.write_weights(self.folder, self.average.module)
        made = write_sample(self.trainer, self.average.module, self.description, self.folder, self.progress.step)
        self._log({}, kind="sample", files=made)

    def _resume(self) -> None:
        path = self.folder / checkpoints.LAST
        try:
            self._restore(torch.load(path, map_location="cpu", weights_only=True))
        except (TtsError, RuntimeError, ValueError, KeyError, TypeError, EOFError, OSError, UnpicklingError) as error:
            reason = str(error).partition("\n")[0].removeprefix(f"{path}: ")
            if its := differing_sizes(describe(self.folder)["config"], self.trainer.config()):
                reason = f"it has {its}"
            raise UsageError(
                f"{path}: not a checkpoint of this architecture and recipe: {reason}",
                "continue as it began, or name another --out",
            ) from error

    def _restore(self, state: Mapping[str, Any]) -> None:
        fill(self.trainer.network, state["network"], str(self.folder / checkpoints.LAST))
        self.average.load_state_dict(state["average"])
        for name, companion in state.get("companions", {}).items():  # early checkpoints have none
            self.trainer.companions[name].load_state_dict(companion)
        for optimizer, saved in zip(self.bare_optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        self.progress = Progress(**state["progress"])

    def _set_rate(self, rate: float) -> None:
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate

    @torch.no_grad()
    def _validate(self) -> dict[str, float]:
        network: nn.Module = self.average.module.eval()
        sums: dict[str, list[float]] = {}
        for batch in self.trainer.validation_batches():
            for name, loss in self.trainer.losses(network, self.fabric.to_device(batch)).items():
                sums.setdefault(name, []).append(float(loss))
        return {name: float(np.mean(values)) for name, values in sums.items()}

    def _log(self, losses: Mapping[str, float], kind: str = "training", **more: Any) -> None:
        if self.fabric.is_global_zero:
            row = {"kind": kind, **asdict(self.progress), **{name: round(value, 5) for name, value in losses.items()}, **more}
            self.reporter.row(row)
            checkpoints.append_row(self.folder, row)


def _share(done: float, limit: float) -> float:
    """How much of a limit is used up; all of none."""
    return done / limit if limit else 1.0
