import os
from pathlib import Path

import pytest

from tests.test_voice import GOOD
from ttscli import library
from ttscli.errors import UsageError, VoiceError
from ttscli.voice import Voice


def make(place: Path, name: str, text: str = GOOD) -> Path:
    (place / name).mkdir(parents=True)
    (place / name / "voice.toml").write_text(text, encoding="utf-8")
    return place / name


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Two folders of TTSCLI_VOICES, the user's own, a pack's and the bundled one, and nothing else."""
    listed, own, pack, bundled = [tmp_path / "a", tmp_path / "b"], tmp_path / "own", tmp_path / "pack", tmp_path / "bundled"
    monkeypatch.setenv("TTSCLI_VOICES", os.pathsep.join(map(str, listed)))
    monkeypatch.setattr(library, "user_voices", lambda: own)
    monkeypatch.setattr(library, "_packs", lambda: iter([pack]))
    monkeypatch.setattr(library, "_bundled", lambda: iter([bundled]))
    return [*listed, own, pack, bundled]


def test_names_are_looked_up_in_order(places: list[Path]) -> None:
    assert library.search_path() == places
    for place in reversed(places):
        made = make(place, "heart")
        assert library.find("heart").folder == made
    found = [voice for voice in library.installed() if isinstance(voice, Voice)]
    assert [voice.folder for voice in found] == [places[0] / "heart"]  # the others are hidden by the first


def test_a_near_name_is_proposed(places: list[Path]) -> None:
    make(places[1], "heart")
    with pytest.raises(UsageError, match="hart: no voice has this name") as fault:
        library.find("hart")
    assert "did you mean heart?" in str(fault.value.hint)
    with pytest.raises(UsageError) as fault:
        library.find("zzz")
    assert "there are: heart" in str(fault.value.hint)


def test_no_voice_at_all(places: list[Path]) -> None:
    with pytest.raises(UsageError) as fault:
        library.find("heart")
    assert "there are: none" in str(fault.value.hint)
    assert list(library.installed()) == []


def test_paths(places: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make(tmp_path / "elsewhere", "mine")
    assert library.find(str(made)).folder == made
    monkeypatch.chdir(made)
    assert library.find(".").name == "fake"
    monkeypatch.chdir(made.parent)
    assert library.find(f"mine{os.sep}").name == "fake"
    with pytest.raises(UsageError):
        library.find("mine")  # a bare name is never a folder that happens to be here


def test_a_broken_voice_hides_no_other(places: list[Path]) -> None:
    make(places[0], "broken", "name = ")
    make(places[0], "whole")
    (places[0] / "no voice").mkdir()
    broken, whole = library.installed()
    assert isinstance(broken, VoiceError)
    assert isinstance(whole, Voice)
    with pytest.raises(VoiceError, match="not a TOML file"):
        library.find("broken")
