"""Completion as the shells themselves do it: each reads our script, is given a line and a Tab, and runs what stands there."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import Environment

pty = pytest.importorskip("pty")

LINE = "tts say --voice another --model fake:f"
SPEAKS = {
    "bash": "source ./script; PS1='ready> '; tts() { echo \"$@\" > typed; mv typed done; }\n",
    "zsh": "autoload -Uz compinit; compinit -u; source ./script; PS1='ready> '; tts() { echo \"$@\" > typed; mv typed done; }\n",
}
STARTS = {"bash": ["bash", "--noprofile", "--rcfile", "./rc", "-i"], "zsh": ["zsh", "-i"]}


def needs(shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell}")


@pytest.fixture
def place(environment: Environment, tmp_path: Path) -> Environment:
    """A folder with `tts` on its path."""
    program = tmp_path / "bin" / "tts"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ttscli "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    path = os.pathsep.join((str(program.parent), environment["PATH"]))
    return {**environment, "PATH": path, "TERM": "dumb", "ZDOTDIR": str(tmp_path), "LC_ALL": "C.UTF-8"}


def write_script(shell: str, place: Environment, folder: Path) -> None:
    env = {**place, "_TTS_COMPLETE": f"source_{shell}"}
    (folder / "script").write_bytes(subprocess.run(["tts"], env=env, capture_output=True, check=True, timeout=60).stdout)


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_tab_completes_a_part_of_another_voice(shell: str, place: Environment, tmp_path: Path) -> None:
    needs(shell)
    write_script(shell, place, tmp_path)
    (tmp_path / {"bash": "rc", "zsh": ".zshrc"}[shell]).write_text(SPEAKS[shell], encoding="utf-8")
    ours, its = pty.openpty()
    with subprocess.Popen(
        STARTS[shell], stdin=its, stdout=its, stderr=its, env=place, cwd=tmp_path, start_new_session=True
    ) as process:
        shown = b""
        while b"ready> " not in shown:
            shown += os.read(ours, 4096)
        os.write(ours, f"{LINE}\t\n".encode())
        deadline = time.monotonic() + 60
        while not (tmp_path / "done").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        process.kill()
    assert (tmp_path / "done").read_text(encoding="utf-8").split() == f"{LINE}ake".split()[1:]


def test_fish_shows_what_each_offer_is(place: Environment, tmp_path: Path) -> None:
    needs("fish")
    write_script("fish", place, tmp_path)
    asked = ["fish", "-c", f"source ./script; complete -C '{LINE}'"]
    done = subprocess.run(asked, env=place, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.stdout == "fake:fake\tfake of fake\n"
