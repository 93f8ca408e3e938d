"""What must hold of SpeedySpeech's teacher, whatever its weights: small networks, random weights, no reference."""

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.training.miniature import write_corpus
from ttscli.melspec import MelSpec
from ttscli.training.corpus import Corpus
from ttscli.training.recipe import Recipe
from ttscli_speedyspeech.augment import Augmentation, augment, silence_frames
from ttscli_speedyspeech.durations import durations, remove_excess
from ttscli_speedyspeech.scale import Scale
from ttscli_speedyspeech.schedule import noam_lr
from ttscli_speedyspeech.teacher import Teacher, TeacherConfig
from ttscli_speedyspeech.teacher_train import TeacherBatch, TeacherTrainer, read_alignment, teacher_losses

CONFIG = TeacherConfig(
    n_symbols=11,
    n_mels=7,
    channels=8,
    gate_channels=10,
    attention_channels=6,
    text_dilations=(1, 3),
    audio_dilations=(1, 3, 1),
    decoder_dilations=(1, 3),
)


def teacher(config: TeacherConfig = CONFIG) -> Teacher:
    torch.manual_seed(3)
    return Teacher(config).eval()


def utterances() -> TeacherBatch:
    """Two utterances; each symbol sounds the same wherever it stands, so there is something to learn."""
    torch.manual_seed(4)
    sounds = torch.rand(CONFIG.n_symbols, CONFIG.n_mels)
    ids = torch.tensor([[3, 1, 4, 2, 5, 9], [2, 6, 5, 3, 0, 0]])
    lasting = torch.tensor([[4, 6, 5, 9, 2, 6], [8, 7, 9, 4, 0, 0]])
    mels = [sounds[row].repeat_interleave(frames, dim=0) for row, frames in zip(ids, lasting, strict=True)]
    n_frames = lasting.sum(1)
    return TeacherBatch(ids, torch.tensor([6, 4]), torch.nn.utils.rnn.pad_sequence(mels, batch_first=True), n_frames)


@pytest.mark.parametrize("kernel", [2, 3])
def test_own_output_is_a_fixed_point_of_teacher_forcing(kernel: int) -> None:
    """Frame by frame, with queues of the past, is all at once."""
    network, batch = teacher(replace(CONFIG, kernel=kernel)), utterances()
    spoken = network.generate(batch.ids, batch.n_symbols, 20)
    with torch.no_grad():
        again = network(batch.ids, batch.n_symbols, spoken[0])
    for ours, theirs in zip(spoken, again, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-5)


@torch.no_grad()
@pytest.mark.parametrize("window", [1, 3])
def test_aligning_is_windowed_generation(window: int) -> None:
    network, batch = teacher(), utterances()
    spoken = network.generate(batch.ids, batch.n_symbols, 20, window=window)
    aligned = network.align(batch.ids, spoken[0], window)
    for ours, theirs in zip(spoken, aligned, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-5)
    path = aligned[1].argmax(-1)
    assert (path[:, 0] <= window).all()
    assert ((path.diff(dim=1) >= 0) & (path.diff(dim=1) <= window)).all()


@torch.no_grad()
def test_a_frame_never_hears_itself_or_what_follows() -> None:
    network, batch = teacher(), utterances()
    changed = batch.mels.clone()
    changed[:, 12:] = torch.rand_like(changed[:, 12:])
    before, _ = network(batch.ids, batch.n_symbols, batch.mels)
    after, _ = network(batch.ids, batch.n_symbols, changed)
    assert torch.equal(before[:, :13], after[:, :13])
    assert not torch.equal(before[:, 13], after[:, 13])


@torch.no_grad()
def test_attention_is_a_distribution_over_the_symbols_that_are_there() -> None:
    network, batch = teacher(), utterances()
    _, attention = network(batch.ids, batch.n_symbols, batch.mels)
    torch.testing.assert_close(attention.sum(-1), torch.ones(attention.shape[:2]))
    assert not attention[1, :, 4:].any()


def test_noise_is_the_generators() -> None:
    network, batch = teacher(), utterances()
    runs = [network(*batch[:3], torch.Generator().manual_seed(seed))[1] for seed in (1, 1, 2)]
    assert torch.equal(runs[0], runs[1])
    assert not torch.equal(runs[0], runs[2])


@torch.no_grad()
def test_durations_sum_to_the_frames() -> None:
    network, batch = teacher(), utterances()
    for ids, n_symbols, mel, n_frames in zip(*batch, strict=True):
        lasting = read_alignment(network, ids[:n_symbols], mel[:n_frames]).durations
        assert lasting.shape == (n_symbols,)
        assert lasting.sum() == n_frames
        assert (lasting >= 0).all()


@pytest.mark.parametrize("seed", range(20))
def test_durations_of_any_monotone_attention_sum_to_the_frames(seed: int) -> None:
    chance = np.random.default_rng(seed)
    n_frames, n_symbols = (int(n) for n in chance.integers(1, 30, size=2))
    path = np.sort(chance.integers(0, n_symbols, size=n_frames))
    lasting = durations(np.eye(n_symbols, dtype=np.float32)[path])
    assert lasting.sum() == n_frames
    assert (lasting >= 0).all()


def test_the_longest_give_up_frames_first_and_of_two_the_earlier() -> None:
    assert remove_excess(np.array([1, 5, 3, 5, 1]), 14).tolist() == [1, 4, 3, 5, 1]
    assert remove_excess(np.array([1, 5, 3, 5, 1]), 13).tolist() == [1, 4, 3, 4, 1]


def test_gradients_reach_every_weight() -> None:
    network = teacher().train()
    torch.autograd.backward(teacher_losses(network, utterances(), torch.Generator().manual_seed(1))["total"])
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name
        if name != "attention.fc_keys.bias":  # adds the same to all logits of a row, which softmax does not see
            assert parameter.grad.abs().max() > 0, name


def test_two_utterances_are_learnt_by_heart() -> None:
    network, batch = teacher().train(), utterances()
    optimizer = torch.optim.Adam(network.parameters(), 2e-2)
    losses: list[Tensor] = []
    for _ in range(160):
        optimizer.zero_grad()
        loss = teacher_losses(network, batch)["total"]
        torch.autograd.backward(loss)
        optimizer.step()
        losses.append(loss.detach())
    assert losses[-1] < losses[0] / 3


def test_augmentation_damages_what_it_should() -> None:
    network, batch = teacher(), utterances()
    own_only = Augmentation(noise=0.0, silent_share=0.0)
    damaged = augment(network, batch.ids, batch.n_symbols, batch.mels, own_only, torch.Generator().manual_seed(5))
    replaced = [not torch.equal(ours, theirs) for ours, theirs in zip(damaged, batch.mels, strict=True)]
    assert sorted(replaced) == [False, True]
    noise_only = Augmentation(own_share=0.0, silent_share=0.0)
    noisy = augment(network, batch.ids, batch.n_symbols, batch.mels, noise_only, torch.Generator().manual_seed(5))
    assert float((noisy - batch.mels).std()) == pytest.approx(0.01, rel=0.2)
    silenced = silence_frames(torch.ones(3, 25, 4), 0.1, torch.Generator().manual_seed(5))
    assert (silenced == 0).all(-1).sum(1).tolist() == [2, 2, 2]
    twice = [augment(network, *batch[:3], Augmentation(), torch.Generator().manual_seed(6)) for _ in range(2)]
    assert torch.equal(*twice)


def test_what_it_hears_lies_between_silence_and_the_loudest() -> None:
    scale = Scale()
    unit = scale.unit(torch.linspace(-14, 4, 50))
    assert (float(unit.min()), float(unit.max())) == (0.0, 1.0)
    assert scale.unit(torch.tensor(scale.low)) == 0.0


def test_learning_rate_peaks_after_the_warm_up() -> None:
    rates = [noam_lr(epoch) for epoch in range(120)]
    assert rates[0] == pytest.approx(0.25 * 2e-3)
    assert max(rates) == rates[30] == pytest.approx(2e-3)
    assert rates[119] == pytest.approx(2e-3 * (30 / 119) ** 0.5)


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """Five utterances, the first of them held out."""
    return Corpus(write_corpus(tmp_path / "miniature", ("^asu$", "^usa$", "^aus$", "^uas$", "^sua$")), MelSpec())


def test_trainer(corpus: Corpus) -> None:
    sizes = asdict(CONFIG)
    network = {name: sizes[name] for name in ("channels", "gate_channels", "attention_channels")}
    trainer = TeacherTrainer.build(Recipe(network=network, learning_rate=2e-3, batch=2), corpus)
    batches = trainer.batches(1)
    first, second, third = (next(batches) for _ in range(3))
    assert [len(batch.ids) for batch in (first, second, third)] == [2, 2, 2]
    assert (first.mels >= 0).all()
    assert (first.mels <= 1).all()
    assert torch.isfinite(trainer.losses(trainer.network, first)["total"])
    assert [trainer.recipe.rate(step, 0.0) for step in (0, 1, 2)] == [noam_lr(0), noam_lr(0), noam_lr(1)]
    assert [trainer.recipe.rate(step, 0.0, 2) for step in (0, 1, 2)] == [noam_lr(0), noam_lr(1), noam_lr(2)]
    [held_out] = trainer.validation_batches()
    trainer.network.eval()
    once, again = (float(trainer.losses(trainer.network, held_out)["total"].detach()) for _ in range(2))
    assert once == again
