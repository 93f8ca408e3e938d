"""What a worker of a cluster sends: files, and no others than the driver expects."""

import os
from dataclasses import replace
from pathlib import Path, PurePath

import pytest

from tests.conftest import FAKE_VOICES
from ttscli.batch.items import Entry, Item, Naming, plan
from ttscli.batch.manner import Manner
from ttscli.batch.studio import Outcome, Studio, Terms
from ttscli.contract import SpeechOptions
from ttscli.errors import VoiceError
from ttscli.text.frontend import Pauses
from ttscli.text.passages import Passage

pytest.importorskip("ray", reason="there is no Ray for this Python or platform")

TERMS = Terms(batch_size=2, clobber=False, fail_fast=False, lenient=False, strict=False, verification=None)


@pytest.fixture
def items(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Item]:
    """Three, the second of which cannot be spoken; the working folder is restored at the end."""
    monkeypatch.chdir(tmp_path)
    voice = Manner(str(FAKE_VOICES / "fake"), None, None, "cpu", Pauses(), SpeechOptions(), 0.0)
    texts = ["Hello.", "😀", "And more."]
    entries = [Entry("x", (Passage(text),), "", "x", number, PurePath(), "{index}") for number, text in enumerate(texts)]
    made, faults = plan(entries, Naming.chosen(tmp_path / "out", None, "flac"), voice)
    assert faults == []
    return made


def test_a_worker_sends_the_file_that_a_studio_writes(items: list[Item], tmp_path: Path) -> None:
    from ttscli.batch.ray_engine import Bench

    answers = list(Bench(TERMS, tmp_path).make(items))
    assert not (tmp_path / "out").exists()
    written = list(Studio(TERMS).make(items))
    files = [item.path.read_bytes() if item.path.exists() else None for item in items]
    assert answers == list(zip(written, files, strict=True))
    assert [isinstance(data, bytes) for data in files] == [True, False, True]
    assert isinstance(written[1], Outcome)
    assert written[1].trouble == "nothing in it can be spoken"


def test_a_worker_with_another_voice_makes_nothing(items: list[Item], tmp_path: Path) -> None:
    from ttscli.batch.ray_engine import Bench

    (other,) = Bench(TERMS, tmp_path).make([replace(items[0], key="0" * 64)])
    assert isinstance(other, VoiceError)
    assert str(other).endswith(f"voice {FAKE_VOICES / 'fake'}, or ttscli, is another")
    absent = replace(items[0], manner=replace(items[0].manner, voice=f".{os.sep}absent"))
    (missing,) = Bench(TERMS, tmp_path / "nowhere").make([absent])
    assert isinstance(missing, VoiceError)
    assert "absent" in str(missing)
    assert missing.hint == "every machine of the cluster needs the same ttscli, plugins and voices"
