"""`tts corpus check`, as a real process."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import Environment, Tts

pytest.importorskip("parselmouth")

from tests.training.recorded import RATE_HZ, add, hum, write, write_recordings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_recordings(tmp_path / "recorded")


def test_a_good_corpus(tts: Tts, folder: Path) -> None:
    done = tts("corpus", "check", "recorded")
    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr == "recorded: 3 good items, 0.00 h\n"


def test_a_flawed_corpus_is_a_row_a_finding_and_a_summary(tts: Tts, folder: Path) -> None:
    write(folder, "001.wav", np.zeros(RATE_HZ))
    (folder / "wavs" / "002.wav").write_bytes(b"no sound")
    add(folder, "lost|Where am I?")
    write(folder, "spare.wav", hum())
    done = tts("corpus", "check", "recorded")
    assert done.returncode == 7
    rows = [line.split("\t") for line in done.stdout.decode().splitlines()]
    assert [row[:3] for row in rows] == [
        ["left-out", "001", "silent"],
        ["left-out", "002", "unreadable"],
        ["left-out", "lost", "missing"],
        ["note", "spare.wav", "unused"],
    ]
    assert all(len(row) == 4 and row[3] for row in rows)
    summary = done.stderr.splitlines()[0]
    assert summary == "tts: recorded: 1 good items, 0.00 h; 3 left out: 1 silent, 1 unreadable, 1 missing"


def test_json(tts: Tts, folder: Path) -> None:
    write(folder, "001.wav", np.zeros(RATE_HZ))
    done = tts("corpus", "check", "recorded", "--json")
    assert done.returncode == 7
    made = json.loads(done.stdout)
    [finding] = made["findings"]
    assert (finding["identity"], finding["kind"], finding["left_out"]) == ("001", "silent", True)
    assert made["summary"] == {"good": 2, "hours": 0.001, "left_out": 1, "kinds": {"silent": 1}}


def test_limits(tts: Tts, folder: Path) -> None:
    done = tts("corpus", "check", "recorded", "--shortest", 2)
    assert (done.returncode, done.stdout.count(b"too-short")) == (7, 3)


def test_no_corpus(tts: Tts, tmp_path: Path) -> None:
    done = tts("corpus", "check", "nowhere")
    assert done.returncode == 3
    assert done.stderr.splitlines()[0].startswith("tts: nowhere/metadata.csv: cannot be read")


@pytest.mark.parametrize("extension", ["mp3", "ogg", "flac"])
def test_a_broken_file_costs_one_line(extension: str, tts: Tts, folder: Path) -> None:
    """Also where a decoder has something to say itself."""
    write(folder, f"new.{extension}", hum())
    path = folder / "wavs" / f"new.{extension}"
    spoilt = bytearray(path.read_bytes())
    spoilt[60::4] = bytes(len(spoilt[60::4]))
    path.write_bytes(bytes(spoilt))
    add(folder, "new|Hello there.")
    done = tts("corpus", "check", "recorded")
    assert done.returncode == 7
    assert done.stdout.decode().startswith("left-out\tnew\t")
    assert len(done.stdout.splitlines()) == 1
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == ["tts", "hint"]


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
def test_a_closed_standard_error_hides_nothing_and_gets_nowhere_else(environment: Environment, folder: Path) -> None:
    write(folder, "001.wav", np.zeros(RATE_HZ))
    command = f"{sys.executable} -m ttscli corpus check recorded 2>&-"
    done = subprocess.run(["sh", "-c", command], cwd=folder.parent, env=environment, stdout=subprocess.PIPE, timeout=60)
    assert (done.returncode, done.stdout) == (7, b"left-out\t001\tsilent\tnowhere louder than -inf dB\n")
