"""Signals that wait for a good moment."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType


@dataclass
class Waiting:
    """The signals that have come in the meantime."""

    numbers: list[int] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.numbers)

    def carry_out(self) -> None:
        """Do what the handlers from outside would have done at once."""
        if self.numbers:
            signal.raise_signal(self.numbers.pop())


@contextmanager
def postponed() -> Iterator[Waiting]:
    """Let SIGINT and SIGTERM wait, so that no step of a training run is left half done.

    A second signal is not made to wait: who sends it is out of patience.
    """
    waiting = Waiting()
    if threading.current_thread() is not threading.main_thread():  # signals come to the main thread alone
        yield waiting
        return
    handlers = {number: handler for number in (signal.SIGINT, signal.SIGTERM) if (handler := signal.getsignal(number))}

    def restore() -> None:
        for number, handler in handlers.items():
            signal.signal(number, handler)

    def wait(number: int, frame: FrameType | None) -> None:
        restore()
        waiting.numbers.append(number)

    for number in handlers:
        signal.signal(number, wait)
    try:
        yield waiting
    finally:
        restore()
