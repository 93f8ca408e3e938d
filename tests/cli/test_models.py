"""`tts models`, as a real process."""

import json
from pathlib import Path

from tests.conftest import FAKE_VOICES, Tts


def test_list_names_every_part(tts: Tts) -> None:
    rows = [line.split("\t") for line in tts("models", "list").stdout.decode().splitlines()]
    assert ["fake", "fake", "acoustic", "fake", "-", "default"] in rows
    assert ["fake", "fake", "vocoder", "fake", "-", "default"] in rows


def test_list_names_vocoders_that_any_voice_may_use(tts: Tts) -> None:
    rows = [line.split("\t") for line in tts("models", "list").stdout.decode().splitlines()]
    assert ["-", "griffin-lim", "vocoder", "griffin-lim", "-", "-"] in rows


def test_list_json_counts_bytes(tts: Tts, tmp_path: Path) -> None:
    voice = tmp_path / "voices" / "heavy"
    voice.mkdir(parents=True)
    toml = (FAKE_VOICES / "fake" / "voice.toml").read_text()
    weighty = toml.replace('architecture = "fake"', 'architecture = "fake"\nweights = "w.safetensors"\nsha256 = "0"')
    (voice / "voice.toml").write_text(weighty)
    (voice / "w.safetensors").write_bytes(bytes(1234))
    printed = json.loads(tts("models", "list", "--json", env={"TTSCLI_VOICES": str(voice.parent)}).stdout)
    assert printed["version"] == 1
    heavy = [model for model in printed["models"] if model["voice"] == "heavy"]
    assert [model["bytes"] for model in heavy] == [1234, 1234]
    # A vocoder that has weights somewhere is not offered without them.
    assert not [model for model in printed["models"] if model["voice"] is None and model["name"] == "fake"]


def test_pairs_say_why_two_do_not_fit(tts: Tts, tmp_path: Path) -> None:
    voice = tmp_path / "voices" / "wide"
    voice.mkdir(parents=True)
    toml = (FAKE_VOICES / "fake" / "voice.toml").read_text()
    (voice / "voice.toml").write_text(toml.replace("hop_samples = 256", "hop_samples = 300"))
    done = tts("models", "pairs", env={"TTSCLI_VOICES": f"{voice.parent}:{FAKE_VOICES}"})
    rows = [line.split("\t") for line in done.stdout.decode().splitlines()]
    assert ["wide:fake", "wide:fake", "fits"] in rows
    assert ["wide:fake", "fake:fake", "hop_samples 300 ≠ 256"] in rows
    assert json.loads(tts("models", "pairs", "--json").stdout)["version"] == 1
