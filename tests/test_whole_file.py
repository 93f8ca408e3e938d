import os
import stat
import threading
from pathlib import Path

import pytest

from ttscli.errors import OutputError
from ttscli.whole_file import unfinished, write_whole


def test_the_last_of_two_writers_wins_whole(tmp_path: Path) -> None:
    path = tmp_path / "mels.f16"
    with unfinished(path) as first:
        first.write_text("first, ")
        with unfinished(path) as second:
            second.write_text("second")
        assert path.read_text() == "second"
        with open(first, "a") as file:
            file.write("and whole")
    assert path.read_text() == "first, and whole"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("fault", [ValueError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_whatever_is_raised_leaves_what_was_there_and_nothing_else(fault: type[BaseException], tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("before")
    with pytest.raises(fault), unfinished(path) as new:
        new.write_text("half of ")
        raise fault
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_somebodys_own_part_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "book.part").write_text("mine")
    write_whole(tmp_path / "book", "whole")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"book": "whole", "book.part": "mine"}


def test_a_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "dotfiles").mkdir()
    link, target = tmp_path / "lexicon.tsv", tmp_path / "dotfiles" / "lexicon.tsv"
    link.symlink_to(target)
    for content in ("new", "newer"):  # also where the link leads nowhere yet
        write_whole(link, content)
        assert link.is_symlink()
        assert target.read_text() == content
    assert list(target.parent.iterdir()) == [target]


def test_permissions_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "mine"
    path.write_text("old")
    path.chmod(0o640)
    with unfinished(path) as new:
        assert stat.S_IMODE(new.stat().st_mode) == 0o640
        new.write_text("new")
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", 0o640)


def test_a_new_file_has_the_permissions_of_any_other(tmp_path: Path) -> None:
    (tmp_path / "other").touch()
    write_whole(tmp_path / "new", b"")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "other").stat().st_mode


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    os.mkfifo(pipe := tmp_path / "pipe")
    heard: list[str] = []
    reader = threading.Thread(target=lambda: heard.append(pipe.read_text()), daemon=True)
    reader.start()
    write_whole(pipe, "hello")
    reader.join(10)
    assert (heard, pipe.is_fifo()) == (["hello"], True)


@pytest.mark.parametrize("name", ["folder", "nowhere/file"])
def test_what_cannot_be_written_is_told_by_the_name_that_was_given(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(OutputError, match=f"{name}: cannot be written: ") as fault:
        write_whole(tmp_path / name, "x", "another hint")
    assert fault.value.hint == "another hint"
    assert sorted(tmp_path.rglob("*")) == before
