"""The teacher's learning rate: up for 30 epochs, then falling with the square root (Vaswani et al., 2017, counted in epochs)."""

import math
from dataclasses import dataclass

from ttscli.training.recipe import Recipe

WARM_UP_EPOCHS = 30
FIRST_SHARE = 0.25


def noam_lr(epoch: int, peak: float = 2e-3, warm_up_epochs: int = WARM_UP_EPOCHS, first_share: float = FIRST_SHARE) -> float:
    """The rate in `epoch`, from 0 on: first_share * peak at first, peak after `warm_up_epochs` (≥ 1)."""
    if epoch <= warm_up_epochs:
        return peak * (first_share + (1 - first_share) * epoch / warm_up_epochs)
    return peak * math.sqrt(warm_up_epochs / epoch)


@dataclass(frozen=True)
class NoamRecipe(Recipe):
    """A recipe whose learning rate follows the epoch, not the progress of the run.

    Attributes:
        batches_per_epoch: ≥ 1.
    """

    batches_per_epoch: int = 1

    def rate(self, step: int, progress: float, batches_per_step: int = 1) -> float:
        """The learning rate at `step`; `progress` is not looked at."""
        return noam_lr(step * batches_per_step // self.batches_per_epoch, self.learning_rate)
