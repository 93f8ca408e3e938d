"""`tts batch --engine ray`: a cluster makes what one process makes, whatever is killed meanwhile."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.test_batch_interrupted import MANIFEST, assert_true, sounds
from tests.cli.test_errors import assert_told
from tests.conftest import TESTS, Environment, Tts

pytest.importorskip("ray", reason="there is no Ray for this Python or platform")

LINES = [f"Line {number}." for number in range(40)]
KILLS_ONCE = "A line of middling length."
KILLS = "A line that is a great deal longer than all of the others."
CLUSTER = """
import sys, ray
for _ in range(3):  # Ray gives up after 30 s, which a busy machine may need
    try:
        ray.init("local", num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="CRITICAL")
        break
    except Exception:
        ray.shutdown()
print(ray.get_runtime_context().gcs_address, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def cluster(environment: Environment, tmp_path: Path) -> Iterator[list[str]]:
    """Begin a cluster with the fake voice, in which one kind of line kills its worker once, and another always.

    Its recogniser hears "One." whatever is said.
    """
    environment |= {"RAY_AUTH_MODE": "disabled", "RAY_USAGE_STATS_ENABLED": "0", "RAY_prestart_worker_first_driver": "0"}
    environment["PYTHONPATH"] += os.pathsep + str(TESTS / "fixtures" / "whisper")
    fake = {"FAKE_SECONDS": "0.1", "FAKE_DEATH": "40", "FAKE_DEATH_ONCE": f"20:{tmp_path / 'mark'}"}
    fake |= {"FAKE_HEARD": "One.", "FAKE_LOADED": str(tmp_path / "loaded")}
    process = subprocess.Popen(
        [sys.executable, "-c", CLUSTER], env={**environment, **fake}, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    address = process.stdout.readline().decode().strip()
    yield ["--engine", "ray", "--ray-address", address, "-j", "2"]
    process.communicate(timeout=60)


def run(environment: Environment, folder: Path, *args: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "ttscli", "batch", "text.txt", "--batch-size", "1", *args]
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def finished(process: "subprocess.Popen[bytes]") -> tuple[int, bytes, str]:
    stdout, stderr = process.communicate(timeout=300)
    return process.returncode, stdout, stderr.decode()


def recorded(folder: Path) -> list[str]:
    return [json.loads(line)["output"] for line in (folder / MANIFEST).read_text().splitlines()]


def n_recorded(folder: Path) -> int:
    manifest = folder / MANIFEST
    return manifest.read_bytes().count(b"\n") if manifest.exists() else 0


def test_a_cluster_makes_what_one_process_makes(cluster: list[str], environment: Environment, tts: Tts, tmp_path: Path) -> None:
    """One test, as a cluster takes a while to begin: stopped in two ways, it goes on; then one line kills a worker for good."""
    text, out = tmp_path / "text.txt", tmp_path / "out"
    text.write_text("\n".join([*LINES, KILLS_ONCE]))
    for number, (begun, code) in enumerate([(signal.SIGTERM, 143), (signal.SIGINT, 130)], 1):
        process = run(environment, tmp_path, "-d", "out", *cluster)
        while n_recorded(out) < 4 * number and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(begun)
        stopped = finished(process)
        assert stopped[:2] == (code, b"")
        assert stopped[2].count("\n") == 2
        assert "files are still to be made\nhint: the same command goes on from here\n" in stopped[2]
        assert_true(out)
        assert 4 * number <= len(sounds(out)) < len(LINES)

    assert finished(run(environment, tmp_path, "-d", "out", *cluster)) == (0, b"", "")
    assert (tmp_path / "mark").exists()
    assert tts("batch", text, "-d", "undisturbed").returncode == 0
    assert sounds(out) == sounds(tmp_path / "undisturbed")
    assert sorted(recorded(out)) == sorted(sounds(out))

    text.write_text("\n".join([*LINES, KILLS_ONCE, KILLS, "And the last."]))
    told = "tts: text.txt:42: the worker that made it was lost twice\ntts: 1 of 43 items failed\n"
    assert finished(run(environment, tmp_path, "-d", "out", *cluster)) == (7, b"", told)
    assert sorted(recorded(out)) == sorted(sounds(out)) == sorted([*sounds(tmp_path / "undisturbed"), "text-0042.wav"])

    assert_listened(cluster, environment, tmp_path)


def assert_listened(cluster: list[str], environment: Environment, tmp_path: Path) -> None:
    """With --verify, workers load a recogniser each and say what it heard."""
    (tmp_path / "whisper").mkdir()
    (tmp_path / "whisper" / "model.bin").touch()
    (tmp_path / "text.txt").write_text("\n".join(["One."] * 8 + ["Two."]))
    told = "tts: text.txt:9: word error rate 100 % after 2 tries; heard: One.\ntts: 1 of 9 items failed\n"
    verify = ["--verify", "--verify-tries", "2", "--recogniser", "whisper"]
    assert finished(run(environment, tmp_path, "-d", "heard", *verify, *cluster)) == (7, b"", told)
    verdicts = [json.loads(line) for line in (tmp_path / "heard" / MANIFEST).read_text().splitlines()]
    assert sorted((verdict["wer"], verdict["tries"]) for verdict in verdicts) == [(0.0, 1)] * 8 + [(1.0, 2)]
    loaded = (tmp_path / "loaded").read_text().split()
    assert len(loaded) == len(set(loaded)) <= 2


def test_what_is_wrong_with_the_cluster_is_told_in_a_line(tts: Tts, tmp_path: Path) -> None:
    ray = ("batch", "-", "-d", "out", "--engine", "ray")
    assert_told(tts("batch", "-", "-d", "out", "--ray-address", "auto", input=b"a"), 2, "--ray-address: goes with --engine ray")
    assert_told(tts(*ray, "--ray-address", "127.0.0.1:9", input=b"a"), 5, "127.0.0.1:9: no Ray cluster answers")
    (tmp_path / "ray.py").write_text("raise ModuleNotFoundError('no', name='ray')")
    done = tts(*ray, input=b"a")  # the folder in which it runs comes first
    assert_told(done, 2, "ray: this command needs it")
    assert "pip install 'ttscli[ray]'" in done.stderr
