"""Commands as whole processes: how long they take, when the first sound comes, how much memory they hold. Linux only."""

import re
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread
from typing import IO

_WATCH_EVERY_S = 0.05
_REST_S = 1.0
_SOUND_BYTES = 100
"""More than the header of a WAV file."""


@dataclass(frozen=True)
class Measured:
    """What a run took.

    Attributes:
        seconds: from the start of the first process to the end of the last one.
        peak_mb: the most memory that each process held, summed over all that there were.
    """

    seconds: float
    peak_mb: float


def run(commands: Sequence[Sequence[str]], env: Mapping[str, str] | None = None) -> Measured:
    """Start the commands together and wait for them; CalledProcessError if one fails."""
    started = time.perf_counter()
    processes = [
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)
        for command in commands
    ]
    with _Watch(processes) as watch:
        codes = [process.wait() for process in processes]
    seconds = time.perf_counter() - started
    for code, command in zip(codes, commands, strict=True):
        if code != 0:
            raise subprocess.CalledProcessError(code, list(command))
    return Measured(seconds, watch.peak_mb)


def first_sound_s(command: Sequence[str], text: str) -> float:
    """Pipe `text` into a command and return after how many seconds the first sound leaves it, which ends it.

    Raises:
        EOFError: it ended without a sound.
    """
    started = time.perf_counter()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdin and process.stdout
        process.stdin.write(text.encode())
        process.stdin.close()
        sound = process.stdout.read(_SOUND_BYTES)
        seconds = time.perf_counter() - started
        process.kill()
    if len(sound) < _SOUND_BYTES:
        raise EOFError(f"{command[0]} ended without a sound")
    return seconds


def resident_mb_after(
    command: Sequence[str], lines: Sequence[str], marks: Sequence[int], env: Mapping[str, str] | None = None
) -> list[float]:
    """Let one process of `tts say` speak the lines, a sentence each, and return the memory it holds after so many of them.

    It is given no more lines before it has been looked at, and has rested for a moment: what is measured does not hang on when.

    Args:
        command: speaks standard input.
        lines: at least marks[-1].
        marks: ascending.
        env: what it finds around it.
    """
    resident = []
    with subprocess.Popen(
        [*command, "--explain"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=env, text=True
    ) as process:
        assert process.stdin and process.stderr
        for start, stop in pairwise((0, *marks)):
            process.stdin.write("".join(f"{line}\n" for line in lines[start:stop]))
            process.stdin.flush()
            _wait_for_sentence(process.stderr, stop)
            time.sleep(_REST_S)
            resident.append(_mb(process.pid, "VmRSS"))
        process.stdin.close()
    return resident


def _wait_for_sentence(explained: IO[str], number: int) -> None:
    for line in explained:
        if line.split()[:2] == [str(number), "sound"]:
            return
    raise EOFError(f"it ended before sentence {number}")


class _Watch:
    """A context that notes how much memory processes and all that they begin hold at most."""

    def __init__(self, processes: Sequence["subprocess.Popen[bytes]"]) -> None:
        self._roots = [process.pid for process in processes]
        self._peaks: dict[int, float] = {}
        self._ended = Event()
        self._thread = Thread(target=self._look, daemon=True)

    @property
    def peak_mb(self) -> float:
        return sum(self._peaks.values())

    def __enter__(self) -> "_Watch":
        self._thread.start()
        return self

    def __exit__(self, *fault: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(_WATCH_EVERY_S):
            for root in self._roots:
                for pid in _family(root):
                    self._peaks[pid] = max(_mb(pid, "VmHWM"), self._peaks.get(pid, 0.0))


def _family(pid: int) -> Iterator[int]:
    """The process and all that it and they have begun."""
    yield pid
    try:
        begun = [child for file in Path(f"/proc/{pid}/task").glob("*/children") for child in file.read_text().split()]
    except OSError:  # it has just ended
        return
    for child in begun:
        yield from _family(int(child))


def _mb(pid: int, field: str) -> float:
    """A field of /proc/PID/status; 0 once the process has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(rf"^{field}:\s+(\d+) kB$", status, re.MULTILINE)
    return int(found[1]) * 1024 / 1e6 if found else 0.0
