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
from typing import Any

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import nn
from torch.optim import Optimizer
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from ttscli.nn.weights import save_weights
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
    """

    def __init__(self, trainer: Trainer, folder: Path, seed: int = 0, device: str = "cpu", precision: Any = "32-true") -> None:
        self.trainer, self.folder, self.seed = trainer, folder, seed
        self.fabric = Fabric(accelerator=device.partition(":")[0], devices=1, precision=precision)
        self.progress = Progress()
        self.bare_optimizers = trainer.optimizers()
        average = get_ema_multi_avg_fn(trainer.recipe.ema)  # type: ignore[no-untyped-call]
        self.average = AveragedModel(trainer.network, multi_avg_fn=average, use_buffers=True)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "run.json").write_text(json.dumps(trainer.describe() | {"seed": seed}, ensure_ascii=False), encoding="utf-8")
        if (folder / "last.pt").exists():
            self._resume()
        self.network, *optimizers = self.fabric.setup(trainer.network, *self.bare_optimizers)
        self.optimizers: list[Optimizer] = list(optimizers)
        self.average.to(self.fabric.device)

    def train(self, max_minutes: float = float("inf"), max_steps: int = 2**62) -> None:
        """Train until the run has lasted `max_minutes` or `max_steps` in all; interrupted, leave a checkpoint."""
        batches = self.trainer.batches(np.random.default_rng([self.seed, self.progress.step]))
        started, before, saved = time.monotonic(), self.progress.seconds, time.monotonic()
        recipe, progress = self.trainer.recipe, self.progress
        self.network.train()
        try:
            while (share := max(progress.seconds / 60 / max_minutes, progress.step / max_steps)) < 1:
                self._set_rate(recipe.rate(progress.step, share))
                losses = self.trainer.step(self.fabric, self.network, self.optimizers, self._to_device(next(batches)))
                self.average.update_parameters(self.trainer.network)
                progress.step += 1
                progress.seconds = before + time.monotonic() - started
                if progress.step % LOG_EVERY == 0:
                    self._log(losses)
                if time.monotonic() - saved > CHECKPOINT_EVERY_S:
                    self.save()
                    saved = time.monotonic()
        finally:
            self.save()

    def save(self) -> None:
        """Write last.pt and weights.safetensors, each whole or not at all."""
        state = {
            "network": self.trainer.network.state_dict(),
            "average": self.average.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.bare_optimizers],
            "progress": asdict(self.progress),
        }
        unfinished = self.folder / "last.pt.part"
        torch.save(state, unfinished)
        unfinished.replace(self.folder / "last.pt")
        save_weights(self.average.module, self.folder / "weights.safetensors", torch.float32)
        self._log(self._validate(), kind="validation")

    def _resume(self) -> None:
        state: Mapping[str, Any] = torch.load(self.folder / "last.pt", map_location="cpu", weights_only=True)
        self.trainer.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
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
