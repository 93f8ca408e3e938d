"""What decides how an item sounds."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import FAKE_VOICES
from ttscli.batch.manner import Manner
from ttscli.contract import SpeechOptions
from ttscli.text.frontend import Pauses


@pytest.fixture
def fingerprint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], str]:
    """Take an alphabet and a version of `runes`; return the fingerprint of a voice that spells in the one, where the other is."""
    toml = (FAKE_VOICES / "fake" / "voice.toml").read_text(encoding="utf-8")

    def of(alphabet: str, version: str) -> str:
        voice, info = tmp_path / "voice", tmp_path / version / f"runes-{version}.dist-info"
        for folder in (voice, info):
            folder.mkdir(parents=True, exist_ok=True)
        (voice / "voice.toml").write_text(toml.replace('"espeak-ipa"', f'"{alphabet}"'), encoding="utf-8")
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: runes\nVersion: {version}\n")
        (info / "entry_points.txt").write_text("[ttscli.alphabets]\nrunes = runes:spell\n")
        with monkeypatch.context() as patched:
            patched.syspath_prepend(info.parent)
            return Manner(str(voice), None, None, "cpu", Pauses(), SpeechOptions(), 0.0).fingerprint()

    return of


def test_an_alphabet_of_another_version_may_spell_otherwise(fingerprint: Callable[[str, str], str]) -> None:
    assert fingerprint("runes", "1.0") == fingerprint("runes", "1.0") != fingerprint("runes", "1.1")
    assert fingerprint("espeak-ipa", "1.0") == fingerprint("espeak-ipa", "1.1")
