"""Training of the flows that take the WaveNet's place in a trained text-to-wave network.

Ping, Peng and Chen, "ClariNet", 2018, arXiv:1807.07281, section 4.3: distilled on the hidden states that the rest of the network
makes of recordings, while all but the flows stays as it is.
Differs from it: where the recipe leaves the teacher unasked, bridge and upsampler learn, too, for it does not depend on them; and
flows may start from those of a vocoder. See FlowTraining.

Letters: B batch, H hidden channels, F frames a clip, T = F * hop_samples samples.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from ttscli.errors import UsageError
from ttscli.nn.weight_norm import weight_normed
from ttscli.training.corpus import Corpus
from ttscli.training.processes import unwrapped
from ttscli.training.recipe import Recipe
from ttscli.training.trainer import Trainer, spelling_of
from ttscli_clarinet.student import Student
from ttscli_clarinet.text_to_wave import DistilledTextToWave, Recordings, TextToWave
from ttscli_clarinet.text_to_wave_config import text_to_wave_config
from ttscli_clarinet.text_to_wave_train import FLOWS, VOCODER, Recorder, adopt, replaced
from ttscli_clarinet.text_to_wave_trained import Trained
from ttscli_clarinet.train import Distillation, StudentTraining, read_student
from ttscli_clarinet.wavenet import Gaussian

_UPSAMPLER = "vocoder.upsampler."
_WITH_FLOWS = ("bridge.", VOCODER)
_STRIDES, _OF_VOCODER = "vocoder_upsample_strides", "vocoder_"


@dataclass(frozen=True)
class FlowTraining(StudentTraining):
    """The [network.training] table of a recipe: that of a vocoder's student, whose teacher goes from text to wave.

    Attributes:
        teacher: folder of a text-to-wave run, or a voice that has one. Everything but its WaveNet is taken over; of one that
            has flows already, these too, to be learned on. Such a one cannot be asked: kl_weight 0.
        flows: folder of a run of a vocoder's student, or a voice that has one, whose flows these begin with; "" for none. If the
            upsampler is to learn, it begins with that one's, too, and keeps its activation.
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

    def __init__(self, recipe: Recipe, corpus: Corpus, teacher: Trained) -> None:
        self.recipe, self.corpus, self.symbols = recipe, corpus, teacher.symbols
        self.teacher = teacher.network.eval().requires_grad_(False)
        training, frames_per_step = recipe.training(FlowTraining), self.teacher.config.frames_per_step
        self.recorder = Recorder(corpus, self.symbols, frames_per_step, training.clip_frames, recipe.batch)
        flows = read_student(training.flows, corpus.mel_spec) if training.flows else None
        upsampling = flows if flows and not training.kl_weight else self.teacher.vocoder  # whose upsampler it goes on with
        own = recipe.sizes() | {"vocoder_kind": "student", "vocoder_activation": upsampling.config.activation}
        kept = {key: value for key, value in teacher.config.items() if not key.startswith(_OF_VOCODER) or key == _STRIDES}
        self._config = kept | own | {"dropout": 0.0, "unheard": 0.0}  # or what does not learn would say something else each time
        student = DistilledTextToWave(text_to_wave_config(self._config, corpus.mel_spec))
        taken = {name: x for name, x in self.teacher.state_dict().items() if not name.startswith(VOCODER) or _UPSAMPLER in name}
        student.load_state_dict(taken, strict=False)
        if isinstance(self.teacher, DistilledTextToWave):
            adopt_flows(student.vocoder, self.teacher.vocoder, upsampler=True)
        if flows:
            adopt_flows(student.vocoder, flows, upsampler=upsampling is flows)
        self._learning = (FLOWS,) if training.kl_weight else _WITH_FLOWS
        for name, parameter in student.named_parameters():
            parameter.requires_grad_(name.startswith(self._learning))
        self.network = weight_normed(student, lambda name: name.startswith(FLOWS))
        self.distillation = Distillation(training, corpus.mel_spec, student.config.vocoder.temperature)

    @classmethod
    def build(cls, recipe: Recipe, corpus: Corpus) -> "TextToWaveStudentTrainer":
        """Make flows for the network that the recipe names.

        Raises:
            UsageError: it names none, or what it names does not go from text to wave, was trained on other mels or symbols, or
                cannot teach where it is to be asked.
        """
        training = recipe.training(FlowTraining)
        name = training.teacher
        if not name:
            hint = "name a run or a voice: --set network.training.teacher=NAME"
            raise UsageError("clarinet: the recipe names no teacher, of whom flows could learn", hint)
        teacher = Trained.read(name, corpus.mel_spec)
        if training.kl_weight and not teacher.teaches:
            raise UsageError(f"{name}: has no WaveNet that learned, and cannot teach", "say --set network.training.kl_weight=0")
        if foreign := corpus.speak_with(teacher.symbols):
            hint = "train flows on the corpus of their teacher"
            raise UsageError(f"{name}: does not know all symbols of the corpus, such as those of {foreign[0].identity}", hint)
        return cls(recipe, corpus, teacher)

    def begin(self, weights: Mapping[str, Tensor], source: str) -> None:
        """As Trainer.begin; what does not learn stays the teacher's."""
        super().begin(replaced(self.network, weights, lambda name: name.startswith(self._learning)), source)

    def config(self) -> dict[str, Any]:
        """The teacher's sizes, but for the flows."""
        return self._config

    def text(self) -> dict[str, Any]:
        """The corpus's alphabet, the teacher's symbols."""
        return spelling_of(self.corpus, self.symbols)

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
            assert isinstance(self.teacher, TextToWave)  # others are not asked
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
    config = student.config
    own = replace(trained.config, n_mels=config.n_mels, temperature=config.temperature, activation=config.activation)
    if own != config:
        raise UsageError(f"clarinet: the flows are of {trained.config}, the recipe's of {config}", "write their sizes")
    if upsampler:
        student.upsampler.load_state_dict(trained.upsampler.state_dict())
    for flow, of_trained in zip(student.wavenets, trained.wavenets, strict=True):
        adopt(flow, of_trained)
