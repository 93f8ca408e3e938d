"""Training of WaveGlow: the likelihood of clips; if the recipe wants it, waves are drawn, too, and compared with the recordings.

Prenger et al., "WaveGlow", 2018, arXiv:1811.00002, section 3; SqueezeWave (Zhai et al. 2020) is trained alike.
Differs from it: a second loss with `spectral_weight`, of drawn waves, as students of ClariNet have it (Ping, Peng and Chen 2018,
section 3.4), so that a CPU's hours make speech; WaveGlow itself: 0. Clips of 16384 samples, which are whole frames, where the
authors' have 16000; their mels are pieces of the mel of the whole utterance; what speaks is a running average of the weights.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor, nn

from ttscli.nn.spectral import SpectralDistance
from ttscli.nn.weight_norm import weight_normed
from ttscli.training.clips import Clips, NoisyBatch
from ttscli.training.corpus import Corpus
from ttscli.training.processes import unwrapped
from ttscli.training.recipe import Recipe
from ttscli.training.trainer import Trainer
from ttscli_waveglow.config import waveglow_config
from ttscli_waveglow.losses import negative_log_likelihood
from ttscli_waveglow.network import WaveGlow, is_normed, squeezed

_CLIP_SAMPLES = 16384


@dataclass(frozen=True)
class TrainingConfig:
    """The [network.training] table of a recipe.

    Attributes:
        spectral_weight: of the distance between recordings and waves that are drawn at the config's temperature.
        convergence_weight: of the spectral convergence in that.
    """

    spectral_weight: float = 0.0
    convergence_weight: float = 1.0


class WaveGlowTrainer(Trainer):
    architecture: ClassVar[str] = "waveglow"
    kind: ClassVar[str] = "vocoder"
    network: WaveGlow

    def __init__(self, recipe: Recipe, corpus: Corpus) -> None:
        self.recipe, self.corpus = recipe, corpus
        self.training = recipe.training(TrainingConfig)
        self.distance = SpectralDistance(corpus.mel_spec, self.training.convergence_weight)
        self.network = weight_normed(WaveGlow(waveglow_config(self.config(), corpus.mel_spec)), is_normed)
        self.clips = Clips(corpus, _CLIP_SAMPLES // corpus.mel_spec.hop_samples, recipe.batch)

    @classmethod
    def build(cls, recipe: Recipe, corpus: Corpus) -> "WaveGlowTrainer":
        """Make an untrained network."""
        return cls(recipe, corpus)

    def batches(self, seed: int, first: int = 0) -> Iterator[NoisyBatch]:
        """Clips from anywhere in the corpus, with new noise each time."""
        return self.clips.noisy_training(seed, first)

    def validation_batches(self) -> Iterator[NoisyBatch]:
        """A clip of each held-out utterance, with the same noise each time."""
        return self.clips.noisy_validation()

    def losses(self, network: nn.Module, batch: NoisyBatch) -> dict[str, Tensor]:
        """The negative log-likelihood "nll", in nats a sample, and what the recipe adds to it."""
        losses = {"nll": negative_log_likelihood(network(batch.mels, batch.audio))}
        if not self.training.spectral_weight:
            return losses | {"total": losses["nll"]}
        drawn = _drawn(unwrapped(network, WaveGlow), batch)
        losses |= self.distance(drawn, batch.audio[:, : drawn.shape[1]])
        return losses | {"total": losses["nll"] + self.training.spectral_weight * (losses["mel"] + losses["stft"])}

    def config(self) -> dict[str, Any]:
        """Everything of WaveGlowConfig that is not implied by the voice."""
        return self.recipe.sizes()


def _drawn(network: WaveGlow, batch: NoisyBatch) -> Tensor:
    """Waves of the batch's mels, of its noise: (B, N - N % group)."""
    config = network.config
    noise = config.temperature * squeezed(batch.noise[:, None], config.group)
    return network.inverse(batch.mels, noise, network.unmixings())
