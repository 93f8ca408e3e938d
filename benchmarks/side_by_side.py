"""Measure ttscli and its rivals side by side, as whole processes in turn; write results.md, results.json and results.svg."""

import argparse
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeAlias

import soundfile

from benchmarks.figures import Row, as_json, plot, table
from benchmarks.pages import cpu_name, replace
from benchmarks.processes import Measured, first_sound_s, resident_mb_after, run
from benchmarks.systems import System, ours, rivals
from benchmarks.texts import sentences

MARK = "side by side"
PIPED = "\n".join(sentences(30)) + "\n"
PROCESSES = (1, 2)
WARM = 100
"""After so many sentences all that is made once has been made."""

Probe: TypeAlias = Callable[[System, Path], list[float] | None]
"""One run of a system in an empty folder → its values, one a row; None if it cannot."""


@dataclass(frozen=True)
class Size:
    """So many sentences, so many runs."""

    n: int
    runs: int


def main() -> None:
    """Read the command line, measure, write."""
    arguments = _arguments()
    sizes = [Size(n, arguments.runs[min(i, len(arguments.runs) - 1)]) for i, n in enumerate(arguments.sizes)]
    compare([ours(arguments.ours), *rivals(arguments.rivals)], sizes, arguments.out)


def compare(systems: Sequence[System], sizes: Sequence[Size], folder: Path) -> None:
    """Measure the systems, the first of which is ours, and write into the results.md of `folder` and beside it."""
    rows = []
    for row in _rows(systems, sizes):
        print(row, flush=True)
        rows.append(row)
    _write(folder, rows, systems, sizes)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ours", type=Path, required=True, help="virtual environment with ttscli")
    parser.add_argument("--rivals", type=Path, required=True, help="virtual environment with piper-tts and hibari-tts")
    parser.add_argument("--sizes", type=_numbers, default=[1, 10, 1000], help="numbers of sentences: 1,10,1000")
    parser.add_argument(
        "--runs", type=_numbers, default=[5], help="runs of each size, 5,5,3, or of all; the first is of the rest"
    )
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder with the results.md to write into")
    return parser.parse_args()


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


def _rows(systems: Sequence[System], sizes: Sequence[Size]) -> Iterator[Row]:
    runs = sizes[0].runs
    _measure(systems, 1, _cold)  # warms up: from here on, all programs are in the memory of the system
    yield from _measured(systems, runs, _help, [("help", "s")])
    yield from _measured(systems, runs, _cold, [("one sentence into a file", "s")])
    yield from _measured(systems, runs, _first_sound, [("first sound of 30 lines on a pipe", "s")])
    for size in sizes:
        for processes in PROCESSES:
            if processes > size.n:
                continue
            what = f"{size.n:,} sentence{'s' * (size.n > 1)}, {processes} process{'es' * (processes > 1)}"
            yield from _measured(systems, size.runs, _speaking(size.n, processes), [(what, "× real time"), (what, "MB at most")])
    yield from _growth(systems[0], sizes[-1].n)


def _measured(systems: Sequence[System], runs: int, probe: Probe, rows: Sequence[tuple[str, str]]) -> Iterator[Row]:
    values = _measure(systems, runs, probe)
    for number, (what, unit) in enumerate(rows):
        yield Row(what, unit, {name: [each[number] for each in tries] for name, tries in values.items()})


def _measure(systems: Sequence[System], runs: int, probe: Probe) -> dict[str, list[list[float]]]:
    """Run the systems in turn, A B A B …, each in a folder of its own."""
    values: dict[str, list[list[float]]] = {}
    for _ in range(runs):
        for system in systems:
            with tempfile.TemporaryDirectory() as folder:
                if (measured := probe(system, Path(folder))) is not None:
                    values.setdefault(system.name, []).append(measured)
    return values


def _help(system: System, folder: Path) -> list[float]:
    return [run([system.help]).seconds]


def _cold(system: System, folder: Path) -> list[float]:
    return [run([system.cold(folder / "cold.wav")]).seconds]


def _first_sound(system: System, folder: Path) -> list[float] | None:
    return None if system.pipe is None else [first_sound_s(system.pipe, PIPED)]


def _speaking(n: int, processes: int) -> Probe:
    """Seconds of audio a second, start of the processes included; and memory."""

    def probe(system: System, folder: Path) -> list[float]:
        measured: Measured = run(system.commands(sentences(n), folder, processes))
        audio_s = sum(soundfile.info(file).duration for file in folder.rglob("*.wav"))
        return [audio_s / measured.seconds, measured.peak_mb]

    return probe


def _growth(system: System, n: int) -> Iterator[Row]:
    """What one process of ours holds when it has warmed up, and at the end."""
    if n <= WARM or system.pipe is None:
        return
    marks = (WARM, n)
    values = resident_mb_after(system.pipe, sentences(n), marks)
    for mark, value in zip(marks, values, strict=True):
        yield Row(f"one process after {mark:,} sentences", "MB", {system.name: [value]})


def _write(folder: Path, rows: Sequence[Row], systems: Sequence[System], sizes: Sequence[Size]) -> None:
    versions = {system.name: system.version for system in systems}
    about = {"date": date.today().isoformat(), "cpu": cpu_name(), "cores": os.cpu_count(), "versions": versions}
    runs = ", ".join(f"{size.runs} at {size.n:,}" for size in sizes)
    said = [
        "",
        f"{about['cores']} cores of {about['cpu']}, {about['date']}; {', '.join(map(' '.join, versions.items()))}.",
        f"Medians of runs in turn ({runs} sentences), and ratios of medians; every run is in [results.json](results.json).",
        "",
    ]
    names = [system.name for system in systems]
    replace(folder / "results.md", MARK, [*said, *table(rows, names), "", "![The same as bars](results.svg)", ""])
    (folder / "results.json").write_text(as_json(rows, about), encoding="utf-8")
    (folder / "results.svg").write_text(plot(rows, names), encoding="utf-8")


if __name__ == "__main__":
    main()
