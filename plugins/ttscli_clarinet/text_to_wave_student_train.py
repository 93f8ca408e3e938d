"""Training of the flows that take the WaveNet's place in a trained text-to-wave network.

Ping, Peng and Chen, "ClariNet", 2018, arXiv:1807.07281, section 4.3: distilled on the hidden states that the rest of the network
makes of recordings, while all but the flows stays as it is.
Differs from it: nothing.

Letters: B batch, H hidden channels, F frames a clip, T = F * hop_samples samples.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from ttscli.errors import UsageError
from ttscli.melspec import MelSpec
from ttscli.nn.weight_norm import fuse, weight_normed
from ttscli.nn.weights import fill, read_weights
from ttscli.training.corpus import Corpus
from ttscli.training.export import describe
from ttscli.training.trainer import Recipe, Trainer
from ttscli_clarinet.text_to_wave import DistilledTextToWave, Recordings, TextToWave
from ttscli_clarinet.text_to_wave_config import text_to_wave_config
from ttscli_clarinet.text_to_wave_train import TextToWaveTrainer
from ttscli_clarinet.text_to_wave_train import TrainingConfig as Listening
from ttscli_clarinet.train import Distillation, TrainingConfig

_FLOWS, _WAVENET = "vocoder.flows.", "vocoder.wavenet."
_STRIDES, _VOCODER = "vocoder_upsample_strides", "vocoder_"


class Batch(NamedTuple):
    """Recordings, and noise (B, T) of deviation 1 for their clips."""

    recordings: Recordings
    noise: Tensor


class TextToWaveStudentTrainer(Trainer):
    """Only the flows learn. The recipe's training table is that of a vocoder's student; its teacher is a text-to-wave run."""

    architecture: ClassVar[str] = "clarinet"
    kind: ClassVar[str] = "text_to_wave"
    recipes: ClassVar[str] = "text_to_wave_student_recipes"

    def __init__(self, recipe: Recipe, corpus: Corpus, run: dict[str, Any], teacher: TextToWave) -> None:
        self.recipe, self.corpus, self._text = recipe, corpus, run["text"]
        training = recipe.training(TrainingConfig)
        self.distillation = Distillation(training, corpus.mel_spec)
        self.teacher = TextToWaveTrainer(
            recipe, corpus, self._text["symbols"], teacher.eval().requires_grad_(False), Listening(training.clip_frames)
        )
        own = recipe.sizes() | {"vocoder_kind": "student"}
        kept = {key: value for key, value in run["config"].items() if not key.startswith(_VOCODER) or key == _STRIDES}
        self._config = kept | own
        student = DistilledTextToWave(text_to_wave_config(self._config, corpus.mel_spec))
        taken = {name: tensor for name, tensor in teacher.state_dict().items() if not name.startswith(_WAVENET)}
        student.load_state_dict(taken, strict=False)
        for name, parameter in student.named_parameters():
            parameter.requires_grad_(name.startswith(_FLOWS))
        self.network = weight_normed(student, lambda name: name.startswith(_FLOWS))
        self._group = student.config.vocoder.group

    @classmethod
    def build(cls, recipe: Recipe, corpus: Corpus) -> "TextToWaveStudentTrainer":
        """Make untrained flows for the run that the recipe names.

        Raises:
            UsageError: it names none, or what it names is no text-to-wave run on this corpus's mels.
        """
        name = recipe.training(TrainingConfig).teacher
        if not name:
            hint = 'copy the recipe, and write teacher = "RUN" under [network.training]'
            raise UsageError("clarinet: the recipe names no teacher, of whom flows could learn", hint)
        run, weights = describe(Path(name)), Path(name) / "weights.safetensors"
        if (run["architecture"], run["kind"]) != ("clarinet", "text_to_wave") or run["config"].get("vocoder_kind") == "student":
            raise UsageError(f"{name}: no teacher of text to wave", "make one with: tts train clarinet-text-to-wave")
        if differences := MelSpec(**run["mel"]).differences(corpus.mel_spec):
            raise UsageError(f"{name}: its mels are not the corpus's: {', '.join(differences)}")
        teacher = TextToWave(text_to_wave_config(run["config"], corpus.mel_spec))
        fill(teacher, fuse(read_weights(weights), str(weights)), str(weights))
        return cls(recipe, corpus, run, teacher)

    def config(self) -> dict[str, Any]:
        """The teacher's sizes, but for the flows."""
        return self._config

    def text(self) -> dict[str, Any]:
        """The teacher's."""
        return dict(self._text)

    def batches(self, seed: int, first: int = 0) -> Iterator[Batch]:
        """As of the teacher, with new noise each time."""
        for number, batch in enumerate(self.teacher.batches(seed, first), first):
            yield _noisy(batch.recordings, np.random.default_rng([seed, number, 1]))

    def validation_batches(self) -> Iterator[Batch]:
        """The held-out utterances, with the same noise each time."""
        chance = np.random.default_rng(1)
        for batch in self.teacher.validation_batches():
            yield _noisy(batch.recordings, chance)

    def losses(self, network: nn.Module, batch: Batch) -> dict[str, Tensor]:
        """As of a vocoder's student."""
        teacher = self.teacher.network.to(batch.noise.device)
        with torch.no_grad():
            conditions = teacher.conditions(teacher.hear(batch.recordings)[1], batch.recordings)
        made = network(batch.noise, conditions[..., :: self._group])
        return self.distillation(made, batch.recordings.clips, lambda: teacher.vocoder.wavenet(made.waves, conditions))


def _noisy(recordings: Recordings, chance: np.random.Generator) -> Batch:
    return Batch(recordings, torch.from_numpy(chance.standard_normal(tuple(recordings.clips.shape), np.float32)))
