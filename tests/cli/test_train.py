"""`tts corpus`, `tts train` and `tts export`, as real processes."""

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Environment, Finished, Tts

pytest.importorskip("lightning_fabric")

from tests.training.miniature import write_corpus

STUDENT = """
learning_rate = 5e-3
batch = 200
[network]
channels = 8
encoder_dilations = [1]
decoder_dilations = [1]
convs_per_block = 1
positions = "ends"
pitch = true
"""
NHV = "batch = 2\n[network]\nfft_samples = 512\nchannels = 8\ndilations = [1]\n"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A miniature corpus and two recipes."""
    write_corpus(tmp_path / "corpus")
    (tmp_path / "student.toml").write_text(STUDENT)
    (tmp_path / "nhv.toml").write_text(NHV)
    return tmp_path


def steps(run: Path) -> int:
    """How far a run has got, by its last line."""
    return int(json.loads((run / "log.jsonl").read_text().splitlines()[-1])["step"])


@pytest.mark.slow
def test_a_corpus_becomes_a_voice(tts: Tts, here: Path) -> None:
    def trained(architecture: str, recipe: str, *more: object) -> Finished:
        arguments = ("--data", "corpus", "--out", f"runs/{architecture}", "--recipe", recipe)
        done = tts("train", architecture, *arguments, *more)
        assert done.returncode == 0, done.stderr
        return done

    rows = [json.loads(line) for line in trained("speedyspeech", "student.toml", "--max-steps", 3).stdout.splitlines()]
    assert [(row["kind"], row["step"]) for row in rows] == [("validation", 3), ("sample", 3)]
    assert (here / "runs/speedyspeech/samples/step-0000003.wav").stat().st_size > 1000
    trained("speedyspeech", "student.toml", "--max-steps", 5)
    assert steps(here / "runs/speedyspeech") == 5
    assert tts("corpus", "predict", "runs/speedyspeech", "--data", "corpus", "-n", 3).returncode == 0
    trained("nhv", "nhv.toml", "--max-steps", 2, "--mels", "predicted")

    done = tts("export", "runs/speedyspeech", "runs/nhv", "--out", "voices/mini")
    assert done.returncode == 0, done.stderr
    assert "tts say -v voices/mini" in done.stderr
    assert tts("export", "runs/nhv", "--out", "it").stderr == "it: try it: tts say --vocoder ./it:nhv 'Hello.'\n"
    assert "4 utterances" in (here / "voices/mini/README.md").read_text()
    said = tts("say", "-v", "voices/mini", "-o", "sue.wav", "Sue.")
    assert said.returncode == 0, said.stderr
    assert (here / "sue.wav").stat().st_size > 1000


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_leaves_a_checkpoint(number: signal.Signals, code: int, environment: Environment, here: Path) -> None:
    arguments = ["train", "nhv", "--data", "corpus", "--out", "run", "--recipe", "nhv.toml"]
    process = subprocess.Popen(
        [sys.executable, "-m", "ttscli", *arguments], cwd=here, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()  # the first line of progress
    os.kill(process.pid, number)
    _, complaint = process.communicate(timeout=60)
    assert process.returncode == code
    assert complaint == b""
    assert steps(here / "run") >= 50
    assert {"last.pt", "weights.safetensors"} <= {path.name for path in (here / "run").iterdir()}
    assert not list((here / "run").glob("*.part"))


def run_with_little_room(
    folder: Path, environment: Environment, most_bytes: int, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """A limit on the size of files stands for a full disk."""
    return subprocess.run(
        [sys.executable, "-m", "ttscli", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes)),
    )


@pytest.mark.slow
def test_a_full_disk_leaves_the_last_checkpoint(tts: Tts, environment: Environment, here: Path) -> None:
    """There is no room for last.pt, but for weights.safetensors."""
    arguments = [
        "train",
        "nhv",
        "--data",
        "corpus",
        "--out",
        "run",
        "--recipe",
        "nhv.toml",
        "--samples-every",
        "0",
        "--max-steps",
    ]
    assert tts(*arguments, 1).returncode == 0
    before = (here / "run" / "last.pt").read_bytes()
    limit = len(before) // 2
    done = run_with_little_room(here, environment, limit, *arguments, "2")
    assert done.returncode == 6, done.stderr
    assert done.stderr.startswith("tts: run/last.pt: cannot be written: ")
    assert (here / "run" / "last.pt").read_bytes() == before
    assert not list((here / "run").glob("*.part"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("train", "speedyspeech", "--recipe", "teacher"), 2, "teacher: no recipe of this name"),
        (("train", "nobody"), 4, "nobody: no trainer has this name"),
        (("train", "nhv", "--recipe", "nowhere.toml"), 2, "nowhere.toml: no recipe"),
        (("train", "nhv", "--mels", "own"), 3, "mels-own.f16: not there"),
    ],
)
def test_mistakes_are_one_line(arguments: tuple[str, ...], code: int, message: str, tts: Tts, here: Path) -> None:
    done = tts(*arguments, "--data", "corpus", "--out", "run")
    assert done.returncode == code, done.stderr
    first, *hints = done.stderr.splitlines()
    assert message in first
    assert all(hint.startswith("hint: ") for hint in hints)
    assert len(hints) <= 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("trainer", "change", "message"),
    [
        ("nhv", "network.kernel=4", "kernels must be odd"),
        ("nhv", "network.channels=0", "config.channels: 0: it must be at least 1"),
        ("speedyspeech", "network.channels=190", "190: positions need a multiple of 4"),
        ("speedyspeech", "network.encoder_kernel=0", "config.encoder_kernel: 0"),
        ("melgan", "network.adversary.width=2", "adversary.width: 2: it must be a multiple of 4"),
        ("melgan", "network.adversary.scales=0", "config.scales: 0"),
        ("talknet-aligner", "network.dropout=2", "config.dropout: 2.0: it must be in [0, 1)"),
        ("clarinet", "network.training.clip_frames=2", "clip_frames: 2: it must be at least 8"),
        ("clarinet-teacher", "network.training.clip_frames=0", "clip_frames: 0: it must be at least 1"),
        ("clarinet-text-to-wave", "network.training.clip_frames=0", "clip_frames: 0: it must be at least 1"),
    ],
)
def test_impossible_sizes_are_one_line(trainer: str, change: str, message: str, tts: Tts, here: Path) -> None:
    done = tts("train", trainer, "--data", "corpus", "--out", "run", "--set", change, "--max-steps", 1)
    assert (done.returncode, message in done.stderr) == (4, True), done.stderr
    assert not (here / "run").exists()


@pytest.mark.slow
def test_a_voice_that_cannot_be_written_is_one_line(tts: Tts, environment: Environment, here: Path) -> None:
    """For want of room, or because no folder can be made below a file."""
    assert tts("train", "nhv", "--data", "corpus", "--out", "run", "--recipe", "nhv.toml", "--max-steps", 1).returncode == 0
    done = run_with_little_room(here, environment, 1000, "export", "run", "--out", "voice")
    assert (done.returncode, done.stderr) == (6, "tts: voice/nhv.safetensors: cannot be written: File too large\n")
    assert not list((here / "voice").iterdir())
    (here / "file").touch()
    for arguments in (("export", "run"), ("train", "nhv", "--data", "corpus", "--recipe", "nhv.toml", "--max-steps", 1)):
        refused = tts(*arguments, "--out", "file/voice")
        assert (refused.returncode, refused.stderr) == (6, "tts: file/voice: Not a directory\n")


@pytest.mark.slow
def test_a_teacher_can_be_trained_and_is_not_exported(tts: Tts, here: Path) -> None:
    (here / "teacher.toml").write_text("batch = 2\n[network]\nchannels = 8\ngate_channels = 8\nattention_channels = 8\n")
    where = ("--data", "corpus", "--out", "run")
    done = tts("train", "speedyspeech-teacher", *where, "--recipe", "teacher.toml", "--max-steps", 1)
    assert done.returncode == 0, done.stderr
    done = tts("export", "run", "--out", "voice")
    told = "tts: run: a run of speedyspeech-teacher, which is no part of a voice"
    assert (done.returncode, done.stderr.splitlines()[0]) == (2, told)


def test_drills(tts: Tts) -> None:
    first, second = (tts("corpus", "drills", "-n", 12, "--seed", 3) for _ in range(2))
    assert first.returncode == 0
    assert len(first.stdout.splitlines()) == 12
    assert first.stdout == second.stdout != tts("corpus", "drills", "-n", 12, "--seed", 4).stdout
