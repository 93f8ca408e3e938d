"""Flows in the vocoder's place of a trained text-to-wave network."""

import json
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

pytest.importorskip("lightning_fabric")
from lightning_fabric import Fabric

from tests.plugins.clarinet_text_to_wave import TRAINED
from tests.training.miniature import write_corpus
from ttscli.contract import SpeechOptions
from ttscli.errors import UsageError
from ttscli.melspec import MelSpec
from ttscli.nn.weight_norm import fuse
from ttscli.nn.weights import save_weights
from ttscli.training.corpus import Corpus
from ttscli.training.export import export
from ttscli.training.recipe import Recipe
from ttscli_clarinet.teacher_train import TeacherTrainer
from ttscli_clarinet.text_to_wave_model import ClariNetTextToWave
from ttscli_clarinet.text_to_wave_student_train import TextToWaveStudentTrainer
from ttscli_clarinet.text_to_wave_train import TextToWaveTrainer
from ttscli_clarinet.train import StudentTrainer, read_student

FLOWS = {"vocoder_cycles": [1, 1], "vocoder_layers": 3, "vocoder_kernel": 3, "vocoder_front_kernel": 4} | {
    f"vocoder_{path}_channels": 6 for path in ("residual", "gate", "skip")
}


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus(write_corpus(tmp_path / "corpus"), MelSpec())


def teacher(corpus: Corpus, folder: Path, **training: Any) -> TextToWaveTrainer:
    torch.manual_seed(0)
    built = TextToWaveTrainer.build(Recipe(TRAINED | {"training": training}), corpus)
    built.network.vocoder.load_state_dict({"wavenet.outlet.bias": torch.tensor([0.0, -1.5])}, strict=False)  # it is certain
    save_weights(built.network, folder / "weights.safetensors", torch.float32)
    (folder / "run.json").write_text(json.dumps(built.describe()), encoding="utf-8")
    return built


def student(corpus: Corpus, run: Path, training: dict[str, Any] | None = None, **sizes: Any) -> TextToWaveStudentTrainer:
    torch.manual_seed(1)
    learning = {"frame_weight": 0.0} if training is None else training
    table = FLOWS | sizes | {"training": {"teacher": str(run), "clip_frames": 8} | learning}
    return TextToWaveStudentTrainer.build(Recipe(table, learning_rate=1e-2, warmup_steps=1, batch=300, ema=0.5), corpus)


def test_only_flows_learn_and_they_do(corpus: Corpus, tmp_path: Path) -> None:
    teacher(corpus, tmp_path / "run")
    built = student(corpus, tmp_path / "run")
    before = {name: tensor.clone() for name, tensor in built.network.state_dict().items()}
    fabric = Fabric(accelerator="cpu", devices=1)
    network, *optimizers = fabric.setup(built.network, *built.optimizers())
    rows = [built.step(fabric, network, list(optimizers), batch) for batch in islice(built.batches(0), 30)]
    assert set(rows[0]) == {"kl", "regulariser", "frames", "total"}
    for name in ("kl", "regulariser", "total"):
        assert rows[-1][name] < 0.3 * rows[0][name], name
    changed = {name for name, tensor in built.network.state_dict().items() if not torch.equal(tensor, before[name])}
    assert changed
    assert all(name.startswith("vocoder.flows.") for name in changed)


def test_flows_learn_from_recordings_alone(corpus: Corpus, tmp_path: Path) -> None:
    """With all that stands behind the decoder, and in groups; they begin with a vocoder's."""
    teacher(corpus, tmp_path / "run")
    vocoder = vocoder_run(corpus, tmp_path / "vocoder")
    built = student(corpus, tmp_path / "run", vocoder_group=16, training={"kl_weight": 0.0, "flows": str(tmp_path / "vocoder")})
    before = {name: tensor.clone() for name, tensor in built.network.state_dict().items()}
    same = {name for name, tensor in vocoder.items() if torch.equal(fuse(before)[f"vocoder.{name}"], tensor)}
    assert {name.removesuffix("condition.weight") for name in vocoder.keys() - same} == {
        f"flows.{flow}.blocks.{block}." for flow in (0, 1) for block in range(3)
    }
    fabric = Fabric(accelerator="cpu", devices=1)
    network, *optimizers = fabric.setup(built.network, *built.optimizers())
    rows = [built.step(fabric, network, list(optimizers), batch) for batch in islice(built.batches(0), 30)]
    assert set(rows[0]) == {"frames", "total"}
    assert rows[-1]["frames"] < 0.9 * rows[0]["frames"]
    changed = {name for name, tensor in built.network.state_dict().items() if not torch.equal(tensor, before[name])}
    assert {".".join(name.split(".")[:2]) for name in changed} == {
        "vocoder.flows",
        "vocoder.upsampler",
        "bridge.inlet",
        "bridge.layers",
    }


def vocoder_run(corpus: Corpus, folder: Path) -> dict[str, torch.Tensor]:
    """Its conditions are mels, more than the bridge's."""
    own = {"group": 16} | {key.removeprefix("vocoder_"): FLOWS[key] for key in FLOWS}
    teaching = TeacherTrainer.build(Recipe({key: own[key] for key in own if key not in ("cycles", "group")}), corpus)
    save_weights(teaching.network, folder / "teacher" / "weights.safetensors")
    (folder / "teacher" / "run.json").write_text(json.dumps(teaching.describe()), encoding="utf-8")
    built = StudentTrainer.build(Recipe(own | {"training": {"teacher": str(folder / "teacher")}}), corpus)
    save_weights(built.network, folder / "weights.safetensors", torch.float32)
    (folder / "run.json").write_text(json.dumps(built.describe()), encoding="utf-8")
    return fuse(built.network.state_dict())


def test_it_speaks_as_its_teacher_decodes(corpus: Corpus, tmp_path: Path) -> None:
    taught_by = teacher(corpus, tmp_path / "run")
    built = student(corpus, tmp_path / "run")
    assert built.text() == taught_by.text()
    save_weights(built.network, tmp_path / "w.safetensors", torch.float32)
    options, ids = SpeechOptions(pace=8.0), np.array([1, 3, 2])
    waves = [
        ClariNetTextToWave.load(path, trainer.config(), corpus.mel_spec, "cpu").waves([ids], options)[0]
        for path, trainer in ((tmp_path / "run" / "weights.safetensors", taught_by), (tmp_path / "w.safetensors", built))
    ]
    assert np.array_equal(waves[0].durations, waves[1].durations)  # type: ignore[arg-type]
    assert not np.array_equal(waves[0].samples, waves[1].samples)


def test_batches_depend_on_the_seed_and_their_number_alone(corpus: Corpus, tmp_path: Path) -> None:
    teacher(corpus, tmp_path / "run")
    built = student(corpus, tmp_path / "run")
    whole = [batch.noise for batch in islice(built.batches(3), 4)]
    assert torch.equal(next(built.batches(3, 2)).noise, whole[2])
    assert not torch.equal(whole[0], next(built.batches(4)).noise)


def test_without_a_teacher_of_text_to_wave_nothing_is_learnt(corpus: Corpus, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="names no teacher") as fault:
        TextToWaveStudentTrainer.build(TextToWaveStudentTrainer.read_recipe("fast"), corpus)
    assert fault.value.hint == "name a run or a voice: --set network.training.teacher=NAME"
    teacher(corpus, tmp_path / "run")
    vocoder_run(corpus, tmp_path / "vocoder")
    with pytest.raises(UsageError, match="vocoder: has no clarinet that goes from text to wave"):
        student(corpus, tmp_path / "vocoder")


@pytest.mark.parametrize("of_voice", [False, True], ids=["of a run", "of a voice"])
def test_flows_that_were_learned_are_learned_on(of_voice: bool, corpus: Corpus, tmp_path: Path) -> None:
    """With all that stands before them; only a teacher's word cannot be had of them."""
    teacher(corpus, tmp_path / "run")
    first = student(corpus, tmp_path / "run", training={"kl_weight": 0.0})
    save_weights(first.network, tmp_path / "first" / "weights.safetensors", torch.float16)
    (tmp_path / "first" / "run.json").write_text(json.dumps(first.describe()), encoding="utf-8")
    folder = tmp_path / "first"
    if of_voice:
        folder = export([folder], tmp_path / "voice", "en-US", "CC0-1.0").folder
    second = student(corpus, folder, training={"kl_weight": 0.0})
    own, before = (fuse(trainer.network.state_dict()) for trainer in (second, first))
    for name, tensor in before.items():
        torch.testing.assert_close(own[name], tensor, rtol=2e-3, atol=1e-6)
    assert (second.config(), second.text()) == (first.config(), first.text())
    with pytest.raises(UsageError, match="has no WaveNet that learned, and cannot teach"):
        student(corpus, folder)
    with pytest.raises(UsageError, match=r"the flows are of .*group=1, .* the recipe's of .*group=16"):
        student(corpus, folder, training={"kl_weight": 0.0}, vocoder_group=16)


@pytest.mark.parametrize(("kl_weight", "own"), [(0.0, ("bridge.", "vocoder.")), (1.0, ("vocoder.flows.",))])
def test_what_learns_may_begin_with_other_flows(kl_weight: float, own: tuple[str, ...], corpus: Corpus, tmp_path: Path) -> None:
    """The rest stays the teacher's."""
    teacher(corpus, tmp_path / "run")
    built = student(corpus, tmp_path / "run", training={"kl_weight": kl_weight})
    before = {name: x.clone() for name, x in fuse(built.network.state_dict()).items()}
    built.begin({name: x + 1 for name, x in before.items()}, "others")
    for name, tensor in fuse(built.network.state_dict()).items():
        torch.testing.assert_close(tensor, before[name] + name.startswith(own))


def test_all_but_the_vocoder_begins_with_a_voice_of_flows(corpus: Corpus, tmp_path: Path) -> None:
    teacher(corpus, tmp_path / "run")
    flows = student(corpus, tmp_path / "run", training={"kl_weight": 0.0})
    torch.manual_seed(2)
    own = TextToWaveTrainer.build(Recipe(TRAINED), corpus)
    vocoder = {name: x.clone() for name, x in own.network.state_dict().items() if name.startswith("vocoder.")}
    own.begin({name: x + 1 for name, x in flows.network.state_dict().items()}, "a voice")
    after, given = fuse(own.network.state_dict()), fuse(flows.network.state_dict())
    for name, tensor in given.items():
        if not name.startswith("vocoder."):
            torch.testing.assert_close(after[name], tensor + 1)
    for name, tensor in fuse(vocoder).items():
        torch.testing.assert_close(after[name], tensor)


def test_a_teachers_upsampler_stays_under_its_word(corpus: Corpus, tmp_path: Path) -> None:
    own = fuse(teacher(corpus, tmp_path / "run").network.state_dict())
    vocoder_run(corpus, tmp_path / "vocoder")
    built = student(corpus, tmp_path / "run", vocoder_group=16, training={"kl_weight": 1.0, "flows": str(tmp_path / "vocoder")})
    name = "vocoder.upsampler.layers.0.weight"
    assert torch.equal(fuse(built.network.state_dict())[name], own[name])
    assert not any(parameter.requires_grad for parameter in built.network.get_submodule("vocoder.upsampler").parameters())


@pytest.mark.parametrize("kl_weight", [0.0, 1.0])
def test_the_upsampler_goes_on_as_what_it_was(kl_weight: float, corpus: Corpus, tmp_path: Path) -> None:
    own = teacher(corpus, tmp_path / "run").network.get_submodule("vocoder.upsampler")
    vocoder_run(corpus, tmp_path / "vocoder")
    training = {"kl_weight": kl_weight, "flows": str(tmp_path / "vocoder")}
    built = student(corpus, tmp_path / "run", vocoder_group=16, training=training)
    frames = torch.rand(1, 8, 5)
    given = read_student(str(tmp_path / "vocoder"), corpus.mel_spec).upsampler(frames)
    with torch.no_grad():
        torch.testing.assert_close(
            built.network.get_submodule("vocoder.upsampler")(frames), own(frames)[..., ::16] if kl_weight else given
        )
    assert built.config()["vocoder_activation"] == ("softsign" if kl_weight else "leaky-relu")


def test_a_wavenet_that_did_not_learn_cannot_teach(corpus: Corpus, tmp_path: Path) -> None:
    teacher(corpus, tmp_path / "run", nll_weight=0.0)
    with pytest.raises(UsageError, match="has no WaveNet that learned"):
        student(corpus, tmp_path / "run")
    student(corpus, tmp_path / "run", training={"kl_weight": 0.0})


def test_flows_need_a_corpus_that_their_teacher_can_read(corpus: Corpus, tmp_path: Path) -> None:
    teacher(corpus, tmp_path / "run")
    path = tmp_path / "run" / "run.json"
    description = json.loads(path.read_text())
    description["text"]["symbols"].pop()
    path.write_text(json.dumps(description))
    with pytest.raises(UsageError, match="does not know all symbols of the corpus"):
        student(corpus, tmp_path / "run")


def test_flows_of_other_sizes_are_refused(corpus: Corpus, tmp_path: Path) -> None:
    teacher(corpus, tmp_path / "run")
    vocoder_run(corpus, tmp_path / "vocoder")
    with pytest.raises(UsageError, match=r"the flows are of .*group=16.* the recipe's of .*group=1,"):
        student(corpus, tmp_path / "run", training={"flows": str(tmp_path / "vocoder")})
    with pytest.raises(UsageError, match="has no clarinet vocoder that is a student"):
        student(corpus, tmp_path / "run", training={"flows": str(tmp_path / "vocoder" / "teacher")})
