import tomllib
from pathlib import Path

import pytest

from tests.conftest import FAKE_VOICES
from ttscli.errors import VoiceError
from ttscli.synthesizer import Synthesizer
from ttscli.voice import Voice
from ttscli.voice_toml import voice_toml

HEAD = {"name": "x", "language": "en", "licence": "MIT", "description": 'a "b" \\ \n\t\x7f ü 🙂'}
MEL = {"high_hz": 8000.0, "floor": 1e-5, "n_mels": 80}


def test_every_value_comes_back() -> None:
    config = {
        "flat": (1, 2.5, True, "a'b"),
        "nested": {"list": [[1], [], [{"a b": 1, "é": {}}]], "no": None},
        "odd key.": float("inf"),
        "big": 10**18,
        "no": None,
    }
    parts = [("acoustic", {"name": "a", "config": config}), ("vocoder", {"name": "v", "config": {}})]
    read = tomllib.loads(voice_toml(HEAD, MEL, {"symbols": ["_", '"']}, parts))
    wanted = {
        "flat": [1, 2.5, True, "a'b"],
        "nested": {"list": [[1], [], [{"a b": 1, "é": {}}]]},
        "odd key.": float("inf"),
        "big": 10**18,
    }
    assert read == {
        **HEAD,
        "mel": MEL,
        "text": {"symbols": ["_", '"']},
        "acoustic": [{"name": "a", "config": wanted}],
        "vocoder": [{"name": "v", "config": {}}],
    }


def test_what_toml_does_not_know_is_refused() -> None:
    with pytest.raises(TypeError, match="has no place"):
        voice_toml(HEAD, MEL, None, [("vocoder", {"config": {"a": {1, 2}}})])


def test_a_voice_of_vocoders_alone_needs_no_text(tmp_path: Path) -> None:
    text = (FAKE_VOICES / "fake" / "voice.toml").read_text()
    before, _, rest = text.partition("[text]")
    vocoder = before + rest[rest.index("[[vocoder]]") :]
    (tmp_path / "voice.toml").write_text(vocoder)
    voice = Voice.read(tmp_path)
    assert voice.text is None
    for speak in (voice.spelling, lambda: Synthesizer.for_voice(voice)):
        with pytest.raises(VoiceError, match="voice fake has no model"):
            speak()
    (tmp_path / "voice.toml").write_text(vocoder + '[[acoustic]]\narchitecture = "fake"\n')
    with pytest.raises(VoiceError, match="'text' is missing"):
        Voice.read(tmp_path)
