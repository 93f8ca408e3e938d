"""`tts batch -j N`: several processes make what one makes; and what a terminal sees meanwhile."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_batch_interrupted import children, sounds, wait_for_sounds
from tests.cli.test_errors import assert_told, other_voice, with_weights
from tests.cli.test_progress import assert_nothing_left, on_terminal
from tests.conftest import Environment, Tts

TEXT = "\n".join(f"Line {'of words ' * (number % 7)}number {number}. And more." for number in range(40)).encode()


def test_three_processes_make_what_one_makes(tts: Tts, tmp_path: Path) -> None:
    for jobs in (1, 3):
        done = tts("batch", "-", "-d", f"out{jobs}", "-j", jobs, "-F", "flac", "--join", f"{jobs}.wav", input=TEXT)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", "")
    made = [{path.name: path.read_bytes() for path in (tmp_path / f"out{jobs}").glob("*.flac")} for jobs in (1, 3)]
    assert len(made[0]) == 40
    assert made[0] == made[1]
    assert (tmp_path / "1.wav").read_bytes() == (tmp_path / "3.wav").read_bytes()
    assert tts("batch", "-", "-d", "out3", "-F", "flac", "-n", input=TEXT).stdout == b""


def test_faults_are_gathered(tts: Tts, tmp_path: Path) -> None:
    rows = [f'{{"text": "Number {number}.", "id": "{number}"}}' for number in range(6)]
    rows[2] = '{"text": "😀", "id": "2"}'
    rows[4] = '{"text": "h", "id": "4", "voice": "./deaf"}'
    (tmp_path / "deaf").mkdir()
    toml = (other_voice(tmp_path, lambda text: text) / "voice.toml").read_text(encoding="utf-8")
    (tmp_path / "deaf" / "voice.toml").write_text(with_weights(toml), encoding="utf-8")
    done = tts("batch", "-", "--from", "jsonl", "-d", "out", "-j", "2", input="\n".join(rows).encode())
    assert done.returncode == 7
    *told, last = done.stderr.splitlines()
    assert last == "tts: 2 of 6 items failed"
    first, second = sorted(told)
    assert first == "tts: standard input:3: nothing in it can be spoken"
    assert re.fullmatch(r"tts: standard input:5: deaf/w\.safetensors: cannot be read: No such file or directory", second)
    assert sorted(sounds(tmp_path / "out")) == ["0.wav", "1.wav", "3.wav", "5.wav"]


def test_a_voice_that_cannot_be_loaded_ends_it_with_one_line(tts: Tts, tmp_path: Path) -> None:
    other = other_voice(tmp_path, with_weights)
    assert_told(tts("batch", "-", "-d", "out", "-v", other, "-j", "2", input=TEXT), 4, "w.safetensors: cannot be read")
    assert_told(tts("batch", "-", "-d", "out", "--pitch", "2", "-j", "2", input=TEXT), 2, "pitch: neither")
    assert_told(tts("batch", "-", "-d", "out", "--pitch", "2", input=TEXT), 2, "pitch: neither")


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes as on Linux")
def test_what_a_process_leaves_that_is_told_to_stop_is_made_by_another(environment: Environment, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_bytes(TEXT)
    process = subprocess.Popen(
        [sys.executable, "-m", "ttscli", "batch", "text.txt", "-d", "out", "-j", "2"],
        cwd=tmp_path,
        env={**environment, "FAKE_SECONDS": "0.03"},
        stderr=subprocess.PIPE,
    )
    wait_for_sounds(tmp_path / "out", 3)
    os.kill(children(process)[0], signal.SIGTERM)
    assert (process.communicate(timeout=60)[1], process.returncode) == (b"", 0)
    assert len(sounds(tmp_path / "out")) == 40


@pytest.mark.skipif(sys.platform != "linux", reason="looks into processes as on Linux")
@pytest.mark.parametrize(("options", "threads"), [(["--threads", "6"], "3"), ([], None)])
def test_processes_share_the_threads(environment: Environment, tmp_path: Path, options: list[str], threads: str | None) -> None:
    (tmp_path / "text.txt").write_bytes(TEXT)
    own = {name: value for name, value in environment.items() if name != "OMP_NUM_THREADS"}
    process = subprocess.Popen(
        [sys.executable, "-m", "ttscli", "batch", "text.txt", "-d", "out", "-j", "2", *options],
        cwd=tmp_path,
        env={**own, "FAKE_SECONDS": "0.1"},
    )
    try:
        wait_for_sounds(tmp_path / "out", 1)
        seen = dict(line.split("=", 1) for line in Path(f"/proc/{children(process)[0]}/environ").read_text().split("\0") if line)
        assert seen["OMP_NUM_THREADS"] == (threads or str(max(1, len(os.sched_getaffinity(0)) // 2)))
    finally:
        process.terminate()
        process.wait()


def test_a_terminal_sees_a_bar_and_how_long_it_takes(environment: Environment, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_bytes(TEXT)
    environment = {**environment, "FAKE_SECONDS": "0.04", "TERM": "xterm", "COLUMNS": "80"}
    code, seen = on_terminal(environment, tmp_path, "batch", "text.txt", "-d", "out", "--batch-size", "1")
    assert code == 0
    assert re.search(r"\d+/40 .*0:00:\d\d", seen)
    assert any(0 < int(done) < 40 for done in re.findall(r"(\d+)/40", seen))
    assert_nothing_left(seen)
