"""The platform's own programs that play sound, and PortAudio; which of them are here."""

import contextlib
import functools
import importlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from ttscli.audio.encoders import wav_header
from ttscli.errors import DeviceError

_HINT = "write a file: -o speech.wav"


class Player(Protocol):
    """An open way to the loudspeaker, for mono sound of one rate."""

    def play(self, pcm: bytes) -> None:
        """Sound 16-bit samples; returns when more can be taken. DeviceError if it fails."""

    def close(self) -> None:
        """Wait until all is sounded. DeviceError if it failed."""

    def stop(self) -> None:
        """Fall silent at once."""


def find_player() -> Callable[[int], Player]:
    """Return what opens a player for a sample rate: PortAudio where it is, else a program; DeviceError if there is none."""
    portaudio = _portaudio()
    if portaudio is not None:
        return functools.partial(_PortAudio, portaudio)
    for kind, programs in ((_Piped, _PIPE_PROGRAMS), (_PerFile, _FILE_PROGRAMS)):
        for program, arguments in programs.items():
            if path := shutil.which(program):
                return functools.partial(kind, [path, *arguments])
    raise DeviceError("no loudspeaker: neither PortAudio with a device nor a player program is here", _HINT)


# These play standard input: raw samples at the rate that is put in place of {}, or a WAV whose length is not known yet.
_PIPE_PROGRAMS = {
    "paplay": ["--raw", "--format=s16le", "--channels=1", "--rate={}"],
    "aplay": ["-q", "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", "{}", "-"],
    "ffplay": ["-nodisp", "-autoexit", "-loglevel", "error", "-i", "-"],
    "play": ["-q", "-t", "wav", "--ignore-length", "-"],
}
# These want a file, which is put in place of {}.
_FILE_PROGRAMS = {
    "pw-play": ["{}"],
    "afplay": ["{}"],
    "powershell": ["-NoProfile", "-Command", "(New-Object Media.SoundPlayer '{}').PlaySync()"],
}
_WANT_RAW = ("paplay", "aplay")


def _portaudio() -> Any:
    """Return the module sounddevice if it can sound, else None."""
    try:
        module = importlib.import_module("sounddevice")
        module.query_devices(kind="output")
    except Exception:
        # Not installed, installed without the PortAudio library (OSError), or no device (its own PortAudioError).
        return None
    return module


class _PortAudio:
    def __init__(self, sounddevice: Any, sample_rate_hz: int) -> None:
        self._fault = sounddevice.PortAudioError
        try:
            self._stream = sounddevice.RawOutputStream(sample_rate_hz, channels=1, dtype="int16")
            self._stream.start()
        except self._fault as error:
            raise DeviceError(f"the sound device cannot be opened: {error}", _HINT) from error

    def play(self, pcm: bytes) -> None:
        try:
            self._stream.write(pcm)
        except self._fault as error:
            raise DeviceError(f"the sound device fails: {error}", _HINT) from error

    def close(self) -> None:
        self._stream.stop()
        self._stream.close()

    def stop(self) -> None:
        self._stream.abort()
        self._stream.close()


class _Piped:
    """A program that plays what comes in on its standard input."""

    def __init__(self, command: list[str], sample_rate_hz: int) -> None:
        self._name = Path(command[0]).stem
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115  closed with the process
        words = [word.replace("{}", str(sample_rate_hz)) for word in command]
        self._process = _start(words, stdin=subprocess.PIPE, stderr=self._complaints)
        if self._name not in _WANT_RAW:
            self.play(wav_header(sample_rate_hz, None))

    def play(self, pcm: bytes) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(pcm)
            self._process.stdin.flush()
        except OSError:
            self._process.wait()
            raise self._failed() from None

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._process.communicate()
        if self._process.returncode != 0:
            raise self._failed()

    def stop(self) -> None:
        self._process.kill()
        with contextlib.suppress(OSError):
            self._process.communicate()

    def _failed(self) -> DeviceError:
        self._complaints.seek(0)
        return _failed(self._name, self._process.returncode, self._complaints.read())


class _PerFile:
    """A program that plays one file; it gets one for each sentence."""

    def __init__(self, command: list[str], sample_rate_hz: int) -> None:
        self._command = command
        self._sample_rate_hz = sample_rate_hz
        self._process: subprocess.Popen[bytes] | None = None

    def play(self, pcm: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "speech.wav"
            path.write_bytes(wav_header(self._sample_rate_hz, len(pcm)) + pcm)
            words = [word.replace("{}", str(path)) for word in self._command]
            self._process = _start(words, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
            _, complaints = self._process.communicate()
        if self._process.returncode != 0:
            raise _failed(Path(self._command[0]).stem, self._process.returncode, complaints)

    def close(self) -> None:
        pass

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()


def _start(command: list[str], stdin: int, stderr: Any) -> "subprocess.Popen[bytes]":
    # A group of its own: Ctrl-C reaches us alone, and we stop the player.
    own_group = {} if sys.platform == "win32" else {"start_new_session": True}
    try:
        return subprocess.Popen(command, stdin=stdin, stdout=subprocess.DEVNULL, stderr=stderr, **own_group)  # type: ignore[call-overload,no-any-return]
    except OSError as error:
        raise DeviceError(f"{command[0]}: cannot be started: {error.strerror}", _HINT) from error


def _failed(program: str, code: int, complaints: bytes) -> DeviceError:
    lines = complaints.decode(errors="replace").strip().splitlines()
    return DeviceError(f"{program}: cannot play: {lines[-1] if lines else f'exit {code}'}", _HINT)
