from pathlib import Path
from typing import Any

import pytest

from tests.training.small import trainer as small_trainer
from ttscli.errors import UsageError, VoiceError
from ttscli.training.corpus import Corpus
from ttscli.training.recipe import Recipe
from ttscli.training.trainer import Trainer
from ttscli_melgan.train import AdversaryConfig, MelGanTrainer
from ttscli_nhv.train import NhvTrainer
from ttscli_speedyspeech.teacher_train import TeacherTrainer
from ttscli_speedyspeech.train import SpeedySpeechTrainer
from ttscli_waveglow.train import WaveGlowTrainer

BROUGHT: dict[type[Trainer], set[str]] = {
    SpeedySpeechTrainer: {"fast", "published"},
    TeacherTrainer: {"published"},
    NhvTrainer: {"fast"},
    MelGanTrainer: {"fast", "published"},
    WaveGlowTrainer: {"fast", "published"},
}


@pytest.mark.parametrize(("trainer", "name"), [(trainer, name) for trainer, names in BROUGHT.items() for name in sorted(names)])
def test_recipes_of_the_plugins_build_their_networks(trainer: type[Trainer], name: str, corpus: Corpus) -> None:
    built = trainer.build(trainer.read_recipe(name), corpus)
    assert sum(parameter.numel() for parameter in built.network.parameters()) > 100_000


@pytest.mark.parametrize("trainer", BROUGHT)
def test_an_unknown_name_names_what_there_is(trainer: type[Trainer]) -> None:
    with pytest.raises(UsageError, match=r"^slow: no recipe of this name$") as fault:
        trainer.read_recipe("slow")
    assert fault.value.hint == f"there are: {', '.join(sorted(BROUGHT[trainer]))}; or give a .toml file"


def test_the_students_trainer_does_not_find_the_teachers_recipe() -> None:
    """A teacher's batch is 64 utterances, a student's as many frames as these have."""
    student, teacher = (trainer.read_recipe("published") for trainer in (SpeedySpeechTrainer, TeacherTrainer))
    assert student.batch > 100 * teacher.batch


def test_a_file_of_the_users(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("learning_rate = 1\nbetas = [0.5, 0.75]\nbatch = 3\n[network]\nchannels = 5\n")
    recipe = NhvTrainer.read_recipe(str(path))
    assert recipe == Recipe({"channels": 5}, learning_rate=1.0, betas=(0.5, 0.75), batch=3)


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("learning_rate = ", UsageError, "not a TOML file"),
        ("learning_rat = 1.0", VoiceError, "learning_rat"),
        ("batch = 1.5", VoiceError, "batch"),
        ("network = 3", UsageError, "network"),
        ("batch = 0", UsageError, "batch"),
        ("warmup_steps = 0", UsageError, "warmup_steps"),
        ("betas = [0.9]", UsageError, "betas"),
        ("decay_from = 1.0", UsageError, "decay_from"),
        ("final_share = -0.1", UsageError, "final_share"),
        ("weight_decay = -0.01", UsageError, "weight_decay"),
        ("clip = 0", UsageError, "clip"),
        ("batch = 100000000", UsageError, "batch"),
    ],
)
def test_what_is_wrong_in_a_recipe_is_named(text: str, error: type[Exception], message: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text + "\n")
    with pytest.raises(error, match=message):
        NhvTrainer.read_recipe(str(path))


def test_a_value_in_the_place_of_a_table_is_named() -> None:
    with pytest.raises(UsageError, match=r"network\.adversary: 5 is no table"):
        Recipe({"adversary": 5}).training(AdversaryConfig, "adversary")


@pytest.mark.parametrize(
    ("name", "sizes", "error", "message"),
    [
        ("nhv", {"fft_samples": 500}, VoiceError, "fft_samples: 500: it must be even, and a multiple of the hop, 256"),
        ("glow-tts", {"n_speakers": 2, "speaker_channels": 8}, UsageError, "2 speakers, but a corpus does not say who speaks"),
        ("melgan", {"residual_units": 8}, UsageError, "takes 274 frames, clips have 32"),
        ("melgan", {"adversary": {"width": 8, "widest": 7}}, VoiceError, "widest: 7: groups of 4 cannot share layers of 8, 7, 7"),
    ],
)
def test_sizes_that_cannot_be_trained_are_named(
    name: str, sizes: dict[str, Any], error: type[Exception], message: str, corpus: Corpus
) -> None:
    with pytest.raises(error, match=message):
        small_trainer(name, corpus, **sizes)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="not a TOML file"):
        NhvTrainer.read_recipe(str(tmp_path / "mine.toml"))


def test_the_rate_rises_holds_and_falls() -> None:
    recipe = Recipe({}, learning_rate=2.0, warmup_steps=4, decay_from=0.5, final_share=0.1)
    assert [recipe.rate(step, 0.0) for step in (0, 1, 3, 4, 99)] == [0.5, 1.0, 2.0, 2.0, 2.0]
    assert [recipe.rate(99, progress) for progress in (0.5, 0.75, 1.0)] == pytest.approx([2.0, 1.1, 0.2])


def test_changes_are_made_before_the_recipe_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("batch = 3\n[network]\nchannels = 5\n[network.training]\nclip = 1\n")
    changes = ("batch=4", "network.channels = 6", "network.training.teacher=runs/first", "network.dilations=[1, 2]", "ema=0.5")
    recipe = NhvTrainer.read_recipe(str(path), changes)
    network = {"channels": 6, "training": {"clip": 1, "teacher": "runs/first"}, "dilations": [1, 2]}
    assert recipe == Recipe(network, batch=4, ema=0.5)
    again = Recipe.of_run({"recipe": vars(recipe)}, ("network.channels=7",))
    assert again == Recipe(network | {"channels": 7}, batch=4, ema=0.5)
    assert recipe.network["channels"] == 6


def test_what_an_early_run_does_not_say_is_as_usual() -> None:
    assert Recipe.of_run({"recipe": {"network": {"channels": 5}, "batch": 3}}) == Recipe({"channels": 5}, batch=3)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ("batch", UsageError, "batch: not a change"),
        ("=3", UsageError, "not a change"),
        ("batch.size=3", UsageError, "batch is no table"),
        ("batch=many", VoiceError, "batch"),
        ("batch=0", UsageError, "out of range: batch 0"),
        ("bach=3", VoiceError, "bach"),
    ],
)
def test_a_wrong_change_is_named(change: str, error: type[Exception], message: str, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("batch = 3\n")
    with pytest.raises(error, match=message):
        NhvTrainer.read_recipe(str(tmp_path / "mine.toml"), (change,))
