"""Who makes the items of a batch: this process, several, or those of a cluster."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from ttscli.cli.extras import needs
from ttscli.cli.options import Speech

if TYPE_CHECKING:
    from ttscli.batch.items import Item
    from ttscli.batch.studio import Outcome, Terms

EngineName: TypeAlias = Literal["local", "ray"]


class Engine(Protocol):
    """Makes items; whichever it is, the files are the same.

    A file is there whole before its outcome is told, or not at all, and no item has two outcomes. What goes wrong with one item
    leaves the others alone.
    """

    def make(self, items: "Sequence[Item]") -> "Iterator[Outcome]":
        """Make items, those of one manner together; TtsError for what ends the run."""

    def stop(self) -> None:
        """Begin no other item, so that `make` ends soon; may be called by a signal's handler."""


def engine(name: EngineName, address: str | None, terms: "Terms", jobs: int, speech: Speech) -> Engine:
    """Return who makes items in `jobs` processes; `address` is that of a Ray cluster.

    Raises:
        UsageError: Ray is not installed; or as RayEngine.
        DeviceError: as RayEngine.
    """
    if name == "ray":
        with needs("ray"):
            from ttscli.batch.ray_engine import Cluster, RayEngine
        return RayEngine(terms, jobs, Cluster(address, speech.device, speech.threads))
    from ttscli.batch.pool import Pool
    from ttscli.batch.studio import Studio

    return Studio(terms) if jobs == 1 else Pool(terms, jobs, speech.threads)
