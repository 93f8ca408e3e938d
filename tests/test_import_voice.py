"""What ttscli.importing does with what any importer gives it; test_importing.py has the importers of every architecture."""

import errno
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file

from ttscli import registry
from ttscli.contract import Config
from ttscli.errors import OutputError, UsageError, VoiceError
from ttscli.importing import Imported, import_voice
from ttscli.melspec import MelSpec
from ttscli.voice import TextSettings, Voice

MADE = Imported(
    kind="acoustic",
    tensors={"a": np.arange(3, dtype=np.int64), "b": np.ones((2, 2), np.float16), "c": np.array(1.5, np.float32)},
    config={"list": [1, 2.5], "table": {"deep": [True, "x"]}, "no": None},
    mel_spec=MelSpec(n_mels=20),
    text=TextSettings("graphemes", ("_", "a", " "), start="_", marks="apart"),
)


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Import with an importer called `fake` that gives `imported`, or raises it."""

    def imported_as(imported: Imported | Exception, **options: Any) -> Voice:
        def importer(files: Sequence[Path], settings: Config) -> Imported:
            if isinstance(imported, Exception):
                raise imported
            return imported

        monkeypatch.setattr(registry, "importer", lambda name: importer)
        return import_voice([tmp_path / "x.pt"], "fake", {}, tmp_path / "voices" / "new", **options)

    return imported_as


def test_everything_is_written_down(make: Any, tmp_path: Path) -> None:
    voice = make(MADE, language="de-DE", licence="MIT", description='"quoted"')
    assert voice == Voice.read(tmp_path / "voices" / "new")
    assert (voice.name, voice.language, voice.licence, voice.description) == ("new", "de-DE", "MIT", '"quoted"')
    assert (voice.mel_spec, voice.text) == (MADE.mel_spec, MADE.text)
    [part] = voice.acoustic
    assert part.config == {"list": [1, 2.5], "table": {"deep": [True, "x"]}}
    read = load_file(part.verified_weights())
    assert {name: (array.dtype, array.tolist()) for name, array in read.items()} == {
        name: (array.dtype, array.tolist()) for name, array in MADE.tensors.items()
    }
    assert [path.name for path in (tmp_path / "voices").iterdir()] == ["new"]


def test_a_voice_is_replaced_only_if_that_is_wanted(make: Any, tmp_path: Path) -> None:
    make(MADE)
    stranger = tmp_path / "voices" / "new" / "notes.txt"
    stranger.touch()
    with pytest.raises(UsageError, match="there is a voice of this name"):
        make(MADE)
    with pytest.raises(VoiceError, match="wrong"):
        make(VoiceError("wrong"), force=True)
    assert stranger.exists()
    assert make(replace(MADE, mel_spec=MelSpec()), force=True).mel_spec == MelSpec()
    assert not stranger.exists()
    assert [path.name for path in (tmp_path / "voices").iterdir()] == ["new"]


def test_the_old_voice_stays_where_the_new_one_cannot_be_put_in_its_place(
    make: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = make(MADE)
    rename = Path.rename

    def failing(path: Path, target: Path) -> Path:
        if target == old.folder and path.name == "new":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OutputError, match="new: cannot be written: Input/output error"):
        make(replace(MADE, mel_spec=MelSpec()), force=True)
    assert Voice.read(old.folder) == old
    assert [path.name for path in (tmp_path / "voices").iterdir()] == ["new"]


@pytest.mark.parametrize(
    ("imported", "fault"),
    [
        (VoiceError("x.pt: no such file"), "x.pt: no such file"),
        (IndexError("out of range"), r"x\.pt: cannot be imported as fake: IndexError: out of range"),
        (RecursionError(), r"x\.pt: cannot be imported as fake: RecursionError"),
        (replace(MADE, text=None), "'text' is missing"),
        (replace(MADE, mel_spec=MelSpec(n_mels=0)), "must be positive"),
        (replace(MADE, text=TextSettings("graphemes", ("a", "a"))), "names a symbol twice"),
    ],
)
def test_what_cannot_speak_is_never_written(imported: Imported | Exception, fault: str, make: Any, tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match=fault):
        make(imported)
    assert not any((tmp_path / "voices").glob("*"))


def test_an_alphabet_that_is_not_there_is_named(make: Any, tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="runes"):
        make(replace(MADE, text=TextSettings("runes", ("_", "a"))))
    assert list((tmp_path / "voices").iterdir()) == []


def test_a_plugin_that_refuses_the_part_leaves_nothing(make: Any, tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="no text-to-wave model"):
        make(replace(MADE, kind="text_to_wave"))
    assert list((tmp_path / "voices").iterdir()) == []


def test_a_place_that_cannot_be_written(make: Any, tmp_path: Path) -> None:
    (tmp_path / "voices").touch()
    with pytest.raises(OutputError, match="cannot be written"):
        make(MADE)
