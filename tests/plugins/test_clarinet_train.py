"""Training of ClariNet's vocoders: the losses, and that teacher and student learn."""

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.distributions import Normal
from torch.distributions import kl_divergence as closed_form

pytest.importorskip("lightning_fabric")
from lightning_fabric import Fabric

from tests.training.miniature import write_corpus
from ttscli.contract import SpeechOptions
from ttscli.errors import InputError, UsageError
from ttscli.melspec import MelSpec
from ttscli.nn.weights import read_weights, save_weights
from ttscli.testing import mel
from ttscli.training.corpus import Corpus
from ttscli.training.export import export
from ttscli.training.loop import Run
from ttscli.training.recipe import Recipe
from ttscli.training.trainer import Trainer
from ttscli_clarinet.frontend import conditioner
from ttscli_clarinet.losses import frame_distance, kl_divergence, log_std_distance, negative_log_likelihood
from ttscli_clarinet.model import ClariNet
from ttscli_clarinet.teacher import Teacher
from ttscli_clarinet.teacher_train import TeacherTrainer
from ttscli_clarinet.train import StudentTrainer, read_student, read_teacher
from ttscli_clarinet.wavenet import Gaussian

SIZES = {"layers": 4, "residual_channels": 8, "gate_channels": 8, "skip_channels": 8, "front_kernel": 16}
CLIP = {"clip_frames": 8}


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """Four utterances, the first of them held out."""
    return Corpus(write_corpus(tmp_path / "corpus"), MelSpec())


def recipe(**network: Any) -> Recipe:
    return Recipe(SIZES | network, learning_rate=5e-3, warmup_steps=2, weight_decay=0.0, clip=10.0, batch=2, ema=0.5)


def teacher_run(corpus: Corpus, folder: Path, steps: int = 1) -> Path:
    Run(TeacherTrainer.build(recipe(training=CLIP), corpus), folder).train(max_steps=steps)
    return folder


def student_trainer(corpus: Corpus, teacher: Path, **training: Any) -> StudentTrainer:
    torch.manual_seed(0)
    return StudentTrainer.build(recipe(cycles=[1, 1], kernel=3, training=CLIP | {"teacher": str(teacher)} | training), corpus)


def teacher_of(trainer: StudentTrainer) -> Teacher:
    assert trainer.teacher
    return trainer.teacher


def steps(trainer: Trainer, count: int) -> Iterator[dict[str, float]]:
    fabric = Fabric(accelerator="cpu", devices=1)
    network, *optimizers = fabric.setup(trainer.network, *trainer.optimizers())
    network.train()
    for batch in islice(trainer.batches(0), count):
        yield trainer.step(fabric, network, list(optimizers), batch)


def gaussians() -> tuple[Gaussian, Gaussian]:
    torch.manual_seed(0)
    means, log_stds = torch.randn(2, 3, 50), torch.randn(2, 3, 50) - 1
    return Gaussian(means[0], log_stds[0]), Gaussian(means[1], log_stds[1])


def test_divergence_against_monte_carlo() -> None:
    q, p = gaussians()
    samples = q.mean + q.log_std.exp() * torch.randn(20000, 3, 50)
    likelihoods = [negative_log_likelihood(of_one, samples) for of_one in (p, q)]
    estimate = (likelihoods[0] - likelihoods[1]).mean(dim=0)
    torch.testing.assert_close(kl_divergence(q, p), estimate, rtol=0.05, atol=0.05)


def test_losses_are_those_of_normal_distributions_above_the_cut() -> None:
    q, p = gaussians()
    normal = [Normal(mean, log_std.exp()) for mean, log_std in (q, p)]
    torch.testing.assert_close(kl_divergence(q, p), closed_form(*normal))
    torch.testing.assert_close(negative_log_likelihood(q, p.mean), -normal[0].log_prob(p.mean))  # type: ignore[no-untyped-call]


def test_below_the_cut_only_the_regulariser_has_a_gradient() -> None:
    q, p = (Gaussian(torch.zeros(1, 4), torch.full((1, 4), value, requires_grad=True)) for value in (-8.0, -20.0))
    (kl_divergence(q, p) + 0 * q.log_std).sum().backward()  # type: ignore[no-untyped-call]
    assert q.log_std.grad is not None
    assert not q.log_std.grad.any()
    log_std_distance(q, p).sum().backward()  # type: ignore[no-untyped-call]
    assert torch.equal(q.log_std.grad, torch.full((1, 4), 24.0))
    assert torch.equal(kl_divergence(q, p), torch.zeros(1, 4))


def test_windows_of_frames_differ() -> None:
    seconds = torch.arange(8192) / 22050
    tone = (2 * torch.pi * 440.5 * seconds).sin()[None]
    far = {window: frame_distance(tone, 0 * tone, window) for window in ("hann", "rectangular")}
    assert frame_distance(tone, tone) == 0
    assert far["hann"] == pytest.approx(0.375 * float(far["rectangular"]), rel=0.02)  # the power of a Hann window


def test_the_teacher_learns(corpus: Corpus) -> None:
    torch.manual_seed(0)
    totals = [losses["total"] for losses in steps(TeacherTrainer.build(recipe(training=CLIP), corpus), 40)]
    assert np.mean(totals[-5:]) < np.mean(totals[:5]) - 1  # of each sample e times as much is known


def test_the_student_learns_and_the_teacher_does_not(corpus: Corpus, tmp_path: Path) -> None:
    trainer = student_trainer(corpus, teacher_run(corpus, tmp_path / "teacher", 20))
    frozen = {name: tensor.clone() for name, tensor in untaught(trainer).items()}
    before = validation(trainer)
    rows = list(steps(trainer, 40))
    after = validation(trainer)
    assert set(rows[0]) == set(after) == {"kl", "regulariser", "frames", "total"}
    assert after["total"] < 0.75 * before["total"]
    assert after["frames"] < 0.95 * before["frames"]
    assert all(torch.equal(tensor, frozen[name]) for name, tensor in untaught(trainer).items())


def validation(trainer: StudentTrainer) -> dict[str, float]:
    [batch] = trainer.validation_batches()
    with torch.no_grad():
        return {name: float(loss) for name, loss in trainer.losses(trainer.network, batch).items()}


def untaught(trainer: StudentTrainer) -> dict[str, Tensor]:
    upsampler = {name: tensor for name, tensor in trainer.network.state_dict().items() if name.startswith("upsampler.")}
    return teacher_of(trainer).state_dict() | upsampler


@pytest.mark.parametrize(
    "training",
    [{"direction": "forward"}, {"frames": "rectangular"}, {"convergence_weight": 4.0}, {"regulariser": 1.0, "frame_weight": 2.0}],
)
def test_the_parts_of_the_total(training: dict[str, Any], corpus: Corpus, tmp_path: Path) -> None:
    trainer = student_trainer(corpus, teacher_run(corpus, tmp_path / "teacher"), **training)
    usual = student_trainer(corpus, tmp_path / "teacher")
    batch = next(trainer.batches(0))
    losses, plain = trainer.losses(trainer.network, batch), usual.losses(usual.network, batch)
    changed = {name for name in ("kl", "regulariser", "frames") if not torch.isclose(losses[name], plain[name])}
    assert changed == {"direction": {"kl"}, "regulariser": set()}.get(next(iter(training)), {"frames"})
    weights = (training.get("regulariser", 4.0), training.get("frame_weight", 1.0))
    total = losses["kl"] + weights[0] * losses["regulariser"] + weights[1] * losses["frames"]
    torch.testing.assert_close(losses["total"], total)


def test_the_divergence_of_groups_is_of_their_samples(corpus: Corpus, tmp_path: Path) -> None:
    """The mean of that of every sample but the first group's, at the temperature of the noise."""
    torch.manual_seed(0)
    training = CLIP | {"teacher": str(teacher_run(corpus, tmp_path / "teacher"))}
    trainer = StudentTrainer.build(recipe(cycles=[1], kernel=3, group=32, temperature=0.5, training=training), corpus)
    batch = next(trainer.batches(0))
    conditions = teacher_of(trainer).upsampler(conditioner(batch.mels, corpus.mel_spec.floor))
    made = trainer.network(0.5 * batch.noise, conditions[..., ::32])
    taught = teacher_of(trainer).wavenet(made.waves, conditions)
    mean, log_std = (x[:, 32:] for x in made.distribution)
    q = Gaussian(mean, log_std + math.log(0.5))
    torch.testing.assert_close(made.waves[:, 32:], q.mean + q.log_std.exp() * batch.noise[:, 32:])
    p = Gaussian(*(torch.nn.functional.pad(x, (1, -1))[:, 32:] for x in taught))
    torch.testing.assert_close(trainer.losses(trainer.network, batch)["kl"], kl_divergence(q, p).mean())


def test_without_weight_the_teacher_is_not_asked(corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    training = CLIP | {"teacher": str(teacher_run(corpus, tmp_path / "teacher")), "kl_weight": 0.0, "frame_weight": 2.0}
    torch.manual_seed(0)
    sizes = {"cycles": [1, 1], "kernel": 3, "group": 32, "temperature": 0.1}
    trainer = StudentTrainer.build(recipe(**sizes, training=training), corpus)
    before = teacher_of(trainer).wavenet.hidden.weight.clone()
    monkeypatch.setattr(teacher_of(trainer), "forward", None)
    losses = validation(trainer)
    assert losses == {"frames": losses["frames"], "total": 2 * losses["frames"]}
    list(steps(trainer, 20))
    assert validation(trainer)["frames"] < 0.95 * losses["frames"]
    assert torch.equal(teacher_of(trainer).wavenet.hidden.weight, before)


def test_a_divergence_needs_noise(corpus: Corpus, tmp_path: Path) -> None:
    run = teacher_run(corpus, tmp_path / "teacher")
    with pytest.raises(UsageError, match="without noise there is no divergence"):
        StudentTrainer.build(recipe(temperature=0.0, training=CLIP | {"teacher": str(run)}), corpus)


def test_a_divergence_needs_a_teacher(corpus: Corpus) -> None:
    with pytest.raises(UsageError, match="names no teacher"):
        StudentTrainer.build(StudentTrainer.read_recipe("published"), corpus)


def test_without_a_teacher_the_upsampler_learns(corpus: Corpus) -> None:
    torch.manual_seed(0)
    trainer = StudentTrainer.build(recipe(cycles=[1], kernel=3, group=32, training=CLIP | {"kl_weight": 0.0}), corpus)
    before = trainer.network.get_parameter("upsampler.layers.0.weight").clone()
    assert set(next(steps(trainer, 1))) == {"frames", "total"}
    assert not torch.equal(trainer.network.get_parameter("upsampler.layers.0.weight"), before)


def test_noise_belongs_to_the_batch(corpus: Corpus, tmp_path: Path) -> None:
    trainer = student_trainer(corpus, teacher_run(corpus, tmp_path / "teacher"))
    third = list(islice(trainer.batches(5), 3))[2]
    again = next(trainer.batches(5, first=2))
    assert all(torch.equal(one, other) for one, other in zip(third, again, strict=True))
    assert third.noise.shape == third.audio.shape == (2, 8 * 256)
    assert abs(float(third.noise.std()) - 1) < 0.05


def test_runs_become_voices(corpus: Corpus, tmp_path: Path) -> None:
    """A student can be taught by a run or by a voice, goes on where it left off, and speaks with its teacher's upsampler."""
    run = teacher_run(corpus, tmp_path / "teacher")
    for until in (1, 2):
        trainer = student_trainer(corpus, run)
        Run(trainer, tmp_path / "student").train(max_steps=until)
    weights = read_weights(tmp_path / "student" / "weights.safetensors")
    taught = read_teacher(str(run), corpus.mel_spec).state_dict()
    for name in ("upsampler.layers.0.weight", "upsampler.layers.1.bias"):
        torch.testing.assert_close(weights[name], taught[name])
    vocoder = ClariNet.load(tmp_path / "student" / "weights.safetensors", trainer.config(), corpus.mel_spec, "cpu")
    assert vocoder.waves([mel(2, MelSpec())], SpeechOptions())[0].shape == (512,)
    with pytest.raises(UsageError, match="student: has no clarinet vocoder that is a teacher") as fault:
        read_teacher(str(tmp_path / "student"), corpus.mel_spec)
    assert fault.value.hint == "make one with: tts train clarinet-teacher"


@pytest.mark.parametrize("name", ["fast", "published"])
def test_recipes_can_be_built(name: str, corpus: Corpus, tmp_path: Path) -> None:
    teacher = TeacherTrainer.build(TeacherTrainer.read_recipe(name), corpus)
    save_weights(teacher.network, tmp_path / "teacher" / "weights.safetensors")
    (tmp_path / "teacher" / "run.json").write_text(json.dumps(teacher.describe()))
    bundled = StudentTrainer.read_recipe(name)
    training = bundled.network["training"] | {"teacher": str(tmp_path / "teacher")}
    student = StudentTrainer.build(replace(bundled, network={**bundled.network, "training": training}), corpus)
    assert student.config()["kind"] == "student"
    assert "training" not in student.config()


def test_the_part_of_a_voice_that_is_wanted(corpus: Corpus, tmp_path: Path) -> None:
    run = teacher_run(corpus, tmp_path / "teacher")
    Run(student_trainer(corpus, run, kl_weight=0.0), tmp_path / "student").train(max_steps=1)
    names = {tmp_path / "student": "flows", run: "wavenet"}
    export([tmp_path / "student", run], tmp_path / "voice", names=names)
    assert read_teacher(str(tmp_path / "voice"), corpus.mel_spec).config.kind == "teacher"
    assert read_student(str(tmp_path / "voice"), corpus.mel_spec).config.kind == "student"
    export([run], tmp_path / "lonely")
    with pytest.raises(UsageError, match="has no clarinet vocoder that is a student"):
        read_student(str(tmp_path / "lonely"), corpus.mel_spec)


def test_what_cannot_teach_is_named(corpus: Corpus, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing: not a training run, nor a voice: "):
        read_teacher(str(tmp_path / "nothing"), corpus.mel_spec)
    run = teacher_run(corpus, tmp_path / "teacher")
    with pytest.raises(UsageError, match=r"high_hz 8000\.0 ≠ 7600\.0"):
        read_teacher(str(run), replace(corpus.mel_spec, high_hz=7600.0))
    with pytest.raises(UsageError, match="upsample_strides"):
        StudentTrainer.build(recipe(upsample_strides=[8, 32], training=CLIP | {"teacher": str(run)}), corpus)
