"""Training of text-to-wave: what it learns from, and that it learns."""

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

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
from ttscli.training.recipe import Recipe
from ttscli_clarinet.teacher_train import TeacherTrainer
from ttscli_clarinet.text_to_wave_losses import attention_target, done_target, supervised_attention
from ttscli_clarinet.text_to_wave_model import ClariNetTextToWave
from ttscli_clarinet.text_to_wave_train import Batch, TextToWaveTrainer, linear_spectrum


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """Four utterances, the first of them held out."""
    return Corpus(write_corpus(tmp_path / "corpus"), MelSpec())


def trainer(corpus: Corpus, batch: int = 300, **training: Any) -> TextToWaveTrainer:
    torch.manual_seed(0)
    network = TRAINED | {"training": {"clip_frames": 8} | training}
    return TextToWaveTrainer.build(Recipe(network, learning_rate=1e-2, warmup_steps=2, batch=batch), corpus)


def steps(trainer: TextToWaveTrainer, count: int) -> Iterator[dict[str, float]]:
    fabric = Fabric(accelerator="cpu", devices=1)
    network, *optimizers = fabric.setup(trainer.network, *trainer.optimizers())
    network.train()
    for batch in islice(trainer.batches(0), count):
        yield trainer.step(fabric, network, list(optimizers), batch)


def test_every_loss_falls(corpus: Corpus) -> None:
    rows = list(steps(trainer(corpus, attention="durations"), 60))
    first, last = ({name: np.mean([row[name] for row in part]) for name in rows[0]} for part in (rows[:5], rows[-5:]))
    shares = {"l1": 0.75, "divergence": 0.9, "done": 0.1, "spectra": 0.6, "attention": 0.2}
    assert set(first) == {*shares, "nll", "total"}
    for name, share in shares.items():
        assert last[name] < share * first[name], name
    assert last["nll"] < first["nll"] - 1  # of each sample e times as much is known


def test_the_diagonal_leads_attention(corpus: Corpus) -> None:
    rows = list(steps(trainer(corpus, attention="diagonal", attention_weight=10.0), 40))
    assert rows[-1]["attention"] < 0.6 * rows[0]["attention"]
    assert "attention" not in next(steps(trainer(corpus), 1))


def test_the_vocoder_may_be_left_out(corpus: Corpus) -> None:
    built = trainer(corpus, nll_weight=0.0)
    before = {name: tensor.clone() for name, tensor in built.network.state_dict().items()}
    rows = list(steps(built, 20))
    assert set(rows[0]) == {"l1", "divergence", "done", "spectra", "total"}
    assert rows[-1]["spectra"] < 0.9 * rows[0]["spectra"]
    assert batch(built).recordings.clips.shape[1] == 0  # and no clips are cut
    changed = {name.split(".")[0] for name, tensor in built.network.state_dict().items() if not torch.equal(tensor, before[name])}
    assert changed == {"encoder", "decoder", "bridge"}


def test_hidden_states_may_become_mels(corpus: Corpus) -> None:
    torch.manual_seed(0)
    network = TRAINED | {"bridge": [[12, 5, 1], [80, 3, 1]], "training": {"mel_weight": 5.0, "nll_weight": 0.0}}
    built = TextToWaveTrainer.build(Recipe(network, learning_rate=1e-2, warmup_steps=2, batch=300), corpus)
    rows = list(steps(built, 60))
    assert rows[-1]["hidden"] < 0.4 * rows[0]["hidden"]
    recordings = batch(built).recordings
    hidden = built.network.eval()(recordings).hidden.transpose(1, 2)
    assert (hidden - recordings.mels).abs().mean() < 0.1


def test_hidden_states_that_cannot_be_mels(corpus: Corpus) -> None:
    with pytest.raises(UsageError, match="the bridge's last block has 10 channels, mels 80 bands"):
        trainer(corpus, mel_weight=1.0)


def batch(trainer: TextToWaveTrainer) -> Batch:
    return next(iter(trainer.batches(0)))


def test_a_batch_holds_the_corpus(corpus: Corpus) -> None:
    built = trainer(corpus)
    recordings, spectra, attention = batch(built)
    n_items, n_frames, _ = recordings.mels.shape
    assert n_frames % built.network.config.frames_per_step == 0
    assert spectra.shape == (n_items, n_frames, 513)
    assert attention is None
    for values in (recordings.mels, spectra):
        assert values.min() >= 0
        assert 0.3 < values.max() <= 1
    for i in range(n_items):
        assert not recordings.mels[i, recordings.n_frames[i] :].any()
        start, utterance = int(recordings.starts[i]), {u.n_frames: u for u in corpus.training}[int(recordings.n_frames[i])]
        first = utterance.first_frame + start
        wanted = corpus.audio[first : first + 8].reshape(-1) / 32768
        np.testing.assert_allclose(recordings.clips[i], wanted, atol=1e-6)


def test_position_encodings_turn_as_fast_as_the_corpus_speaks(corpus: Corpus) -> None:
    n_frames, n_symbols = (sum(n) for n in zip(*((u.n_frames, len(u.symbols)) for u in corpus.utterances), strict=True))
    built = trainer(corpus)
    assert built.config()["key_rate"] == pytest.approx(n_frames / n_symbols / 4, rel=1e-4)
    assert built.config()["dwell"] == -(-max(max(u.durations) for u in corpus.utterances) // 4) + 1
    assert built.config()["n_symbols"] == len(built.symbols) == 6
    assert "training" not in built.config()


def test_a_full_sine_is_one_and_silence_nothing() -> None:
    spec = MelSpec()
    sine = torch.sin(2 * torch.pi * 32 / spec.fft_samples * torch.arange(spec.hop_samples * 20))
    spectrum = linear_spectrum(sine, spec)
    assert spectrum.shape == (513, 20)
    assert spectrum[32, 5:15].min() > 0.999
    assert spectrum[200, 5:15].max() < 0.3
    assert not linear_spectrum(torch.zeros(5120), spec).any()


def test_being_done_begins_with_the_last_step() -> None:
    target = done_target(torch.tensor([1, 3]), 4)
    assert target.tolist() == [[1, 1, 1, 1], [0, 0, 1, 1]]


def test_a_step_belongs_to_the_symbols_that_sound_in_it() -> None:
    wanted = attention_target(torch.tensor([[3, 5, 0, 2], [6, 2, 0, 0]]), 3, 4)
    assert wanted.tolist() == [
        [[0.75, 0.25, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1]],
        [[1, 0, 0, 0], [0.5, 0.5, 0, 0], [0, 1, 0, 0]],
    ]


def test_attention_is_supervised_by_what_sounds_in_a_step() -> None:
    wanted = attention_target(torch.tensor([[4, 4, 0, 4], [8, 0, 0, 0]]), 3, 4)
    assert supervised_attention(wanted[:, None], wanted).abs() < 1e-6
    even = torch.full((2, 1, 3, 4), 0.25)
    torch.testing.assert_close(supervised_attention(even, wanted), torch.tensor(4.0).log())
    assert supervised_attention(wanted.flip(1)[:, None], wanted) > 4
    mixed = attention_target(torch.tensor([[3, 5, 0, 0]]), 2, 4)
    assert supervised_attention(mixed[:, None], mixed).abs() < 1e-6


def test_a_forced_decoder_reads_what_sounds(corpus: Corpus) -> None:
    """Then it learns from the first step on, and attention beside it."""
    forced, free = (list(steps(trainer(corpus, attention=kind, nll_weight=0.0), 40)) for kind in ("forced", "durations"))
    assert forced[-1]["attention"] < 0.5 * forced[0]["attention"]
    assert np.mean([row["l1"] for row in forced[-5:]]) < 0.97 * np.mean([row["l1"] for row in free[-5:]])


def run_of_a_teacher(corpus: Corpus, folder: Path, **sizes: Any) -> dict[str, Tensor]:
    own = {key.removeprefix("vocoder_"): value for key, value in TRAINED.items() if key.startswith("vocoder_")}
    built = TeacherTrainer.build(Recipe(own | sizes), corpus)
    save_weights(built.network, folder / "weights.safetensors", torch.float32)
    (folder / "run.json").write_text(json.dumps(built.describe()), encoding="utf-8")
    return {name.removeprefix("wavenet."): tensor for name, tensor in fuse(built.network.state_dict()).items()}


def test_a_vocoder_starts_from_a_teacher(corpus: Corpus, tmp_path: Path) -> None:
    """Whose conditions are mels: so many, that layers which see them are not the vocoder's."""
    teacher = run_of_a_teacher(corpus, tmp_path / "run")
    started = fuse(trainer(corpus, teacher=str(tmp_path / "run")).network.vocoder.wavenet.state_dict())
    same = {
        name for name in started if teacher[name].shape == started[name].shape and torch.allclose(teacher[name], started[name])
    }
    assert set(started) - same == {name for name in started if name.endswith(".condition.weight")}


def test_a_teacher_of_other_sizes_is_refused(corpus: Corpus, tmp_path: Path) -> None:
    run_of_a_teacher(corpus, tmp_path / "run", layers=3)
    with pytest.raises(UsageError, match="layers=3"):
        trainer(corpus, teacher=str(tmp_path / "run"))


@pytest.mark.parametrize("name", ["fast", "published"])
def test_recipes_can_be_built_and_what_they_train_speaks(name: str, corpus: Corpus, tmp_path: Path) -> None:
    built = TextToWaveTrainer.build(TextToWaveTrainer.read_recipe(name), corpus)
    built.network.decoder.load_state_dict({"done.bias": torch.tensor([100.0])}, strict=False)  # it is soon done
    save_weights(built.network, tmp_path / "w.safetensors")
    model = ClariNetTextToWave.load(tmp_path / "w.safetensors", built.config(), corpus.mel_spec, "cpu")
    [wave] = model.waves([np.array([1, 2])], SpeechOptions(pace=50.0))
    assert wave.samples.shape == (256,)
