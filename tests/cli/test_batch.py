"""`tts batch` as a real process."""

from pathlib import Path

import pytest

from tests.conftest import Tts

LINES = "One line.\r\n\r\nTwo sentences. In a line.\n😀\nThe last."


def made(folder: Path) -> list[str]:
    """What is in `folder`, but for the manifest."""
    return sorted(path.name for path in folder.iterdir() if path.name != ".ttscli-manifest.jsonl")


def test_a_file_for_each_line_and_a_line_for_each_fault(tts: Tts, tmp_path: Path) -> None:
    (tmp_path / "l.txt").write_text(LINES, encoding="utf-8", newline="")
    done = tts("batch", "l.txt", "-d", "out/deep")
    assert done.returncode == 7
    assert done.stderr.splitlines() == ["tts: l.txt:4: nothing in it can be spoken", "tts: 1 of 4 items failed"]
    assert made(tmp_path / "out" / "deep") == ["l-0000.wav", "l-0002.wav", "l-0004.wav"]
    alone = tts("say", "Two sentences. In a line.", "-o", "-", "--raw").stdout
    assert (tmp_path / "out" / "deep" / "l-0002.wav").read_bytes()[44:] == alone


def test_layout_is_passed_over_and_told(tts: Tts, tmp_path: Path) -> None:
    """As blank lines are; so that a scene break or an empty file in a folder does not keep a book from being joined."""
    (tmp_path / "l.txt").write_text("Para one.\n\n* * *\n\nPara two.\n---\n")
    done = tts("batch", "l.txt", "-d", "out", "--strict", "--join", "all.wav")
    assert (done.returncode, done.stderr) == (0, "tts: note: l.txt:3 and 1 more: layout alone, and passed over\n")
    assert made(tmp_path / "out") == ["l-0000.wav", "l-0004.wav"]
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "a.txt").write_text("Hello.")
    (tmp_path / "book" / "b.txt").write_text("\n")
    done = tts("batch", "book", "--from", "files", "-d", "out2", "--join", "book.wav")
    assert (done.returncode, done.stderr) == (0, "tts: note: book/b.txt: no words in it, and passed over\n")
    assert (tmp_path / "book.wav").exists()


def test_inputs_that_cannot_be_read_at_all_are_an_input_error(tts: Tts, tmp_path: Path) -> None:
    done = tts("batch", "missing.txt", "-d", "out")
    assert (done.returncode, done.stderr) == (3, "tts: missing.txt: cannot be read: No such file or directory\n")
    done = tts("batch", "missing.txt", "other.txt", "-d", "out")
    assert (done.returncode, len(done.stderr.splitlines())) == (3, 2)
    assert not (tmp_path / "out").exists()


def test_files_of_lines_that_have_gone_are_told(tts: Tts, tmp_path: Path) -> None:
    (tmp_path / "l.txt").write_text("One.\nTwo.\nThree.\n")
    tts("batch", "l.txt", "-d", "out")
    (tmp_path / "l.txt").write_text("One.\n")
    (tmp_path / "m.txt").write_text("Four.\n")
    assert tts("batch", "m.txt", "-d", "out").stderr == ""
    done = tts("batch", "l.txt", "-d", "out")
    told = f"note: of an earlier run, and not of this one: {Path('out', 'l-0001.wav')} and 1 more"
    assert (done.returncode, done.stderr) == (0, f"tts: {told}\n")
    assert tts("batch", "l.txt", "-d", "out", "-q").stderr == ""


def test_the_size_of_batches_changes_no_byte(tts: Tts, tmp_path: Path) -> None:
    text = b"One. Two, three. Four\nFive. Six\nSeven."
    for size in (1, 4):
        done = tts("batch", "-", "-d", f"out{size}", "--batch-size", size, "--name", "{index:03}.flac", input=text)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", "")
    assert made(tmp_path / "out1") == ["000.flac", "001.flac", "002.flac"]
    for name in made(tmp_path / "out1"):
        assert (tmp_path / "out1" / name).read_bytes() == (tmp_path / "out4" / name).read_bytes()


def test_whole_files(tts: Tts, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("One.\nTwo.")
    (tmp_path / "b.txt").write_bytes(b"caf\xe9")
    done = tts("batch", "a.txt", "b.txt", "c.txt", "-d", "out", "--from", "files", "-F", "mp3")
    assert done.returncode == 7
    assert "b.txt: not UTF-8: byte 0xe9 at offset 3" in done.stderr
    assert "c.txt: cannot be read" in done.stderr
    assert "2 of 3 items failed" in done.stderr
    assert made(tmp_path / "out") == ["a.mp3"]


def test_a_line_that_is_not_utf8_leaves_the_others_alone(tts: Tts, tmp_path: Path) -> None:
    done = tts("batch", "-", "-d", "out", input=b"One.\ncaf\xe9\nThree.")
    assert done.returncode == 7
    assert "standard input: not UTF-8: byte 0xe9 at offset 8" in done.stderr
    assert made(tmp_path / "out") == ["stdin-0000.wav", "stdin-0002.wav"]


def test_one_output_that_cannot_be_written(tts: Tts, tmp_path: Path) -> None:
    (tmp_path / "out" / "stdin-0001.wav").mkdir(parents=True)
    done = tts("batch", "-", "-d", "out", input=b"One.\nTwo.\nThree.")
    assert done.returncode == 7
    assert "standard input:2: out/stdin-0001.wav: cannot be written: Is a directory" in done.stderr
    assert (tmp_path / "out" / "stdin-0002.wav").is_file()


def test_a_fault_of_the_model_fails_each_item_and_leaves_the_old_files(tts: Tts, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "stdin-0000.wav").write_bytes(b"old")
    done = tts("batch", "-", "-d", "out", "--batch-size", 2, input=b"One.\nTwo.\nThree.", env={"FAKE_FAULT": "boom"})
    assert done.returncode == 7
    assert done.stderr.count("internal fault: RuntimeError: boom") == 3
    assert made(tmp_path / "out") == ["stdin-0000.wav"]
    assert (tmp_path / "out" / "stdin-0000.wav").read_bytes() == b"old"


def test_no_clobber_makes_only_what_is_missing(tts: Tts, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "stdin-0000.wav").write_bytes(b"old")
    assert tts("batch", "-", "-d", "out", "--no-clobber", input=b"One.\nTwo.").returncode == 0
    assert made(tmp_path / "out") == ["stdin-0000.wav", "stdin-0001.wav"]
    assert (tmp_path / "out" / "stdin-0000.wav").read_bytes() == b"old"


@pytest.mark.parametrize(
    ("options", "code", "piece"),
    [
        (["--name", "{foo}"], 2, "{foo} is unknown"),
        (["--name", "{stem:03d}"], 2, "not a template"),
        (["--name", "{"], 2, "not a template"),
        (["--name", "../{index}"], 2, "not the name of a file"),
        (["--name", "same"], 2, "-:1"),
        (["--name", "{index}.mp3", "-F", "wav"], 2, "the option says wav"),
        (["--from", "words"], 2, "--from"),
        (["--batch-size", "0"], 2, "--batch-size"),
        (["-d", "file"], 6, "cannot be made"),
        (["-v", "fakk"], 4, "did you mean fake?"),
    ],
)
def test_nothing_is_made_before_all_is_checked(tts: Tts, tmp_path: Path, options: list[str], code: int, piece: str) -> None:
    (tmp_path / "file").write_text("")
    done = tts("batch", "-", "-d", "out", *options, input=b"One.\nTwo.")
    assert done.returncode == code, done.stderr
    assert piece.replace("-:1", "standard input:1 and standard input:2") in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.rglob("*.wav"))


@pytest.mark.parametrize(
    "options", [("-d", "out", "--join", "text.wav"), ("-d", ".", "--name", "text"), ("-d", "out", "--manifest", "text.wav")]
)
def test_what_is_read_is_not_overwritten(options: tuple[str, ...], tts: Tts, tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("Hello.")
    done = tts("batch", "text.wav", "--from", "lines", *options)
    assert (done.returncode, "is what is read, and would be overwritten" in done.stderr) == (2, True), done.stderr
    assert (tmp_path / "text.wav").read_text() == "Hello."


@pytest.mark.parametrize(
    "options",
    [["--manifest", "out/stdin-0001.wav"], ["--join", "book.wav", "--manifest", "book.ffmetadata"], ["--join", "link.wav"]],
)
def test_two_outputs_do_not_become_one_file(options: list[str], tts: Tts, tmp_path: Path) -> None:
    (tmp_path / "link.wav").symlink_to("out/stdin-0000.wav")
    done = tts("batch", "-", "-d", "out", *options, input=b"One.\nTwo.")
    assert (done.returncode, "would become it" in done.stderr) == (2, True), done.stderr
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == ["link.wav"]
