"""What `tts batch` takes, and what it calls what it makes."""

import errno
import json
import os
from pathlib import Path

import pytest

from tests.cli.test_batch import made
from tests.conftest import Tts
from ttscli.cli.batch_inputs import Input, find
from ttscli.errors import InputError


def sound(path: Path) -> bytes:
    return path.read_bytes()[44:]


def spoken(tts: Tts, text: str, *options: object) -> bytes:
    return tts("say", text, "-o", "-", "--raw", *options).stdout


def test_a_folder_gives_all_texts_in_it_and_keeps_its_shape(tts: Tts, tmp_path: Path) -> None:
    book = tmp_path / "book"
    (book / "part").mkdir(parents=True)
    (book / "b.txt").write_text("B.\nSecond.")
    (book / "a.md").write_text("# A\n\nOf one piece,\nthough in lines.")
    (book / "part" / "b.txt").write_text("B again.")
    (book / ".hidden.txt").write_text("Hidden.")
    (book / "cover.jpg").write_bytes(b"\xff\xd8\xff")
    (book / "bytes.txt").write_bytes(b"PK\0\1")
    done = tts("batch", "book", "-d", "book/out")
    assert (done.returncode, done.stderr) == (0, "tts: note: not text, and passed over: book/bytes.txt and 1 more\n")
    files = {path.relative_to(book / "out").as_posix() for path in (book / "out").rglob("*.wav")}
    assert files == {"a.wav", "b-0000.wav", "b-0001.wav", "part/b-0000.wav"}
    assert tts("batch", "book", "-d", "book/out", "-q", "--dry-run").stdout == b""


def test_a_link_to_a_folder_is_as_good_as_one(tts: Tts, tmp_path: Path) -> None:
    """And nothing is spoken twice, nor without end."""
    for name in ("book/part", "elsewhere"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "a.txt").write_text(name)
    for link, target in (("more", "elsewhere"), ("again", "elsewhere"), ("here", "book"), ("earlier", "book/part")):
        (tmp_path / "book" / link).symlink_to(tmp_path / target)
    (tmp_path / "elsewhere" / "back").symlink_to(tmp_path / "book")
    done = tts("batch", "book", "-d", "out", "--from", "files")
    assert (done.returncode, done.stderr) == (0, "")
    files = [path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.wav")]
    assert sorted(files) == ["again/a.wav", "part/a.wav"]


def test_a_folder_that_may_not_be_looked_into_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """To the superuser all are open."""
    (tmp_path / "closed").mkdir()
    (tmp_path / "a.txt").write_text("A.")
    look = os.scandir

    def denied(path: str) -> object:
        if path.endswith("closed"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return look(path)

    monkeypatch.setattr(os, "scandir", denied)
    text, fault = find([str(tmp_path)], tmp_path / "out")
    assert isinstance(text, Input) and text.stem == "a"
    assert isinstance(fault, InputError) and str(fault) == f"{tmp_path / 'closed'}: cannot be read: Permission denied"


def test_patterns_that_the_shell_did_not_expand(tts: Tts, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("x2.txt", "x10.txt", "deep/x3.txt", "odd[1].txt"):
        (tmp_path / name).write_text(name)
    assert tts("batch", "x*.txt", "odd[1].txt", "-d", "out", "--from", "files", "--name", "{index}-{stem}").returncode == 0
    assert made(tmp_path / "out") == ["0-x10.wav", "1-x2.wav", "2-odd[1].wav"]
    assert tts("batch", "**/x3*", "-d", "out2").returncode == 0
    assert made(tmp_path / "out2") == ["x3-0000.wav"]
    done = tts("batch", "none*.txt", "x2.txt", "-d", "out3")
    assert (done.returncode, done.stderr.splitlines()[0]) == (7, "tts: none*.txt: no file fits this pattern")


def test_markup_is_not_spoken(tts: Tts, tmp_path: Path) -> None:
    text = "# Title\n\nSee [the **page**](http://example.org/x).\n\n```sh\nrm -r x\n```\n"
    (tmp_path / "a.md").write_text(text)
    done = tts("batch", "a.md", "-d", "out")
    assert (done.returncode, done.stderr) == (0, "tts: warning: a.md: not spoken: block of code (5:1)\n")
    assert sound(tmp_path / "out" / "a.wav") == spoken(tts, "Title\n\nSee the page.")


ROWS = [
    {"text": "Plain.", "id": "one"},
    {"text": "Fast.", "id": 2, "speed": 2},
    {"text": "Elsewhere.", "voice": "fake", "output": "sub/there.flac", "mood": "sad"},
]


def test_jsonl(tts: Tts, tmp_path: Path) -> None:
    lines = [json.dumps(row).encode() for row in ROWS]
    lines[1:1] = [
        b"",
        b"{torn",
        b'{"text": "caf\xe9"}',
        b'["text"]',
        b'{"id": "x"}',
        b'{"text": 5}',
        b'{"text": "a", "speed": 9}',
        b'{"text": "a", "speed": ' + b"9" * 401 + b"}",
    ]
    lines += [b'{"text": "a", "output": "../a.wav"}', b'{"text": "a", "voice": "fakk"}', b'{"text": "a", "id": "a/b"}']
    (tmp_path / "r.jsonl").write_bytes(b"\r\n".join(lines))
    done = tts("batch", "r.jsonl", "-d", "out")
    assert done.returncode == 7
    told = [line for line in done.stderr.splitlines() if not line.startswith("hint: ")]
    assert [line.partition(": ")[2].partition(" (")[0] for line in told] == [
        "note: r.jsonl: unknown fields are passed over: mood",
        "r.jsonl:3: not JSON: Expecting property name enclosed in double quotes: line 1 column 2",
        f"r.jsonl: not UTF-8: byte 0xe9 at offset {len(lines[0]) + 2 + 2 + 5 + 2 + 13}",
        'r.jsonl:5: not an object, such as {"text": "Hello."}',
        "r.jsonl:6: there is no text",
        "r.jsonl:7: text 5 is not a text",
        "r.jsonl:8: speed 9 is not a number from 0.25 to 4",
        f"r.jsonl:9: speed {'9' * 401} is not a number from 0.25 to 4",
        "r.jsonl:12: output '../a.wav' does not lie inside the output folder",
        "r.jsonl:13: fakk: no voice has this name",
        "r.jsonl:14: 'a/b' is not the name of a file",
        "10 of 13 items failed",
    ]
    out = tmp_path / "out"
    assert made(out) == ["2.wav", "one.wav", "sub"]
    assert (out / "sub" / "there.flac").read_bytes().startswith(b"fLaC")
    assert sound(out / "2.wav") == spoken(tts, "Fast.", "-s", "2") != spoken(tts, "Fast.")


@pytest.mark.parametrize(("name", "delimiter"), [("t.csv", ","), ("t.csv", ";"), ("t.tsv", "\t")])
def test_tables(tts: Tts, tmp_path: Path, name: str, delimiter: str) -> None:
    rows = [
        ["id", "Text", "speed"],
        ["a", '"One, ""quoted"";\nof two\tlines"', ""],
        ["b", "caf\udce9", ""],
        ["c", "Three", "2"],
        ["d", '"never closed', ""],
        ["e", "Five", "1", "more"],
        ["f", "", ""],
        ["", "Seven", ""],
    ]
    data = "\r\n".join(delimiter.join(row) for row in rows).encode("utf-8", "surrogateescape")
    (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + data)
    done = tts("batch", name, "-d", "out")
    assert done.returncode == 7
    told = [line.removeprefix("tts: ") for line in done.stderr.splitlines() if not line.startswith("hint: ")]
    assert told == [
        f"{name}: not UTF-8: byte 0xe9 at offset {3 + data.index(0xE9)}",
        f"{name}:6: not CSV: unexpected end of data",
        f"{name}:7: 4 cells in a table of 3 columns",
        f"{name}:8: there is no text",
        "4 of 7 items failed",
    ]
    assert made(tmp_path / "out") == ["a.wav", "c.wav", "t-0006.wav"]
    assert sound(tmp_path / "out" / "a.wav") == spoken(tts, 'One, "quoted";\nof two\tlines')
    assert sound(tmp_path / "out" / "c.wav") == spoken(tts, "Three", "-s", "2")


@pytest.mark.parametrize(
    ("header", "fault"),
    [("a,b", "no column is called text"), ("text,Text", "2 columns are called text"), ("id,id,text", "called id")],
)
def test_a_table_of_which_nothing_can_be_made(header: str, fault: str, tts: Tts, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(f"{header}\n1,2\n")
    done = tts("batch", "t.csv", "-d", "out")
    assert done.returncode == 3
    assert "t.csv: " in done.stderr and fault in done.stderr
    assert not (tmp_path / "out").exists()


def test_every_field_of_a_name(tts: Tts, tmp_path: Path) -> None:
    (tmp_path / "r.jsonl").write_text('{"text": "One.", "id": "x"}\n{"text": "Two.", "id": "y"}\n')
    assert tts("batch", "r.jsonl", "-d", "out", "--name", "{stem}_{index:03}_{id:>2}_{hash:.6}").returncode == 0
    first, second = made(tmp_path / "out")
    assert (first[:9], second[:9]) == ("r_000_ x_", "r_001_ y_")
    assert len(first) == len("r_000_ x_") + 6 + len(".wav")
    assert first[9:] != second[9:]
    done = tts("batch", "-", "-d", "out2", "--name", "{id}", input=b"One.")
    assert (done.returncode, "--name {id}: it has no id" in done.stderr) == (7, True)


def test_a_hash_is_of_all_that_shapes_the_sound(tts: Tts, tmp_path: Path) -> None:
    def name(*options: object) -> str:
        row = tts("batch", "-", "-d", "out", "--name", "{hash}", "-n", *options, input=b"One.").stdout
        return row.decode().partition("\t")[0]

    names = [
        name(),
        name("-s", "2"),
        name("--volume", "3"),
        name("--vocoder", "griffin-lim"),
        name("-F", "flac"),
        name("--seed", 5),
    ]
    assert len({Path(name).stem for name in names}) == len(names)
    assert name() == names[0]


@pytest.mark.parametrize(
    ("rows", "piece"),
    [
        (['{"text": "A", "id": "x"}', '{"text": "B", "id": "x"}'], "r.jsonl:1 and r.jsonl:2 would both become it"),
        (['{"text": "A", "id": "x"}', '{"text": "B", "output": "x.wav"}'], "would both become it"),
    ],
)
def test_two_items_never_share_a_name(tts: Tts, tmp_path: Path, rows: list[str], piece: str) -> None:
    (tmp_path / "r.jsonl").write_text("\n".join(rows))
    done = tts("batch", "r.jsonl", "-d", "out")
    assert (done.returncode, piece in done.stderr) == (2, True)
    assert not (tmp_path / "out").exists()


OUTSIDE = ["/tmp/x.wav", "../x.wav", "a/../../x.wav", "a/..", "..", ".", "link/x.wav", "a\0b.wav", "a\0b/x.wav", "a\0b/c/x"]


@pytest.mark.parametrize("output", OUTSIDE)
def test_an_output_stays_inside_and_the_others_are_made(tts: Tts, tmp_path: Path, output: str) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "link").symlink_to(tmp_path)
    rows = [{"text": "A", "output": output}, {"text": "B", "output": "b/"}]
    (tmp_path / "r.jsonl").write_text("\n".join(map(json.dumps, rows)))
    done = tts("batch", "r.jsonl", "-d", "out")
    told = [f"tts: r.jsonl:1: output {output!r} does not lie inside the output folder", "tts: 1 of 2 items failed"]
    assert (done.returncode, [line for line in done.stderr.splitlines() if not line.startswith("hint: ")]) == (7, told)
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.wav")] == ["out/b.wav"]


@pytest.mark.parametrize("options", [[], ["-F", "flac"]])
def test_an_extension_that_is_no_format_is_told_before_anything_is_made(tts: Tts, tmp_path: Path, options: list[str]) -> None:
    (tmp_path / "r.jsonl").write_text('{"text": "A", "output": "a.b"}\n{"text": "B", "output": "b"}')
    done = tts("batch", "r.jsonl", "-d", "out", "-n", *options)
    assert (done.returncode, done.stdout.count(b"\n")) == (7, 1)
    assert "tts: r.jsonl:1: output a.b: .b is no audio format" in done.stderr


@pytest.mark.parametrize("output", ["x" * 300, "x" * 300 + "/a.wav"])
def test_a_name_that_the_disk_does_not_take_fails_alone(tts: Tts, tmp_path: Path, output: str) -> None:
    rows = [{"text": "A", "output": output}, {"text": "B", "output": "b"}]
    (tmp_path / "r.jsonl").write_text("\n".join(map(json.dumps, rows)))
    done = tts("batch", "r.jsonl", "-d", "out")
    assert (done.returncode, done.stderr.count("\n")) == (7, 2)
    assert done.stderr.startswith("tts: r.jsonl:1: out/xxx")
    assert made(tmp_path / "out") == ["b.wav"]
