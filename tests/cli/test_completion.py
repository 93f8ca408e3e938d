"""What the shell offers after a Tab, asked as bash asks it."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from tests.conftest import Tts

Complete: TypeAlias = Callable[[str], list[str]]


@pytest.fixture
def complete(tts: Tts) -> Complete:
    """The offers for a line that ends where the cursor is."""

    def ask(line: str) -> list[str]:
        words = line.split(" ")
        env = {"_TTS_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
        done = tts(env=env)
        assert done.stderr == ""
        return done.stdout.decode().splitlines()

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


def test_a_tab_loads_neither_numpy_nor_torch(tts: Tts) -> None:
    """Python tells each import on standard error when asked to."""
    env = {
        "_TTS_COMPLETE": "complete_bash",
        "COMP_WORDS": "tts say --vocoder ",
        "COMP_CWORD": "3",
        "PYTHONPROFILEIMPORTTIME": "1",
    }
    imported = {line.rsplit("|", 1)[-1].strip() for line in tts(env=env).stderr.splitlines()}
    assert "ttscli.library" in imported
    assert not {"numpy", "torch"} & imported
