"""The manual: made from the program, fresh, complete, and clean troff; what it tells to type can be typed."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from man.commands import below, program
from man.config_page import EXAMPLE, USER_FILES
from man.plugins_page import EXAMPLE_FILES, SIXTH
from tests.conftest import REPOSITORY
from ttscli import registry
from ttscli.cli import config, preferences

PAGES = sorted((REPOSITORY / "man").glob("man?/*"))
SECTIONS = ["NAME", "DESCRIPTION", "EXIT STATUS", "ENVIRONMENT", "EXAMPLES", "SEE ALSO"]
REQUESTS = {"TH", "SH", "SS", "TP", "PP", "EX", "EE", "RS", "RE", "BR", "br", "nh"}

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)


def section(page: Path, title: str) -> str:
    text = page.read_text(encoding="utf-8")
    return text.partition(f"\n.SH {title}\n")[2].partition("\n.SH ")[0]


def plain(troff: str) -> str:
    """Undo what man.troff does to a text."""
    for mark, sign in {r"\&": "", r"\-": "-", r"\(aq": "'", r"\(ga": "`", r"\(ha": "^", r"\(ti": "~", r"\e": "\\"}.items():
        troff = troff.replace(mark, sign)
    return troff


def test_pages_are_fresh() -> None:
    done = subprocess.run([sys.executable, "man/build.py", "--check"], cwd=REPOSITORY, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_each_command_has_a_page_and_each_of_its_own_commands_a_section() -> None:
    for name, command in program().commands.items():
        text = (REPOSITORY / "man" / "man1" / f"tts-{name}.1").read_text(encoding="utf-8")
        for inner in below(command):
            assert f"\n.SS tts {name} {inner}\n" in text


@every_page
def test_a_page_has_its_sections_and_the_exit_codes(page: Path) -> None:
    titles = re.findall(r"^\.SH (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert [title for title in titles if title in SECTIONS] == SECTIONS
    codes = re.findall(r"^\\fB(\d+)\\fR$", section(page, "EXIT STATUS"), re.MULTILINE)
    assert codes == [*map(str, range(9)), "129", "130", "141", "143"]


@every_page
def test_troff_reads_no_sign_of_a_text_as_its_own(page: Path) -> None:
    for line in page.read_text(encoding="utf-8").splitlines():
        assert line.strip(), "an empty line is vertical space"
        if line.startswith("."):
            assert line[1:].split(" ")[0] in REQUESTS, line
            continue
        assert not line.startswith("'")
        assert line.isprintable(), line
        assert re.findall(r"\\(?!f[BIR]|[-e&]|\((?:aq|ga|ha|ti))", line) == [], line
        assert re.findall(r"(?<!\\)-", line) == [], line


@pytest.mark.skipif(shutil.which("groff") is None, reason="there is no groff")
def test_groff_has_nothing_to_complain_of() -> None:
    command = ["groff", "-man", "-ww", "-z", "-Kutf8", "-Tutf8", *map(str, PAGES)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@every_page
def test_the_program_takes_every_example(page: Path) -> None:
    lines = [plain(line).split("  ")[0] for line in section(page, "EXAMPLES").splitlines()]
    for line in lines:
        for piece in re.split(r" \| | && | > ", line):
            if piece.startswith("tts ") and "--install-completion" not in piece:
                read(program(), shlex.split(piece)[1:])


def read(command: Any, words: list[str]) -> None:
    """Let the program read a command line as far as it can without doing what it says."""
    assert words[0] in command.commands
    while words and words[0] in below(command):
        command, words = below(command)[words[0]], words[1:]
    command.make_context("tts", words)


def test_the_example_of_preferences_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / ".tts.toml").write_text(EXAMPLE, encoding="utf-8")
    known = config.options_of(program().make_context("tts", [], resilient_parsing=True))
    found = preferences.default_map(preferences.preferences(known))
    assert found["say"] == {"voice": "heart", "speed": "1.1", "sentence_pause": "0.4"}
    assert found["batch"] == {**found["say"], "format_name": "flac", "jobs": "2"}


def test_preferences_have_every_key_and_place() -> None:
    page = REPOSITORY / "man" / "man5" / "tts-config.5"
    keys = {plain(key) for key in re.findall(r"^\\fB(\S+)\\fR = ", section(page, "KEYS"), re.MULTILINE)}
    assert keys == {
        key for keys in config.options_of(program().make_context("tts", [], resilient_parsing=True)).values() for key in keys
    }
    assert all(path in plain(section(page, "FILES")) for path in USER_FILES)


def test_plugins_have_every_kind_and_a_whole_example() -> None:
    page = REPOSITORY / "man" / "man7" / "tts-plugins.7"
    assert re.findall(r"^\\fB(ttscli\.\w+)\\fR$", section(page, "ENTRY POINTS"), re.MULTILINE) == list(registry.KINDS)
    whole = {path.relative_to(SIXTH).as_posix() for path in SIXTH.rglob("*.*") if path.suffix in (".py", ".toml")}
    assert {name for name in whole - set(EXAMPLE_FILES) if "build/" not in name} == {
        "ttscli_beep/__init__.py",
        "ttscli_beep/voices/__init__.py",
    }
