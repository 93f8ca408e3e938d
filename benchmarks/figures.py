"""What was measured → the table, the plot and the JSON that are committed."""

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from xml.sax.saxutils import escape

from benchmarks.svg import COLOURS, drawing

_LABEL_WIDTH, _BAR_WIDTH, _BAR_HEIGHT, _GAP = 120, 420, 16, 34


@dataclass(frozen=True)
class Row:
    """One thing that was measured of every system that can do it.

    Attributes:
        what: in words.
        unit: of the values.
        runs: name of a system → its values, one a run.
    """

    what: str
    unit: str
    runs: Mapping[str, Sequence[float]]

    def median(self, system: str) -> float | None:
        """The median of its runs; None if it was not measured."""
        return statistics.median(self.runs[system]) if system in self.runs else None


def table(rows: Sequence[Row], systems: Sequence[str]) -> list[str]:
    """Lines of Markdown: medians of all systems, and after each but the first the ratio of the first's median to its own."""
    first, *others = systems
    heads = ["measured", first, *(head for other in others for head in (other, f"{first} : {other}"))]
    lines = [f"| {' | '.join(heads)} |", f"| --- |{' ---: |' * (len(heads) - 1)}"]
    for row in rows:
        cells = [f"{row.what}, {row.unit}", _shown(row.median(first))]
        for other in others:
            cells += [_shown(row.median(other)), _ratio(row.median(first), row.median(other))]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def as_json(rows: Sequence[Row], about: Mapping[str, object]) -> str:
    """Every run of every system, after what is said of the whole."""
    return json.dumps({**about, "rows": [asdict(row) for row in rows]}, indent=1, ensure_ascii=False) + "\n"


def plot(rows: Sequence[Row], systems: Sequence[str]) -> str:
    """An SVG: medians as bars, row by row, the longest of each row at full width. Rows of one system alone are left out."""
    parts: list[str] = []
    y = 0
    for row in (row for row in rows if len(row.runs) > 1):
        y += _GAP
        parts.append(f'<text x="0" y="{y - 8}" font-weight="bold">{escape(row.what)}, {escape(row.unit)}</text>')
        for system, colour in zip(systems, COLOURS, strict=False):
            if (value := row.median(system)) is not None:
                parts.append(_bar(y, system, value, max(map(statistics.median, row.runs.values())), colour))
                y += _BAR_HEIGHT + 2
    return drawing(_LABEL_WIDTH + _BAR_WIDTH + 80, y + 10, parts)


def _bar(y: int, system: str, value: float, longest: float, colour: str) -> str:
    width = max(1, round(_BAR_WIDTH * value / longest))
    base = y + _BAR_HEIGHT - 3
    return (
        f'<text x="{_LABEL_WIDTH - 8}" y="{base}" text-anchor="end">{escape(system)}</text>'
        f'<rect x="{_LABEL_WIDTH}" y="{y}" width="{width}" height="{_BAR_HEIGHT}" fill="{colour}"/>'
        f'<text x="{_LABEL_WIDTH + width + 6}" y="{base}">{_shown(value)}</text>'
    )


def _shown(value: float | None) -> str:
    """Three digits that count."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _ratio(ours: float | None, theirs: float | None) -> str:
    return "–" if ours is None or theirs is None else f"{ours / theirs:.2f}"
