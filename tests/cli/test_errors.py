"""Mistakes of a user: one clear line, the right exit code, no file left, no traceback. As real processes. More: test_holes.py."""

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import FAKE_VOICES, Environment, Finished, Tts
from ttscli.cli.faults import report

OUT = ["-o", "out.wav"]


def assert_told(done: Finished, code: int, piece: str) -> None:
    assert done.returncode == code, done.stderr
    assert done.stdout == b""
    lines = done.stderr.splitlines()
    assert lines[0].startswith("tts: ")
    assert piece in done.stderr
    assert [line[:6] for line in lines[1:]] in ([], ["hint: "]), done.stderr


def assert_nothing_made(folder: Path) -> None:
    assert [path.name for path in folder.rglob("*.wav")] == []
    assert [path.name for path in folder.rglob(".ttscli*")] == []


@pytest.mark.parametrize(
    ("line", "code", "piece"),
    [
        # usage
        (["sya", "hi"], 2, "did you mean 'say'?"),
        (["hello world"], 2, "tts say 'hello world'"),
        (["hello", "big world", "-o", "a.wav"], 2, "to speak it: tts say hello 'big world' -o a.wav\n"),
        (["speak", "hello"], 2, "to speak it: tts say hello\n"),
        (["'odd\""], 2, "to speak it: tts say '"),
        (["speak"], 2, "to speak it: tts say speak\n"),
        (["help", "say"], 2, "it is an option: tts say --help\n"),
        (["help"], 2, "it is an option: tts --help\n"),
        (["say", "--version"], 2, "it stands before the command: tts --version\n"),
        (["say", "- hello", *OUT], 2, "to speak it, put -- before it: tts say -- '- hello'\n"),
        (["--text", "hi there", "--out_path", "x.wav"], 2, "tts say 'hi there' -o x.wav"),
        (["say", "--length-scale", "1.25", "hi"], 2, "tts say -s 0.8 hi"),
        (["say", "hi", "-s", "0", *OUT], 2, "--speed: 0 is not from 0.25 to 4"),
        (["say", "hi", "--seed", "-1", *OUT], 2, "--seed"),
        (["say", "hi", "--threads", "0", *OUT], 2, "--threads"),
        (["say", "hi", "-o", "out.xyz"], 2, ".xyz is no audio format"),
        (["say", "hi", "-o", "out"], 2, "no extension"),
        (["say", "hi", *OUT, "-o", "b.wav"], 2, "--output: given 2 times, for out.wav and b.wav"),
        (["say", "hi", *OUT, "--timings", "a.srt", "--timings", "a.srt"], 2, "--timings: given 2 times"),
        (["say", "hi", *OUT, "-F", "flac"], 2, "the name says wav"),
        (["say", "hi", *OUT, "-F", "flc"], 2, "did you mean flac?"),
        (["say", "hi", "-o", "-", "--raw", "-F", "wav"], 2, "disagree"),
        (["say", "hi", "-m", "nothing", *OUT], 4, "no model of this name"),
        (["say", "hi", "--vocoder", "nothing", *OUT], 4, "no vocoder has this name"),
        (["say", "hi", "--device", "gpu", *OUT], 2, "not a device"),
        (["say", "hi", "--pitch", "2", *OUT], 2, "pitch: neither the model nor the vocoder obeys it"),
        (["say", "hi", "--pitch", "200", *OUT], 2, "--pitch: 200 is not from -24 to 24"),
        (["say", "hi", "--speaker", "1", *OUT], 2, "speaker: neither"),
        (["train", "nhv", "--data", ".", "--out", "run", "--learning-rate", "nan"], 2, "--learning-rate: nan is not from 0 to 1"),
        (["say", "hi", "--seed", "4294967296", *OUT], 2, "--seed: 4294967296 is not from 0 to 4294967295"),
        (["train", "nhv", "--data", ".", "--out", "run", "--seed", "-1"], 2, "--seed: -1 is not from 0 to 4294967295"),
        (["train", "nhv", "--data", ".", "--out", "run", "--max-minutes", "nan"], 2, "--max-minutes: nan is not from 0 to inf"),
        (["train", "nhv", "--data", ".", "--out", "run", "--samples-every", "nan"], 2, "--samples-every: nan"),
        (["corpus", "check", ".", "--longest", "nan"], 2, "--longest: nan is not from 0 to inf"),
        # input
        (["say", "-f", ".", *OUT], 3, "cannot be read"),
        (["say", b"caf\xe9", *OUT], 3, "not UTF-8: character 3"),
    ],
    ids=lambda value: None if isinstance(value, list) else str(value),
)
def test_mistakes(tts: Tts, tmp_path: Path, line: list[object], code: int, piece: str) -> None:
    assert_told(tts(*line), code, piece)
    assert_nothing_made(tmp_path)


def test_bytes_that_are_not_utf8_are_named_by_their_offset(tts: Tts) -> None:
    assert_told(tts("say", "-o", "-", input=b"\xef\xbb\xbfna\xefve"), 3, "standard input: not UTF-8: byte 0xef at offset 5")


def other_voice(tmp_path: Path, change: Callable[[str], str]) -> Path:
    folder = tmp_path / "voices" / "other"
    folder.mkdir(parents=True)
    text = (FAKE_VOICES / "fake" / "voice.toml").read_text(encoding="utf-8")
    (folder / "voice.toml").write_text(change(text), encoding="utf-8")
    return folder


def with_weights(text: str) -> str:
    return text.replace('architecture = "fake"', f'architecture = "fake"\nweights = "w.safetensors"\nsha256 = "{"0" * 64}"', 1)


def test_a_missing_weights_file(tts: Tts, tmp_path: Path) -> None:
    other = other_voice(tmp_path, with_weights)
    assert_told(tts("say", "hi", "-v", other, *OUT), 4, "w.safetensors: cannot be read")
    assert_nothing_made(tmp_path)


def test_a_damaged_weights_file(tts: Tts, tmp_path: Path) -> None:
    other = other_voice(tmp_path, with_weights)
    (other / "w.safetensors").write_bytes(b"truncated")
    assert_told(tts("say", "hi", "-v", other, *OUT), 4, "damaged: its checksum")
    assert_nothing_made(tmp_path)


def test_a_model_and_a_vocoder_that_do_not_fit(tts: Tts, tmp_path: Path) -> None:
    other = other_voice(tmp_path, lambda text: text.replace("hop_samples = 256", "hop_samples = 300"))
    environment = {"TTSCLI_VOICES": f"{FAKE_VOICES}{os.pathsep}{other.parent}"}
    done = tts("say", "hi", "--vocoder", "other:fake", *OUT, env=environment)
    assert_told(done, 4, "hop_samples 256 ≠ 300")
    assert_nothing_made(tmp_path)


def test_an_architecture_that_is_not_installed(tts: Tts, tmp_path: Path) -> None:
    other = other_voice(tmp_path, lambda text: text.replace('architecture = "fake"', 'architecture = "absent"', 1))
    assert_told(tts("say", "hi", "-v", other, *OUT), 4, "absent: no acoustic model has this name")


def test_an_internal_fault_is_one_line_unless_debugged(tts: Tts, tmp_path: Path) -> None:
    done = tts("say", "hi", *OUT, env={"FAKE_FAULT": "boom"})
    assert_told(done, 1, "internal fault: RuntimeError: boom")
    assert_nothing_made(tmp_path)
    assert "Traceback" in tts("say", "hi", *OUT, env={"FAKE_FAULT": "boom", "TTSCLI_DEBUG": "1"}).stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_standard_output(environment: Environment, tmp_path: Path) -> None:
    for command in (["say", "hi", "-o", "-"], ["--help"]):
        with open("/dev/full", "wb") as full:
            done = subprocess.run(
                [sys.executable, "-m", "ttscli", *command], stdout=full, stderr=subprocess.PIPE, cwd=tmp_path, env=environment
            )
        assert_told(Finished(done.returncode, b"", done.stderr.decode()), 6, "standard output: cannot be written")


def test_a_fault_without_a_name_may_be_of_any_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(OSError(errno.ENOSPC, "No space left on device"), ["train"]) == 6
    assert capsys.readouterr().err == "tts: standard output or a file: cannot be written: No space left on device\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("reader", ["full", "gone"])
def test_an_error_keeps_its_code_where_the_rows_before_it_cannot_be_written(
    environment: Environment, tmp_path: Path, reader: str
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open("/dev/full" if reader == "full" else writing, "wb") as rows:
        done = subprocess.run(
            [sys.executable, "-m", "ttscli", "normalize", "-"],
            input=b"One.\n\nTwo \xff.\n",
            stdout=rows,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env=environment,
        )
    if reader == "full":
        os.close(writing)
    assert_told(Finished(done.returncode, b"", done.stderr.decode()), 3, "not UTF-8: byte 0xff")


@pytest.mark.skipif(sys.platform != "linux", reason="mounts as Linux does")
def test_a_full_disk_leaves_no_file(tts: Tts, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True).returncode != 0:
        pytest.skip("may not mount")
    try:
        for name in ("speech.wav", "speech.flac"):
            (disk / name).write_bytes(b"old")
            done = tts("say", "A sentence of some length. " * 40, "-o", disk / name, "-s", "0.25")
            assert_told(done, 6, "No space left")
            assert (disk / name).read_bytes() == b"old"
            assert len(list(disk.iterdir())) == 1
            (disk / name).unlink()
    finally:
        subprocess.run(["umount", disk], check=True)


def test_no_loudspeaker(tts: Tts, environment: Environment, tmp_path: Path) -> None:
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')")
    deaf = {"PATH": "", "PYTHONPATH": f"{tmp_path}{os.pathsep}{environment['PYTHONPATH']}"}
    assert_told(tts("say", "hi", "-q", env=deaf), 5, "write a file: -o speech.wav")
