"""Training of ClariNet's teacher: the likelihood of recordings.

Ping, Peng and Chen, "ClariNet", 2018, arXiv:1807.07281, section 3.1.
Differs from it: the learning rate falls as recipes of ours say, not by halves. And from the public program: it raises the peak of
every recording to 0.999, and sets up to half a hop of silence before it; here recordings are heard as they are.

Letters: B clips, M mel bins, F frames, T = F * hop_samples samples.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor, nn

from ttscli.config import require_sizes
from ttscli.nn.weight_norm import weight_normed
from ttscli.training.clips import ClipBatch, Clips
from ttscli.training.corpus import Corpus
from ttscli.training.recipe import Recipe
from ttscli.training.trainer import Trainer
from ttscli_clarinet.config import clarinet_config
from ttscli_clarinet.frontend import conditioner
from ttscli_clarinet.losses import likelihood_loss
from ttscli_clarinet.teacher import Teacher


@dataclass(frozen=True)
class TeacherTraining:
    """The [network.training] table of a recipe.

    Attributes:
        clip_frames: length of a clip; the published ones are two thirds of a second.
    """

    clip_frames: int = 62

    def __post_init__(self) -> None:
        require_sizes(self, "clip_frames")


class TeacherTrainer(Trainer):
    """What it trains is a vocoder, if a slow one."""

    architecture: ClassVar[str] = "clarinet"
    kind: ClassVar[str] = "vocoder"
    recipes: ClassVar[str] = "teacher_recipes"

    def __init__(self, recipe: Recipe, corpus: Corpus) -> None:
        self.recipe, self.corpus = recipe, corpus
        training = recipe.training(TeacherTraining)
        self.clips = Clips(corpus, training.clip_frames, recipe.batch)
        self.network = weight_normed(Teacher(clarinet_config(self.config(), corpus.mel_spec)))

    @classmethod
    def build(cls, recipe: Recipe, corpus: Corpus) -> "TeacherTrainer":
        """Make an untrained teacher."""
        return cls(recipe, corpus)

    def config(self) -> dict[str, Any]:
        """The teacher's sizes."""
        return self.recipe.sizes() | {"kind": "teacher"}

    def batches(self, seed: int, first: int = 0) -> Iterator[ClipBatch]:
        """Clips from anywhere in the corpus."""
        return self.clips.training(seed, first)

    def validation_batches(self) -> Iterator[ClipBatch]:
        """A clip of each held-out utterance."""
        return self.clips.validation()

    def losses(self, network: nn.Module, batch: ClipBatch) -> dict[str, Tensor]:
        """Negative log-likelihood of a sample, in nats."""
        predicted = network(batch.audio, conditioner(batch.mels, self.corpus.mel_spec.floor))
        return {"total": likelihood_loss(predicted, batch.audio)}
