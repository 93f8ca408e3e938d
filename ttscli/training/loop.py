"""The training loop: step, log, average, validate, checkpoint, resume.

A run folder holds run.json (what is trained, with which recipe), log.jsonl (a line every LOG_EVERY steps), last.pt (everything
needed to go on) and weights.safetensors (the averaged weights).
"""

import json
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import nn
from torch.optim import Optimizer
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from ttscli.errors import UsageError
from ttscli.nn.weights import save_weights
from ttscli.training.signals import postponed
from ttscli.training.trainer import Trainer

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
        precision: Fabric's: "32-true", "bf16-mixed" …

    Raises:
        UsageError: what the folder holds was begun with another network.
    """

    def __init__(self, trainer: Trainer, folder: Path, seed: int = 0, device: str = "cpu", precision: Any = "32-true") -> None:
        self.trainer, self.folder, self.seed = trainer, folder, seed
        kind, _, number = device.partition(":")
        self.fabric = Fabric(accelerator=kind, devices=[int(number)] if number else 1, precision=precision)
        self.progress = Progress()
        self.bare_optimizers = trainer.optimizers()
        average = get_ema_multi_avg_fn(trainer.recipe.ema)  # type: ignore[no-untyped-call]
        self.average = AveragedModel(trainer.network, multi_avg_fn=average, use_buffers=True)
        self.network, *optimizers = self.fabric.setup(trainer.network, *self.bare_optimizers)
        self.optimizers: list[Optimizer] = list(optimizers)
        for module in (self.average, *trainer.companions.values()):
            module.to(self.fabric.device)
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / "last.pt").exists():
            self._resume()
        (folder / "run.json").write_text(json.dumps(trainer.describe() | {"seed": seed}, ensure_ascii=False), encoding="utf-8")

    def train(self, max_minutes: float = float("inf"), max_steps: int = 2**62) -> None:
        """Train until the run has lasted `max_minutes` or `max_steps` in all; interrupted, leave a checkpoint."""
        progress = self.progress
        batches = self.trainer.batches(self.seed, progress.step)
        started, before, saved = time.monotonic(), progress.seconds, time.monotonic()
        self.network.train()
        try:
            with postponed() as interrupt:
                while (share := max(_share(progress.seconds / 60, max_minutes), _share(progress.step, max_steps))) < 1:
                    self._step(next(batches), share)
                    progress.seconds = before + time.monotonic() - started
                    interrupt()
                    if time.monotonic() - saved > CHECKPOINT_EVERY_S:
                        self.save()
                        saved = time.monotonic()
        finally:
            self.save()

    def _step(self, batch: Any, share: float) -> None:
        self._set_rate(self.trainer.recipe.rate(self.progress.step, share))
        losses = self.trainer.step(self.fabric, self.network, self.optimizers, self._to_device(batch))
        self.average.update_parameters(self.trainer.network)
        self.progress.step += 1
        if self.progress.step % LOG_EVERY == 0:
            self._log(losses)

    def save(self) -> None:
        """Write last.pt and weights.safetensors, each whole or not at all."""
        state = {
            "network": self.trainer.network.state_dict(),
            "average": self.average.state_dict(),
            "companions": {name: module.state_dict() for name, module in self.trainer.companions.items()},
            "optimizers": [optimizer.state_dict() for optimizer in self.bare_optimizers],
            "progress": asdict(self.progress),
        }
        unfinished = self.folder / "last.pt.part"
        torch.save(state, unfinished)
        unfinished.replace(self.folder / "last.pt")
        save_weights(self.average.module, self.folder / "weights.safetensors", torch.float32)
        self._log(self._validate(), kind="validation")

    def _resume(self) -> None:
        path = self.folder / "last.pt"
        try:
            self._restore(torch.load(path, map_location="cpu", weights_only=True))
        except (RuntimeError, ValueError, KeyError, EOFError, UnpicklingError) as error:
            reason = str(error).partition("\n")[0]
            raise UsageError(
                f"{path}: not a checkpoint of this architecture and recipe: {reason}",
                "continue as it began, or name another --out",
            ) from error

    def _restore(self, state: Mapping[str, Any]) -> None:
        self.trainer.network.load_state_dict(state["network"])
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
            for name, loss in self.trainer.losses(network, self._to_device(batch)).items():
                sums.setdefault(name, []).append(float(loss))
        return {name: float(np.mean(values)) for name, values in sums.items()}

    def _to_device(self, batch: Any) -> Any:
        return self.fabric.to_device(batch)

    def _log(self, losses: Mapping[str, float], kind: str = "training") -> None:
        row = {"kind": kind, **asdict(self.progress), **{name: round(value, 5) for name, value in losses.items()}}
        with suppress(BrokenPipeError):
            print(json.dumps(row), flush=True)
        with open(self.folder / "log.jsonl", "a", encoding="utf-8") as log:
            log.write(json.dumps(row) + "\n")


def _share(done: float, limit: float) -> float:
    """How much of a limit is used up; all of none."""
    return done / limit if limit else 1.0
