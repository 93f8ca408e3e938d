"""Speaks the items of a batch on the machines of a Ray cluster. Whatever the machines, the files are the same.

Who writes the files? The driver alone, from the bytes that workers send. The machines of a cluster share no folder in general;
and where they do, a file and its line in the manifest would be written by two machines, of which either may be gone meanwhile.
So the driver's rename is what makes a file be there, as in a run on one machine. The price: all sound passes through one network
card, and an item has to fit into memory.
"""

import contextlib
import os
import signal
import socket
import tempfile
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import ray
from ray.exceptions import RayError

from ttscli.audio.writer import AudioFile
from ttscli.batch.items import Item, key_of
from ttscli.batch.manner import Manner
from ttscli.batch.pool import balanced
from ttscli.batch.studio import Outcome, Studio, Terms, make_folder
from ttscli.errors import DeviceError, OutputError, TtsError, UsageError, VoiceError

_GROUPS_EACH = 4
_MOST_CHARACTERS = 20_000
"""Of a group of more than one item: some twenty minutes of sound, all that a worker may be ahead of the driver."""
_PATIENCE = 10
"""So many workers may be lost one after the other, and no item made meanwhile."""
_GLANCE_S = 0.2
_KNOCK_S = 5.0
_SAME_EVERYWHERE = "every machine of the cluster needs the same ttscli, plugins and voices"

_Answer: TypeAlias = "tuple[Outcome, bytes | None] | TtsError"
"""What became of an item, and its file if there is one; or what ends the run."""


@dataclass(frozen=True)
class Cluster:
    """What to ask of Ray.

    Attributes:
        address: HOST:PORT, or auto for the one that this machine belongs to; None for RAY_ADDRESS, else a new one, here.
        device: of each worker: one of Ray's GPUs each where it is cuda.
        threads: of all workers together, at most; None for one each.
    """

    address: str | None
    device: str
    threads: int | None


@dataclass
class _Worker:
    """A process of the cluster, the stream of its answers, and what it has been given and has not told of yet."""

    actor: Any
    answers: Any
    items: dict[int, Item] = field(default_factory=dict)
    idle: bool = False

    def give(self, group: Sequence[Item]) -> None:
        """Let it make `group`."""
        self.items, self.idle = {item.number: item for item in group}, False
        self.answers = self.actor.make.remote(group)


class RayEngine:
    """Makes items in `jobs` processes of a cluster; the same promises as Pool.

    Raises:
        UsageError: the cluster's address is none, or a GPU of a certain number is asked for.
        DeviceError: there is no cluster at the address, or it has not what a worker needs.
    """

    def __init__(self, terms: Terms, jobs: int, cluster: Cluster) -> None:
        self._terms = terms
        self._jobs = jobs
        self._stopped = self._told = False
        self._workers: list[_Worker] = []
        self._waiting: deque[Sequence[Item]] = deque()
        self._tries: Counter[int] = Counter()
        self._lost = 0
        needs = _needs(cluster, jobs)
        self._bench = ray.remote(Bench).options(
            num_cpus=needs["CPU"],
            num_gpus=needs["GPU"],
            runtime_env={"env_vars": _threads(needs["CPU"])},
            max_concurrency=2,  # `stop` is heard while it makes
        )
        with _quiet():
            _connect(cluster.address, jobs * needs["CPU"])
            _check_resources(needs)

    def stop(self) -> None:
        """Begin no other item."""
        self._stopped = True  # no word to Ray from here: this may be a signal's handler

    def make(self, items: Sequence[Item]) -> Iterator[Outcome]:
        """Make items; those of a worker that is lost are made again once.

        Raises:
            TtsError: a voice cannot be loaded, and the terms are not lenient; or one worker after the other is lost.
            VoiceError: a machine has not the same voice or program as this one.
        """
        n_characters = sum(item.n_characters for item in items)
        self._waiting.extend(balanced(items, max(self._jobs * _GROUPS_EACH, n_characters // _MOST_CHARACTERS)))
        with _quiet():
            try:
                while self._feed():
                    busy = {worker.answers: worker for worker in self._workers if not worker.idle}
                    for answers in ray.wait(list(busy), timeout=_GLANCE_S)[0]:
                        yield from self._hear(busy[answers])
            finally:
                ray.shutdown()  # workers end with it

    def _feed(self) -> bool:
        """Give every idle worker a group, asking for more if need be; False when nothing is left to wait for."""
        if self._stopped:
            self._waiting.clear()
            self._tell_to_stop()
        for worker in self._workers:
            if worker.idle and self._waiting:
                worker.give(self._waiting.popleft())
        coming = sum(not worker.idle and not worker.items for worker in self._workers)
        for _ in range(min(self._jobs - len(self._workers), len(self._waiting) - coming)):
            self._workers.append(self._hire())
        return bool(self._waiting) or any(worker.items for worker in self._workers)

    def _tell_to_stop(self) -> None:
        if not self._told:
            self._told = True
            for worker in self._workers:
                worker.actor.stop.remote()

    def _hire(self) -> _Worker:
        """Ask for a worker, which comes when there is room for it; that is when it has made nothing at all."""
        actor = self._bench.remote(self._terms, Path.cwd())
        return _Worker(actor, actor.make.remote([]))

    def _hear(self, worker: _Worker) -> Iterator[Outcome]:
        try:
            answer: _Answer = ray.get(next(worker.answers))
        except StopIteration:
            worker.items, worker.idle = {}, True
            return
        except RayError as error:
            yield from self._mourn(worker, error)
            return
        if isinstance(answer, TtsError):
            raise answer
        self._lost = 0
        outcome, data = answer
        item = worker.items.pop(outcome.number)
        yield outcome if data is None else self._write(item, outcome, data)

    def _write(self, item: Item, outcome: Outcome, data: bytes) -> Outcome:
        try:
            make_folder(item.path.parent)
            with AudioFile(item.path, item.format_name, self._terms.clobber) as file:
                file.write_encoded(data)
        except OutputError as error:
            return Outcome(item.number, str(error))
        return outcome

    def _mourn(self, worker: _Worker, fault: RayError) -> Iterator[Outcome]:
        """Let another make what a lost worker was to make, each item by itself, so that the one at fault fails alone."""
        self._workers.remove(worker)
        ray.kill(worker.actor)  # an answer of it may be all that is lost
        self._lost += 1
        if self._lost >= _PATIENCE:
            reason = str(fault).strip().splitlines()[-1]
            raise TtsError(f"{_PATIENCE} workers were lost one after the other: {reason}", _SAME_EVERYWHERE)
        for item in worker.items.values():
            self._tries[item.number] += 1
            if self._tries[item.number] == 1:
                self._waiting.append([item])
            else:
                yield Outcome(item.number, "the worker that made it was lost twice")


class Bench:
    """A worker, on whatever machine: makes items in a folder of its own, and sends the files.

    Args:
        terms: of the run.
        folder: where the driver is; names of folders mean the same here if there is such a one.
    """

    def __init__(self, terms: Terms, folder: Path) -> None:
        with contextlib.suppress(OSError):
            os.chdir(folder)
        self._studio = Studio(replace(terms, clobber=True))

    def stop(self) -> None:
        """Begin no other item."""
        self._studio.stop()

    def make(self, items: Sequence[Item]) -> Iterator[_Answer]:
        """Yield an answer for each item that is made, in their order."""
        try:
            _check_same(items)
            with tempfile.TemporaryDirectory(prefix="ttscli-") as folder:
                paths = {item.number: Path(folder, f"{item.number}{item.path.suffix}") for item in items}
                for outcome in self._studio.make([replace(item, path=paths[item.number]) for item in items]):
                    path = paths[outcome.number]
                    yield outcome, path.read_bytes() if path.exists() else None
                    path.unlink(missing_ok=True)
        except TtsError as error:
            yield error
        except Exception as error:
            yield TtsError(f"internal fault: {type(error).__name__}: {error}")


def _check_same(items: Sequence[Item]) -> None:
    """Refuse to make what would be another file than the driver expects."""
    here = socket.gethostname()
    fingerprint = cache(Manner.fingerprint)
    for item in items:
        try:
            key = key_of(item.passages, item.manner, item.format_name, fingerprint)
        except TtsError as error:
            raise VoiceError(f"on {here}: {error}", _SAME_EVERYWHERE) from error
        if key != item.key:
            raise VoiceError(f"on {here}: voice {item.manner.voice}, or ttscli, is another", _SAME_EVERYWHERE)


def _needs(cluster: Cluster, jobs: int) -> dict[str, int]:
    """What each worker needs, in Ray's words."""
    if cluster.device.startswith("cuda:"):
        raise UsageError(f"--device {cluster.device}: Ray chooses among the GPUs", "--device cuda")
    return {"CPU": max(1, (cluster.threads or jobs) // jobs), "GPU": int(cluster.device == "cuda")}


def _threads(count: int) -> dict[str, str]:
    return {"OMP_NUM_THREADS": str(count), "MKL_NUM_THREADS": str(count), "OPENBLAS_NUM_THREADS": "1"}


def _check_resources(needs: dict[str, int]) -> None:
    there = ray.cluster_resources()
    if lacking := [name for name, count in needs.items() if there.get(name, 0) < count]:
        raise DeviceError(f"the Ray cluster has no {lacking[0]} for a worker", "ray status")


def _connect(address: str | None, n_cpus: int) -> None:
    target = address or os.environ.get("RAY_ADDRESS") or "local"
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is told to anybody
    own = {"num_cpus": n_cpus, "include_dashboard": False} if target == "local" else {}
    before = signal.getsignal(signal.SIGTERM)
    try:
        _knock(target)
        ray.init(target, log_to_driver=False, logging_level="CRITICAL", **own)
    except SystemExit:  # Ray's own handler of SIGTERM, which leaves with another exit code than ours
        signal.signal(signal.SIGTERM, before)
        signal.raise_signal(signal.SIGTERM)
        raise
    except (ValueError, OverflowError) as error:
        raise UsageError(f"--ray-address {target}: {_first_line(error)}", "HOST:PORT, or auto") from error
    except Exception as error:  # Ray raises that itself where a machine is too slow for it
        raise DeviceError(f"{target}: no Ray cluster answers: {_first_line(error)}", "ray start --head") from error
    finally:
        signal.signal(signal.SIGTERM, before)  # Ray sets one of its own


def _knock(target: str) -> None:
    """Ray itself would wait for minutes; OSError where nobody answers."""
    host, _, port = target.rpartition(":")
    if host and port.isdecimal() and "/" not in host:
        socket.create_connection((host, int(port)), _KNOCK_S).close()


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep standard output for data: Ray tells there of every worker that is lost."""
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        yield
