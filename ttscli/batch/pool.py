"""Speaks the items of a batch in several processes. Whatever the number, the files are the same."""

import contextlib
import os
import signal
import sys
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing import connection, get_context, resource_tracker
from multiprocessing.context import SpawnProcess
from types import FrameType

from ttscli.batch.items import Item
from ttscli.batch.studio import Outcome, Studio, Terms
from ttscli.device import processors
from ttscli.errors import TtsError

_GROUPS_EACH = 4
"""So many groups of items a process: few enough to be worth a stream each, many enough that all processes end together."""
_PATIENCE = 10
"""So many processes may be killed one after the other, and no item made meanwhile."""
_FAREWELL_S = 5.0


@dataclass
class _Worker:
    """A process, the pipe to it, and what it has been given and has not told of yet."""

    process: SpawnProcess
    pipe: "connection.Connection[object, object]"
    items: dict[int, Item] = field(default_factory=dict)
    idle: bool = True

    def give(self, group: Sequence[Item]) -> None:
        """Let it make `group`; that it has died is found out when it is listened to."""
        self.items, self.idle = {item.number: item for item in group}, False
        with contextlib.suppress(OSError):
            self.pipe.send(group)

    def signal(self, number: signal.Signals) -> None:
        """SIGTERM: begin no other item. SIGINT: leave at once."""
        if self.process.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process.pid, number)


class Pool:
    """Makes items in `jobs` processes, each with voices of its own; the same promises as Studio.

    Args:
        terms: of the run.
        jobs: how many processes.
        threads: of all of them together, at most; None for as many as there are processors.
    """

    def __init__(self, terms: Terms, jobs: int, threads: int | None) -> None:
        _share_threads(jobs, threads)
        self._terms = terms
        self._jobs = jobs
        self._stopped = False
        self._workers: list[_Worker] = []
        self._waiting: deque[list[Item]] = deque()
        self._tries: Counter[int] = Counter()
        self._killed = 0

    def stop(self) -> None:
        """Begin no other item."""
        self._stopped = True
        for worker in self._workers:
            worker.signal(signal.SIGTERM)

    def make(self, items: Sequence[Item]) -> Iterator[Outcome]:
        """Make items; those of a process that is killed are made again once.

        Raises:
            TtsError: a voice cannot be loaded, and the terms are not lenient; or one process after the other is killed.
        """
        self._waiting.extend(balanced(items, self._jobs * _GROUPS_EACH))
        urgent = True
        try:
            while self._feed():
                pipes = connection.wait([worker.pipe for worker in self._workers])
                for worker in [worker for worker in self._workers if worker.pipe in pipes]:
                    yield from self._hear(worker)
            urgent = False
        finally:
            self._dismiss(urgent)

    def _feed(self) -> bool:
        """Give every idle worker a group, starting more if need be; False when nothing is left to wait for."""
        while self._waiting and not self._stopped:
            worker = next((worker for worker in self._workers if worker.idle), None)
            if worker is None and len(self._workers) == self._jobs:
                break
            if worker is None:
                worker = _start(self._terms)
                self._workers.append(worker)
            worker.give(self._waiting.popleft())
        return not all(worker.idle for worker in self._workers)

    def _hear(self, worker: _Worker) -> Iterator[Outcome]:
        try:
            message = worker.pipe.recv()
        except (EOFError, OSError):
            yield from self._mourn(worker)
            return
        if isinstance(message, TtsError):
            raise message
        if isinstance(message, Outcome):
            self._killed = 0
            worker.items.pop(message.number, None)
            yield message
        else:
            worker.idle = True
            if worker.items and not self._stopped:
                self._replace(worker)

    def _replace(self, worker: _Worker) -> None:
        """Give to another what a process has left undone that somebody else told to stop."""
        self._waiting.append(list(worker.items.values()))
        self._workers.remove(worker)
        worker.pipe.close()
        worker.process.join(_FAREWELL_S)

    def _mourn(self, worker: _Worker) -> Iterator[Outcome]:
        """Let another make what a killed process was to make, each item by itself, so that the one at fault fails alone."""
        self._workers.remove(worker)
        worker.process.join()
        self._killed += 1
        how = f"exit code {worker.process.exitcode}"
        if self._killed >= _PATIENCE:
            raise TtsError(f"{_PATIENCE} processes ended one after the other ({how})", "try fewer at once: -j 1")
        for item in worker.items.values():
            self._tries[item.number] += 1
            if self._tries[item.number] == 1:
                self._waiting.append([item])
            else:
                yield Outcome(item.number, f"the process that made it ended twice ({how})")

    def _dismiss(self, urgent: bool) -> None:
        for worker in self._workers:
            if urgent:
                worker.signal(signal.SIGINT)
            worker.pipe.close()
        for worker in self._workers:
            worker.process.join(_FAREWELL_S)
            worker.process.kill()
        self._workers.clear()


def balanced(items: Sequence[Item], count: int) -> list[list[Item]]:
    """Cut `items` into about `count` groups, in their order, of about as many characters each; the longest group comes first."""
    limit = sum(item.n_characters for item in items) / count
    groups: list[list[Item]] = []
    size = 0
    for item in items:
        if not groups or size + item.n_characters > limit:
            groups.append([])
            size = 0
        groups[-1].append(item)
        size += item.n_characters
    return sorted(groups, key=lambda group: -sum(item.n_characters for item in group))


def _share_threads(jobs: int, threads: int | None) -> None:
    """Let processes that are started from now on not fight for processors; what the user has set for each stands."""
    if threads is None and "OMP_NUM_THREADS" in os.environ:
        return
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(max(1, (threads or processors()) // jobs))


def _start(terms: Terms) -> _Worker:
    """Start a process. Not by fork: the driver of a GPU, and threads, do not survive one."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, terms), daemon=True)
    with _deferred_signals():  # the process inherits that, so that none strikes it before it is ready for them
        process.start()
    theirs.close()
    return _Worker(process, ours)


@contextlib.contextmanager
def _deferred_signals() -> Iterator[None]:
    if sys.platform == "win32":
        yield
        return
    resource_tracker.ensure_running()  # a process of multiprocessing's own; its start would let the signals through
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT, signal.SIGTERM])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(pipe: "connection.Connection[object, list[Item]]", terms: Terms) -> None:
    """Make what comes through the pipe, until it is closed."""
    studio = Studio(terms)

    def leave(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal and the parent may both send it
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, lambda number, frame: studio.stop())
    signal.signal(signal.SIGINT, leave)
    # The parent may be gone, or want us to go.
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
        if sys.platform != "win32":
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT, signal.SIGTERM])
        _serve(pipe, studio)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _serve(pipe: "connection.Connection[object, list[Item]]", studio: Studio) -> None:
    """Answer each group of items with its outcomes and None; what ends the run, with an error."""
    while True:
        group = pipe.recv()
        try:
            for outcome in studio.make(group):
                pipe.send(outcome)
            pipe.send(None)
        except (BrokenPipeError, ConnectionResetError):
            raise
        except TtsError as error:
            pipe.send(error)
        except Exception as error:
            pipe.send(TtsError(f"internal fault: {type(error).__name__}: {error}"))
