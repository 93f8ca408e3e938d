import errno
import os
from pathlib import Path

import pytest

from tests.test_voice import GOOD
from ttscli import library, registry
from ttscli.errors import VoiceError
from ttscli.registry import Plugin
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
    with pytest.raises(VoiceError, match="hart: no voice has this name") as fault:
        library.find("hart")
    assert "did you mean heart?" in str(fault.value.hint)
    with pytest.raises(VoiceError) as fault:
        library.find("zzz")
    assert "there are: heart" in str(fault.value.hint)


def test_no_voice_at_all(places: list[Path]) -> None:
    with pytest.raises(VoiceError) as fault:
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
    with pytest.raises(VoiceError):
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


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Folders that may not be looked into, not even by the superuser."""
    folders: list[Path] = []
    is_file, iterdir, read_text = Path.is_file, Path.iterdir, Path.read_text

    def denied(path: Path) -> bool:
        if path in folders or path.parent in folders:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return False

    monkeypatch.setattr(Path, "is_file", lambda path: denied(path) or is_file(path))
    monkeypatch.setattr(Path, "iterdir", lambda path: denied(path) or iterdir(path))
    monkeypatch.setattr(Path, "read_text", lambda path, **options: denied(path) or read_text(path, **options))
    return folders


def test_a_voice_that_may_not_be_looked_into_hides_no_other(places: list[Path], closed: list[Path]) -> None:
    closed.append(make(places[0], "closed"))
    whole = make(places[0], "whole")
    assert library.find("whole").folder == whole
    error, voice = library.installed()
    assert isinstance(error, VoiceError) and "closed" in str(error) and "Permission denied" in str(error)
    assert isinstance(voice, Voice)


def test_a_place_that_may_not_be_looked_into_is_passed_over(
    places: list[Path], closed: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    make(places[0], "unseen")
    closed.append(places[0])
    made = make(places[1], "heart")
    assert library.find("heart").folder == made
    with pytest.raises(VoiceError):
        library.find("unseen")
    assert capsys.readouterr().err.splitlines() == [f"tts: {places[0]} is passed over: Permission denied"] * 2


def test_a_home_of_nobody_is_no_place(places: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTSCLI_VOICES", "~nobody-of-this-name/voices")
    assert library.search_path()[0] == Path("~nobody-of-this-name/voices")
    with pytest.raises(VoiceError, match=r"~nobody-of-this-name/heart/voice\.toml: cannot be read"):
        library.find("~nobody-of-this-name/heart")


@pytest.mark.parametrize("marker", ["__init__.py", "README.md"])
def test_a_pack_is_a_package_with_or_without_an_init_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, marker: str) -> None:
    made = make(tmp_path / f"pack_with_{marker[:4].strip('_').lower()}", "seen")
    (made.parent / marker).touch()
    monkeypatch.syspath_prepend(tmp_path)
    pack = Plugin(registry.VOICES, "seen", made.parent.name, "voice-pack", "1.0")
    monkeypatch.setattr(registry, "available", lambda group: [pack])
    assert library.find("seen").folder == made


@pytest.mark.parametrize("fault", ["RuntimeError('no\\nluck')", "ImportError('no luck')", "SyntaxError('no luck')"])
def test_a_pack_that_cannot_be_imported_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    (tmp_path / "broken_pack.py").write_text(f"raise {fault}", encoding="utf-8")
    pack = Plugin(registry.VOICES, "broken", "broken_pack", "broken-pack", "1.0")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(registry, "available", lambda group: [pack])
    made = make(tmp_path / "listed", "heart")
    monkeypatch.setenv("TTSCLI_VOICES", str(made.parent))
    assert library.find("heart").folder == made
    assert capsys.readouterr().err == "tts: voice pack broken-pack is passed over: no luck\n"
