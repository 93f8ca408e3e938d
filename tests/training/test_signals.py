import signal
import threading
from collections.abc import Iterator
from types import FrameType

import pytest

from ttscli.training.signals import postponed


@pytest.fixture(autouse=True)
def caught() -> Iterator[list[int]]:
    """What the handlers from outside have seen."""
    seen: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        seen.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    yield seen
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_waits_until_it_is_asked_for(number: signal.Signals, caught: list[int]) -> None:
    with postponed() as waiting:
        waiting.carry_out()
        signal.raise_signal(number)
        assert caught == []
        waiting.carry_out()
        assert caught == [number]
        waiting.carry_out()
        assert caught == [number]


def test_a_second_signal_does_not_wait(caught: list[int]) -> None:
    with postponed():
        signal.raise_signal(signal.SIGTERM)
        assert caught == []
        signal.raise_signal(signal.SIGTERM)
        assert caught == [signal.SIGTERM]


def test_handlers_come_back(caught: list[int]) -> None:
    with pytest.raises(ZeroDivisionError), postponed():
        raise ZeroDivisionError
    signal.raise_signal(signal.SIGINT)
    assert caught == [signal.SIGINT]


def test_other_threads_may_use_it_in_vain() -> None:
    done: list[bool] = []

    def work() -> None:
        with postponed() as waiting:
            waiting.carry_out()
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]
