"""Training of WaveGlow: the likelihood of clips, nothing else.

Prenger et al., "WaveGlow", 2018, arXiv:1811.00002, section 3; SqueezeWave (Zhai et al. 2020) is trained alike.
Differs from it: clips of 16384 samples, which are whole frames, where the authors' have 16000; their mels are pieces of the mel
of the whole utterance; what speaks is a running average of the weights.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

from torch import Tensor, nn

from ttscli.nn.weight_norm import weight_normed
from ttscli.training.clips import ClipBatch, Clips
from ttscli.training.corpus import Corpus
from ttscli.training.trainer import Recipe, Trainer
from ttscli_waveglow.config import waveglow_config
from ttscli_waveglow.losses import negative_log_likelihood
from ttscli_waveglow.network import WaveGlow, is_normed

_CLIP_SAMPLES = 16384


class WaveGlowTrainer(Trainer):
    """One network, one loss."""

    architecture: ClassVar[str] = "waveglow"
    kind: ClassVar[str] = "vocoder"

    def __init__(self, recipe: Recipe, corpus: Corpus) -> None:
        self.recipe, self.corpus = recipe, corpus
        self.network = weight_normed(WaveGlow(waveglow_config(recipe.network, corpus.mel_spec)), is_normed)
        self.clips = Clips(corpus, _CLIP_SAMPLES // corpus.mel_spec.hop_samples, recipe.batch)

    @classmethod
    def build(cls, recipe: Recipe, corpus: Corpus) -> "WaveGlowTrainer":
        """Make an untrained network."""
        return cls(recipe, corpus)

    def batches(self, seed: int, first: int = 0) -> Iterator[ClipBatch]:
        """Clips from anywhere in the corpus."""
        return self.clips.training(seed, first)

    def validation_batches(self) -> Iterator[ClipBatch]:
        """A clip of each held-out utterance."""
        return self.clips.validation()

    def losses(self, network: nn.Module, batch: ClipBatch) -> dict[str, Tensor]:
        """The negative log-likelihood, in nats a sample."""
        return {"total": negative_log_likelihood(network(batch.mels, batch.audio))}

    def config(self) -> dict[str, Any]:
        """Everything of WaveGlowConfig that is not implied by the voice."""
        return dict(self.recipe.network)
