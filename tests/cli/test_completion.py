"""What the shell offers after a Tab, asked as bash asks it."""

import signal
import sys
from collections.abc import Callable
from typing import TypeAlias

import pytest

from tests.conftest import Environment, Tts
from ttscli.cli import main

Complete: TypeAlias = Callable[[str], list[str]]


@pytest.fixture
def complete(environment: Environment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Complete:
    """The offers for a line that ends where the cursor is; a space parts what are words to bash."""
    monkeypatch.setattr(sys, "argv", ["tts"])
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    for name in ("TTSCLI_VOICES", "TTSCLI_VOICE", "HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, environment[name])

    def ask(line: str) -> list[str]:
        words = line.split(" ")
        monkeypatch.setenv("_TTS_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", "\n".join(words))
        monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
        with pytest.raises(SystemExit):
            main()
        shown = capsys.readouterr()
        assert shown.err == ""
        return shown.out.splitlines()

    return ask


def test_commands(complete: Complete) -> None:
    assert {"say", "batch", "voices", "doctor"} <= set(complete("tts "))
    assert complete("tts voi") == ["voices"]


def test_voices(complete: Complete) -> None:
    assert "fake" in complete("tts say -v ")
    assert complete("tts say --voice fak") == ["fake"]
    assert complete("tts voices show fak") == ["fake"]


def test_models_of_the_voice_that_is_named(complete: Complete) -> None:
    assert "fake" in complete("tts say -v fake --model ")
    assert "fake:fake" in complete("tts say -v another --model ")


def test_vocoders_of_voices_and_plugins(complete: Complete) -> None:
    offers = complete("tts say -v fake --vocoder ")
    assert "fake" in offers
    assert "griffin-lim" in offers


def test_plugins_and_alphabets(complete: Complete) -> None:
    assert "espeak-ipa" in complete("tts plugins check esp")
    assert complete("tts g2p --alphabet esp") == ["espeak-ipa"]
    assert complete("tts g2p --alphabet arp") == ["arpabet", "arpabet-stress"]


def test_formats_trainers_and_importers(complete: Complete) -> None:
    assert complete("tts say -F ") == ["wav", "flac", "ogg", "opus", "mp3", "raw"]
    assert complete("tts train glow") == ["glow-tts"]
    assert "waveglow" in complete("tts voices import x.pt --architecture ")


def test_parts_of_every_voice(complete: Complete) -> None:
    assert complete("tts train fake --init-from fak") == ["fake:fake"]
    assert complete("tts eval another --model fak") == ["fake:fake"]


def test_a_word_that_bash_has_cut(complete: Complete) -> None:
    """Bash hands `fake:f` over in three words, and replaces the last of them."""
    assert complete("tts say -v another --model fake : f") == ["fake"]
    assert complete("tts say -v another --model fake :") == ["fake"]
    assert complete("tts say -v another --model fake:f") == ["fake:fake"]  # where the user has taken : out of COMP_WORDBREAKS
    assert complete("tts say --voice = another --model = fake : f") == ["fake"]
    assert complete("tts say --voice = fak") == ["fake"]
    assert complete("tts say note : -v fak") == ["fake"]


def test_a_tab_loads_neither_numpy_nor_torch(tts: Tts) -> None:
    """Python tells each import on standard error when asked to."""
    env = {
        "_TTS_COMPLETE": "complete_bash",
        "COMP_WORDS": "tts\nsay\n--vocoder\n",
        "COMP_CWORD": "3",
        "PYTHONPROFILEIMPORTTIME": "1",
    }
    imported = {line.rsplit("|", 1)[-1].strip() for line in tts(env=env).stderr.splitlines()}
    assert "ttscli.library" in imported
    assert not {"numpy", "torch"} & imported
