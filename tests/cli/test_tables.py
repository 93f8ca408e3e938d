"""The three forms of a list: a table on a terminal, tabs in a pipe, JSON. The terminal is a real one."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import FAKE_VOICES, Environment, Tts
from ttscli.cli.findings import Finding, report

pty = pytest.importorskip("pty")


def on_terminal(environment: Environment, *arguments: str) -> str:
    """Run `tts ARGUMENTS…` with a terminal as its standard output, and return what appears there."""
    ours, its = pty.openpty()
    env = {**environment, "TERM": "dumb", "COLUMNS": "160", "NO_COLOR": "1"}
    with subprocess.Popen([sys.executable, "-m", "ttscli", *arguments], stdout=its, env=env, stdin=subprocess.DEVNULL) as process:
        os.close(its)
        shown = b""
        try:
            while some := os.read(ours, 65536):
                shown += some
        except OSError:
            pass  # how a terminal says that the other side has gone
        assert process.wait(60) == 0
    os.close(ours)
    return shown.decode()


def test_a_terminal_shows_an_aligned_table_with_headings(environment: Environment) -> None:
    heading, *rows = on_terminal(environment, "voices", "list").splitlines()
    assert heading.split() == ["voice", "language", "models", "vocoders", "licence", "description"]
    assert "\t" not in "".join(rows)
    fake = next(row for row in rows if row.startswith("fake"))
    assert fake.index("CC0-1.0") == heading.index("licence")


def test_brackets_in_a_voice_are_no_markup(environment: Environment, tmp_path: Path) -> None:
    voice = tmp_path / "voices" / "odd"
    voice.mkdir(parents=True)
    toml = (FAKE_VOICES / "fake" / "voice.toml").read_text()
    (voice / "voice.toml").write_text(toml.replace("A quiet tone, for tests", "[bold]loud[/bold]"))
    assert "[bold]loud[/bold]" in on_terminal({**environment, "TTSCLI_VOICES": str(voice.parent)}, "voices", "list")


def test_a_check_up_on_a_terminal_names_the_status_of_each_line(environment: Environment) -> None:
    lines = on_terminal(environment, "plugins", "check", "fake").splitlines()
    assert [line.rstrip() for line in lines] == [
        "ok   acoustic model fake (fake:fake): keeps its promises",
        "ok   vocoder fake (fake:fake): keeps its promises",
    ]


def test_a_tab_in_a_cell_does_not_make_two(tts: Tts, tmp_path: Path) -> None:
    voice = tmp_path / "voices" / "odd"
    voice.mkdir(parents=True)
    toml = (FAKE_VOICES / "fake" / "voice.toml").read_text()
    (voice / "voice.toml").write_text(toml.replace("A quiet tone, for tests", r"tab\there\nand there"))
    rows = [
        line.split("\t") for line in tts("voices", "list", env={"TTSCLI_VOICES": str(voice.parent)}).stdout.decode().splitlines()
    ]
    assert ["odd", "en-US", "fake", "fake", "CC0-1.0", "tab here and there"] in rows


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("variables", "colour"), [({}, "\x1b[31m"), ({"NO_COLOR": "1"}, "")])
def test_no_color_is_obeyed(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], colour: str) -> None:
    monkeypatch.setattr(sys, "stdout", terminal := Terminal())
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    report([Finding("fail", "sound", "is not there")], as_json=False)
    assert terminal.getvalue().startswith(f"{colour}fail")
    assert ("\x1b" in terminal.getvalue()) == bool(colour)
