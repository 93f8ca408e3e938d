"""`tts batch` when it is stopped, gently or not: what is there is whole, and the next run completes it."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import Environment, Tts

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
MANIFEST = ".ttscli-manifest.jsonl"
LINES = [f"Line number {number} of a text." for number in range(30)]


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt"
    path.write_text("\n".join(LINES))
    return path


@pytest.fixture
def start(environment: Environment, tmp_path: Path, text: Path) -> Iterator[Callable[..., "subprocess.Popen[bytes]"]]:
    """Begin a batch of 30 lines, each of which takes a while; what is still running at the end is killed."""
    begun: list[subprocess.Popen[bytes]] = []

    def run(*options: str, seconds: float = 0.05) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "ttscli", "batch", "text.txt", "-d", "out", "--batch-size", "1", *options]
        env = {**environment, "FAKE_SECONDS": str(seconds)}
        begun.append(subprocess.Popen(command, cwd=tmp_path, env=env, stderr=subprocess.PIPE))
        return begun[-1]

    yield run
    for process in begun:
        process.kill()
        process.wait()


def sounds(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.wav") if path.is_file()}


def wait_for_sounds(folder: Path, count: int) -> None:
    deadline = time.monotonic() + 30
    while len(list(folder.glob("*.wav"))) < count and time.monotonic() < deadline:
        time.sleep(0.01)


def children(process: "subprocess.Popen[bytes]") -> list[int]:
    """The processes that `process` has begun and that speak."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
            spawned = b"spawn_main" in (stat.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if int(fields[1]) == process.pid and spawned:
            found.append(int(stat.parent.name))
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("jobs", "moments"), [(1, 20), (2, 5)])
def test_killed_at_any_moment(
    start: Callable[..., "subprocess.Popen[bytes]"], tts: Tts, text: Path, tmp_path: Path, jobs: int, moments: int
) -> None:
    assert tts("batch", text, "-d", "undisturbed").returncode == 0
    whole = sounds(tmp_path / "undisturbed")
    rng = random.Random(1)
    for number in range(moments):
        # Every other run begins anew, so that there is always something left to make, or to replace.
        process = start("-j", str(jobs), *(["--no-resume"] if number % 2 else []), seconds=0.02)
        time.sleep(rng.uniform(0.2, 2.0))
        process.kill()
        process.wait()
        for name, data in sounds(tmp_path / "out").items():
            assert data == whole[name]
    time.sleep(1)  # the workers of a parent that was killed notice it, and go
    assert tts("batch", text, "-d", "out", "-j", jobs).returncode == 0
    assert sounds(tmp_path / "out") == whole
    assert {path.name for path in (tmp_path / "out").iterdir()} == {*whole, MANIFEST}
    assert tts("batch", text, "-d", "out", "-n").stdout == b""


def assert_true(folder: Path) -> None:
    """Every file that is there is in the manifest, and nothing is half done."""
    recorded = {json.loads(line)["output"] for line in (folder / MANIFEST).read_text().splitlines()}
    assert {path.name for path in folder.iterdir()} == {*recorded, MANIFEST}


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_sigterm_lets_it_finish_what_is_under_way(
    start: Callable[..., "subprocess.Popen[bytes]"], tts: Tts, tmp_path: Path, jobs: str
) -> None:
    process = start("-j", jobs, seconds=0.5)
    wait_for_sounds(tmp_path / "out", 2)
    time.sleep(0.2)  # a third is under way
    process.send_signal(signal.SIGTERM)
    stderr = process.communicate(timeout=20)[1].decode()
    assert process.returncode == 143
    assert "files are still to be made\nhint: the same command goes on from here\n" in stderr
    assert stderr.count("\n") == 2
    assert_true(tmp_path / "out")
    assert 2 < len(sounds(tmp_path / "out")) < 10
    assert tts("batch", "text.txt", "-d", "out").returncode == 0
    assert len(sounds(tmp_path / "out")) == len(LINES)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_stops_it_at_once(start: Callable[..., "subprocess.Popen[bytes]"], tmp_path: Path, jobs: str) -> None:
    process = start("-j", jobs, seconds=0.5)
    wait_for_sounds(tmp_path / "out", 2)
    time.sleep(0.2)
    workers = children(process)
    assert len(workers) == (0 if jobs == "1" else 2)
    for pid in (process.pid, *workers):  # as a terminal does
        os.kill(pid, signal.SIGINT)
    stderr = process.communicate(timeout=20)[1].decode()
    assert (process.returncode, stderr.count("\n")) == (130, 2)
    assert_true(tmp_path / "out")
    assert len(sounds(tmp_path / "out")) < 10
    assert not any(Path("/proc", str(pid)).exists() for pid in workers)


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes as on Linux")
def test_a_worker_that_is_killed_is_replaced(
    start: Callable[..., "subprocess.Popen[bytes]"], tts: Tts, text: Path, tmp_path: Path
) -> None:
    process = start("-j", "2", seconds=0.1)
    wait_for_sounds(tmp_path / "out", 3)
    os.kill(children(process)[0], signal.SIGKILL)
    assert process.communicate(timeout=60)[1] == b""
    assert process.returncode == 0
    assert tts("batch", text, "-d", "undisturbed").returncode == 0
    assert sounds(tmp_path / "out") == sounds(tmp_path / "undisturbed")
    assert_true(tmp_path / "out")


def test_an_item_that_kills_its_process_twice_fails_alone(tts: Tts, tmp_path: Path) -> None:
    lines = [f"Line {number}." for number in range(6)]
    lines[3] = "A line that is a great deal longer than all of the others."
    (tmp_path / "text.txt").write_text("\n".join(lines))
    done = tts("batch", "text.txt", "-d", "out", "-j", "2", env={"FAKE_DEATH": "40"})
    assert done.returncode == 7
    assert done.stderr == "tts: text.txt:4: the process that made it ended twice (exit code -9)\ntts: 1 of 6 items failed\n"
    assert sorted(sounds(tmp_path / "out")) == [f"text-{number:04}.wav" for number in (0, 1, 2, 4, 5)]
    assert_true(tmp_path / "out")


@pytest.mark.slow
def test_processes_that_are_killed_again_and_again_end_it(tts: Tts, tmp_path: Path, text: Path) -> None:
    done = tts("batch", "text.txt", "-d", "out", "-j", "2", env={"FAKE_DEATH": "1"})
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == "tts: 10 processes ended one after the other (exit code -9)"


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_fail_fast_stops_at_the_first(tts: Tts, jobs: str) -> None:
    text = "\n".join(LINES).encode()
    done = tts("batch", "-", "-d", "out", "--fail-fast", "-j", jobs, input=text, env={"FAKE_FAULT": "boom"})
    failed = done.stderr.count("boom")
    assert 1 <= failed <= int(jobs)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (7, f"tts: {failed} of 30 items failed")


def test_fail_fast_begins_nothing_when_a_text_cannot_be_read(tts: Tts, tmp_path: Path) -> None:
    refused = tts("batch", "-", "-d", "out2", "--fail-fast", input=b"One.\ncaf\xe9\nThree.\ncaf\xe9")
    assert (refused.returncode, refused.stderr.count("not UTF-8")) == (7, 1)
    assert not (tmp_path / "out2").exists()
