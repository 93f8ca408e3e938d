"""`tts batch` reads and reports as `tts say` does: formats, emoji, and what is not spoken."""

import json
from pathlib import Path

import pytest

from tests.cli.test_batch import made
from tests.cli.test_batch_inputs import sound
from tests.conftest import FAKE_VOICES, Tts

SSML = '<speak>Hello <break time="1s"/>there.\n<audio>Well</audio> <prosody pitch="high">done.</prosody></speak>'
MANIFEST = ".ttscli-manifest.jsonl"


def said(tts: Tts, *arguments: object) -> bytes:
    return tts("say", *arguments, "-o", "-", "--raw", "-q").stdout


def due(tts: Tts, *arguments: object, input: bytes = b"") -> list[list[str]]:
    """Name and reason of each file of a dry run."""
    rows = tts("batch", *arguments, "-d", "out", "-n", input=input).stdout.decode().splitlines()
    return [[Path(row.split("\t")[0]).name, row.split("\t")[2]] for row in rows]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_document_is_one_item_and_sounds_as_in_say(tts: Tts, tmp_path: Path, jobs: int) -> None:
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "a.ssml").write_text(SSML)
    (tmp_path / "book" / "b.xml").write_text("<speak>\n<p>Torn.</speak>")
    (tmp_path / "book" / "c.md").write_text("# One [[həlˈoʊ]]\n\n```\ncode\n```\n\nA ☃ is here.\n")
    done = tts("batch", "book", "-d", "out", "-j", jobs)
    assert done.returncode == 7
    assert sorted(done.stderr.splitlines()) == [
        "tts: 1 of 3 items failed",
        "tts: book/b.xml:2:11: not XML: mismatched tag",
        "tts: warning: book/a.ssml: not spoken: <audio> (2:1)",
        "tts: warning: book/c.md: not spoken: block of code (3:1), ☃ (7:3)",
        "tts: warning: the text asks for what the model cannot do, and is spoken without it: pitch",
    ]
    assert made(tmp_path / "out") == ["a.wav", "c.wav"]
    for source, name in (("a.ssml", "a.wav"), ("c.md", "c.wav")):
        assert sound(tmp_path / "out" / name) == said(tts, "-f", f"book/{source}") != b""


def test_lines_and_rows_are_of_the_format_that_is_asked_for(tts: Tts, tmp_path: Path) -> None:
    texts = ["<speak>One <sub alias='two'>2</sub>.</speak>", "plain & torn", "<speak>Three.</speak>"]
    (tmp_path / "r.jsonl").write_text("\n".join(json.dumps({"text": text}) for text in texts))
    done = tts("batch", "r.jsonl", "-d", "out", "--input-format", "ssml")
    assert (done.returncode, done.stderr.splitlines()[0]) == (7, "tts: r.jsonl:2:1:1: not XML: syntax error")
    assert made(tmp_path / "out") == ["r-0000.wav", "r-0002.wav"]
    assert sound(tmp_path / "out" / "r-0000.wav") == said(tts, "--input-format", "ssml", texts[0])
    phonemes = ["həlˈoʊ wˈɜːld.", "jˈɛs."]
    done = tts("batch", "-", "-d", "out", "--input-format", "phonemes", input="\n".join(phonemes).encode())
    assert (done.returncode, done.stderr) == (0, "")
    assert sound(tmp_path / "out" / "stdin-0001.wav") == said(tts, "--input-format", "phonemes", phonemes[1])
    (tmp_path / "a.md").write_text("One.\n\nTwo.")
    assert due(tts, "a.md", "--input-format", "text") == [["a-0000.wav", "new"], ["a-0002.wav", "new"]]


def test_another_way_to_read_makes_again_what_it_changes(tts: Tts, tmp_path: Path) -> None:
    text = "One.\nTwo 😀.\n[[wˈʌn]].".encode()
    assert tts("batch", "-", "-d", "out", input=text).returncode == 0
    assert due(tts, "-", input=text) == []
    assert due(tts, "-", "--emoji", "name", input=text) == [["stdin-0001.wav", "changed"]]
    assert due(tts, "-", "--input-format", "phonemes", input=text) == [[f"stdin-000{n}.wav", "changed"] for n in range(3)]
    assert tts("batch", "-", "-d", "out", "--emoji", "name", input=text).stderr == ""
    assert sound(tmp_path / "out" / "stdin-0001.wav") == said(tts, "--emoji", "name", "Two 😀.")


def test_a_voice_that_a_document_calls_in_is_part_of_it(tts: Tts, tmp_path: Path) -> None:
    toml = (FAKE_VOICES / "fake" / "voice.toml").read_text(encoding="utf-8")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "voice.toml").write_text(toml, encoding="utf-8")
    (tmp_path / "a.ssml").write_text('<speak>One. <voice name="./other">Two.</voice></speak>')
    (tmp_path / "b.ssml").write_text('<speak>One. <voice name="fakk">Two.</voice></speak>')
    done = tts("batch", "a.ssml", "b.ssml", "-d", "out")
    assert (done.returncode, done.stderr.splitlines()[0]) == (7, "tts: b.ssml: fakk: no voice has this name")
    assert due(tts, "a.ssml") == []
    (tmp_path / "other" / "voice.toml").write_text(f"{toml}\n[vocoder.config]\na = 1\n", encoding="utf-8")
    assert due(tts, "a.ssml") == [["a.wav", "changed"]]


@pytest.mark.parametrize("jobs", [1, 2])
def test_strict_fails_items_that_are_not_spoken_whole_and_goes_on(tts: Tts, tmp_path: Path, jobs: int) -> None:
    text = "All is well.\nA ☃, and a ☃.\nWell again.".encode()
    done = tts("batch", "-", "-d", "out", "--strict", "-q", "-j", jobs, input=text)
    told = ["tts: standard input:2: not spoken: ☃ (1:3, 2 times); so --strict makes no file of it", "tts: 1 of 3 items failed"]
    assert (done.returncode, done.stderr.splitlines()) == (7, told)
    assert made(tmp_path / "out") == ["stdin-0000.wav", "stdin-0002.wav"]
    assert due(tts, "-", "--strict", input=text) == [["stdin-0001.wav", "new"]]
    lenient = tts("batch", "-", "-d", "out", input=text)
    assert (lenient.returncode, lenient.stderr) == (0, "tts: warning: standard input:2: not spoken: ☃ (1:3, 2 times)\n")
    assert due(tts, "-", input=text) == []
    # What was made when nobody was strict is no excuse.
    assert due(tts, "-", "--strict", input=text) == [["stdin-0001.wav", "unchecked"]]
    assert tts("batch", "-", "-d", "out", "--strict", "-j", jobs, input=text).returncode == 7
    counts = [json.loads(line)["n_unspoken"] for line in (tmp_path / "out" / MANIFEST).read_text().splitlines()]
    assert sorted(counts) == [0, 0, 2]


def test_strict_with_fail_fast_stops_there(tts: Tts, tmp_path: Path) -> None:
    line = ["batch", "-", "-d", "out", "--strict", "--fail-fast", "--batch-size", "1"]
    assert tts(*line, input="One.\nA ☃.\nThree.".encode()).returncode == 7
    assert made(tmp_path / "out") == ["stdin-0000.wav"]
