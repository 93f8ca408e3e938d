"""How a run tells its progress: a bar on a terminal, a line of JSON for each row of the log elsewhere, nothing from helpers."""

import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from ttscli.training.checkpoints import losses_of


class Reporter:
    """Tells nothing: what all processes of a run but the first are given, and what the others build upon."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        return

    def advanced(self, step: int, share: float) -> None:
        """A step is done; `share` of the run, 0 if it has no end."""

    def row(self, row: Mapping[str, Any]) -> None:
        """A row has come into the log."""


class Lines(Reporter):
    """A line of JSON for each row of the log, on standard output."""

    def row(self, row: Mapping[str, Any]) -> None:
        with suppress(BrokenPipeError):
            print(json.dumps(row), flush=True)


class Bar(Reporter):
    """A bar that stays below the rows of the log."""

    def __init__(self, console: Console | None = None) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
        self._progress = Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=console)
        self._task = self._progress.add_task("begins", total=1.0)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *fault: object) -> None:
        self._progress.stop()

    def advanced(self, step: int, share: float) -> None:
        self._progress.update(self._task, description=f"step {step:,}", completed=share, total=1.0 if share else None)

    def row(self, row: Mapping[str, Any]) -> None:
        losses = "  ".join(f"{key} {value:.4g}" for key, value in losses_of(row).items())
        self._progress.console.print(f"{row['kind']:>10}  step {row['step']:>7,}  {losses}", highlight=False, markup=False)


def reporter(first: bool) -> Reporter:
    """The reporter for where standard output goes; silent in every process of a run but the `first`."""
    if not first:
        return Reporter()
    return Bar() if sys.stdout.isatty() else Lines()
