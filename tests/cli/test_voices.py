"""`tts voices`, as a real process."""

import json
import os
from pathlib import Path

from tests.conftest import FAKE_VOICES, Tts


def test_list_is_tab_separated_in_a_pipe(tts: Tts) -> None:
    done = tts("voices", "list")
    assert done.returncode == 0
    rows = [line.split("\t") for line in done.stdout.decode().splitlines()]
    assert ["fake", "en-US", "fake", "fake", "CC0-1.0", "A quiet tone, for tests"] in rows


def test_a_bare_command_lists(tts: Tts) -> None:
    for command in ("voices", "models", "plugins"):
        assert tts(command).stdout == tts(command, "list").stdout != b""


def test_list_json_has_a_version(tts: Tts) -> None:
    printed = json.loads(tts("voices", "list", "--json").stdout)
    assert printed["version"] == 1
    fake = next(voice for voice in printed["voices"] if voice["name"] == "fake")
    assert fake["models"] == ["fake"]
    assert fake["folder"] == str(FAKE_VOICES / "fake")


def test_a_broken_voice_is_one_line_and_hides_no_other(tts: Tts, tmp_path: Path) -> None:
    (tmp_path / "voices" / "bad").mkdir(parents=True)
    (tmp_path / "voices" / "bad" / "voice.toml").write_text("name = 1")
    done = tts("voices", "list", env={"TTSCLI_VOICES": f"{tmp_path / 'voices'}{os.pathsep}{FAKE_VOICES}"})
    assert done.returncode == 0
    assert b"fake\t" in done.stdout
    assert len(done.stderr.splitlines()) == 1
    assert "bad" in done.stderr


def test_show(tts: Tts) -> None:
    shown = dict(line.split("\t", 1) for line in tts("voices", "show", "fake").stdout.decode().splitlines())
    assert shown["licence"] == "CC0-1.0"
    assert "hop_samples 256" in shown["mel"]
    printed = json.loads(tts("voices", "show", "fake", "--json").stdout)
    assert printed["version"] == 1
    assert printed["voice"]["mel"]["n_mels"] == 80
    assert [part["kind"] for part in printed["voice"]["parts"]] == ["acoustic", "vocoder"]


def test_show_of_an_unknown_voice_names_the_nearest(tts: Tts) -> None:
    done = tts("voices", "show", "fak")
    assert done.returncode == 4
    assert done.stdout == b""
    assert "did you mean fake?" in done.stderr


def test_path_lists_the_search_path_in_order(tts: Tts) -> None:
    paths = tts("voices", "path").stdout.decode().splitlines()
    assert paths[0] == str(FAKE_VOICES)
    assert "data" in paths[1]
    assert tts("voices", "path", "fake").stdout.decode().strip() == str(FAKE_VOICES / "fake")
