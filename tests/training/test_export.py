"""Runs → a voice, in this process; tests/cli/test_train.py does it as a user does."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.training.small import trainer
from ttscli.contract import SpeechOptions
from ttscli.errors import InputError, UsageError, VoiceError
from ttscli.melspec import MelSpec
from ttscli.synthesizer import Synthesizer
from ttscli.training.corpus import Corpus, mel_file
from ttscli.training.export import export
from ttscli.training.loop import Run
from ttscli.training.runs import predict_mels, start
from ttscli.voice import Voice


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
    assert sorted(file.name for file in voice.folder.iterdir()) == ["speedyspeech.safetensors", "voice.toml"]


def test_a_vocoder_alone_is_no_voice(corpus: Corpus, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no run knows an alphabet"):
        export([run("nhv", corpus, tmp_path)], tmp_path / "mini", "en-US", "CC0-1.0")
    assert not (tmp_path / "mini").exists()


def test_a_teacher_is_no_part_of_a_voice(corpus: Corpus, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="speedyspeech-teacher: a teacher is no part of a voice"):
        export([run("speedyspeech-teacher", corpus, tmp_path)], tmp_path / "mini", "en-US", "CC0-1.0")
    assert not (tmp_path / "mini").exists()


def test_runs_of_other_mels_do_not_fit(acoustic: Path, folder: Path, tmp_path: Path) -> None:
    other = run("nhv", Corpus(folder, MelSpec(n_mels=20)), tmp_path)
    with pytest.raises(UsageError, match="its mels are not those of"):
        export([acoustic, other], tmp_path / "mini", "en-US", "CC0-1.0")


def test_two_runs_of_one_architecture_are_refused(acoustic: Path, tmp_path: Path) -> None:
    """They would be two parts of one name, and the second's weights would replace the first's."""
    with pytest.raises(UsageError, match="speedyspeech twice"):
        export([acoustic, acoustic], tmp_path / "mini", "en-US", "CC0-1.0")


@pytest.mark.parametrize("content", [None, "{", "[]", '{"kind": "acoustic"}'])
def test_what_is_no_run_is_named(content: str | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "run.json").write_text(content)
    with pytest.raises(InputError, match="not a training run"):
        export([tmp_path], tmp_path / "mini", "en-US", "CC0-1.0")


def test_a_run_without_weights_is_named(acoustic: Path, tmp_path: Path) -> None:
    (acoustic / "weights.safetensors").unlink()
    with pytest.raises(VoiceError, match=r"weights\.safetensors: cannot be read"):
        export([acoustic], tmp_path / "mini", "en-US", "CC0-1.0")
    assert not (tmp_path / "mini" / "voice.toml").exists()


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


def test_start_begins_with_given_weights_and_rate(folder: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "mine.toml"
    recipe.write_text("batch = 2\n[network]\nfft_samples = 512\nchannels = 8\ndilations = [1]\n")
    arguments = ("nhv", folder)
    start(*arguments, tmp_path / "first", str(recipe), 0, "cpu", "32-true").train(max_steps=2)
    weights = tmp_path / "first" / "weights.safetensors"
    second = start(*arguments, tmp_path / "second", str(recipe), 1, "cpu", "32-true", init_from=weights, learning_rate=0.0)
    second.train(max_steps=0)
    assert (tmp_path / "second" / "weights.safetensors").read_bytes() == weights.read_bytes()
    described = json.loads((tmp_path / "second" / "run.json").read_text())
    assert described["recipe"]["learning_rate"] == 0.0
    assert described["seed"] == 1
    with pytest.raises(VoiceError, match=r"outlet\.bias"):
        recipe.write_text("batch = 2\n[network]\nfft_samples = 256\nchannels = 8\ndilations = [1]\n")
        start(*arguments, tmp_path / "third", str(recipe), 1, "cpu", "32-true", init_from=weights)
