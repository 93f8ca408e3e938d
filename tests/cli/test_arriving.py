"""Text that is still being written: where it is cut, and that it is spoken before its end."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import Environment
from ttscli import heap
from ttscli.cli import arriving as module
from ttscli.cli.arriving import arriving
from ttscli.errors import InputError


@contextmanager
def pipe(*pieces: bytes | float) -> Iterator[int]:
    """A pipe that a thread writes `pieces` into; a number is a rest in seconds."""
    reader, writer = os.pipe()

    def write() -> None:
        for piece in pieces:
            if isinstance(piece, bytes):
                os.write(writer, piece)
            else:
                time.sleep(piece)
        os.close(writer)

    thread = threading.Thread(target=write)
    thread.start()
    yield reader
    thread.join()
    os.close(reader)


def texts(*pieces: bytes | float) -> list[str]:
    with pipe(*pieces) as reader:
        return list(arriving(reader, "-"))


def test_what_comes_at_once_is_cut_after_paragraphs_only() -> None:
    assert texts(b"One. Two.\r\nThree.\r\n \r\nFour\nfive.") == ["One. Two.\nThree.\n \n", "Four\nfive."]
    assert texts(b"One.") == ["One."]
    assert texts() == []


def test_where_it_stops_lines_and_sentences_are_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_STILL_S", 0.05)
    assert texts(b"a line\nhalf", 0.5, b" more\n", 0.5, b'He said "go." and', 0.5, b" left") == [
        "a line\n",
        "half more\n",
        'He said "go." ',
        "and left",
    ]


def test_memory_is_given_back_while_nothing_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[None] = []
    monkeypatch.setattr(heap, "give_back", lambda: given.append(None))
    monkeypatch.setattr(module, "_STILL_S", 0.1)
    assert texts(b"One.\n", 0.5, b"Two.\n", b"Three.\n", 0.5, b"Four.") == ["One.\n", "Two.\nThree.\n", "Four."]
    assert len(given) == 3  # before the first, and at each rest


def test_no_character_is_divided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ENOUGH_BYTES", 5)
    made = texts("ééééééé".encode(), "ü.".encode())
    assert "".join(made) == "éééééééü."
    assert len(made) > 1


@pytest.mark.parametrize("character", ["é", "漢", "𝄞"])
@pytest.mark.parametrize("begun", range(1, 5))
def test_no_character_is_divided_at_the_end_of_what_has_come(character: str, begun: int) -> None:
    whole = "x" * 70_000 + character * 2
    first = 70_000 + min(begun, len(character.encode()))
    made = texts(whole.encode()[:first], 0.1, whole.encode()[first:])
    assert "".join(made) == whole


def test_a_script_without_spaces_is_read_whole() -> None:
    made = texts(("漢字" * 40_000).encode())
    assert "".join(made) == "漢字" * 40_000
    assert len(made) > 1


def test_memory_is_bounded_without_a_single_space() -> None:
    longest = max(map(len, texts(*[b"x" * 60_000] * 20)))
    assert longest <= 200_000


def test_a_wrong_byte_is_named_by_its_place_in_the_whole() -> None:
    with pytest.raises(InputError, match="byte 0xe9 at offset 11"):
        texts(b"Good.\n\nnot \xe9.")


def test_a_log_is_followed_line_by_line(environment: Environment, tmp_path: Path) -> None:
    """The sound of the first line is there while the second has not been written."""
    command = [sys.executable, "-m", "ttscli", "say", "-f", "-", "-o", "-", "--raw"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, cwd=tmp_path) as process:
        assert process.stdin and process.stdout
        for line in (b"first line\n", b"second line\n"):
            process.stdin.write(line)
            process.stdin.flush()
            assert len(process.stdout.read(2000)) == 2000
        process.stdin.close()
        process.stdout.read()
    assert process.returncode == 0
