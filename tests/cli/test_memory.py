"""How much memory `tts say` takes with the bundled voice, as a real process."""

import os
import sys
from pathlib import Path

import pytest

from benchmarks.processes import resident_mb_after, run
from benchmarks.texts import SENTENCES
from tests.conftest import Environment

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="looks into processes as on Linux")]
TTS = [sys.executable, "-m", "ttscli"]
SHORT = [f"This is line {number}." for number in range(300)]


@pytest.fixture
def bundled(environment: Environment) -> Environment:
    """The environment of a user who has chosen no voice."""
    return {name: value for name, value in environment.items() if name not in ("TTSCLI_VOICE", "TTSCLI_VOICES")}


def test_a_long_text_takes_no_more_than_a_short_one(bundled: Environment) -> None:
    """300 sentences in one process: what it holds after half of them, all warmed up, grows by less than 3 % over the others.

    A process that kept the samples of a sentence, 130 kB, would grow by 19 %.
    """
    lines = [*SENTENCES, *SHORT]  # the longest come first: no later one can need more for itself
    command = [*TTS, "say", "-f", "-", "-o", "-", "--raw"]
    after_150, after_300 = resident_mb_after(command, lines, (150, 300), bundled)
    assert 0 < after_300 < 1.03 * after_150


def test_one_sentence_of_3000_words(bundled: Environment, tmp_path: Path) -> None:
    """Less than 1 GB; what could go wrong would end at 8 GB of addresses."""
    text, out = tmp_path / "long.txt", tmp_path / "long.ogg"
    text.write_text("we walked along the river and nobody said a word " * 300)
    limited = ["sh", "-c", 'ulimit -v 8000000 && exec "$@"', "sh"]
    measured = run([[*limited, *TTS, "say", "-f", os.fspath(text), "-o", os.fspath(out)]], bundled)
    assert 50 < measured.peak_mb < 1000
    assert out.stat().st_size > 0
