"""Draw how a loss fell in several runs, from their log.jsonl, as an SVG; print what was left at the end as a Markdown table.

python -m benchmarks.learning_curves "48 channels=runs/wg48" "96 channels=runs/wg96" --loss mel --out curves.svg
"""

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from benchmarks.svg import COLOURS, drawing
from ttscli.training.checkpoints import losses_of

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _RIGHT = 480, 260, 50, 40, 130
_ROWS = 2
"""So many rows of training make a point: one batch is easier than the next."""


@dataclass(frozen=True)
class Curve:
    """A loss in training, and after it.

    Attributes:
        name: of the run.
        minutes, values: of its points, both ascending in time.
        steps: how many it made.
        last: all losses of held-out utterances at the end.
    """

    name: str
    minutes: Sequence[float]
    values: Sequence[float]
    steps: int
    last: Mapping[str, float]


def read_curve(name: str, log: Iterable[str], loss: str) -> Curve:
    """Read the rows of a log.jsonl, which must end with a validation."""
    rows = [json.loads(line) for line in log]
    training = [row for row in rows if row["kind"] == "training"]
    points = [training[start : start + _ROWS] for start in range(0, len(training) - _ROWS + 1, _ROWS)]
    last = [row for row in rows if row["kind"] == "validation"][-1]
    return Curve(
        name,
        [point[-1]["seconds"] / 60 for point in points],
        [sum(row[loss] for row in point) / _ROWS for point in points],
        last["step"],
        losses_of(last),
    )


def table(curves: Sequence[Curve]) -> list[str]:
    """Lines of Markdown: steps, and the losses of held-out utterances."""
    losses = list(curves[0].last)
    lines = [f"| run | steps | {' | '.join(losses)} |", f"| --- |{' ---: |' * (1 + len(losses))}"]
    for curve in curves:
        lines.append(f"| {curve.name} | {curve.steps:,} | {' | '.join(f'{curve.last[loss]:.2f}' for loss in losses)} |")
    return lines


def plot(curves: Sequence[Curve], loss: str) -> str:
    """An SVG: minutes to the right, the loss upwards from 0."""
    longest = max(minute for curve in curves for minute in curve.minutes)
    highest = max(value for curve in curves for value in curve.values)
    parts = [
        f'<path d="M{_LEFT},0 V{_HEIGHT} H{_LEFT + _WIDTH}" fill="none" stroke="black"/>',
        f'<text x="{_LEFT + _WIDTH}" y="{_HEIGHT + 30}" text-anchor="end">{longest:.0f} minutes</text>',
        f'<text x="{_LEFT - 6}" y="12" text-anchor="end">{highest:.2f}</text>',
        f'<text x="{_LEFT - 6}" y="{_HEIGHT}" text-anchor="end">0</text>',
        f'<text x="{_LEFT + 6}" y="12">{escape(loss)}</text>',
    ]
    for place, (curve, colour) in enumerate(zip(curves, COLOURS, strict=False), start=1):
        xs = [_LEFT + _WIDTH * minute / longest for minute in curve.minutes]
        ys = [_HEIGHT * (1 - value / highest) for value in curve.values]
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(xs, ys, strict=True))
        parts += [
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>',
            f'<text x="{_LEFT + _WIDTH + 10}" y="{20 * place}" fill="{colour}">{escape(curve.name)}</text>',
        ]
    return drawing(_LEFT + _WIDTH + _RIGHT, _HEIGHT + _BOTTOM, parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition(";")[0])
    parser.add_argument("runs", nargs="+", metavar="NAME=RUN", help="what a run is called, and its folder")
    parser.add_argument("--loss", default="total", help="what is drawn")
    parser.add_argument("--out", type=Path, required=True, help="the SVG")
    arguments = parser.parse_args()
    curves = []
    for run in arguments.runs:
        name, _, folder = run.rpartition("=")
        with open(Path(folder) / "log.jsonl", encoding="utf-8") as log:
            curves.append(read_curve(name, log, arguments.loss))
    arguments.out.write_text(plot(curves, arguments.loss), encoding="utf-8")
    print("\n".join(table(curves)))


if __name__ == "__main__":
    main()
