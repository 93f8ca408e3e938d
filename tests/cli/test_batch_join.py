"""`tts batch --join`: all items in one file, with chapter marks."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.cli.test_batch import made
from tests.conftest import FAKE_VOICES, Environment, Tts
from ttscli.audio.writer import AudioFile
from ttscli.batch.join import Joint

TEXT = b"The first line.\nTwo = two.\nThe third and last line, which is too long for a title of its own; so it will be cut.\n"
TITLES = ["The first line.", "Two = two.", "The third and last line, which is too long for a title of …"]
RATE_HZ = 22050


def marks(path: Path) -> list[tuple[int, int, str]]:
    """START, END and title of each chapter of a file in ffmpeg's form."""
    text = path.read_text(encoding="utf-8")
    assert text.startswith(";FFMETADATA1\n")
    found = re.findall(rf"\[CHAPTER\]\nTIMEBASE=1/{RATE_HZ}\nSTART=(\d+)\nEND=(\d+)\ntitle=(.*)\n", text)
    return [(int(start), int(stop), re.sub(r"\\(.)", r"\1", title)) for start, stop, title in found]


def test_positions_are_exact_in_samples(tts: Tts, tmp_path: Path) -> None:
    done = tts("batch", "-", "-d", "out", "--join", "new/book.wav", "--gap", "0.5", input=TEXT)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", "")
    parts = [soundfile.read(path, dtype="int16")[0] for path in sorted((tmp_path / "out").glob("*.wav"))]
    whole, rate_hz = soundfile.read(tmp_path / "new" / "book.wav", dtype="int16")
    found = marks(tmp_path / "new" / "book.ffmetadata")
    assert (rate_hz, [title for _, _, title in found]) == (RATE_HZ, TITLES)
    assert [start for start, _, _ in found] == [0, *(stop for _, stop, _ in found[:-1])]
    assert found[-1][1] == len(whole)
    for (start, stop, _), part in zip(found, parts, strict=True):
        np.testing.assert_array_equal(whole[start : start + len(part)], part)
        gap = whole[start + len(part) : stop]
        assert not gap.any()
        assert len(gap) == (0 if stop == len(whole) else RATE_HZ // 2)


def clock(seconds: float) -> str:
    return f"00:00:{seconds:06.3f}"


@pytest.mark.parametrize("extension", ["flac", "ogg", "opus", "mp3"])
def test_players_find_the_marks_inside(tts: Tts, tmp_path: Path, extension: str) -> None:
    import mutagen

    assert tts("batch", "-", "-d", "out", "--join", f"book.{extension}", input=TEXT).returncode == 0
    path = tmp_path / f"book.{extension}"
    sound, _ = soundfile.read(path)
    assert np.abs(sound).max() > 0.05
    starts = [start for start, _, _ in marks(path.with_suffix(".ffmetadata"))]
    tags = mutagen.File(path).tags
    if extension == "mp3":
        chapters = tags.getall("CHAP")
        assert [(chapter.start_time, str(chapter.sub_frames["TIT2"])) for chapter in chapters] == [
            (round(start * 1000 / RATE_HZ), title) for start, title in zip(starts, TITLES, strict=True)
        ]
        assert tags.getall("CTOC")[0].child_element_ids == [chapter.element_id for chapter in chapters]
        return
    for number, (start, title) in enumerate(zip(starts, TITLES, strict=True), 1):
        assert (tags[f"CHAPTER{number:03}"], tags[f"CHAPTER{number:03}NAME"]) == ([clock(start / RATE_HZ)], [title])


@pytest.mark.parametrize("old", ["book.wav", "book.ffmetadata"])
def test_no_clobber_leaves_joint_and_marks_alone(tts: Tts, tmp_path: Path, old: str) -> None:
    (tmp_path / old).write_bytes(b"old")
    line = ["batch", "-", "-d", "out", "--join", "book.wav", "--no-clobber"]
    assert tts(*line, "-n", input=b"One.").stdout.count(b"\n") == 1
    done = tts(*line, input=b"One.")
    assert (done.returncode, made(tmp_path / "out")) == (0, ["stdin-0000.wav"])
    assert done.stderr.splitlines()[0] == f"tts: book.wav: not joined, as {old} exists already"
    assert (tmp_path / old).read_bytes() == b"old"
    assert [path.name for path in tmp_path.glob("book.*")] == [old]
    (tmp_path / old).unlink()
    assert tts(*line, input=b"One.").stderr == ""
    assert (tmp_path / "book.wav").read_bytes().startswith(b"RIFF")
    assert tts(*line, input=b"One.").stderr == ""


def test_it_is_joined_anew_only_when_something_changed(tts: Tts, tmp_path: Path) -> None:
    line = ["batch", "-", "-d", "out", "--join", "book.flac"]
    assert tts(*line, input=TEXT).returncode == 0
    book, sidecar = tmp_path / "book.flac", tmp_path / "book.ffmetadata"
    first, stamp = book.read_bytes(), book.stat().st_mtime_ns
    assert tts(*line, "-n", input=TEXT).stdout == b""
    assert tts(*line, input=TEXT).returncode == 0
    assert book.stat().st_mtime_ns == stamp
    sidecar.unlink()
    due = tts(*line, "-n", input=TEXT).stdout.decode().split("\t")
    assert due[:3] == ["book.flac", "3 items", "missing"]
    assert tts(*line, input=TEXT).returncode == 0
    assert (book.read_bytes(), sidecar.exists()) == (first, True)
    assert tts(*line, "--gap", "0", input=TEXT).returncode == 0
    assert book.read_bytes() != first
    due = tts(*line, "--gap", "0", "-n", input=TEXT.replace(b"first", b"only")).stdout.decode().splitlines()
    assert [row.split("\t")[:3] for row in due] == [
        ["out/stdin-0000.wav", "standard input:1", "changed"],
        ["book.flac", "3 items", "changed"],
    ]


def test_nothing_is_joined_where_something_is_missing(tts: Tts, tmp_path: Path) -> None:
    done = tts("batch", "-", "-d", "out", "--join", "book.flac", input=TEXT + "😀".encode())
    assert done.returncode == 7
    assert "book.flac: not joined, as not all of it is well" in done.stderr
    assert not (tmp_path / "book.flac").exists()


def test_chapters_of_files_bear_their_headings_and_names(tts: Tts, tmp_path: Path) -> None:
    (tmp_path / "1.md").write_text("# Chapter *One*\n\nText.")
    (tmp_path / "two.txt").write_text("Text.")
    (tmp_path / "3.jsonl").write_text('{"text": "Text.", "id": "the id"}')
    assert tts("batch", "1.md", "two.txt", "-d", "out", "--from", "files", "--join", "book.wav").returncode == 0
    assert [title for _, _, title in marks(tmp_path / "book.ffmetadata")] == ["Chapter One", "two"]
    assert tts("batch", "3.jsonl", "-d", "out", "--join", "book.wav").returncode == 0
    assert [title for _, _, title in marks(tmp_path / "book.ffmetadata")] == ["the id"]


def test_voices_of_different_rates(tts: Tts, tmp_path: Path) -> None:
    (tmp_path / "high").mkdir()
    toml = (FAKE_VOICES / "fake" / "voice.toml").read_text(encoding="utf-8")
    (tmp_path / "high" / "voice.toml").write_text(
        toml.replace("sample_rate_hz = 22050", "sample_rate_hz = 24000"), encoding="utf-8"
    )
    rows = b'{"text": "Low.", "id": "low"}\n{"text": "High.", "id": "high", "voice": "./high"}\n'
    assert tts("batch", "-", "--from", "jsonl", "-d", "out", "--join", "book.wav", "--gap", "0", input=rows).returncode == 0
    low, high, book = (soundfile.info(tmp_path / name) for name in ("out/low.wav", "out/high.wav", "book.wav"))
    assert (low.samplerate, high.samplerate, book.samplerate) == (22050, 24000, 24000)
    assert book.frames == -(-low.frames * 24000 // 22050) + high.frames


def test_an_opus_of_many_blocks_is_that_of_one(tmp_path: Path) -> None:
    """Its samples are resampled, block by block."""
    tone = 0.3 * np.sin(2 * np.pi * 220 * np.arange(10 * RATE_HZ) / RATE_HZ).astype(np.float32)
    soundfile.write(tmp_path / "part.wav", tone, RATE_HZ)
    sound, _ = soundfile.read(tmp_path / "part.wav", dtype="int16")
    with AudioFile(tmp_path / "whole.opus", "opus") as file:
        file.write_samples(sound / np.float32(32767), RATE_HZ)
    assert Joint(tmp_path / "book.opus", "opus", 0.0, [("Part", tmp_path / "part.wav")]).make() == (len(tone), RATE_HZ)
    whole, book = (soundfile.read(tmp_path / name)[0] for name in ("whole.opus", "book.opus"))
    assert len(book) == 240_000
    np.testing.assert_array_equal(book, whole)


@pytest.mark.parametrize(
    ("options", "code", "piece"),
    [
        (["--join", "book"], 2, "no extension"),
        (["--join", "book.xyz"], 2, "no audio format"),
        (["--join", "out/stdin-0000.wav"], 2, "standard input:1 would become it too"),
        (["--join", "book.wav", "-F", "raw"], 2, "bare samples do not know their rate"),
        (["--join", "book.wav", "--gap", "-1"], 2, "--gap"),
    ],
)
def test_what_cannot_be_joined_is_known_before_anything_is_made(
    tts: Tts, tmp_path: Path, options: list[str], code: int, piece: str
) -> None:
    done = tts("batch", "-", "-d", "out", *options, input=TEXT)
    assert (done.returncode, piece in done.stderr) == (code, True), done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads its memory as on Linux")
def test_the_length_costs_no_memory(environment: Environment, tmp_path: Path) -> None:
    """Forty minutes are joined in less memory than their samples take."""
    rng, parts = np.random.default_rng(0), []
    for number in range(4):
        parts.append((f"{number}", tmp_path / f"{number}.wav"))
        soundfile.write(parts[-1][1], rng.normal(0, 0.1, RATE_HZ * 600).astype(np.float32), RATE_HZ)
    program = (
        "import resource, sys; from pathlib import Path; from ttscli.batch.join import Joint\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "Joint(Path('all.flac'), 'flac', 1.0, [(name, Path(name + '.wav')) for name in '0123']).make()\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, check=True)
    assert int(done.stdout) < 30_000
    assert soundfile.info(tmp_path / "all.flac").frames == RATE_HZ * 2403
    assert made(tmp_path)[-1] == "home"


@pytest.mark.skipif(sys.platform != "linux", reason="where names are any bytes")
@pytest.mark.parametrize("name", ["book.flac", "book.mp3"])
def test_the_title_of_a_file_whose_name_is_no_unicode(tts: Tts, tmp_path: Path, name: str) -> None:
    (tmp_path / "book").mkdir()
    for text in (b"caf\xe9.txt", b"tea.txt"):
        (tmp_path / "book" / os.fsdecode(text)).write_text("One.")
    done = tts("batch", "book", "-d", "out", "--from", "files", "--join", name)
    assert (done.returncode, done.stderr) == (0, "")
    assert [title for *_, title in marks(tmp_path / "book.ffmetadata")] == ["caf\ufffd", "tea"]
