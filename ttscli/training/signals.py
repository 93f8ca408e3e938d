"""Signals that wait for a good moment."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def postponed() -> Iterator[Callable[[], None]]:
    """Let SIGINT and SIGTERM wait, so that no step of a training run is left half done.

    Yields:
        A function that carries out what has come in the meantime, as the handlers from outside would have done at once. A second
        signal is not made to wait: who sends it is out of patience.
    """
    if threading.current_thread() is not threading.main_thread():  # signals come to the main thread alone
        yield lambda: None
        return
    handlers = {number: handler for number in (signal.SIGINT, signal.SIGTERM) if (handler := signal.getsignal(number))}
    waiting: list[int] = []

    def restore() -> None:
        for number, handler in handlers.items():
            signal.signal(number, handler)

    def wait(number: int, frame: FrameType | None) -> None:
        restore()
        waiting.append(number)

    def carry_out() -> None:
        if waiting:
            signal.raise_signal(waiting.pop())

    for number in handlers:
        signal.signal(number, wait)
    try:
        yield carry_out
    finally:
        restore()
