"""Playing, with programs and a sounddevice of our own in place of the real ones: a test makes no sound."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from ttscli.audio import play
from ttscli.audio.pcm import pcm16
from ttscli.audio.play import Loudspeaker
from ttscli.contract import AudioChunk, Samples
from ttscli.errors import DeviceError

Chunk = Callable[[Samples], AudioChunk]
SOUND = np.linspace(-0.5, 0.5, 3000, dtype=np.float32)
pytestmark = pytest.mark.skipif(os.name != "posix", reason="players are shell scripts here")


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """Install a player program, the only one; returns the file `heard` that its script may write."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "sounddevice", None)

    def install(name: str, script: str) -> Path:
        heard = tmp_path / "heard"
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n".replace("HEARD", str(heard)))
        (tmp_path / name).chmod(0o755)
        return heard

    return install


Programs = Callable[[str, str], Path]


@pytest.mark.parametrize(("name", "header"), [("paplay", 0), ("aplay", 0), ("ffplay", 44), ("play", 44)])
def test_programs_that_take_a_pipe(programs: Programs, chunk: Chunk, name: str, header: int) -> None:
    heard = programs(name, "/bin/cat > HEARD")
    with Loudspeaker() as loudspeaker:
        loudspeaker.write(chunk(SOUND))
        loudspeaker.write(chunk(-SOUND))
    assert heard.read_bytes()[header:] == pcm16(SOUND).tobytes() + pcm16(-SOUND).tobytes()


def test_programs_that_take_a_file_get_one_for_each_sentence(programs: Programs, chunk: Chunk) -> None:
    heard = programs("pw-play", '/bin/cat "$1" >> HEARD')
    with Loudspeaker() as loudspeaker:
        loudspeaker.write(chunk(SOUND))
        loudspeaker.write(chunk(SOUND))
    assert heard.stat().st_size == 2 * 6044


def test_one_sentence_sounds_while_the_next_is_made(programs: Programs, chunk: Chunk) -> None:
    programs("pw-play", "/bin/sleep 0.4")
    begin = time.monotonic()
    with Loudspeaker() as loudspeaker:
        loudspeaker.write(chunk(SOUND))
        loudspeaker.write(chunk(SOUND))
        made = time.monotonic() - begin
    assert made < 0.3
    assert time.monotonic() - begin > 0.8


def test_an_interruption_is_silence_at_once(programs: Programs, chunk: Chunk) -> None:
    programs("aplay", "exec /bin/sleep 30")
    begin = time.monotonic()
    with pytest.raises(KeyboardInterrupt), Loudspeaker() as loudspeaker:
        loudspeaker.write(chunk(SOUND))
        raise KeyboardInterrupt
    assert time.monotonic() - begin < 5


def test_an_interruption_of_the_last_sentence_is_silence_at_once(programs: Programs, chunk: Chunk) -> None:
    heard = programs("aplay", "echo $$ > HEARD; exec /bin/sleep 30")
    with pytest.raises(KeyboardInterrupt), Loudspeaker() as loudspeaker:
        loudspeaker.write(chunk(SOUND))
        threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(ProcessLookupError):
        os.kill(int(heard.read_text()), 0)


def test_an_interruption_while_the_player_is_opened_is_silence(monkeypatch: pytest.MonkeyPatch, chunk: Chunk) -> None:
    heard: list[object] = []
    opening, interrupted = threading.Event(), threading.Event()
    player = SimpleNamespace(play=heard.append, close=lambda: heard.append("close"), stop=lambda: heard.append("stop"))

    def find(rate_hz: int) -> SimpleNamespace:
        opening.set()
        assert interrupted.wait(5)
        return player

    monkeypatch.setattr(play, "find_player", lambda: find)
    with pytest.raises(KeyboardInterrupt), Loudspeaker() as loudspeaker:
        loudspeaker.write(chunk(SOUND))
        assert opening.wait(5)
        threading.Timer(0.2, interrupted.set).start()
        raise KeyboardInterrupt
    assert heard == ["stop"]


def test_a_player_that_fails_is_named_with_its_own_words(programs: Programs, chunk: Chunk) -> None:
    programs("aplay", "/bin/cat > /dev/null; echo no such card >&2; exit 1")
    with pytest.raises(DeviceError, match="aplay: cannot play: no such card"), Loudspeaker() as loudspeaker:
        loudspeaker.write(chunk(SOUND))


def test_nothing_to_play_with(programs: Programs) -> None:
    with pytest.raises(DeviceError, match="no loudspeaker"):
        Loudspeaker().__enter__()


def test_portaudio_comes_first(programs: Programs, monkeypatch: pytest.MonkeyPatch, chunk: Chunk) -> None:
    heard: list[object] = []
    stream = SimpleNamespace(
        start=lambda: None, write=heard.append, stop=lambda: heard.append("stop"), close=lambda: heard.append("close")
    )

    def open_stream(rate: int, channels: int, dtype: str) -> SimpleNamespace:
        heard.append((rate, channels, dtype))
        return stream

    module = SimpleNamespace(
        PortAudioError=RuntimeError,
        query_devices=lambda kind: {"name": kind},
        RawOutputStream=open_stream,
    )
    monkeypatch.setitem(sys.modules, "sounddevice", module)
    programs("paplay", "exit 1")
    with Loudspeaker() as loudspeaker:
        loudspeaker.write(chunk(SOUND))
    assert heard == [(22050, 1, "int16"), pcm16(SOUND).tobytes(), "stop", "close"]
