"""What a batch tells: a bar on a terminal, the list of a dry run, and how to go on after an interruption."""

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from types import FrameType
from typing import TYPE_CHECKING, TypeAlias

from ttscli.cli.progress import bar, is_seen
from ttscli.cli.tables import print_json, print_table
from ttscli.telling import one_line, tell

if TYPE_CHECKING:
    from ttscli.batch.items import Item

Finished: TypeAlias = "Callable[[Item, str | None], None]"
"""Is called after each item with what is to be told of it, or None."""


@contextmanager
def progress(items: "Sequence[Item]", quiet: bool) -> Iterator[Finished]:
    """Yield what to call after each item: it tells and, on a terminal, moves a bar that knows how long it will take."""
    if not is_seen(quiet):
        yield lambda item, message: tell(message) if message else None
        return
    numbers = count(1)
    with bar() as shown:
        # Characters, not items, because a chapter takes longer than a line.
        task = shown.add_task("", total=sum(item.n_characters for item in items), done=f"0/{len(items)}")

        def finished(item: "Item", message: str | None) -> None:
            if message:
                shown.console.print(f"tts: {one_line(message)}", markup=False, highlight=False, soft_wrap=True)
            shown.update(task, advance=item.n_characters, done=f"{next(numbers)}/{len(items)}")

        yield finished


@dataclass(frozen=True)
class Due:
    """One file of a dry run: what would be made, of what, and why."""

    output: str
    origin: str
    why: str
    voice: str
    speed: float
    characters: int


def print_due(due: Sequence[Due], kept: int, as_json: bool) -> None:
    """Print what would be made; `kept` files are there already as they should be."""
    if as_json:
        print_json({"items": [vars(row) for row in due], "kept": kept})
        return
    rows = [[row.output, row.origin, row.why, row.voice, f"{row.speed:g}", str(row.characters)] for row in due]
    print_table(["output", "of", "why", "voice", "speed", "characters"], rows)


@contextmanager
def draining(stop: Callable[[], None]) -> Iterator[Callable[[], bool]]:
    """Let SIGTERM call `stop`, a second one end the program at once; yield what tells whether it came."""
    before = signal.getsignal(signal.SIGTERM)
    came = False

    def drain(number: int, frame: FrameType | None) -> None:
        nonlocal came
        came = True
        signal.signal(signal.SIGTERM, before)
        stop()

    signal.signal(signal.SIGTERM, drain)
    try:
        yield lambda: came
    finally:
        signal.signal(signal.SIGTERM, before)
