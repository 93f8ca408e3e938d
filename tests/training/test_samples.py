"""What a run lets be heard and seen of a held-out sentence."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.training.small import trainer
from ttscli.errors import OutputError, VoiceError
from ttscli.training.corpus import Corpus
from ttscli.training.loop import Run

HOP = 256


@pytest.mark.parametrize(
    ("name", "sounds"),
    [
        ("speedyspeech", True),
        ("talknet", True),
        ("nhv", True),
        ("melgan", True),
        ("waveglow", True),
        ("clarinet-text-to-wave", True),
        ("speedyspeech-teacher", False),
        ("talknet-aligner", False),
    ],
)
def test_a_sample_is_a_picture_and_a_sound(name: str, sounds: bool, corpus: Corpus, tmp_path: Path) -> None:
    run = Run(trainer(name, corpus), tmp_path, samples_every_s=1e9)
    run.train(max_steps=1)
    made = {path.name for path in (tmp_path / "samples").iterdir()}
    assert made == {"step-0000001.png", *(["step-0000001.wav"] if sounds else [])}
    assert (tmp_path / "samples" / "step-0000001.png").read_bytes().startswith(b"\x89PNG")
    if sounds:
        samples, rate_hz = soundfile.read(tmp_path / "samples" / "step-0000001.wav")
        assert rate_hz == 22050
        assert np.isfinite(samples).all()
        if run.trainer.kind == "vocoder":  # it sounds the recording's own mel
            assert len(samples) == corpus.validation[0].n_frames * HOP


def test_samples_come_at_intervals_and_only_if_wanted(corpus: Corpus, tmp_path: Path) -> None:
    Run(trainer("nhv", corpus), tmp_path / "often", samples_every_s=0).train(max_steps=2)
    pictures = sorted(path.stem for path in (tmp_path / "often" / "samples").glob("*.png"))
    assert pictures == ["step-0000001", "step-0000002"]
    Run(trainer("nhv", corpus), tmp_path / "never").train(max_steps=2)
    assert not (tmp_path / "never" / "samples").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("name", ["step-0000001.png", "step-0000001.wav"])
def test_a_full_disk_is_told_with_the_file(name: str, corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "samples").mkdir()
    (tmp_path / "samples" / name).symlink_to("/dev/full")
    run = Run(trainer("nhv", corpus), tmp_path, samples_every_s=1e9)
    with pytest.raises(OutputError, match=rf"samples/{name}: cannot be written: No space left"):
        run.train(max_steps=1)


def test_a_network_that_cannot_speak_yet_goes_on_learning(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mute(*args: object) -> None:
        raise VoiceError("it makes no sound")

    monkeypatch.setattr("ttscli.training.samples._sample", mute)
    run = Run(trainer("nhv", corpus), tmp_path, samples_every_s=0)
    run.train(max_steps=2)
    assert run.progress.step == 2
    assert not (tmp_path / "samples").exists()
