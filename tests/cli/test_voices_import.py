"""`tts voices import`, as a real process; tests/test_importing.py goes through all architectures."""

import json
import wave
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import FAKE_VOICES, Environment, Finished, Tts
from tests.imports import hostile
from tests.parity.reference import reference

STUDENT, SETTINGS = reference("speedyspeech") / "checkpoint.pth", reference("speedyspeech") / "config.json"
GENERATOR = reference("melgan") / "melgan_seungwonpark_v01.pt"


@pytest.fixture
def home(environment: Environment) -> Path:
    return Path(environment["XDG_DATA_HOME"]) / "ttscli" / "voices"


def refused(done: Finished, code: int, home: Path) -> str:
    assert done.returncode == code, done.stderr
    assert done.stdout == b""
    lines = done.stderr.splitlines()
    assert [line.split(":")[0] for line in lines] in (["tts"], ["tts", "hint"])
    assert not home.exists() or list(home.iterdir()) == []
    return lines[0]


def heard(path: Path) -> np.ndarray:
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), np.int16)


def test_an_imported_student_speaks(tts: Tts, tmp_path: Path, home: Path) -> None:
    done = tts(
        "voices", "import", STUDENT, "--architecture", "speedyspeech", "--config", SETTINGS, "--name", "lj", "--licence", "MIT"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == b""
    assert done.stderr.startswith(f"{home / 'lj'}: speedyspeech; try it: tts say -v lj --vocoder griffin-lim 'Hello.'")
    assert done.stderr.count("\n") == 1
    for options in (["-v", "lj"], ["--model", "lj:speedyspeech"]):
        spoken = tts("say", *options, "--vocoder", "griffin-lim", "Hello.", "-o", "x.wav")
        assert spoken.returncode == 0, spoken.stderr
        assert np.abs(heard(tmp_path / "x.wav")).max() > 0
    shown = json.loads(tts("voices", "show", "lj", "--json").stdout)["voice"]
    assert (shown["licence"], shown["models"], shown["vocoders"]) == ("MIT", ["speedyspeech"], [])


def test_an_imported_vocoder_sounds_for_a_model_of_its_mels(tts: Tts, tmp_path: Path, home: Path) -> None:
    done = tts("voices", "import", GENERATOR, "--name", "gen")
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith(f"{home / 'gen'}: melgan; try it: tts say --vocoder gen:melgan 'Hello.'")
    table = dict(line.split("\t") for line in tts("voices", "show", "gen").stdout.decode().splitlines())
    assert table["alphabet"] == "-"
    assert "gen\ten-US\t-\tmelgan\t" in tts("voices", "list").stdout.decode()
    mels = json.loads(tts("voices", "show", "gen", "--json").stdout)["voice"]["mel"]
    (home / "same").mkdir()
    fake = (FAKE_VOICES / "fake" / "voice.toml").read_text()
    (home / "same" / "voice.toml").write_text(fake.replace("n_mels = 80", f"n_mels = {mels['n_mels']}"))
    spoken = tts("say", "--model", "same:fake", "--vocoder", "gen:melgan", "Hello.", "-o", "x.wav")
    assert spoken.returncode == 0, spoken.stderr
    assert np.abs(heard(tmp_path / "x.wav")).max() > 0
    pairs = dict(line.rsplit("\t", 1) for line in tts("models", "pairs").stdout.decode().splitlines())
    assert pairs["same:fake\tgen:melgan"] == "fits"
    assert pairs["fake:fake\tgen:melgan"] == f"n_mels 80 ≠ {mels['n_mels']}"
    alone = tts("say", "-v", "gen", "Hello.", "-o", "y.wav")
    assert (alone.returncode, "voice gen has no model" in alone.stderr) == (4, True)


def test_a_name_that_is_taken(tts: Tts, home: Path) -> None:
    arguments = ("voices", "import", GENERATOR, "--name", "gen", "--architecture", "melgan")
    assert tts(*arguments).returncode == 0
    again = tts(*arguments)
    assert again.returncode == 2
    assert "--force" in again.stderr
    assert tts(*arguments, "--force").returncode == 0
    assert [path.name for path in home.iterdir()] == ["gen"]


def test_a_name_that_would_hide_another_voice(tts: Tts, home: Path) -> None:
    assert "fake: there is a voice of this name" in refused(tts("voices", "import", GENERATOR, "--name", "fake"), 2, home)


@pytest.mark.parametrize("name", ["a/b", "..", ".hidden", "a:b", "", "a\nb"])
def test_names_that_are_none(name: str, tts: Tts, home: Path) -> None:
    assert "no name for a voice" in refused(tts("voices", "import", GENERATOR, "--name", name), 2, home)


def test_what_is_no_checkpoint(tts: Tts, tmp_path: Path, home: Path) -> None:
    (tmp_path / "half.pt").write_bytes(GENERATOR.read_bytes()[:50_000])
    (tmp_path / "noise.toml").write_text("[")
    arguments = ("--name", "new", "--architecture")
    assert "half.pt: damaged" in refused(tts("voices", "import", "half.pt", *arguments, "melgan"), 4, home)
    assert "half.pt: damaged" in refused(tts("voices", "import", "half.pt", "--name", "new"), 4, home)
    assert "no importer takes it" in refused(tts("voices", "import", STUDENT, "--name", "new"), 4, home)
    for more in (["--architecture", "melgan"], []):
        assert "nowhere.pt: cannot be read: No such file or directory" in refused(
            tts("voices", "import", "nowhere.pt", "--name", "new", *more), 3, home
        )
    assert "not a MelGAN generator" in refused(tts("voices", "import", STUDENT, *arguments, "melgan"), 4, home)
    assert "no importer has this name" in refused(tts("voices", "import", GENERATOR, *arguments, "other"), 4, home)
    settings = ("--config", "noise.toml")
    assert "noise.toml: not a table" in refused(tts("voices", "import", GENERATOR, *arguments, "melgan", *settings), 4, home)
    settings = ("--config", "nowhere.toml")
    assert "nowhere.toml: cannot be read" in refused(tts("voices", "import", GENERATOR, *arguments, "melgan", *settings), 3, home)


def test_nothing_in_a_file_is_executed(tts: Tts, tmp_path: Path, home: Path) -> None:
    marker = tmp_path / "marker"
    (tmp_path / "evil.pt").write_bytes(hostile(GENERATOR.read_bytes(), marker))
    for more in (["--architecture", "melgan"], []):
        fault = refused(tts("voices", "import", "evil.pt", "--name", "new", *more), 4, home)
        assert "evil.pt: holds more than data: posix.mkdir" in fault
    assert not marker.exists()
