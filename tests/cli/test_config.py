"""Preferences as a user meets them: flag > environment > project's file > user's file > default."""

import errno
import json
import os
from pathlib import Path

import platformdirs
import pytest
from platformdirs.macos import MacOS
from platformdirs.unix import Unix
from platformdirs.windows import Windows, get_win_folder_from_env_vars

from tests.conftest import Tts
from ttscli import library
from ttscli.cli import lexicons, preferences


def prefer(tmp_path: Path, text: str, project: bool = True) -> None:
    file = tmp_path / ".tts.toml" if project else tmp_path / "home" / "config" / "ttscli" / "config.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def value_and_source(tts: Tts, option: str, command: str = "say", env: dict[str, str] | None = None) -> tuple[object, str]:
    rows = json.loads(tts("config", "list", "--json", env=env).stdout)["config"]
    [row] = [row for row in rows if (row["command"], row["option"]) == (command, option)]
    return row["value"], Path(row["source"]).name


def test_the_stronger_source_wins_and_is_named(tts: Tts, tmp_path: Path) -> None:
    assert value_and_source(tts, "speed") == (1.0, "default")
    prefer(tmp_path, "speed = 1.5", project=False)
    assert value_and_source(tts, "speed") == (1.5, "config.toml")
    prefer(tmp_path, "speed = 2")
    assert value_and_source(tts, "speed") == (2.0, ".tts.toml")
    assert value_and_source(tts, "speed", env={"TTSCLI_SPEED": "3"}) == (3.0, "TTSCLI_SPEED")


def test_a_preference_is_heard_and_a_flag_overrules_it(tts: Tts, tmp_path: Path) -> None:
    usual = tts("say", "Hello.", "-o", "-", "--raw").stdout
    prefer(tmp_path, "speed = 2")
    assert len(tts("say", "Hello.", "-o", "-", "--raw").stdout) < len(usual)
    assert tts("say", "Hello.", "-o", "-", "--raw", "--speed", "1").stdout == usual


def test_a_table_is_for_one_command(tts: Tts, tmp_path: Path) -> None:
    prefer(tmp_path, 'no-clobber = true\n[batch]\nformat = "flac"\nbatch_size = 3\n')
    assert value_and_source(tts, "format", "batch") == ("flac", ".tts.toml")
    assert value_and_source(tts, "batch-size", "batch") == (3, ".tts.toml")
    assert value_and_source(tts, "format") == (None, "default")
    assert value_and_source(tts, "no-clobber") == (True, ".tts.toml")


def test_the_nearest_folder_above_counts(tts: Tts, tmp_path: Path) -> None:
    prefer(tmp_path, "seed = 5")
    assert tts("config", "path").stdout.decode().splitlines()[-1] == str(tmp_path / ".tts.toml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sped = 2", ".tts.toml: sped: no such option"),
        ("[say]\noutput-dir = 'x'", "say.output-dir: no such option"),
        ("say = 2", "say: must be a table"),
        ("speed = [2]", "speed: must be a text, a number, true or false"),
        ("speed = ", "not a TOML file"),
        ("speed = 20", "--speed: 20 is not from 0.25 to 4"),
        ("speed = true", "--speed: 'True' is not a valid float"),
        ("seed = 1.9", "--seed: '1.9' is not a valid int"),
    ],
)
def test_a_mistake_in_a_file_is_told(tts: Tts, tmp_path: Path, text: str, message: str) -> None:
    prefer(tmp_path, text)
    done = tts("say", "Hello.", "-o", "out.wav")
    assert done.returncode == 2
    assert message in done.stderr.splitlines()[0]
    assert not (tmp_path / "out.wav").exists()
    assert tts("voices", "list").returncode == 0  # what does not speak does not care


def test_who_gave_a_wrong_value_is_told(tts: Tts, tmp_path: Path) -> None:
    prefer(tmp_path, "speed = 20")
    assert "a file of preferences" in tts("say", "Hello.", "-o", "out.wav").stderr
    assert "TTSCLI_SPEED" in tts("say", "Hello.", "-o", "out.wav", env={"TTSCLI_SPEED": "fast"}).stderr


def test_a_preferred_format_gives_way_to_the_name_of_a_file(tts: Tts, tmp_path: Path) -> None:
    prefer(tmp_path, 'format = "flac"')
    assert tts("say", "Hello.", "-o", "-").stdout[:4] == b"fLaC"
    assert tts("say", "Hello.", "-o", "-", "--raw").stdout[:4] not in (b"", b"fLaC")
    for name, beginning in (("a.wav", b"RIFF"), ("a", b"fLaC")):
        assert tts("say", "Hello.", "-o", name).stderr == ""
        assert (tmp_path / name).read_bytes()[:4] == beginning
    rows = b'{"text": "One.", "output": "one.wav"}\n{"text": "Two."}'
    assert tts("batch", "-", "--from", "jsonl", "-d", "out", input=rows).returncode == 0
    assert sorted(file.name for file in (tmp_path / "out").glob("[!.]*")) == ["one.wav", "stdin-0001.flac"]
    assert "the option says mp3" in tts("say", "Hello.", "-o", "a.wav", "-F", "mp3").stderr


def test_preferred_bare_samples_give_way_to_the_name_of_a_file(tts: Tts, tmp_path: Path) -> None:
    prefer(tmp_path, "raw = true")
    bare = tts("say", "Hello.", "-o", "-").stdout
    assert tts("say", "Hello.", "-o", "a.flac").stderr == ""
    assert (tmp_path / "a.flac").read_bytes()[:4] == b"fLaC"
    assert tts("say", "Hello.", "-o", "-", "-F", "wav").stdout[44:] == bare != b""
    assert "they disagree" in tts("say", "Hello.", "-o", "-", "--raw", "-F", "wav").stderr


def test_preferences_wait_for_the_option_that_they_go_with(tts: Tts, tmp_path: Path) -> None:
    prefer(tmp_path, 'gap = 2\nray-address = "auto"\nrecogniser = "whisper"\nverify-wer = 20\nverify-tries = 2')
    done = tts("batch", "-", "-d", "out", input=b"One.")
    assert (done.returncode, done.stderr) == (0, "")
    assert "--gap: goes with --join" in tts("batch", "-", "-d", "out", "--gap", "2", input=b"One.").stderr


@pytest.mark.parametrize(("text", "env"), [('vocoder = "griffin-lim"', {}), ("", {"TTSCLI_VOCODER": "griffin-lim"})])
def test_a_preferred_vocoder_waits_while_the_model_takes_none(tts: Tts, tmp_path: Path, text: str, env: dict[str, str]) -> None:
    say = ("say", "Hi.", "-o", "-", "--raw", "-v", "heart")
    usual, whole = tts(*say), tts(*say, "-m", "clarinet-text-to-wave")
    prefer(tmp_path, text)
    assert tts(*say, env=env).stdout != usual.stdout
    done = tts(*say, "-m", "clarinet-text-to-wave", env=env)
    assert (done.returncode, done.stderr, done.stdout) == (0, "", whole.stdout)
    typed = tts(*say, "-m", "clarinet-text-to-wave", "--vocoder", "griffin-lim", env=env)
    assert (typed.returncode, "takes no vocoder" in typed.stderr) == (2, True)


@pytest.mark.parametrize(
    ("system", "variables", "config", "data"),
    [
        (Unix, {}, ".config/ttscli", ".local/share/ttscli"),
        (Unix, {"XDG_CONFIG_HOME": "c", "XDG_DATA_HOME": "d"}, "c/ttscli", "d/ttscli"),
        (MacOS, {}, "Library/Application Support/ttscli", "Library/Application Support/ttscli"),
        (Windows, {"LOCALAPPDATA": "AppData/Local"}, "AppData/Local/ttscli", "AppData/Local/ttscli"),
    ],
)
def test_each_system_has_its_own_folders(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, system: type, variables: dict[str, str], config: str, data: str
) -> None:
    monkeypatch.setattr(platformdirs, "PlatformDirs", system)
    monkeypatch.setattr("platformdirs.windows.get_win_folder", get_win_folder_from_env_vars)  # the usual way asks Windows itself
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, folder in variables.items():
        monkeypatch.setenv(name, str(tmp_path / folder))
    assert preferences.user_file("config.toml") == tmp_path / config / "config.toml"
    assert library.user_voices() == tmp_path / data / "voices"


def test_a_home_that_is_no_folder_has_no_preferences(tts: Tts) -> None:
    assert tts("say", "Hello.", "-o", "out.wav", env={"HOME": "/dev/null", "XDG_CONFIG_HOME": ""}).returncode == 0


def test_what_lies_where_one_may_not_look_is_no_preference(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As where somebody else's program is run in a home that is closed to it; the superuser sees all."""
    prefer(tmp_path, "speed = 2")
    (tmp_path / lexicons.PROJECT_FILE).write_text("a\t=b\n")
    look = os.stat

    def denied(path: str | Path, **options: bool) -> os.stat_result:
        if str(path).startswith(str(tmp_path)):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return look(path, **options)

    monkeypatch.chdir(tmp_path)
    assert len(preferences.preferences({"say": {"speed": "speed"}})) == len(list(lexicons.existing())) == 1
    monkeypatch.setattr(os, "stat", denied)
    assert not preferences.preferences({"say": {"speed": "speed"}}) and not list(lexicons.existing())
