from pathlib import Path

import numpy as np
import pytest
import soundfile

from ttscli.batch import id3
from ttscli.batch.chapters import Chapter, embed, to_ffmetadata
from ttscli.errors import OutputError


def test_frames_of_an_mp3_come_in_the_order_of_time() -> None:
    """However long their titles; ffmpeg takes them as they come."""
    tag = id3.tag_of([("A title that is long", 0, 1500), ("B", 1500, 2 << 20), ("ß", 2 << 20, 3 << 20)])
    places = [tag.index(title.encode()) for title in ("A title that is long", "B\0", "ß")]
    assert places == sorted(places)


@pytest.mark.parametrize("count", [1, 255, 300])
def test_mutagen_reads_what_we_write(tmp_path: Path, count: int) -> None:
    from mutagen.id3 import ID3

    path = tmp_path / "a.mp3"
    path.write_bytes(b"sound" * 300_000)
    marks = [(f"Chapter {number} …", 1000 * number, 1000 * number + 1000) for number in range(count)]
    id3.insert(path, id3.tag_of(marks))
    assert path.read_bytes().endswith(b"sound" * 300_000)
    tag = ID3(path)
    found = sorted((frame.start_time, frame.end_time, str(frame.sub_frames["TIT2"])) for frame in tag.getall("CHAP"))
    assert found == [(start, stop, title) for title, start, stop in marks]
    assert len(tag.getall("CTOC")) == (count <= 255)
    assert tag.size + len(b"sound") * 300_000 == path.stat().st_size


def test_ffmpegs_form_escapes_its_own_signs() -> None:
    text = to_ffmetadata([Chapter("a=b; #1 \\ c", 0, 5), Chapter("two\nlines", 5, 9)], 8000)
    assert text == (
        ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/8000\nSTART=0\nEND=5\ntitle=a\\=b\\; \\#1 \\\\ c\n"
        "[CHAPTER]\nTIMEBASE=1/8000\nSTART=5\nEND=9\ntitle=two\\\nlines\n"
    )


def test_times_beyond_hours(tmp_path: Path) -> None:
    from mutagen.flac import FLAC

    soundfile.write(tmp_path / "a.flac", np.zeros(800), 8000)
    embed(tmp_path / "a.flac", "flac", [Chapter("x", 8000 * (3600 * 27 + 61) + 4, 0)], 8000)
    assert FLAC(tmp_path / "a.flac")["CHAPTER001"] == ["27:01:01.000"]
    embed(tmp_path / "a.flac", "wav", [], 8000)
    with pytest.raises(OutputError, match="chapters cannot be written"):
        embed(tmp_path / "a.flac", "ogg", [], 8000)
