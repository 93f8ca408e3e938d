"""Sentence by sentence, what became of a text: for people on standard error, for programs as JSON on standard output."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from ttscli.cli.ledger import shown_place
from ttscli.cli.tables import print_json

if TYPE_CHECKING:
    from ttscli.contract import AudioChunk


class Explanation:
    """A context that prints every chunk that it takes: written → spoken → symbols with their lengths → sound."""

    def __init__(self) -> None:
        self._number = 0
        self._start = 0

    def __enter__(self) -> Self:
        return self

    def write(self, chunk: "AudioChunk") -> None:
        """Print one sentence."""
        self._number += 1
        segment, rate_hz = chunk.segment, chunk.sample_rate_hz
        start_s = self._start / rate_hz
        self._start += len(chunk.samples)
        rows = {
            "written": segment.text,
            "spoken": segment.spoken,
            "symbols": " ".join("␣" if symbol == " " else symbol for symbol in segment.symbols),
            "lengths": " ".join(f"{_shown(span.text)}={(span.stop - span.start) / rate_hz * 1000:.0f}" for span in chunk.symbols),
            "words": " ".join(f"{word.text}@{start_s + word.start / rate_hz:.2f}" for word in chunk.words),
            "marks": " ".join(f"{mark.text}@{start_s + mark.start / rate_hz:.2f}" for mark in chunk.marks),
            "unspoken": " ".join(f"{lost.text} ({shown_place(lost.place)})" for lost in segment.unspoken),
            "sound": f"{len(chunk.samples)} samples, {start_s:.2f} to {self._start / rate_hz:.2f} s,"
            f" {segment.pause_after_s:.2f} s of them silence",
        }
        for name, value in rows.items():
            if value and sys.stderr is not None:
                shown = "".join(sign if sign.isprintable() else " " for sign in value)
                sys.stderr.write(f"{self._number:>4} {name:<9} {shown}\n")

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        return


class JsonReport:
    """A context that prints at its end what it has taken, as JSON; nothing if an exception ends it."""

    def __init__(self) -> None:
        self._sentences: list[dict[str, Any]] = []
        self._n_samples = 0
        self._rate_hz = 0

    def __enter__(self) -> Self:
        return self

    def write(self, chunk: "AudioChunk") -> None:
        """Take note of one chunk; its samples are not kept."""
        segment, start, self._rate_hz = chunk.segment, self._n_samples, chunk.sample_rate_hz
        self._n_samples += len(chunk.samples)

        def moved(spans: Any) -> list[dict[str, Any]]:
            return [{"text": span.text, "start": start + span.start, "stop": start + span.stop} for span in spans]

        self._sentences.append(
            {
                "written": segment.text,
                "spoken": segment.spoken,
                "symbols": list(segment.symbols),
                "unspoken": [{"text": lost.text, **vars(lost.place)} for lost in segment.unspoken],
                "start": start,
                "stop": self._n_samples,
                "pause_after_s": segment.pause_after_s,
                "timed_symbols": moved(chunk.symbols),
                "timed_words": moved(chunk.words),
                "marks": moved(chunk.marks),
            }
        )

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None:
            print_json({"sample_rate_hz": self._rate_hz, "n_samples": self._n_samples, "sentences": self._sentences})


def _shown(symbol: str) -> str:
    return "␣" if symbol == " " else symbol
