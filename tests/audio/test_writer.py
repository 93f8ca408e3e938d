import errno
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ttscli.audio.writer import AudioFile, remove_abandoned
from ttscli.contract import AudioChunk, Samples
from ttscli.errors import OutputError

Chunk = Callable[[Samples], AudioChunk]
SOUND: Samples = np.full(1000, 0.25, np.float32)


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_nothing_is_there_until_all_is(tmp_path: Path, chunk: Chunk) -> None:
    path = tmp_path / "a.wav"
    with AudioFile(path, "wav") as file:
        file.write(chunk(SOUND))
        assert not path.exists()
        assert len(list(tmp_path.iterdir())) == 1
        # Written as it comes, not at the end: memory stays the same however long the text is.
        assert next(tmp_path.iterdir()).stat().st_size == 2044
    assert names(tmp_path) == ["a.wav"]


def test_what_is_encoded_already_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    with AudioFile(tmp_path / "a.opus", "opus") as file:
        file.write_encoded(b"Ogg")
        assert not (tmp_path / "a.opus").exists()
        file.write_encoded(b"S")
    with pytest.raises(OutputError, match="exists already"), AudioFile(tmp_path / "a.opus", "opus", clobber=False) as file:
        file.write_encoded(b"other")
    assert names(tmp_path) == ["a.opus"]
    assert (tmp_path / "a.opus").read_bytes() == b"OggS"


@pytest.mark.parametrize("fault", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_exception_leaves_the_old_file(tmp_path: Path, chunk: Chunk, fault: type[BaseException]) -> None:
    path = tmp_path / "a.flac"
    path.write_bytes(b"old")
    with pytest.raises(fault), AudioFile(path, "flac") as file:
        file.write(chunk(SOUND))
        raise fault
    assert names(tmp_path) == ["a.flac"]
    assert path.read_bytes() == b"old"


def test_no_clobber_holds_even_against_a_file_that_comes_meanwhile(tmp_path: Path, chunk: Chunk) -> None:
    path = tmp_path / "a.wav"
    with pytest.raises(OutputError, match="exists already"), AudioFile(path, "wav", clobber=False) as file:
        file.write(chunk(SOUND))
        path.write_bytes(b"another's")
    assert path.read_bytes() == b"another's"
    assert names(tmp_path) == ["a.wav"]
    with AudioFile(tmp_path / "b.wav", "wav", clobber=False) as file:
        file.write(chunk(SOUND))
    assert (tmp_path / "b.wav").stat().st_size == 2044


def test_a_file_system_that_refuses_permissions_is_left_clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.wav").write_bytes(b"old")

    def refused(path: Path, mode: int) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(Path, "chmod", refused)
    with pytest.raises(OutputError, match="cannot be written: Operation not permitted"), AudioFile(tmp_path / "a.wav", "wav"):
        pass
    assert names(tmp_path) == ["a.wav"]


@pytest.mark.skipif(os.name != "posix", reason="permissions and links of POSIX")
def test_permissions_and_links_are_kept(tmp_path: Path, chunk: Chunk) -> None:
    (tmp_path / "real.wav").write_bytes(b"old")
    (tmp_path / "real.wav").chmod(0o640)
    (tmp_path / "link.wav").symlink_to("real.wav")
    with AudioFile(tmp_path / "link.wav", "wav") as file:
        file.write(chunk(SOUND))
    assert (tmp_path / "link.wav").is_symlink()
    assert (tmp_path / "real.wav").stat().st_size == 2044
    assert stat.S_IMODE((tmp_path / "real.wav").stat().st_mode) == 0o640


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_named_pipe_is_written_straight(tmp_path: Path, chunk: Chunk) -> None:
    path = tmp_path / "pipe.wav"
    os.mkfifo(path)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(path.read_bytes()))
    reader.start()
    with AudioFile(path, "wav") as file:
        file.write(chunk(SOUND))
    reader.join(5)
    assert len(got[0]) == 2044
    assert names(tmp_path) == ["pipe.wav"]


@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")
def test_the_files_of_writers_that_were_killed_are_removed_and_no_others(tmp_path: Path, chunk: Chunk) -> None:
    program = (
        "import os, sys; from pathlib import Path; import numpy as np; from ttscli.audio.writer import AudioFile\n"
        "file = AudioFile(Path(sys.argv[1]), 'wav').__enter__(); file.write_samples(np.zeros(9, np.float32), 8000)\n"
        "os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", program, tmp_path / "a.wav"]).returncode == -9
    (left,) = names(tmp_path)
    with AudioFile(tmp_path / "b.wav", "wav") as file:
        file.write(chunk(SOUND))
        (tmp_path / ".ttscli-notes.part").write_text("another's")
        remove_abandoned(tmp_path)
        assert left not in names(tmp_path)
    assert sorted(names(tmp_path)) == [".ttscli-notes.part", "b.wav"]


@pytest.mark.skipif(os.name != "posix", reason="locks of POSIX")
@pytest.mark.parametrize(("clobber", "name"), [(True, "replace"), (False, "hardlink_to")])
def test_a_file_that_is_being_renamed_is_not_abandoned(
    tmp_path: Path, chunk: Chunk, monkeypatch: pytest.MonkeyPatch, clobber: bool, name: str
) -> None:
    rename = getattr(Path, name)

    def late(path: Path, other: Path) -> object:
        remove_abandoned(tmp_path)
        return rename(path, other)

    monkeypatch.setattr(Path, name, late)
    with AudioFile(tmp_path / "a.wav", "wav", clobber=clobber) as file:
        file.write(chunk(SOUND))
    assert names(tmp_path) == ["a.wav"]


@pytest.mark.skipif(os.name != "posix", reason="locks of POSIX")
def test_a_file_that_was_removed_before_it_was_locked_is_made_again(
    tmp_path: Path, chunk: Chunk, monkeypatch: pytest.MonkeyPatch
) -> None:
    create, created = os.open, list[Path]()

    def seen_at_once(path: Path, flags: int, mode: int) -> int:
        descriptor = create(path, flags, mode)
        created.append(path)
        if len(created) == 1:
            remove_abandoned(tmp_path)
        return descriptor

    monkeypatch.setattr(os, "open", seen_at_once)
    with AudioFile(tmp_path / "a.wav", "wav") as file:
        file.write(chunk(SOUND))
    assert names(tmp_path) == ["a.wav"]
    assert len(created) == 2


def test_what_is_added_last_is_there_with_the_sound(tmp_path: Path, chunk: Chunk) -> None:
    def add(path: Path) -> None:
        with open(path, "ab") as file:
            file.write(b"tail")

    with AudioFile(tmp_path / "a.raw", "raw", tag=add) as file:
        file.write(chunk(SOUND))
    assert (tmp_path / "a.raw").read_bytes()[-4:] == b"tail"
    assert len((tmp_path / "a.raw").read_bytes()) == 2004
