import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ttscli.audio.writer import AudioFile
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
