"""Training of ClariNet's student: what a trained teacher says of the student's own waves.

Ping, Peng and Chen, "ClariNet", 2018, arXiv:1807.07281, sections 3.3 and 3.4: the regularised KL divergence of every sample, and
the distance of frames to the recording's, without which the student whispers.
Differs from it: unless the recipe says otherwise, frames are compared in mels and at several resolutions, as of other vocoders
here; a recipe may leave the teacher unasked, so that a student learns, or begins to, from recordings alone; and noise has the
deviation that it will have when the student speaks, the config's temperature: flows that learn without a teacher from noise of
deviation 1 keep whispering. Recordings are heard as they are; see teacher_train.py.

Letters: B clips, M mel bins, F frames, T = F * hop_samples samples.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import torch
from torch import Tensor, nn

from ttscli.errors import UsageError, VoiceError
from ttscli.melspec import MelSpec
from ttscli.nn.spectral import SpectralDistance
from ttscli.nn.weight_norm import fill_from, weight_normed
from ttscli.training.clips import Clips, NoisyBatch
from ttscli.training.corpus import Corpus
from ttscli.training.processes import unwrapped
from ttscli.training.recipe import Recipe
from ttscli.training.trainer import Trainer
from ttscli_clarinet.config import ClariNetConfig, Kind, clarinet_config
from ttscli_clarinet.frontend import conditioner
from ttscli_clarinet.losses import frame_distance, kl_divergence, log_std_distance
from ttscli_clarinet.student import Flowed, Student
from ttscli_clarinet.teacher import Teacher
from ttscli_clarinet.trained import Found, find
from ttscli_clarinet.upsampler import Upsampler
from ttscli_clarinet.wavenet import Gaussian

_LEAST_CLIP_FRAMES = 8
"""Spectra of shorter clips would be of their ends alone."""


@dataclass(frozen=True)
class StudentTraining:
    """The [network.training] table of a recipe.

    Attributes:
        teacher: folder of the teacher's run, or a voice that has it; "" for none, if it is not to be asked.
        clip_frames: length of a clip.
        direction: "reverse" = KL(student || teacher), "forward" = KL(teacher || student).
        least_log_std: where log standard deviations are cut off in the KL divergence.
        regulariser: weight of the distance of the uncut ones.
        frames: how frames are compared: magnitudes with a window as named (the paper has "hann", the public program
            "rectangular"), or log mels, and magnitudes at "several" resolutions.
        convergence_weight: of the spectral convergence in that of several.
        frame_weight: of that loss.
        kl_weight: of the divergence and its regulariser; with 0 the teacher is not asked, and need not be there.
    """

    teacher: str = ""
    clip_frames: int = 62
    direction: Literal["reverse", "forward"] = "reverse"
    least_log_std: float = -6.0
    regulariser: float = 4.0
    frames: Literal["several", "hann", "rectangular"] = "several"
    convergence_weight: float = 1.0
    frame_weight: float = 1.0
    kl_weight: float = 1.0

    def __post_init__(self) -> None:
        if self.clip_frames < _LEAST_CLIP_FRAMES:
            raise VoiceError(f"clarinet: training.clip_frames: {self.clip_frames}: it must be at least {_LEAST_CLIP_FRAMES}")


class StudentTrainer(Trainer):
    """With a teacher, the upsampler is the teacher's and does not learn; nor does the teacher, but gradients flow through it."""

    architecture: ClassVar[str] = "clarinet"
    kind: ClassVar[str] = "vocoder"

    def __init__(self, recipe: Recipe, corpus: Corpus, teacher: Teacher | None) -> None:
        self.recipe, self.corpus, self.teacher = recipe, corpus, teacher
        training = recipe.training(StudentTraining)
        self.clips = Clips(corpus, training.clip_frames, recipe.batch)
        student = Student(clarinet_config(self.config(), corpus.mel_spec))
        if teacher:
            _take_over(student.upsampler, teacher.eval().requires_grad_(False).upsampler)
        self.network = weight_normed(student, lambda name: name.startswith("flows."))
        self.distillation = Distillation(training, corpus.mel_spec, student.config.temperature)

    @classmethod
    def build(cls, recipe: Recipe, corpus: Corpus) -> "StudentTrainer":
        """Make an untrained student, of the teacher that the recipe names.

        Raises:
            UsageError: it names none and wants its word, or what it names is no teacher of this corpus's mels.
        """
        training = recipe.training(StudentTraining)
        if training.kl_weight and not training.teacher:
            hint = "name a run or a voice: --set network.training.teacher=NAME"
            raise UsageError("clarinet: the recipe names no teacher, of whom a student could learn", hint)
        return cls(recipe, corpus, read_teacher(training.teacher, corpus.mel_spec) if training.teacher else None)

    def config(self) -> dict[str, Any]:
        """The student's sizes."""
        return self.recipe.sizes() | {"kind": "student"}

    def batches(self, seed: int, first: int = 0) -> Iterator[NoisyBatch]:
        """Clips from anywhere in the corpus, with new noise each time."""
        return self.clips.noisy_training(seed, first)

    def validation_batches(self) -> Iterator[NoisyBatch]:
        """A clip of each held-out utterance, with the same noise each time."""
        return self.clips.noisy_validation()

    def losses(self, network: nn.Module, batch: NoisyBatch) -> dict[str, Tensor]:
        """The distance of "frames"; if the teacher is asked, also the divergence "kl" from it, and its "regulariser"."""
        mels = conditioner(batch.mels, self.corpus.mel_spec.floor)
        student = unwrapped(network, Student)
        made = network(student.config.temperature * batch.noise, student.upsampler(mels))

        def taught() -> Gaussian:
            assert self.teacher
            foretold: Gaussian = self.teacher.to(mels.device)(made.waves, mels)
            return foretold

        return self.distillation(made, batch.audio, taught)


def _take_over(upsampler: Upsampler, trained: Upsampler) -> None:
    """Copy one that does not learn any more; UsageError if its strides are others."""
    if upsampler.strides != trained.strides:
        strides = f"{upsampler.strides}, the teacher's {trained.strides}"
        raise UsageError(f"clarinet: the recipe's upsample_strides are {strides}", "write the teacher's into the recipe")
    upsampler.load_state_dict(trained.state_dict())
    upsampler.requires_grad_(False)


class Distillation:
    """What a student learns from."""

    def __init__(self, training: StudentTraining, mel_spec: MelSpec, temperature: float) -> None:
        """`temperature`: deviation of the noise. UsageError if it is 0 and the divergence counts."""
        if training.kl_weight and not temperature:
            raise UsageError("clarinet: without noise there is no divergence", "let temperature be positive, or kl_weight 0")
        self._training = training
        self._distance = SpectralDistance(mel_spec, training.convergence_weight)
        self._temperature = temperature

    def __call__(self, made: Flowed, audio: Tensor, taught: Callable[[], Gaussian]) -> dict[str, Tensor]:
        """Compare what a student made with recordings, and with what its teacher says of it.

        Args:
            made: of the student, of noise whose deviation is the temperature.
            audio: float (B, T), the recordings.
            taught: what the teacher foretells of made.waves, column t of sample t + 1; called only if it is needed.
        """
        training, group = self._training, made.group
        losses = {"frames": self._frames(made.waves[:, group:], audio[:, group:])}
        total = training.frame_weight * losses["frames"]
        if training.kl_weight:
            mean, log_std = made.distribution
            q = Gaussian(mean[:, group:], log_std[:, group:] + math.log(self._temperature))
            p = Gaussian(*(x[:, group - 1 : -1] for x in taught()))
            pair = (q, p) if training.direction == "reverse" else (p, q)
            losses["kl"] = kl_divergence(*pair, training.least_log_std).mean()
            losses["regulariser"] = log_std_distance(q, p).mean()
            total = total + training.kl_weight * (losses["kl"] + training.regulariser * losses["regulariser"])
        return losses | {"total": total}

    def _frames(self, made: Tensor, real: Tensor) -> Tensor:
        if self._training.frames == "several":
            return torch.stack([*self._distance(made, real).values()]).sum()
        return frame_distance(made, real, self._training.frames)


def read_teacher(name: str, mel_spec: MelSpec) -> Teacher:
    """Read a trained teacher from the folder of its run, or from a voice: its name or folder.

    Raises:
        UsageError: there is no teacher, or it was trained on other mels.
        InputError, VoiceError: `name` is neither a run nor a voice, or damaged.
    """
    found, config = _vocoder(name, mel_spec, "teacher")
    teacher = Teacher(config)
    fill_from(found.weights, teacher)
    return teacher


def read_student(name: str, mel_spec: MelSpec) -> Student:
    """Read a trained student; as read_teacher."""
    found, config = _vocoder(name, mel_spec, "student")
    student = Student(config)
    fill_from(found.weights, student)
    return student


def _vocoder(name: str, mel_spec: MelSpec, kind: Kind) -> tuple[Found, ClariNetConfig]:
    for found in find(name, "vocoder", mel_spec):
        config = clarinet_config(found.config, mel_spec)
        if config.kind == kind:
            return found, config
    trainer = {"teacher": "clarinet-teacher", "student": "clarinet"}[kind]
    raise UsageError(f"{name}: has no clarinet vocoder that is a {kind}", f"make one with: tts train {trainer}")
