"""Count the parameters and multiplications of every architecture, time it, and write the table of docs/architectures.md.

    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python -m benchmarks.architectures

Counted are the multiplications of matrices and convolutions while it speaks, of attention and overlapping pieces too; Fourier
transforms and what is done value by value are not. Times are processor time of whole calls of the plugin on one thread, medians;
what else the machine does is not in them.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.pages import between, cpu_name, replace
from benchmarks.subjects import SPEC, SUBJECTS, Subject
from ttscli import registry
from ttscli.contract import SpeechOptions
from ttscli.nn.weights import save_weights
from ttscli.testing import mel, utterance

PAGE = Path(__file__).parent.parent / "docs" / "architectures.md"
MARK = "table"
HEAD = "| architecture | size | parameters | GMAC per second of audio | × real time |\n| --- | --- | ---: | ---: | ---: |"


@dataclass(frozen=True)
class Measured:
    """What a run tells: multiplications and additions per second of audio (0 if uncounted), seconds of audio per second."""

    subject: Subject
    macs_per_s: float
    times_real_time: float


def n_parameters(subject: Subject) -> int:
    """Count the parameters of plain weights, in no memory."""
    if subject.architecture.build is None:
        return 0
    with torch.device("meta"):
        network = subject.architecture.build(subject.config)
    return sum(parameter.numel() for parameter in network.parameters())


def measure(subject: Subject, runs: int) -> Measured:
    """Build it with random weights, let it speak under a counter, then time it."""
    torch.manual_seed(0)
    network = None if subject.architecture.build is None else _network(subject)
    with tempfile.TemporaryDirectory() as folder:
        speak = _speaker(subject, network, Path(folder))
        speak()  # warms up: what is made once is neither counted nor timed
    macs_per_s = 0.0 if network is None else _macs_per_s(subject, network, speak)
    rates = []
    for _ in range(runs):
        start = time.process_time()
        seconds = speak()
        rates.append(seconds / (time.process_time() - start))
    return Measured(subject, macs_per_s, statistics.median(rates))


def _network(subject: Subject) -> nn.Module:
    assert subject.architecture.build is not None
    network = subject.architecture.build(subject.config).eval()
    for name, answer in subject.architecture.heads.items():
        head = network.get_submodule(name)
        nn.init.zeros_(head.weight)  # type: ignore[arg-type]
        nn.init.constant_(head.bias, answer)  # type: ignore[arg-type]
    return network


def _ids(subject: Subject) -> Any:
    return utterance(max(1, round(subject.seconds * subject.architecture.symbols_per_s)), n_symbols=50)


def _mel(subject: Subject) -> Any:
    return mel(round(subject.seconds * SPEC.sample_rate_hz / SPEC.hop_samples), SPEC)


def _speaker(subject: Subject, network: nn.Module | None, folder: Path) -> Callable[[], float]:
    """The plugin as a user gets it; a call of it speaks once and tells the seconds of audio."""
    architecture, weights = subject.architecture, None
    if network is not None:
        weights = folder / "weights.safetensors"
        save_weights(network, weights)
    model = registry.load(architecture.group, architecture.name).load(weights, subject.config, SPEC, "cpu")
    options = SpeechOptions()

    def mels() -> float:
        [spoken] = model.mels([_ids(subject)], options)
        return float(spoken.frames.shape[1] * SPEC.hop_samples / SPEC.sample_rate_hz)

    def waves() -> float:
        given = _mel(subject) if architecture.group == registry.VOCODERS else _ids(subject)
        [spoken] = model.waves([given], options)
        samples = spoken if architecture.group == registry.VOCODERS else spoken.samples
        return len(samples) / SPEC.sample_rate_hz

    return mels if architecture.group == registry.ACOUSTIC_MODELS else waves


def _macs_per_s(subject: Subject, network: nn.Module, speak: Callable[[], float]) -> float:
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        if subject.architecture.in_torch is None:
            seconds = speak()
        else:
            frames = subject.architecture.in_torch(network, torch.from_numpy(_ids(subject)), torch.from_numpy(_mel(subject)))
            seconds = frames * SPEC.hop_samples / SPEC.sample_rate_hz
    return float(counter.get_total_flops()) / 2 / seconds


def beginning(subject: Subject) -> str:
    """The first cells of its row, which the code alone decides: name, size and parameters."""
    name = f"{subject.architecture.name}{' (text to wave)' if subject.architecture.group == registry.TEXT_TO_WAVE else ''}"
    count = n_parameters(subject)
    return f"| {name} | {subject.size} | {f'{count:,}' if count else '–'} |"


def row(measured: Measured) -> str:
    """One line of the table."""
    macs = f"{measured.macs_per_s / 1e9:.3g}" if measured.macs_per_s else "–"
    return f"{beginning(measured.subject)} {macs} | {measured.times_real_time:.3g} |"


def rows() -> list[str]:
    """The rows that the page has now."""
    inside = between(PAGE, MARK)
    return [line for line in inside.splitlines() if line.startswith("| ")][2:]


def write(lines: Sequence[str]) -> None:
    """Put the table, with the machine that it was made on, between the marks of the page."""
    made_on = f"One thread of {cpu_name()}, PyTorch {torch.__version__}, numpy {np.__version__}."
    replace(PAGE, MARK, [HEAD, *lines, "", made_on])


def _lines(names: Sequence[str], runs: int) -> Iterator[str]:
    """All rows: those of `names` are measured, the others stay as they are; with no names all are measured."""
    known = {tuple(line.split("|")[1:3]): line for line in rows()}
    for subject in SUBJECTS:
        line = known.get(tuple(beginning(subject).split("|")[1:3]))
        if line is None or not names or subject.architecture.name in names:
            line = row(measure(subject, runs))
            print(line, flush=True)
        yield line


def main() -> None:
    """Measure, write."""
    parser = argparse.ArgumentParser(description="Write the table of docs/architectures.md.")
    parser.add_argument("names", nargs="*", help="measure only these architectures; the other rows stay")
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    write(list(_lines(arguments.names, arguments.runs)))


if __name__ == "__main__":
    main()
