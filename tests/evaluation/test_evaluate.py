"""A voice of numpy alone, evaluated: what is measured, and what is written."""

import base64
import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from tests.conftest import FAKE_VOICES, Finished, Tts
from tests.training.recorded import hum, write
from ttscli.errors import InputError, UsageError
from ttscli.evaluation.evaluate import Evaluation, Pair, pairs, row, summary
from ttscli.evaluation.page import page
from ttscli.evaluation.recogniser import Whisper, compare, words
from ttscli.voice import Voice

TEXTS = ["One two.", "Tom & Ann spoke."]


class Parrot:
    """Hears the same whatever is said."""

    def hear(self, samples: NDArray[np.float32], rate_hz: int) -> str:
        assert samples.dtype == np.float32
        return "One 3."


@pytest.fixture
def voice() -> Voice:
    return Voice.read(FAKE_VOICES / "fake")


def test_every_pair_of_a_voice(voice: Voice) -> None:
    vocoders = [part.name for part in voice.vocoder]
    found = pairs(voice)
    assert [pair for pair in found if pair.vocoder] == [Pair(m.name, v) for m in voice.acoustic for v in vocoders]
    assert [pair.model for pair in found if pair.vocoder is None] == [part.name for part in voice.text_to_wave]
    [first] = voice.acoustic[:1]
    assert pairs(voice, first.name, "griffin-lim") == [Pair(first.name, "griffin-lim")]
    with pytest.raises(UsageError, match="no pair of these names"):
        pairs(voice, "nobody")


def test_sentences_are_spoken_heard_and_counted(voice: Voice, tmp_path: Path) -> None:
    pair = pairs(voice)[0]
    spoken = list(Evaluation(TEXTS, tmp_path, Parrot(), None).speak(voice, pair, "cpu"))
    assert [s.text for s in spoken] == TEXTS
    for sentence in spoken:
        samples, rate_hz = soundfile.read(tmp_path / sentence.file)
        assert rate_hz == voice.mel_spec.sample_rate_hz
        assert len(samples) / rate_hz == sentence.seconds
        assert sentence.distance is None
    assert [(s.hearing.n_words, s.hearing.errors) for s in spoken if s.hearing] == [(2, 1), (4, 4)]
    figures = summary(spoken)
    assert (figures["sentences"], figures["wer_percent"], figures["mcd_db"]) == (2, 83.33, None)
    assert figures["x_real_time"] > 0
    assert row(spoken[0])["heard"] == "One 3."


def test_a_recording_of_itself_is_no_distance_away(voice: Voice, tmp_path: Path) -> None:
    """The voice's own speech as the corpus: only rounding is between them, heard where a tone of numpy leaves silence."""
    pair = pairs(voice)[0]
    [alone] = Evaluation(["One two."], tmp_path / "first", None, None).speak(voice, pair, "cpu")
    samples, rate_hz = soundfile.read(tmp_path / "first" / alone.file)
    write(tmp_path / "corpus", "a.wav", samples, rate_hz)
    write(tmp_path / "corpus", "b.wav", hum(2.0))
    (tmp_path / "corpus" / "metadata.csv").write_text("a|One two.\nb|One three.\n")
    texts = ["One two.", "One three.", "Four."]
    same, far, alone = Evaluation(texts, tmp_path / "second", None, tmp_path / "corpus").speak(voice, pair, "cpu")
    assert same.distance is not None
    assert far.distance is not None
    assert same.distance.mcd_db < 0.1 * far.distance.mcd_db
    assert same.distance.f0_cents < 1 < far.distance.f0_cents
    assert abs(same.distance.longer) < 0.01
    assert alone.distance is None
    mean = (same.distance.mcd_db + far.distance.mcd_db) / 2
    assert summary([same, far, alone])["mcd_db"] == pytest.approx(mean, abs=1e-3)


def test_a_corpus_without_the_sentences_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "a.wav", hum())
    (tmp_path / "metadata.csv").write_text("a|Something else.\n")
    with pytest.raises(UsageError, match="recordings of none of the sentences"):
        Evaluation(TEXTS, tmp_path, None, tmp_path)


def test_a_sentence_without_a_word_is_named(voice: Voice, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^'\*': the text has nothing in it that can be spoken"):
        list(Evaluation(["One two.", "*"], tmp_path, None, None).speak(voice, pairs(voice)[0], "cpu"))


def test_the_page_has_a_player_and_a_picture_for_each(voice: Voice, tmp_path: Path) -> None:
    pair = pairs(voice)[0]
    spoken = {pair.name: list(Evaluation(TEXTS, tmp_path, Parrot(), None).speak(voice, pair, "cpu"))}
    html = page("Voice fake", {pair.name: summary(spoken[pair.name])}, spoken)
    assert "Tom &amp; Ann spoke." in html
    assert "Tom & Ann" not in html
    players = re.findall(r'<audio[^>]* src="([^"]+)"', html)
    assert len(players) == 2
    pictures = re.findall(r'src="data:image/png;base64,([^"]+)"', html)
    assert all(base64.b64decode(picture).startswith(b"\x89PNG") for picture in pictures)
    assert len(pictures) == 2
    assert "83.33</td>" in html
    assert "http" not in html


def test_words_are_compared_as_they_are_spoken() -> None:
    assert words("Dr. Smith paid $5!", "en-US") == words("doctor smith paid five dollars", "en-US")
    assert compare("It's a well-known fact.", "It's a well known fact", "en-US").errors == 0


@pytest.mark.parametrize("name", ["faster_whisper", "soxr"])
def test_a_package_that_a_recogniser_needs_is_named_at_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "fixtures" / "whisper")
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(UsageError, match=f"^{name}: a recogniser needs it") as fault:
        Whisper(None, "en-US")
    assert fault.value.hint == "pip install 'ttscli[eval]'"


def evaluated(tts: Tts, tmp_path: Path, *more: object) -> Finished:
    (tmp_path / "texts.txt").write_text("One two.\n\nThree.\n")
    return tts("eval", "fake", "--text", "texts.txt", "-o", "out", *more)


def test_the_command_writes_sounds_scores_and_a_page(tts: Tts, tmp_path: Path) -> None:
    done = evaluated(tts, tmp_path, "--no-wer", "--device", "cpu")
    assert done.returncode == 0, done.stderr
    scores = json.loads((tmp_path / "out" / "scores.json").read_text())
    lines = [line.split("\t") for line in done.stdout.decode().splitlines()]
    assert [line[0] for line in lines] == [pair["pair"] for pair in scores["pairs"]]
    assert all(pair["wer_percent"] is None and pair["x_real_time"] > 0 for pair in scores["pairs"])
    for pair in scores["pairs"]:
        assert [spoken["text"] for spoken in pair["spoken"]] == ["One two.", "Three."]
        assert all((tmp_path / "out" / spoken["file"]).is_file() for spoken in pair["spoken"])
    assert (tmp_path / "out" / "index.html").read_text().startswith("<!doctype html>")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("full", ["fake+fake/001.wav", "scores.json"])
def test_a_full_disk_is_told_with_the_file(tts: Tts, tmp_path: Path, full: str) -> None:
    (tmp_path / "out" / full).parent.mkdir(parents=True)
    (tmp_path / "out" / full).symlink_to("/dev/full")
    done = evaluated(tts, tmp_path, "--no-wer", "--device", "cpu")
    assert (done.returncode, done.stderr) == (6, f"tts: out/{full}: cannot be written: No space left on device\n")


def test_without_a_recogniser_the_way_out_is_named(tts: Tts, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    done = evaluated(tts, tmp_path, "--recogniser", "nothing")
    assert done.returncode in (2, 3)
    first, hint = done.stderr.splitlines()
    assert "faster_whisper: a recogniser needs it" in first or "no model.bin" in first
    assert hint.startswith("hint: ")
