"""What a terminal sees of a long job: a bar while it lasts, and nothing of it at the end."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Environment, Tts

SLOW = {"FAKE_SECONDS": "0.5", "TERM": "xterm", "COLUMNS": "80"}
TEXT = "This is a sentence. " * 10


def on_terminal(environment: Environment, folder: Path, *arguments: str, input: bytes = b"") -> tuple[int, str]:
    """Run `tts ARGUMENTS…` with standard error on a terminal; return its exit code and what is seen there."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "ttscli", *arguments]
    with subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.PIPE, stderr=theirs) as process:
        os.close(theirs)
        assert process.stdin
        process.stdin.write(input)
        process.stdin.close()
        seen = b""
        try:
            while some := os.read(ours, 4096):
                seen += some
        except OSError:
            pass  # how a terminal says that the other side has gone
        code = process.wait(60)
    os.close(ours)
    return code, seen.decode()


def assert_nothing_left(seen: str) -> None:
    assert seen.endswith("\x1b[1A\x1b[2K")


def test_a_long_text_has_a_bar_that_knows_its_end(environment: Environment, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text(TEXT)
    code, seen = on_terminal({**environment, **SLOW}, tmp_path, "say", "-f", "text.txt", "-o", "out.wav")
    assert code == 0
    assert re.search(r"0:0[1-9] of sound .*━.*0:00:0[0-9]", seen)
    assert_nothing_left(seen)
    _, whole = on_terminal({**environment, **SLOW}, tmp_path, "say", "-o", "out.wav", input=TEXT.encode())
    assert "of sound" in whole
    assert "0:00:0" not in whole  # more of standard input may be to come


@pytest.mark.parametrize(
    ("words", "change"),
    [
        ([TEXT, "-o", "out.wav"], {"TERM": "dumb"}),
        ([TEXT, "-o", "out.wav", "-q"], {}),
        ([TEXT, "-o", "out.wav"], {"FAKE_SECONDS": "0"}),
        (["A sentence.", "-o", "out.wav"], {"FAKE_SECONDS": "3"}),
    ],
    ids=["dumb", "quiet", "short", "one sentence"],
)
def test_no_bar(environment: Environment, tmp_path: Path, words: list[str], change: Environment) -> None:
    assert on_terminal({**environment, **SLOW, **change}, tmp_path, "say", *words) == (0, "")


def test_a_file_sees_no_bar(tts: Tts) -> None:
    assert tts("say", TEXT, "-o", "out.wav", env=SLOW).stderr == ""
