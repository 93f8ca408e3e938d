"""Runs → a voice, in this process; tests/cli/test_train.py does it as a user does."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.training.small import trainer
from ttscli import registry
from ttscli.contract import SpeechOptions
from ttscli.errors import InputError, UsageError
from ttscli.melspec import MelSpec
from ttscli.nn.weights import read_weights
from ttscli.synthesizer import Synthesizer
from ttscli.training import card
from ttscli.training.beginning import Beginning
from ttscli.training.corpus import Corpus, mel_file
from ttscli.training.export import describe, export
from ttscli.training.loop import Run
from ttscli.training.runs import Plan, predict_mels, start
from ttscli.voice import Voice
from ttscli_nhv.train import NhvTrainer


def run(name: str, corpus: Corpus, folder: Path) -> Path:
    Run(trainer(name, corpus), folder / name).train(max_steps=2)
    return folder / name


@pytest.fixture
def acoustic(corpus: Corpus, tmp_path: Path) -> Path:
    return run("speedyspeech", corpus, tmp_path)


def test_runs_become_a_voice_that_speaks(acoustic: Path, corpus: Corpus, tmp_path: Path) -> None:
    vocoders = [run(name, corpus, tmp_path) for name in ("nhv", "melgan")]
    voice = export([acoustic, *vocoders], tmp_path / "mini", "en-US", "CC0-1.0", 'Says "a"')
    assert voice == Voice.read(tmp_path / "mini")
    assert (voice.name, voice.language, voice.licence, voice.description) == ("mini", "en-US", "CC0-1.0", 'Says "a"')
    assert voice.mel_spec == MelSpec()
    assert voice.spelling().symbols == ("_", "$", "^", "a", "s", "u")
    assert (voice.spelling().start, voice.spelling().end) == ("^", "$")
    assert [part.name for part in (*voice.acoustic, *voice.vocoder)] == ["speedyspeech", "nhv", "melgan"]
    for vocoder in ("nhv", "melgan"):
        [chunk] = Synthesizer.for_voice(voice, vocoder=vocoder, device="cpu").speak("Sue.", SpeechOptions())
        assert len(chunk.symbols) == len(chunk.segment.symbols)
        assert chunk.symbols[-1].stop + round(chunk.segment.pause_after_s * 22050) == len(chunk.samples)


def test_weights_are_halved_and_may_be_read_by_others(acoustic: Path, tmp_path: Path) -> None:
    voice = export([acoustic], tmp_path / "mini", "en-US", "CC0-1.0")
    [part] = voice.acoustic
    assert part.weights is not None
    assert part.weights.stat().st_size < 0.7 * (acoustic / "weights.safetensors").stat().st_size
    assert part.weights.stat().st_mode == (acoustic / "run.json").stat().st_mode
    assert sorted(file.name for file in voice.folder.iterdir()) == ["README.md", "speedyspeech.safetensors", "voice.toml"]


def test_a_vocoder_alone_is_a_voice_that_others_borrow_from(corpus: Corpus, tmp_path: Path) -> None:
    voice = export([run("nhv", corpus, tmp_path)], tmp_path / "mini")
    assert (voice.text, voice.acoustic, [part.name for part in voice.vocoder]) == (None, (), ["nhv"])
    assert voice.licence == "LicenseRef-unknown"  # nobody has said, and nothing is promised


def test_a_text_to_wave_run_becomes_a_voice_that_speaks(corpus: Corpus, tmp_path: Path) -> None:
    voice = export([run("clarinet-text-to-wave", corpus, tmp_path)], tmp_path / "mini")
    assert [part.name for part in voice.text_to_wave] == ["clarinet"]
    [part] = voice.text_to_wave
    plugin = registry.text_to_wave("clarinet").load(part.verified_weights(), part.config, voice.mel_spec, "cpu")
    [wave] = plugin.waves([np.array([2, 3, 1])], SpeechOptions())
    assert len(wave.samples) > 0


def test_a_teacher_is_no_part_of_a_voice(corpus: Corpus, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a run of speedyspeech-teacher, which is no part of a voice"):
        export([run("speedyspeech-teacher", corpus, tmp_path)], tmp_path / "mini", "en-US", "CC0-1.0")
    assert not (tmp_path / "mini").exists()


def test_runs_of_other_mels_do_not_fit(acoustic: Path, folder: Path, tmp_path: Path) -> None:
    other = run("nhv", Corpus(folder, MelSpec(n_mels=20)), tmp_path)
    with pytest.raises(UsageError, match="its mels are not those of"):
        export([acoustic, other], tmp_path / "mini", "en-US", "CC0-1.0")


def test_two_runs_of_one_architecture_have_two_names(acoustic: Path, tmp_path: Path) -> None:
    tuned = tmp_path / "tuned"
    shutil.copytree(acoustic, tuned)
    voice = export([acoustic, tuned], tmp_path / "mini")
    assert [part.name for part in voice.acoustic] == ["speedyspeech", "speedyspeech-tuned"]
    voice = export([acoustic, tuned], tmp_path / "named", names={acoustic: "first", tuned: "second"})
    assert [(p.name, p.weights and p.weights.name) for p in voice.acoustic] == [
        ("first", "first.safetensors"),
        ("second", "second.safetensors"),
    ]
    with pytest.raises(UsageError, match="no other part may be called first"):
        export([acoustic, tuned], tmp_path / "twice", names={acoustic: "first", tuned: "first"})
    with pytest.raises(UsageError, match="no other part may be called"):
        export([acoustic, tuned], tmp_path / "out", names={tuned: "../out"})
    with pytest.raises(UsageError, match="tuned: named, but not among the runs"):
        export([acoustic], tmp_path / "one", names={tuned: "first"})


def test_runs_that_spell_otherwise_do_not_fit(acoustic: Path, corpus: Corpus, tmp_path: Path) -> None:
    corpus.speak_with(["_", "^", "$", "u", "s", "a"])
    other = run("talknet", corpus, tmp_path)
    with pytest.raises(UsageError, match="its symbols are not those of"):
        export([acoustic, other], tmp_path / "mini")


def test_the_model_card_says_what_is_known(folder: Path, tmp_path: Path) -> None:
    (folder / "corpus.toml").write_text('licence = "CC-BY-4.0"\norigin = "three sounds"\n')
    (tmp_path / "mine.toml").write_text("batch = 2\n[network]\nfft_samples = 512\nchannels = 8\ndilations = [1]\n")
    plan = Plan("nhv", folder, tmp_path / "run", recipe=str(tmp_path / "mine.toml"), seed=7)
    start(plan).train(max_steps=2)
    voice = export([plan.out], tmp_path / "mini", description="Three sounds.")
    card = (voice.folder / "README.md").read_text()
    for fact in ("# mini", "Three sounds.", "4 utterances", "three sounds; licence: CC-BY-4.0", "| 7 | 2 |", "`mine.toml`"):
        assert fact in card
    count = sum(tensor.numel() for tensor in read_weights(plan.out / "weights.safetensors").values())
    assert f"{count / 1e6:.2f} million" in card
    assert "tts eval mini" in card
    assert (voice.licence, voice.language) == ("CC-BY-4.0", "en-US")
    assert "torch" in card
    (voice.folder / "README.md").write_text("mine")
    export([plan.out], tmp_path / "mini")
    assert (voice.folder / "README.md").read_text() == "mine"


def test_what_is_not_there_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere: not a training run: run\.json: No such file or directory$"):
        describe(tmp_path / "nowhere")


@pytest.mark.parametrize("content", [None, "{", "[]", '{"kind": "acoustic"}'])
def test_what_is_no_run_is_named(content: str | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "run.json").write_text(content)
    with pytest.raises(InputError, match="not a training run"):
        export([tmp_path], tmp_path / "mini", "en-US", "CC0-1.0")


def test_a_run_without_weights_is_told_before_anything_is_written(acoustic: Path, corpus: Corpus, tmp_path: Path) -> None:
    waiting = run("nhv", corpus, tmp_path)
    (waiting / "weights.safetensors").unlink()
    with pytest.raises(InputError, match="nhv: has not saved any weights yet"):
        export([acoustic, waiting], tmp_path / "mini")
    assert not (tmp_path / "mini").exists()
    with pytest.raises(InputError, match="nhv: has not saved any weights yet"):
        Beginning.find(str(waiting), NhvTrainer)
    (acoustic / "weights.safetensors").unlink()
    with pytest.raises(InputError, match="speedyspeech: has not saved any weights yet"):
        predict_mels(acoustic, corpus.features.parent, "own", 1)


def test_predicted_mels_are_the_runs_own(acoustic: Path, corpus: Corpus, folder: Path) -> None:
    assert predict_mels(acoustic, folder, "own", 2) == 2
    own = Corpus(folder, MelSpec(), mel_file("own"))
    assert own.utterances == corpus.utterances[:2]
    n_frames = sum(u.n_frames for u in own.utterances)
    assert own.mels.shape == (n_frames, 80)
    distance = np.abs(own.mels.astype(np.float32) - corpus.mels[:n_frames].astype(np.float32)).mean()
    spread = corpus.mels.astype(np.float32).std()
    assert 0.01 < distance < 2 * spread  # alike, for the statistics are the corpus's own, but not the same


def test_a_vocoder_predicts_no_mels(corpus: Corpus, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nhv makes no mels"):
        predict_mels(run("nhv", corpus, tmp_path), folder, "own", 2)


def test_a_torn_line_of_the_log_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text('{"kind": "validation", "step": 3}\n{"kind": "vali{"kind": "validation", "step": 5}\n')
    assert card.last_validation(tmp_path) == {"kind": "validation", "step": 3}
