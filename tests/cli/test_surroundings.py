"""What changes around a running process, or is not as it should be."""

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_tables import on_terminal
from tests.conftest import REPOSITORY, Environment, Tts

HEART = REPOSITORY / "voices" / "heart"


def spoken(voice: Path, environment: Environment, between: str = "") -> bytes:
    """The sound of two lines; when the first has begun to sound, `between` is done to the voice, and the second is written."""
    command = [sys.executable, "-m", "ttscli", "say", "-f", "-", "-o", "-", "--raw", "-v", str(voice)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdin and process.stdout
        process.stdin.write(b"This is the first line.\n")
        process.stdin.flush()
        sound = process.stdout.read(1000)
        for file in voice.iterdir():
            match between:
                case "overwrite":
                    file.write_bytes(b"\0" * (file.stat().st_size // 2))
                case "remove":
                    file.unlink()
        sound += process.communicate(b"This is the second line.\n")[0]
    assert process.returncode == 0
    return sound


@pytest.mark.slow
@pytest.mark.parametrize("between", ["overwrite", "remove"])
def test_a_voice_that_changes_while_it_speaks_goes_on_as_it_began(environment: Environment, tmp_path: Path, between: str) -> None:
    changed = tmp_path / "changed"
    shutil.copytree(HEART, changed)
    assert spoken(changed, environment, between) == spoken(HEART, environment)


def test_nothing_but_the_output_need_be_writable(tts: Tts, tmp_path: Path) -> None:
    """No home, and no folder for caches or data can be made."""
    nowhere = dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"), "/proc/nowhere")
    for command in (["say", "Hello.", "-o", "out.wav"], ["batch", "-", "-d", "out"], ["voices", "list"]):
        done = tts(*command, input=b"Hello.", env=nowhere)
        assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "out.wav").read_bytes() == (tmp_path / "out" / "stdin-0000.wav").read_bytes()


@pytest.mark.skipif(sys.platform == "win32", reason="where a folder that somebody is in cannot be removed")
def test_a_removed_folder_is_needed_by_nothing_that_does_not_lie_in_it(environment: Environment, tmp_path: Path) -> None:
    def told(*command: str) -> tuple[int, str]:
        gone = tmp_path / "gone"
        gone.mkdir()
        program = shlex.join([sys.executable, "-m", "ttscli", *command])
        done = subprocess.run(["sh", "-c", f'rmdir "$PWD" && {program}'], cwd=gone, env=environment, stderr=subprocess.PIPE)
        return done.returncode, done.stderr.decode()

    assert told("say", "Hello.", "-o", str(tmp_path / "x.wav")) == (0, "")
    assert (tmp_path / "x.wav").read_bytes().startswith(b"RIFF")
    (tmp_path / "in.txt").write_text("Hello.\n", encoding="utf-8")
    code, message = told("batch", str(tmp_path / "in.txt"), "-d", "out")
    assert (code, message.splitlines()[0]) == (6, "tts: the current folder: somebody has removed it")


@pytest.mark.skipif(sys.platform == "win32", reason="closes it as a shell does")
@pytest.mark.parametrize("command", [["voices", "list"], ["voices", "list", "--json"], ["doctor"]])
def test_no_standard_output_at_all(environment: Environment, tmp_path: Path, command: list[str]) -> None:
    program = shlex.join([sys.executable, "-m", "ttscli", *command])
    done = subprocess.run(["sh", "-c", f"{program} >&-"], cwd=tmp_path, env=environment, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr.decode().splitlines()[0]) == (6, "tts: standard output: closed")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-16"])
def test_a_file_and_a_pipe_have_utf_8_whatever_the_locale_says(tts: Tts, encoding: str) -> None:
    odd = {"PYTHONIOENCODING": encoding}
    usual = tts("normalize", "café")
    assert usual.stdout.decode() == "café\n"
    assert tts("normalize", "café", env=odd) == usual
    assert "tts: ☃: no such command" in tts("☃", env=odd).stderr


def test_a_terminal_that_cannot_show_a_letter_sees_its_number(environment: Environment) -> None:
    assert on_terminal({**environment, "PYTHONIOENCODING": "ascii"}, "normalize", "café") == "caf\\xe9\r\n"
