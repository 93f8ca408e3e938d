"""`tts say` as a real process: what is written, when it comes, and how it ends."""

import io
import json
import os
import signal
import subprocess
import sys
import time
import wave
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import Environment, Tts

posix = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


def frames(data: bytes) -> bytes:
    """The samples of a WAV, whose header must be right but for the length of a stream."""
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 22050)
    return data[44:]


def peak(sound: bytes) -> int:
    return int(np.abs(np.frombuffer(sound, "<i2")).max())


def test_a_file_a_stream_and_bare_samples_are_the_same_sound(tts: Tts, tmp_path: Path) -> None:
    done = tts("say", "Hello there.", "Is it well?", "-o", "out.wav")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", "")
    sound = frames((tmp_path / "out.wav").read_bytes())
    assert len(sound) > 22050
    text = b"\xef\xbb\xbfHello there. Is it well?\r\n"
    assert frames(tts("say", "-o", "-", input=text).stdout) == sound
    (tmp_path / "text.txt").write_bytes(text)
    assert tts("say", "-f", "text.txt", "-o", "-", "--raw").stdout == sound
    assert tts("say", "-", "-o", "-", "-F", "raw", input=text).stdout == sound
    assert len(list(tmp_path.iterdir())) == 3  # home, out.wav, text.txt


def test_a_written_wav_knows_its_length(tts: Tts, tmp_path: Path) -> None:
    tts("say", "Hello.", "-o", "out.wav")
    data = (tmp_path / "out.wav").read_bytes()
    assert int.from_bytes(data[4:8], "little") == len(data) - 8
    assert int.from_bytes(data[40:44], "little") == len(data) - 44


def test_the_seed_decides_the_bytes(tts: Tts) -> None:
    first, again, other = (tts("say", "Hello.", "-o", "-", "--seed", seed).stdout for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert len(first) == len(other)


def test_prosody(tts: Tts) -> None:
    words = ["say", "Hello. You.", "-o", "-", "--paragraph-pause", "0", "--sentence-pause"]
    usual = frames(tts(*words, "0").stdout)
    assert len(frames(tts(*words, "0", "-s", "2").stdout)) < 0.8 * len(usual)
    assert len(frames(tts(*words, "2").stdout)) == len(usual) + 2 * 2 * 22050
    assert peak(frames(tts(*words, "0", "--volume", "-20").stdout)) == pytest.approx(peak(usual) / 10, rel=0.01)


@pytest.mark.parametrize(
    ("name", "magic"),
    [("x.flac", b"fLaC"), ("x.OGG", b"OggS"), ("x.opus", b"OggS"), ("x.mp3", b"\xff"), ("x.wav", b"RIFF")],
)
def test_the_extension_chooses_the_format(tts: Tts, tmp_path: Path, name: str, magic: bytes) -> None:
    assert tts("say", "Hello.", "-o", name).returncode == 0
    assert (tmp_path / name).read_bytes().startswith(magic)


def test_no_clobber(tts: Tts, tmp_path: Path) -> None:
    (tmp_path / "out.wav").write_bytes(b"old")
    done = tts("say", "Hello.", "-o", "out.wav", "--no-clobber")
    assert done.returncode == 6
    assert "exists already" in done.stderr
    assert (tmp_path / "out.wav").read_bytes() == b"old"
    assert tts("say", "Hello.", "-o", "out.wav").returncode == 0
    assert (tmp_path / "out.wav").read_bytes().startswith(b"RIFF")


def test_no_clobber_holds_for_timings_too(tts: Tts, tmp_path: Path) -> None:
    (tmp_path / "t.json").write_bytes(b"old")
    done = tts("say", "Hello.", "-o", "out.wav", "--timings", "t.json", "--no-clobber")
    assert (done.returncode, done.stderr.splitlines()[0]) == (6, "tts: t.json: exists already")
    assert (tmp_path / "t.json").read_bytes() == b"old"
    assert not (tmp_path / "out.wav").exists()
    assert tts("say", "Hello.", "-o", "out.wav", "--timings", "new.json", "--no-clobber").returncode == 0
    assert (tmp_path / "new.json").exists()


def test_words_after_a_double_dash_are_text(tts: Tts) -> None:
    assert len(tts("say", "-o", "-", "--", "-v", "hello").stdout) > 44


def test_what_the_voice_cannot_speak_is_told_once(tts: Tts, environment: Environment, tmp_path: Path) -> None:
    folder = tmp_path / "deaf"
    folder.mkdir()
    toml = (Path(environment["TTSCLI_VOICES"]) / "fake" / "voice.toml").read_text(encoding="utf-8")
    (folder / "voice.toml").write_text(toml.replace('"h", ', ""), encoding="utf-8")
    done = tts("say", "Hello. Hello.", "-v", "./deaf", "-o", "-")
    assert done.returncode == 0
    assert done.stderr == "tts: warning: not spoken: h (1:1, 2 times)\n"
    assert tts("say", "Hello.", "-v", "./deaf", "-o", "-", "-q").stderr == ""


def start(environment: Environment, *words: str, seconds: float = 0.5) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "ttscli", "say", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**environment, "FAKE_SECONDS": str(seconds)},
    )


FOUR = "One here. Two here. Three here. Four here."


def test_the_first_sentence_comes_before_the_last_is_made(tts: Tts) -> None:
    """In making the last one, the process dies."""
    text = "One here. And another here that is a great deal longer than the first."
    done = tts("say", text, "-o", "-", env={"FAKE_DEATH": "40"})
    assert done.returncode == -9
    assert len(done.stdout) > 22050


@posix
def test_a_closed_pipe_ends_it_quietly(environment: Environment) -> None:
    process = start(environment, FOUR, "-o", "-", seconds=0.1)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.read(50)
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == 141


@posix
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
@pytest.mark.parametrize("name", ["out.wav", "out.flac"])
def test_a_signal_leaves_no_file(environment: Environment, tmp_path: Path, number: signal.Signals, code: int, name: str) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    process = start(environment, FOUR, "-o", str(folder / name), seconds=30)
    deadline = time.monotonic() + 20
    while not list(folder.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.5)
    process.send_signal(number)
    _, stderr = process.communicate()
    assert (process.returncode, stderr) == (code, b"")
    assert list(folder.iterdir()) == []


def test_nothing_and_a_terminal_is_a_short_help(environment: Environment) -> None:
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    done = subprocess.run([sys.executable, "-m", "ttscli", "say"], stdin=theirs, capture_output=True, env=environment)
    refused = subprocess.run(
        [sys.executable, "-m", "ttscli", "say", "hi", "-o", "-"], stdout=theirs, stderr=subprocess.PIPE, env=environment
    )
    os.close(ours)
    os.close(theirs)
    assert done.returncode == 2
    assert b"Usage: tts say" in done.stderr
    assert refused.returncode == 2
    assert b"--force" in refused.stderr


def test_help_loads_nothing_heavy(environment: Environment) -> None:
    for line in (["--help"], ["say", "--help"], ["--version"]):
        done = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "ttscli", *line], capture_output=True, env=environment, text=True
        )
        assert done.returncode == 0
        loaded = {row.rpartition("|")[2].strip() for row in done.stderr.splitlines()}
        assert loaded.isdisjoint({"numpy", "torch", "soundfile", "sounddevice", "phonemizer", "rich"})


def test_timings_end_where_the_sound_does(tts: Tts, tmp_path: Path) -> None:
    done = tts("say", "Hello there. Is it well?", "-o", "out.wav", "--timings", "out.json")
    assert (done.returncode, done.stderr) == (0, "")
    table = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert table["n_samples"] == len(frames((tmp_path / "out.wav").read_bytes())) // 2
    assert [word["text"] for sentence in table["sentences"] for word in sentence["words"]] == [
        *("Hello", "there"),
        *("Is", "it", "well"),
    ]
    assert tts("say", "Hello.", "-o", "out.wav", "--timings", "out.txt").returncode == 2
    for name in ("OUT.SRT", "out.textgrid"):
        assert tts("say", "Hello.", "-o", "out.wav", "--timings", name).returncode == 0
        assert (tmp_path / name).is_file()


def test_what_is_read_is_not_overwritten(tts: Tts, tmp_path: Path) -> None:
    """Whatever it is called."""
    (tmp_path / "text.wav").write_text("Hello.")
    (tmp_path / "link.json").symlink_to("text.wav")
    for option in (["-o", "text.wav"], ["-o", "out.wav", "--timings", "link.json"]):
        done = tts("say", "-f", "text.wav", *option)
        assert (done.returncode, "is what is read, and would be overwritten" in done.stderr) == (2, True), done.stderr
    assert (tmp_path / "text.wav").read_text() == "Hello."
    assert not (tmp_path / "out.wav").exists()


def test_sound_and_timings_do_not_become_one_file(tts: Tts, tmp_path: Path) -> None:
    (tmp_path / "link.srt").symlink_to("out.srt")
    for name in ("out.srt", "./out.srt", "link.srt"):
        done = tts("say", "Hello.", "-o", "out.srt", "-F", "wav", "--timings", name)
        assert (done.returncode, "two outputs would become it" in done.stderr) == (2, True), done.stderr
    assert not (tmp_path / "out.srt").exists()


def test_utf_16_is_named(tts: Tts, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_bytes("Hello.".encode("utf-16"))
    done = tts("say", "-f", "text.txt", "-o", "out.wav")
    assert (done.returncode, done.stderr.splitlines()[1]) == (3, "hint: convert it first: iconv -f UTF-16 -t UTF-8")
