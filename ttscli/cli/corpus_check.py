"""`tts corpus check`: what is wrong with recordings and their texts, before hours of training go into them."""

from collections import Counter
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ttscli.cli.extras import needs
from ttscli.cli.options import within
from ttscli.cli.tables import print_json, print_row

if TYPE_CHECKING:
    from ttscli.training.inspection import Inspection
    from ttscli.training.metadata import Flaw

_LENGTH = within(0, inf)


def check(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The corpus: metadata.csv as LJSpeech has it, and wavs/.")],
    shortest: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="Instead of corpus.toml's 0.3.", callback=_LENGTH)
    ] = None,
    longest: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="Instead of corpus.toml's 20.", callback=_LENGTH)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look for items that cannot be trained on: one row for each finding.

    A row names what becomes of the item (left-out or note), the item, what is wrong, and the evidence. Exit code 7 if items are
    left out, 0 if all are good. Needs the extra [train].
    """
    with needs("train"):
        from ttscli.training.about import About
        from ttscli.training.inspection import Inspection, Limits
    from ttscli.errors import PartialError
    from ttscli.melspec import MelSpec

    about = About.read(folder)
    limits = Limits(about.shortest_s if shortest is None else shortest, about.longest_s if longest is None else longest)
    summary = _Summary(as_json)
    summary.look(Inspection(folder, MelSpec(), limits))
    if as_json:
        print_json({"findings": summary.rows, "summary": summary.table()})
    if summary.left_out:
        raise PartialError(f"{folder}: {summary.line()}", "training goes without them, too, within the bounds of corpus.toml")
    typer.echo(f"{folder}: {summary.line()}", err=True)


class _Summary:
    """Prints rows as they are found, and counts."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.rows: list[dict[str, object]] = []  # filled for JSON only: a corpus may be all wrong, and large
        self.n_good, self.samples = 0, 0
        self.left_out: set[str] = set()
        self.kinds: Counter[str] = Counter()

    def look(self, inspection: "Inspection") -> None:
        from ttscli.training.inspection import Good

        for finding in inspection.findings():
            if isinstance(finding, Good):
                self.n_good += 1
                self.samples += len(finding.samples)
            else:
                self._note(finding)
        self.hours = self.samples / inspection.spec.sample_rate_hz / 3600

    def _note(self, flaw: "Flaw") -> None:
        if flaw.left_out:
            self.left_out.add(flaw.identity)
            self.kinds[flaw.kind] += 1
        if self.as_json:
            self.rows.append(vars(flaw))
        else:
            print_row(["left-out" if flaw.left_out else "note", flaw.identity, flaw.kind, flaw.detail])

    def table(self) -> dict[str, Any]:
        return {"good": self.n_good, "hours": round(self.hours, 3), "left_out": len(self.left_out), "kinds": dict(self.kinds)}

    def line(self) -> str:
        good = f"{self.n_good} good items, {self.hours:.2f} h"
        if not self.left_out:
            return good
        kinds = ", ".join(f"{count} {kind}" for kind, count in self.kinds.most_common())
        return f"{good}; {len(self.left_out)} left out: {kinds}"
