"""Text of every kind, whole and broken: it is spoken, or refused in one line; never a traceback, a hang or a wrong exit code."""

import os
import random
import resource
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import FAKE_VOICES, REPOSITORY, Environment, Tts
from ttscli.errors import InputError
from ttscli.synthesizer import Synthesizer
from ttscli.voice import Voice

N_FAKE, N_REAL = 10_000, 500
SLOWEST_S = 5.0
"""For one short text, on a machine with other things to do."""
_POOLS = """
the quick brown fox read St. Dr. a I won't it's co-op naïve café e.g. U.S. No. row lead
$5.20 3rd 12:30 1/2 10% 2026-11-21 +44 20 7946 0958 1e9 x^2 http://x.y/z?a=b me@x.org 5°C #1 @you C++ &c. 1,000
<b> </b> &amp; &#x41; &bogus; **bold** _it_ `code` # [a](b) ``` | --- > <!-- --> <speak> <![CDATA[ ]]>
"""
_WORDS, _WRITTEN, _MARKUP = (line.split() for line in _POOLS.strip().splitlines())
_MARKS = [*list(".,;:!?…—–-()[]{}\"'“”‘’/\\|~^*_"), "\n", "\n\n", "\r\n", "\t", "\x00", "\x07", "\x1b[31m", "\ufeff"]
_ODD = [
    "\u202e",
    "\u2066",
    "\u200d",
    "\ufe0f",
    "e" + "\u0301" * 9,
    "👩‍👩‍👧‍👦",
    "🇩🇪",
    "\U0010ffff",
    "\ue000",
    "\ufdfa",
    "ﷺ",
    "①",
    "½",
    "ⅷ",
    "漢字",
    "Привет",
]


def texts(count: int, seed: int) -> Iterator[str]:
    chance = random.Random(seed)
    makers: list[Callable[[], str]] = [
        lambda: chance.choice(_WORDS),
        lambda: chance.choice(_WORDS),
        lambda: chance.choice(_WRITTEN),
        lambda: chance.choice(_MARKUP),
        lambda: chance.choice(_MARKS),
        lambda: chance.choice(_ODD),
        lambda: str(chance.randrange(10 ** chance.randrange(1, 16))),
        lambda: any_character(chance) * chance.choice([1, 1, 1, 5]),
    ]
    for _ in range(count):
        glue = chance.choice([" ", " ", " ", ""])
        yield glue.join(chance.choice(makers)() for _ in range(chance.randrange(1, 7)))


def any_character(chance: random.Random) -> str:
    """Of any plane; no lone surrogate, which no decoder lets through."""
    while unicodedata.category(character := chr(chance.randrange(sys.maxunicode + 1))) == "Cs":
        pass
    return character


def _is_letter(character: str) -> bool:
    return character.isascii() and character.isalpha()


def speak_all(voice: Voice, count: int, seed: int) -> tuple[int, int]:
    """How many of `count` texts were spoken, and how many had nothing in them to speak."""
    synthesizer, spoken, silent = Synthesizer.for_voice(voice, device="cpu"), 0, 0
    for text in texts(count, seed):
        started = time.monotonic()
        try:
            for chunk in synthesizer.speak(text):
                assert np.isfinite(chunk.samples).all(), repr(text)
                assert np.abs(chunk.samples).max(initial=0) <= 1, repr(text)
            spoken += 1
        except InputError:
            layout = any(mark in text for mark in ("<", "\x1b[", "```"))  # tags, colours of terminals and fences are silent
            assert layout or not any(map(_is_letter, text)), repr(text)
            silent += 1
        except Exception as error:
            error.add_note(repr(text))
            raise
        assert time.monotonic() - started < SLOWEST_S, repr(text)
    return spoken, silent


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_any_text_is_spoken_or_refused(seed: int) -> None:
    spoken, silent = speak_all(Voice.read(FAKE_VOICES / "fake"), N_FAKE // 4, seed)
    assert spoken > 3 * silent > 0


@pytest.mark.slow
def test_a_real_voice_speaks_any_text() -> None:
    spoken, silent = speak_all(Voice.read(REPOSITORY / "voices" / "heart"), N_REAL, seed=4)
    assert spoken > 3 * silent > 0


BYTES = {
    "Latin-1": (b"caf\xe9", 3),
    "half a character": (b"Hello \xe2\x82", 3),
    "UTF-16": ("Hello.".encode("utf-16"), 3),
    "surrogates": (b"a \xed\xa0\x80 b", 3),
    "null bytes": (b"\x00\x00 Hello.\x00", 0),
    "random bytes": (random.Random(1).randbytes(10_000), 3),
    "terminal codes": (b"\x1b]0;title\x07 Hello.", 0),
    "a million letters": (b"x" * 1_000_000, 0),
    "deep markup": (b"<" * 5_000 + b"Hello." + b">" * 5_000, 0),
    "many brackets": (b"[" * 20_000 + b"a" + b"]" * 20_000, 0),
    "many stops": (b"." * 200_000 + b" Hello.", 0),
    "many lines": (b"\n" * 500_000 + b"Hello.", 0),
}


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")
@pytest.mark.parametrize("kind", BYTES)
def test_bytes_of_any_kind(environment: Environment, tmp_path: Path, kind: str) -> None:
    """Within a gigabyte, and nothing half-made where the text is refused."""
    data, code = BYTES[kind]
    done = subprocess.run(
        [sys.executable, "-m", "ttscli", "say", "-o", "out.wav"],
        input=data,
        capture_output=True,
        cwd=tmp_path,
        env=environment,
        timeout=180,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30)),
    )
    assert done.returncode == code, done.stderr[-500:]
    assert b"Traceback" not in done.stderr
    assert (tmp_path / "out.wav").exists() == (code == 0)


@pytest.mark.skipif(os.name != "posix", reason="arguments of bytes")
@pytest.mark.parametrize("argument", [b"caf\xe9", b"\xff\xfe", b"\xed\xa0\x80"])
def test_arguments_that_are_not_utf8(tts: Tts, tmp_path: Path, argument: bytes) -> None:
    done = tts("say", argument, "-o", "out.wav")
    assert done.returncode == 3
    assert "not UTF-8" in done.stderr
    assert not (tmp_path / "out.wav").exists()
