"""A stranger's plugin, installed as a stranger would: built, installed by pip into a folder, spoken with."""

import json
import os
import subprocess
import sys
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, Environment, Finished, Tts

SIXTH = REPOSITORY / "tests" / "fixtures" / "sixth_plugin"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder into which pip has installed the plugin."""
    target = tmp_path_factory.mktemp("site")
    install = ["install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--target", str(target), str(SIXTH)]
    subprocess.run([sys.executable, "-m", "pip", *install], check=True, timeout=300)
    yield target


@pytest.fixture
def beeping(tts: Tts, environment: Environment, installed: Path) -> Tts:
    """`tts` in an environment that has the plugin."""
    path = os.pathsep.join((environment["PYTHONPATH"], str(installed)))

    def run(*args: object) -> Finished:
        return tts(*args, env={"PYTHONPATH": path})

    return run


def test_it_speaks(beeping: Tts, tmp_path: Path) -> None:
    done = beeping("say", "-v", "beep", "Hello, world.", "-o", "x.wav")
    assert done.returncode == 0, done.stderr
    with wave.open(str(tmp_path / "x.wav")) as file:
        assert file.getframerate() == 22050
        # Thirteen letters and marks of eight frames each.
        assert file.getnframes() >= 13 * 8 * 256
        assert any(file.readframes(file.getnframes()))


def test_it_is_listed_with_its_distribution(beeping: Tts) -> None:
    rows = [line.split("\t")[:3] for line in beeping("plugins", "list").stdout.decode().splitlines()]
    for kind in ("acoustic model", "vocoder", "voice pack"):
        assert ["beep", kind, "ttscli-beep 1.0.0"] in rows
    voices = json.loads(beeping("voices", "list", "--json").stdout)["voices"]
    assert "beep" in [voice["name"] for voice in voices]


def test_it_keeps_its_promises(beeping: Tts) -> None:
    done = beeping("plugins", "check", "beep")
    assert done.returncode == 0, done.stdout.decode() + done.stderr
    assert [line.split("\t")[0] for line in done.stdout.decode().splitlines()] == ["ok", "ok", "ok"]


def test_its_parts_serve_other_voices(beeping: Tts, tmp_path: Path) -> None:
    done = beeping("say", "-v", "fake", "--vocoder", "beep", "Hello.", "-o", "y.wav")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "y.wav").stat().st_size > 1000


def test_its_own_tests_pass(environment: Environment, installed: Path, tmp_path: Path) -> None:
    path = os.pathsep.join((environment["PYTHONPATH"], str(installed)))
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(tmp_path)]
    done = subprocess.run(
        [*command, str(SIXTH / "tests")], env={**environment, "PYTHONPATH": path}, cwd=tmp_path, capture_output=True, timeout=300
    )
    assert done.returncode == 0, done.stdout.decode()
