"""Training of the flows that take the WaveNet's place in a trained text-to-wave network.

Ping, Peng and Chen, "ClariNet", 2018, arXiv:1807.07281, section 4.3: distilled on the hidden states that the rest of the network
makes of recordings, while all but the flows stays as it is.
Differs from it: where the recipe leaves the teacher unasked, bridge and upsampler learn, too, for it does not depend on them; and
flows may start from those of a vocoder. See FlowTraining.

Letters: B batch, H hidden channels, F frames a clip, T = F * hop_samples samples.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from ttscli.errors import UsageError
from ttscli.melspec import MelSpec
from ttscli.nn.weight_norm import fill_from, weight_normed
from ttscli.training.checkpoints import WEIGHTS
from ttscli.training.corpus import Corpus
from ttscli.training.export import describe
from ttscli.training.processes import unwrapped
from ttscli.training.recipe import Recipe
from ttscli.training.trainer import Trainer
from ttscli_clarinet.student import Student
from ttscli_clarinet.text_to_wave import DistilledTextToWave, Recordings, TextToWave
from ttscli_clarinet.text_to_wave_config import text_to_wave_config
from ttscli_clarinet.text_to_wave_train import Recorder, TextToWaveTraining, adopt
from ttscli_clarinet.train import Distillation, StudentTraining, read_student, require_same_mels
from ttscli_clarinet.wavenet import Gaussian

_FLOWS, _WAVENET = "vocoder.flows.", "vocoder.wavenet."
_WITH_FLOWS = ("bridge.", "vocoder.")
_STRIDES, _VOCODER = "vocoder_upsample_strides", "vocoder_"


@dataclass(frozen=True)
class FlowTraining(StudentTraining):
    """The [network.training] table of a recipe: that of a vocoder's student, whose teacher is a text-to-wave run.

    Attributes:
        flows: folder of a vocoder's student, a run or a voice, whose flows these begin with; "" for none. If the upsampler is to
            learn, it begins with that one's, too.
    """

    flows: str = ""


class Batch(NamedTuple):
    """Recordings, and noise (B, T) of deviation 1 for their clips."""

    recordings: Recordings
    noise: Tensor


class TextToWaveStudentTrainer(Trainer):
    """The flows learn, of all that a text-to-wave run knows; see FlowTraining."""

    architecture: ClassVar[str] = "clarinet"
    kind: ClassVar[str] = "text_to_wave"
    recipes: ClassVar[str] = "text_to_wave_student_recipes"

    def __init__(self, recipe: Recipe, corpus: Corpus, run: dict[str, Any], teacher: TextToWave) -> None:
        self.recipe, self.corpus, self._text = recipe, corpus, run["text"]
        self.teacher = teacher.eval().requires_grad_(False)
        training, frames_per_step = recipe.training(FlowTraining), teacher.config.frames_per_step
        self.recorder = Recorder(corpus, self._text["symbols"], frames_per_step, training.clip_frames, recipe.batch)
        own = recipe.sizes() | {"vocoder_kind": "student"}
        kept = {key: value for key, value in run["config"].items() if not key.startswith(_VOCODER) or key == _STRIDES}
        self._config = kept | own | {"dropout": 0.0, "unheard": 0.0}  # or what does not learn would say something else each time
        student = DistilledTextToWave(text_to_wave_config(self._config, corpus.mel_spec))
        taken = {name: tensor for name, tensor in teacher.state_dict().items() if not name.startswith(_WAVENET)}
        student.load_state_dict(taken, strict=False)
        if training.flows:
            adopt_flows(student.vocoder, read_student(Path(training.flows), corpus.mel_spec), upsampler=not training.kl_weight)
        learning = _FLOWS if training.kl_weight else _WITH_FLOWS
        for name, parameter in student.named_parameters():
            parameter.requires_grad_(name.startswith(learning))
        self.network = weight_normed(student, lambda name: name.startswith(_FLOWS))
        self.distillation = Distillation(training, corpus.mel_spec, student.config.vocoder.temperature)

    @classmethod
    def build(cls, recipe: Recipe, corpus: Corpus) -> "TextToWaveStudentTrainer":
        """Make untrained flows for the run that the recipe names.

        Raises:
            UsageError: it names none, or what it names is no text-to-wave run on this corpus's mels.
        """
        training = recipe.training(FlowTraining)
        name = training.teacher
        if not name:
            hint = "name it: --set network.training.teacher=RUN"
            raise UsageError("clarinet: the recipe names no teacher, of whom flows could learn", hint)
        run, weights = describe(Path(name)), Path(name) / WEIGHTS
        if (run["architecture"], run["kind"]) != ("clarinet", "text_to_wave") or run["config"].get("vocoder_kind") == "student":
            raise UsageError(f"{name}: no teacher of text to wave", "make one with: tts train clarinet-text-to-wave")
        require_same_mels(Path(name), MelSpec(**run["mel"]), corpus.mel_spec)
        if training.kl_weight and not Recipe.of_run(run).training(TextToWaveTraining).nll_weight:
            raise UsageError(f"{name}: its WaveNet did not learn, and cannot teach", "say --set network.training.kl_weight=0")
        if foreign := corpus.speak_with(run["text"]["symbols"]):
            hint = "train flows on the corpus of their teacher"
            raise UsageError(f"{name}: does not know all symbols of the corpus, such as those of {foreign[0].identity}", hint)
        teacher = TextToWave(text_to_wave_config(run["config"], corpus.mel_spec))
        fill_from(weights, teacher)
        return cls(recipe, corpus, run, teacher)

    def config(self) -> dict[str, Any]:
        """The teacher's sizes, but for the flows."""
        return self._config

    def text(self) -> dict[str, Any]:
        """The teacher's."""
        return dict(self._text)

    def batches(self, seed: int, first: int = 0) -> Iterator[Batch]:
        """As of the teacher, with new noise each time."""
        for number, (recordings, _) in enumerate(self.recorder.training(seed, first), first):
            yield _noisy(recordings, np.random.default_rng([seed, number, 1]))

    def validation_batches(self) -> Iterator[Batch]:
        """The held-out utterances, with the same noise each time."""
        chance = np.random.default_rng(1)
        for recordings, _ in self.recorder.validation():
            yield _noisy(recordings, chance)

    def losses(self, network: nn.Module, batch: Batch) -> dict[str, Tensor]:
        """As of a vocoder's student."""
        temperature = unwrapped(network, DistilledTextToWave).config.vocoder.temperature
        made = network(batch.recordings, temperature * batch.noise)

        def taught() -> Gaussian:
            teacher = self.teacher.to(batch.noise.device)
            return teacher.foretell(made.waves, teacher.hear(batch.recordings)[1], batch.recordings)

        return self.distillation(made, batch.recordings.clips, taught)


def _noisy(recordings: Recordings, chance: np.random.Generator) -> Batch:
    return Batch(recordings, torch.from_numpy(chance.standard_normal(tuple(recordings.clips.shape), np.float32)))


def adopt_flows(student: Student, trained: Student, upsampler: bool) -> None:
    """Copy flows, but for layers that see conditions if these are of another number, and the `upsampler` if it is to learn, too.

    Raises:
        UsageError: `trained` has other sizes.
    """
    own = replace(trained.config, n_mels=student.config.n_mels, temperature=student.config.temperature)
    if own != student.config:
        raise UsageError(f"clarinet: the flows are of {trained.config}, the recipe's of {student.config}", "write their sizes")
    if upsampler:
        student.upsampler.load_state_dict(trained.upsampler.state_dict())
    for flow, of_trained in zip(student.wavenets, trained.wavenets, strict=True):
        adopt(flow, of_trained)
