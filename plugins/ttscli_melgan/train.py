"""Training of MelGAN: a generator that first learns to come close in spectrum, then to be taken for real.

Kumar et al., "MelGAN", 2019, arXiv:1910.06711: hinge losses, feature matching, clips of 8192 samples; or the least squares of the
other public program, seungwonpark/melgan.
Differs from it: the first `from_step` steps have spectral losses alone (as in Yang et al., "Multi-band MelGAN", 2020), which a
small network learns in minutes; later on they stay beside the adversarial ones with `spectral_weight`; MelGAN itself: both 0.
Recordings are as loud as in the corpus, where the authors raise the peak of each to 0.95 and scale every clip by 0.3 to 1, at
random; the mel of a clip is a piece of its utterance's. What speaks is a running average of the weights. `recipe.clip` bounds the
gradient of the generator alone, whose losses are of several kinds; the authors bound none. And least squares learn as the hinge
does, both sides from one batch, the discriminators first.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from lightning_fabric import Fabric
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer

from ttscli.errors import UsageError
from ttscli.nn.spectral import SpectralDistance
from ttscli.nn.weight_norm import weight_normed
from ttscli.training.clips import ClipBatch, Clips
from ttscli.training.corpus import Corpus
from ttscli.training.recipe import Recipe
from ttscli.training.trainer import Trainer
from ttscli_melgan.config import melgan_config
from ttscli_melgan.discriminator import Discriminator, DiscriminatorConfig
from ttscli_melgan.generator import Generator
from ttscli_melgan.losses import ADVERSARIES, FEATURE_WEIGHT, AdversaryName

_CLIP_SAMPLES = 8192
_ADVERSARY = "adversary"


@dataclass(frozen=True)
class AdversaryConfig:
    """The [network.adversary] table of a recipe.

    Attributes:
        loss: in which of the two public programs' manners the two sides learn.
        from_step: the step from which on there are discriminators.
        spectral_weight: of the spectral losses from then on.
        convergence_weight: of the spectral convergence in these, from the first step on.
        scales, width, widest: sizes of the discriminators, as in DiscriminatorConfig.
    """

    loss: AdversaryName = "hinge"
    from_step: int = 0
    spectral_weight: float = 0.0
    convergence_weight: float = 1.0
    scales: int = 3
    width: int = 16
    widest: int = 1024

    @property
    def discriminator(self) -> DiscriminatorConfig:
        return DiscriminatorConfig(scales=self.scales, width=self.width, widest=self.widest)


class MelGanTrainer(Trainer):
    """Two optimizers: the generator's and the discriminators'. Only the generator is averaged and exported."""

    architecture: ClassVar[str] = "melgan"
    kind: ClassVar[str] = "vocoder"

    def __init__(self, recipe: Recipe, corpus: Corpus) -> None:
        self.recipe, self.corpus = recipe, corpus
        self._training = recipe.training(AdversaryConfig, _ADVERSARY)
        self._adversary = ADVERSARIES[self._training.loss]
        generator = Generator(melgan_config(self.config(), corpus.mel_spec))
        clip_frames = _CLIP_SAMPLES // corpus.mel_spec.hop_samples
        if clip_frames < generator.config.least_frames:
            frames = f"{generator.config.least_frames} frames, clips have {clip_frames}"
            raise UsageError(f"melgan: what its residual units see beyond an end takes {frames}", "lower network.residual_units")
        self.network = weight_normed(generator)
        self.discriminator = Discriminator(self._training.discriminator)
        self.distance = SpectralDistance(corpus.mel_spec, self._training.convergence_weight)
        self.clips = Clips(corpus, clip_frames, recipe.batch)

    @classmethod
    def build(cls, recipe: Recipe, corpus: Corpus) -> "MelGanTrainer":
        """Make untrained networks; UsageError if a clip is too short for the generator."""
        return cls(recipe, corpus)

    @property
    def companions(self) -> Mapping[str, nn.Module]:
        return {"discriminator": self.discriminator}

    def config(self) -> dict[str, Any]:
        """The generator's sizes: the discriminators do not speak."""
        return self.recipe.sizes(_ADVERSARY)

    def batches(self, seed: int, first: int = 0) -> Iterator[ClipBatch]:
        """Clips from anywhere in the corpus."""
        return self.clips.training(seed, first)

    def validation_batches(self) -> Iterator[ClipBatch]:
        """A clip of each held-out utterance."""
        return self.clips.validation()

    def optimizers(self) -> list[Optimizer]:
        """The generator's, then the discriminators'."""
        recipe = self.recipe
        networks = (self.network, self.discriminator)
        return [AdamW(n.parameters(), recipe.learning_rate, recipe.betas, weight_decay=recipe.weight_decay) for n in networks]

    def losses(self, network: nn.Module, batch: ClipBatch) -> dict[str, Tensor]:
        """What there is to learn without discriminators."""
        return self._spectral_losses(network(batch.mels).float(), batch.audio)

    def _spectral_losses(self, made: Tensor, real: Tensor) -> dict[str, Tensor]:
        losses = self.distance(made, real)
        return losses | {"total": losses["mel"] + losses["stft"]}

    def step(self, fabric: Fabric, network: nn.Module, optimizers: list[Optimizer], batch: ClipBatch) -> dict[str, float]:
        """Learn from one batch: first the discriminators, then the generator against the better ones."""
        of_generator, of_discriminator = optimizers
        if _steps(of_generator) < self._training.from_step:
            return super().step(fabric, network, [of_generator], batch)
        made = network(batch.mels).float()

        of_discriminator.zero_grad(set_to_none=True)
        real_features = self.discriminator(batch.audio)
        discriminator_loss = self._adversary.discriminator_loss(real_features, self.discriminator(made.detach()))
        fabric.backward(discriminator_loss)
        of_discriminator.step()

        of_generator.zero_grad(set_to_none=True)
        targets = [[feature.detach() for feature in scale] for scale in real_features]
        losses = self._generator_losses(made, batch.audio, targets)
        fabric.backward(losses["total"])
        fabric.clip_gradients(network, of_generator, max_norm=self.recipe.clip, error_if_nonfinite=False)
        of_generator.step()
        return {name: float(loss.detach()) for name, loss in losses.items()} | {
            "discriminator": float(discriminator_loss.detach())
        }

    def _generator_losses(self, made: Tensor, real: Tensor, targets: list[list[Tensor]]) -> dict[str, Tensor]:
        features = self.discriminator(made)
        losses = {
            "adversarial": self._adversary.generator_loss(features),
            "features": self._adversary.feature_distance(targets, features),
        }
        total = losses["adversarial"] + FEATURE_WEIGHT * losses["features"]
        if self._training.spectral_weight:
            spectral = self._spectral_losses(made, real)
            total = total + self._training.spectral_weight * spectral["total"]
            losses = spectral | losses
        return losses | {"total": total}


def _steps(optimizer: Optimizer) -> int:
    """How many steps an Adam has made, over all the sittings of a run."""
    states = iter(optimizer.state.values())
    return int(next(states, {"step": 0})["step"])
