"""What a plugin promises so that the training loop can train it."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer

from ttscli.training.corpus import Corpus


@dataclass(frozen=True)
class Recipe:
    """Hyper-parameters of a run, from a TOML file of the plugin.

    Attributes:
        network: the network's own configuration.
        learning_rate: peak, reached after `warmup_steps`; falls linearly to `final_share` of it at the end of the run.
        decay_from: share of the run after which it begins to fall.
        weight_decay, betas: of AdamW.
        clip: gradient norm.
        ema: decay of the running average of the weights, which is what speaks.
        batch: utterances or clips a step.
    """

    network: Mapping[str, Any]
    learning_rate: float = 1.5e-3
    warmup_steps: int = 300
    decay_from: float = 0.2
    final_share: float = 0.03
    weight_decay: float = 0.01
    betas: tuple[float, float] = (0.9, 0.98)
    clip: float = 1.0
    ema: float = 0.998
    batch: int = 8

    def rate(self, step: int, progress: float) -> float:
        """The learning rate at `step`, with `progress` in [0, 1] through the run."""
        warm = min(1.0, (step + 1) / self.warmup_steps)
        fall = max(0.0, progress - self.decay_from) / (1 - self.decay_from)
        return self.learning_rate * warm * (1 - (1 - self.final_share) * min(1.0, fall))


class Trainer(ABC):
    """A network, its data and its losses. One optimizer; override `optimizers` and `step` for an adversary.

    Attributes:
        kind: "acoustic", "vocoder" or "text_to_wave": what the trained network is in a voice.
        network: what is trained, averaged and exported.
        recipe: hyper-parameters.
    """

    kind: ClassVar[str]
    network: nn.Module
    recipe: Recipe

    @classmethod
    @abstractmethod
    def build(cls, recipe: Recipe, corpus: Corpus) -> Self:
        """Make an untrained network for `corpus`."""

    @abstractmethod
    def batches(self, chance: np.random.Generator) -> Iterator[Any]:
        """Yield training batches without end; the same generator state gives the same batches."""

    @abstractmethod
    def validation_batches(self) -> Iterator[Any]:
        """Yield the same few batches each time."""

    @abstractmethod
    def losses(self, network: nn.Module, batch: Any) -> dict[str, Tensor]:
        """Compute the losses of `network` (ours, wrapped or averaged) on one batch: "total" is what is minimised."""

    @abstractmethod
    def config(self) -> dict[str, Any]:
        """The part's `config` table in voice.toml."""

    def optimizers(self) -> list[Optimizer]:
        """The optimizers, in the order in which `step` uses them."""
        recipe = self.recipe
        return [AdamW(self.network.parameters(), recipe.learning_rate, recipe.betas, weight_decay=recipe.weight_decay)]

    def step(self, fabric: Fabric, network: nn.Module, optimizers: list[Optimizer], batch: Any) -> dict[str, float]:
        """Learn from one batch; return the losses as numbers."""
        [optimizer] = optimizers
        optimizer.zero_grad(set_to_none=True)
        losses = self.losses(network, batch)
        fabric.backward(losses["total"])
        torch.nn.utils.clip_grad_norm_(network.parameters(), self.recipe.clip)
        optimizer.step()
        return {name: float(loss.detach()) for name, loss in losses.items()}
