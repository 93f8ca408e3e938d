"""`tts doctor`, as a real process."""

import json
from pathlib import Path

from tests.conftest import FAKE_VOICES, Tts


def test_a_healthy_installation_passes(tts: Tts) -> None:
    done = tts("doctor")
    assert done.returncode == 0, done.stdout.decode()
    rows = [line.split("\t") for line in done.stdout.decode().splitlines()]
    assert {row[0] for row in rows} <= {"ok", "warn"}
    assert ["ok", "voice fake"] in [row[:2] for row in rows]


def test_json(tts: Tts) -> None:
    printed = json.loads(tts("doctor", "--json").stdout)
    assert printed["version"] == 1
    assert {"ttscli", "packages", "espeak-ng", "sound", "formats", "GPU"} <= {item["what"] for item in printed["findings"]}


def test_a_missing_default_voice_fails_with_its_exit_code(tts: Tts) -> None:
    done = tts("doctor", env={"TTSCLI_VOICE": "nobody"})
    assert done.returncode == 4
    assert b"fail\tdefault voice\tnobody" in done.stdout


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
