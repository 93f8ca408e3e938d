"""Timings of a sentence whose every sample is known: two words of 0.25 s at 1,000 samples a second, then 0.5 s of silence."""

import json
from pathlib import Path

import numpy as np
import pytest

from ttscli.contract import AudioChunk, Segment, Span
from ttscli.errors import OutputError, UsageError
from ttscli.timings import FORMATS, TimingsFile

RATE_HZ = 1000


def chunk(text: str = 'Say "hi" & <go>.', known: bool = True) -> AudioChunk:
    segment = Segment(text, text.lower(), ("s", "h"), np.array([1, 2]), (), (), pause_after_s=0.5)
    words = (Span("say", 0, 250), Span("<go>", 250, 500)) if known else ()
    symbols = (Span("s", 0, 200), Span("ə", 200, 200), Span("h", 200, 500)) if known else ()
    return AudioChunk(np.zeros(1000, np.float32), RATE_HZ, segment, words, symbols)


def written(path: Path, *chunks: AudioChunk) -> str:
    with TimingsFile(path) as file:
        for each in chunks:
            file.write(each)
    return path.read_text(encoding="utf-8")


def test_json_is_exact_to_the_sample(tmp_path: Path) -> None:
    table = json.loads(written(tmp_path / "t.json", chunk(), chunk()))
    assert (table["version"], table["sample_rate_hz"], table["n_samples"]) == (1, RATE_HZ, 2000)
    first, second = table["sentences"]
    assert (first["start"], first["stop"], second["start"], second["stop"]) == (0, 500, 1000, 1500)
    assert second["words"] == [{"text": "say", "start": 1000, "stop": 1250}, {"text": "<go>", "start": 1250, "stop": 1500}]
    assert [s["stop"] - s["start"] for s in second["symbols"]] == [200, 0, 300]


def test_srt(tmp_path: Path) -> None:
    cues = written(tmp_path / "t.srt", chunk(), chunk("Two\nlines."))
    assert cues == ('1\n00:00:00,000 --> 00:00:00,500\nSay "hi" & <go>.\n\n2\n00:00:01,000 --> 00:00:01,500\nTwo lines.\n')


def test_vtt_times_the_words_and_escapes_them(tmp_path: Path) -> None:
    cues = written(tmp_path / "t.vtt", chunk())
    assert cues == 'WEBVTT\n\n00:00:00.000 --> 00:00:00.500\nSay "hi" &amp; <00:00:00.250>&lt;go&gt;.\n'
    assert 'Say "hi" &amp; &lt;go&gt;.\n' in written(tmp_path / "u.vtt", chunk(known=False))


def test_a_textgrid_has_no_gaps_and_no_empty_stretches(tmp_path: Path) -> None:
    grid = written(tmp_path / "t.TextGrid", chunk(), chunk())
    for name, intervals in (("sentences", 4), ("words", 6), ("symbols", 6)):
        tier = grid.split(f'name = "{name}"')[1].split("class =")[0]
        assert f"intervals: size = {intervals}" in tier
        starts = [line.split("= ")[1] for line in tier.splitlines() if line.startswith("            xmin")]
        stops = [line.split("= ")[1] for line in tier.splitlines() if line.startswith("            xmax")]
        assert starts == ["0", *stops[:-1]]
        assert stops[-1] == "2"
    assert 'text = "say ""hi"" & <go>."' in grid


@pytest.mark.parametrize("extension", FORMATS)
def test_an_exception_writes_nothing(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"t{extension}"
    with pytest.raises(ZeroDivisionError), TimingsFile(path) as file:
        file.write(chunk())
        raise ZeroDivisionError
    assert not list(tmp_path.iterdir())


def test_a_wrong_path_is_told_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"t\.txt: \.txt: no format of timings"):
        TimingsFile(tmp_path / "t.txt")
    with pytest.raises(OutputError, match=r"missing.t\.srt: cannot be written: No such file or directory") as fault:
        TimingsFile(tmp_path / "missing" / "t.srt").__enter__()
    assert fault.value.hint == f"make the folder first: {tmp_path / 'missing'}"
    (tmp_path / "t.srt").mkdir()
    with pytest.raises(OutputError, match=r"t\.srt: cannot be written: Is a directory") as fault:
        TimingsFile(tmp_path / "t.srt").__enter__()
    assert fault.value.hint is None


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="a folder in which nobody can write, the superuser neither")
def test_a_folder_that_cannot_be_written_to_is_told_before_anything_is_made() -> None:
    with pytest.raises(OutputError, match=r"/proc/self/t\.srt: cannot be written"):
        TimingsFile(Path("/proc/self/t.srt")).__enter__()


def test_no_clobber_holds_even_against_a_file_that_comes_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    with pytest.raises(OutputError, match="exists already"), TimingsFile(path, clobber=False) as file:
        file.write(chunk())
        path.write_bytes(b"another's")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("t.json", b"another's")]


def test_hours_are_counted(tmp_path: Path) -> None:
    late = chunk()
    late = AudioChunk(np.zeros(3_599_500 + 500, np.float32), RATE_HZ, late.segment, (), ())
    assert "01:00:00,000 --> 01:00:00,500" in written(tmp_path / "t.srt", late, chunk())
