"""`tts doctor`, as a real process."""

import json
from pathlib import Path

import pytest

from tests.conftest import FAKE_VOICES, Tts
from ttscli.audio import players
from ttscli.cli import doctor_checks
from ttscli.cli.findings import Finding
from ttscli.errors import DeviceError
from ttscli.text import phonemes


def test_a_healthy_installation_passes(tts: Tts) -> None:
    done = tts("doctor")
    assert done.returncode == 0, done.stdout.decode()
    rows = [line.split("\t") for line in done.stdout.decode().splitlines()]
    assert {row[0] for row in rows} <= {"ok", "warn"}
    assert ["ok", "voice fake"] in [row[:2] for row in rows]


def test_json(tts: Tts) -> None:
    printed = json.loads(tts("doctor", "--json").stdout)
    assert printed["version"] == 1
    assert {"ttscli", "packages", "espeak-ng", "sound", "formats", "GPU", "own voices"} <= {
        item["what"] for item in printed["findings"]
    }


def test_a_missing_default_voice_fails_with_its_exit_code(tts: Tts) -> None:
    done = tts("doctor", env={"TTSCLI_VOICE": "nobody"})
    assert done.returncode == 4
    assert b"fail\tdefault voice\tnobody" in done.stdout


@pytest.mark.parametrize(
    ("preferred", "told"),
    [('voice = "nobody"', "nobody"), ('[say]\nvoice = "nobody"', "nobody"), ("sped = 2", ".tts.toml: sped: no such option")],
)
def test_the_default_voice_is_the_one_that_is_preferred(tts: Tts, tmp_path: Path, preferred: str, told: str) -> None:
    (tmp_path / ".tts.toml").write_text(preferred + "\n", encoding="utf-8")
    done = tts("doctor", env={"TTSCLI_VOICE": ""})
    assert done.returncode == 4
    [line] = [line for line in done.stdout.decode().splitlines() if line.startswith("fail\t")]
    assert line.split("\t")[1] == "default voice"
    assert told in line
    assert tts("say", "Hello.", "-o", "out.wav", env={"TTSCLI_VOICE": ""}).returncode != 0


def test_a_damaged_voice_fails_only_if_it_is_the_default(tts: Tts, tmp_path: Path) -> None:
    voice = tmp_path / "voices" / "broken"
    voice.mkdir(parents=True)
    toml = (FAKE_VOICES / "fake" / "voice.toml").read_text()
    weighty = toml.replace('architecture = "fake"', 'architecture = "fake"\nweights = "w.safetensors"\nsha256 = "0"')
    (voice / "voice.toml").write_text(weighty)
    (voice / "w.safetensors").write_bytes(b"altered")
    voices = f"{voice.parent}:{FAKE_VOICES}"
    as_default = tts("doctor", env={"TTSCLI_VOICES": voices, "TTSCLI_VOICE": "broken"})
    assert as_default.returncode == 4
    assert b"fail\tvoice broken" in as_default.stdout
    assert b"damaged" in as_default.stdout
    beside = tts("doctor", env={"TTSCLI_VOICES": voices})
    assert beside.returncode == 0
    assert b"warn\tvoice broken" in beside.stdout


def raising(error: Exception) -> object:
    def fail(*_: object) -> None:
        raise error

    return fail


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Finding]:
    """What is found where espeak-ng, a player and a package are missing, and the user's folders cannot be written."""
    (tmp_path / "file").write_text("")
    (tmp_path / "shut").mkdir()
    monkeypatch.setattr(phonemes, "phonemes", raising(OSError("libespeak-ng.so.1: cannot open shared object file")))
    monkeypatch.setattr(players, "find_player", raising(DeviceError("no player")))
    monkeypatch.setattr(doctor_checks, "_PACKAGES", ("numpy", "no-such-package"))
    monkeypatch.setattr(doctor_checks, "_voices", lambda options: iter(()))
    monkeypatch.setattr(doctor_checks, "_plugins", lambda options: iter(()))
    monkeypatch.setattr("os.access", lambda place, _: Path(place) != tmp_path / "shut")  # root may write anywhere
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file" / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "shut"))
    return {f"{finding.status} {finding.what}": finding for finding in doctor_checks.findings({})}


def test_what_is_missing_comes_with_its_cure(looked: dict[str, Finding], tmp_path: Path) -> None:
    assert looked["fail packages"].cure == "pip install no-such-package"
    espeak = looked["fail espeak-ng"]
    assert "libespeak-ng.so.1" in espeak.detail
    assert (espeak.cure, espeak.exit_code) == ("pip install --force-reinstall espeakng-loader phonemizer", 4)
    sound = looked["warn sound"]
    assert sound.detail == "no player"
    assert "-o speech.wav" in sound.cure
    assert looked["warn own voices"].detail.endswith(f"voices: cannot be written: {tmp_path / 'file'} is no folder")
    assert looked["warn preferences"].detail.endswith(f"cannot be written: {tmp_path / 'shut'} is not writable")
    assert "XDG_CONFIG_HOME" in looked["warn preferences"].cure
