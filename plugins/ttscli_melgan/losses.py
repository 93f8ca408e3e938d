"""What MelGAN's two sides are trained on, in both public programs' manners.

Kumar et al., "MelGAN", 2019, arXiv:1910.06711, section 2.3: hinge losses and feature matching.
Least squares: Mao et al., "Least Squares Generative Adversarial Networks", 2017, as in seungwonpark/melgan, which sums the score
over time where the hinge takes the mean, and gives every layer's features the weight 1.

"real" and "made" are a discriminator's Features of recorded and of generated waves. Every loss is a scalar.
"""

from collections.abc import Mapping
from typing import Literal, Protocol, TypeAlias

import torch
from torch import Tensor
from torch.nn import functional

from ttscli_melgan.discriminator import Features

FEATURE_WEIGHT = 10.0
"""Of the feature distance beside the adversarial loss, in both programs."""

AdversaryName: TypeAlias = Literal["hinge", "least-squares"]


class Adversary(Protocol):
    """One manner of being judged."""

    def discriminator_loss(self, real: Features, made: Features) -> Tensor:
        """Tell recordings from what was made; detach the waves that `made` is of."""

    def generator_loss(self, made: Features) -> Tensor:
        """Let what was made pass for a recording."""

    def feature_distance(self, real: Features, made: Features) -> Tensor:
        """How far features are from those of the recording."""


class Hinge:
    """That of the paper."""

    def discriminator_loss(self, real: Features, made: Features) -> Tensor:
        """Push real scores above 1 and made ones below -1."""
        pairs = zip(real, made, strict=True)
        terms = [functional.relu(1 - good[-1]).mean() + functional.relu(1 + bad[-1]).mean() for good, bad in pairs]
        return torch.stack(terms).sum()

    def generator_loss(self, made: Features) -> Tensor:
        """Raise the scores of what was made."""
        return torch.stack([-scale[-1].mean() for scale in made]).sum()

    def feature_distance(self, real: Features, made: Features) -> Tensor:
        """Mean absolute difference of all layers but the scores, times 4 / (downsamplings + 1) / scales as with the authors."""
        n_layers = len(made[0]) - 1
        return _distance(real, made) * (4 / (n_layers - 1) / len(made))


class LeastSquares:
    """That of seungwonpark/melgan."""

    def discriminator_loss(self, real: Features, made: Features) -> Tensor:
        """Push real scores to 1 and made ones to 0."""
        terms = [_squares(good[-1] - 1) + _squares(bad[-1]) for good, bad in zip(real, made, strict=True)]
        return torch.stack(terms).sum()

    def generator_loss(self, made: Features) -> Tensor:
        """Push the scores of what was made to 1."""
        return torch.stack([_squares(scale[-1] - 1) for scale in made]).sum()

    def feature_distance(self, real: Features, made: Features) -> Tensor:
        """Mean absolute difference of all layers but the scores, each of weight 1."""
        return _distance(real, made)


ADVERSARIES: Mapping[AdversaryName, Adversary] = {"hinge": Hinge(), "least-squares": LeastSquares()}


def _distance(real: Features, made: Features) -> Tensor:
    terms = [
        functional.l1_loss(bad, good)
        for goods, bads in zip(real, made, strict=True)
        for good, bad in zip(goods[:-1], bads[:-1], strict=True)
    ]
    return torch.stack(terms).sum()


def _squares(scores: Tensor) -> Tensor:
    """(B, 1, L) → mean over the batch of the sum over time."""
    return scores.square().sum(dim=(1, 2)).mean()
