"""A bar for whoever waits at a terminal; nothing anywhere else, and nothing of it is left at the end."""

import os
import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from ttscli.contract import AudioChunk

_PATIENCE_S = 2.0
"""What takes no longer is over before a bar is understood."""


def is_seen(quiet: bool) -> bool:
    """Whether a bar would be seen: standard error is a terminal that can take it away again."""
    return not quiet and sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def bar() -> "Progress":
    """Return a context in which a bar is seen; its tasks have a field `done`, a text that stands before it."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.fields[done]}"), BarColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True, refresh_per_second=10)


class SpeakingBar:
    """A context that takes chunks and, where that lasts, shows how much is spoken and how long it will take.

    Args:
        n_characters: of the whole text; None where nobody knows.
    """

    def __init__(self, n_characters: int | None) -> None:
        self._total = n_characters
        self._spoken = 0
        self._sound_s = 0.0
        self._first_s: float | None = None
        self._shown: tuple[Progress, TaskID] | None = None

    def __enter__(self) -> Self:
        return self

    def write(self, chunk: "AudioChunk") -> None:
        """Take note of one chunk."""
        now_s = time.monotonic()
        self._first_s = self._first_s or now_s  # not from when the voice is loaded: one sentence needs no bar
        self._spoken += len(chunk.segment.text)
        self._sound_s += len(chunk.samples) / chunk.sample_rate_hz
        done = f"{self._sound_s // 60:.0f}:{self._sound_s % 60:02.0f} of sound"
        if self._shown is not None:
            progress, task = self._shown
            progress.update(task, completed=self._spoken, done=done)
        elif now_s > self._first_s + _PATIENCE_S:
            progress = bar()
            progress.start()
            self._shown = progress, progress.add_task("", total=self._total, completed=self._spoken, done=done)

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        if self._shown is not None:
            self._shown[0].stop()
