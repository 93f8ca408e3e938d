"""Manifests on a disk that is full, and where none can be."""

import os
from pathlib import Path

import pytest

from ttscli.batch.manifest import Manifest
from ttscli.errors import OutputError


@pytest.mark.parametrize("n_written", [0, 1, 20])
def test_after_a_full_disk_the_next_record_has_a_line_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n_written: int
) -> None:
    (tmp_path / "a.wav").write_bytes(b"RIFF")
    path, write = tmp_path / "m.jsonl", os.write
    with Manifest(path) as manifest:
        record = manifest.record(tmp_path / "a.wav", "key", "a.txt", 0, 22050)
        with monkeypatch.context() as full:
            full.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:n_written]))
            with pytest.raises(OutputError, match="only a part"):
                manifest.add(record)
        manifest.add(record)
    assert Manifest(path).find(tmp_path / "a.wav") == record
    assert path.read_bytes().count(b"\n") == (2 if n_written else 1)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OutputError, match="cannot be written"), Manifest(tmp_path / "pipe"):
        pytest.fail("it was taken")
