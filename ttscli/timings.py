"""Chunks → when each sentence, word and symbol sounds, as JSON, subtitles or a TextGrid.

Counted in samples of the voice's own rate, so that nothing drifts; seconds are rounded only where a format wants them.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from ttscli.contract import AudioChunk, Span
from ttscli.errors import UsageError
from ttscli.subtitles import Cue, Token, cues
from ttscli.whole_file import exists_already, told, unfinished


@dataclass(frozen=True)
class Sentence:
    """A sentence on the time line; `start`, `stop` and its spans are samples from the beginning of the sound.

    The silence after it lies between `stop` and the next one's `start`. `words` and `symbols` are empty where the model does not
    know them.
    """

    text: str
    spoken: str
    start: int
    stop: int
    words: tuple[Span, ...]
    symbols: tuple[Span, ...]


class TimingsFile:
    """A context that takes chunks and writes `path` at its end, whole or not at all; nothing if an exception ends it.

    Entering it tries the path, so that a wrong one is known before a model is loaded.

    Args:
        path: an existing file is replaced.
        clobber: False to leave an existing file alone and fail.

    Raises:
        UsageError: the extension is none of FORMATS.
        OutputError: `path` cannot be written.
    """

    def __init__(self, path: Path, clobber: bool = True) -> None:
        formats = {extension.lower(): make for extension, make in FORMATS.items()}
        if path.suffix.lower() not in formats:
            raise UsageError(f"{path}: {path.suffix or 'no extension'}: no format of timings", f"there are: {', '.join(FORMATS)}")
        self._make = formats[path.suffix.lower()]
        self._path = path
        self._clobber = clobber
        self._whole = ExitStack()
        self._sentences: list[Sentence] = []
        self._marks: list[Span] = []
        self._rate_hz = 1
        self._position = 0

    def __enter__(self) -> Self:
        self._require_new()
        parent = self._path.parent
        with told(self._path, None if parent.exists() else f"make the folder first: {parent}"):
            self._new = self._whole.enter_context(unfinished(self._path))
        return self

    def write(self, chunk: AudioChunk) -> None:
        """Take note of one chunk; its samples are not kept."""
        start, self._rate_hz = self._position, chunk.sample_rate_hz
        self._position += len(chunk.samples)
        stop = self._position - round(chunk.segment.pause_after_s * chunk.sample_rate_hz)
        words, symbols, marks = (_moved(spans, start) for spans in (chunk.words, chunk.symbols, chunk.marks))
        self._marks += marks
        if chunk.segment.symbols:
            self._sentences.append(Sentence(chunk.segment.text, chunk.segment.spoken, start, stop, words, symbols))

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        if kind is not None:
            self._whole.__exit__(kind, fault, trace)
            return
        with told(self._path), self._whole:
            self._require_new()  # speaking took its time
            text = self._make(self._sentences, self._position, self._rate_hz, self._marks)
            self._new.write_bytes(text.encode())

    def _require_new(self) -> None:
        if not self._clobber and self._path.exists():
            raise exists_already(self._path)


def _moved(spans: Iterable[Span], by: int) -> tuple[Span, ...]:
    return tuple(Span(span.text, span.start + by, span.stop + by) for span in spans)


def to_json(sentences: Sequence[Sentence], n_samples: int, rate_hz: int, marks: Sequence[Span] = ()) -> str:
    """Everything, in samples; marks are places that a document has named."""
    table = {
        "version": 1,
        "sample_rate_hz": rate_hz,
        "n_samples": n_samples,
        "sentences": [
            vars(sentence) | {"words": [vars(w) for w in sentence.words], "symbols": [vars(s) for s in sentence.symbols]}
            for sentence in sentences
        ],
        "marks": [{"name": mark.text, "sample": mark.start} for mark in marks],
    }
    return json.dumps(table, ensure_ascii=False, indent=1) + "\n"


def to_srt(sentences: Sequence[Sentence], n_samples: int, rate_hz: int, marks: Sequence[Span] = ()) -> str:
    """SubRip."""
    blocks = [
        f"{number}\n{_stretch(cue, rate_hz).replace('.', ',')}\n{_shown(cue.lines)}\n"
        for number, cue in enumerate(_cues(sentences, rate_hz), 1)
    ]
    return "\n".join(blocks)


def to_vtt(sentences: Sequence[Sentence], n_samples: int, rate_hz: int, marks: Sequence[Span] = ()) -> str:
    """WebVTT; inside of a cue each word bears its time, where the model knows it."""
    blocks = [f"{_stretch(cue, rate_hz)}\n{_shown(_stamped(cue, rate_hz))}\n" for cue in _cues(sentences, rate_hz)]
    return "\n".join(["WEBVTT\n", *blocks])


def to_textgrid(sentences: Sequence[Sentence], n_samples: int, rate_hz: int, marks: Sequence[Span] = ()) -> str:
    """Praat's TextGrid with tiers of sentences, words and symbols; silences are empty intervals, as Praat has it."""
    tiers = {
        "sentences": [Span(sentence.spoken, sentence.start, sentence.stop) for sentence in sentences],
        "words": [word for sentence in sentences for word in sentence.words],
        "symbols": [symbol for sentence in sentences for symbol in sentence.symbols],
    }
    end_s = n_samples / rate_hz
    lines = ['File type = "ooTextFile"', 'Object class = "TextGrid"', "", f"xmin = 0\nxmax = {end_s:.9g}", "tiers? <exists>"]
    lines += [f"size = {len(tiers)}", "item []:"]
    for number, (name, spans) in enumerate(tiers.items(), 1):
        intervals = _gapless(spans, n_samples)
        lines += [f"    item [{number}]:", '        class = "IntervalTier"', f'        name = "{name}"']
        lines += [f"        xmin = 0\n        xmax = {end_s:.9g}", f"        intervals: size = {len(intervals)}"]
        for place, span in enumerate(intervals, 1):
            quoted = _one_line(span.text).replace('"', '""')
            lines += [f"        intervals [{place}]:", f"            xmin = {span.start / rate_hz:.9g}"]
            lines += [f"            xmax = {span.stop / rate_hz:.9g}", f'            text = "{quoted}"']
    return "\n".join(lines) + "\n"


def _gapless(spans: Sequence[Span], n_samples: int) -> list[Span]:
    """Fill the silences between `spans`, and leave out what lasts no sample: intervals of a tier must follow each other."""
    filled: list[Span] = []
    position = 0
    for span in (*spans, Span("", n_samples, n_samples)):
        if span.start > position:
            filled.append(Span("", position, span.start))
        if span.stop > span.start:
            filled.append(span)
        position = max(position, span.stop)
    return filled


def _cues(sentences: Sequence[Sentence], rate_hz: int) -> Iterator[Cue]:
    return (cue for sentence in sentences for cue in cues(sentence, rate_hz))


def _shown(lines: Sequence[Sequence[Token]]) -> str:
    return "\n".join(" ".join(token.text for token in line) for line in lines)


def _stamped(cue: Cue, rate_hz: int) -> list[list[Token]]:
    """Put times and escapes into the text of a cue; the format wants times to rise, from after its start."""
    last = clock(cue.start, rate_hz)
    lines: list[list[Token]] = []
    for line in cue.lines:
        lines.append([])
        for token in line:
            time, text = clock(token.start, rate_hz), _escaped(token.text)
            if token.known and time > last:
                text, last = f"<{time}>{text}", time
            lines[-1].append(replace(token, text=text))
    return lines


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _stretch(cue: Cue, rate_hz: int) -> str:
    return f"{clock(cue.start, rate_hz)} --> {clock(cue.stop, rate_hz)}"


def clock(sample: int, rate_hz: int) -> str:
    """HH:MM:SS.mmm of a sample, rounded to the nearest millisecond."""
    milliseconds = round(sample * 1000 / rate_hz)
    seconds, milliseconds = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{milliseconds:03}"


FORMATS: dict[str, Callable[[Sequence[Sentence], int, int, Sequence[Span]], str]] = {
    ".json": to_json,
    ".srt": to_srt,
    ".vtt": to_vtt,
    ".TextGrid": to_textgrid,
}
