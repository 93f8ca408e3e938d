"""Chunks → loudspeaker: one sentence sounds while the next is made."""

import contextlib
import queue
import threading
from types import TracebackType
from typing import Self

from ttscli.audio.pcm import pcm16
from ttscli.audio.players import Player, find_player
from ttscli.contract import AudioChunk
from ttscli.errors import DeviceError

_AHEAD = 4
"""Sentences made before they are wanted; more would be memory for nothing."""


class Loudspeaker:
    """A context that plays. Leaving it waits for the end of the sound; leaving it by an exception falls silent at once.

    Raises:
        DeviceError: on entering, nothing here can play; later, the player fails.
    """

    def __init__(self) -> None:
        self._waiting: queue.Queue[AudioChunk | None] = queue.Queue(_AHEAD)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._player: Player | None = None
        self._opening = threading.Lock()
        # Not Thread.is_alive: interrupted while it joins a thread, Python 3.11 takes that for ended.
        self._ended = threading.Event()
        self._fault: BaseException | None = None
        self._stopped = False

    def __enter__(self) -> Self:
        self._find = find_player()
        self._thread.start()
        return self

    def write(self, chunk: AudioChunk) -> None:
        """Play `chunk` after those before it; waits while enough are waiting."""
        self._put(chunk)

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None:
                self._put(None)
                while not self._ended.wait(0.1):  # with a limit, so that Ctrl-C is heard on every platform
                    pass
                self._raise_fault()
        finally:
            if not self._ended.is_set():
                self._stop()

    def _put(self, item: AudioChunk | None) -> None:
        while True:
            self._raise_fault()
            with contextlib.suppress(queue.Full):
                self._waiting.put(item, timeout=0.1)
                return

    def _run(self) -> None:
        try:
            while (chunk := self._waiting.get()) is not None and not self._stopped:
                player = self._player or self._open(chunk.sample_rate_hz)
                if player is None:
                    return
                player.play(pcm16(chunk.samples).tobytes())
            if self._player is not None and not self._stopped:
                self._player.close()
        except BaseException as error:  # it belongs to the thread that makes the sound, which is told of it
            self._fault = error
        finally:
            self._ended.set()

    def _open(self, sample_rate_hz: int) -> Player | None:
        """Open the player; None if it was stopped meanwhile."""
        player = self._find(sample_rate_hz)
        with self._opening:  # so that one of the two threads stops it, and only one
            if not self._stopped:
                self._player = player
                return player
        player.stop()
        return None

    def _stop(self) -> None:
        with self._opening:
            self._stopped = True
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait(None)
        if self._player is not None:
            self._player.stop()
        self._ended.wait(1)

    def _raise_fault(self) -> None:
        if isinstance(self._fault, DeviceError):
            raise self._fault
        if self._fault is not None:
            raise DeviceError(f"playing failed: {self._fault}") from self._fault
