"""Recordings → features: flat files in features/, one utterance behind the other, so that memory stays bounded.

    audio.i16      int16 (all frames * hop_samples,)
    mels.f16       float16 (all frames, n_mels)
    f0.f32         float32 (all frames,), Hz, 0 where unvoiced
    index.json     the MelSpec, what the features were made of, and an IndexRow for each utterance
    left-out.tsv   the items that are not among them, and why

They are made of alignments.jsonl where there is one, else of metadata.csv, as corpus.toml says, and made anew when these change.
"""

import json
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from ttscli.errors import InputError
from ttscli.melspec import MelSpec
from ttscli.nn.mel import LogMel
from ttscli.telling import tell
from ttscli.training import metadata, recordings
from ttscli.training.about import About
from ttscli.training.inspection import Good, Inspection
from ttscli.training.metadata import Flaw
from ttscli.training.pitch import estimate_f0
from ttscli.whole_file import told, unfinished, write_whole

ALIGNMENTS = "alignments.jsonl"
FOLDER = "features"
_INDEX = "index.json"
_LEFT_OUT = "left-out.tsv"
_ARRAYS = ("audio.i16", "mels.f16", "f0.f32")
_ROUNDING = 2
"""Frames: an aligner counts the last part of a frame or not, perhaps the frame behind it, and rounds where symbols meet."""
_DAY_S = 24 * 3600

IndexRow: TypeAlias = tuple[str, list[str], list[int], int, int]
"""id, symbols, durations or [], first frame, frames."""


@dataclass(frozen=True)
class Sounding:
    """An utterance on its way into the feature files: samples int16, any number; f0_hz, a value a frame, or None."""

    identity: str
    symbols: list[str]
    durations: list[int]
    n_frames: int
    samples: NDArray[np.int16]
    f0_hz: list[float] | None


def read_index(folder: Path, spec: MelSpec) -> list[IndexRow]:
    """Read the index of a corpus's features; compute them first if they are not all there, or not those of today's corpus.

    Raises:
        InputError: `folder` is not a corpus, or a file of it cannot be used, naming it.
        OutputError: the features cannot be written.
    """
    source, features = _source(folder), folder / FOLDER
    _sweep(features)
    stamp = [source.name, source.stat().st_size, source.stat().st_mtime_ns, vars(About.read(folder))]
    whole = all((features / name).is_file() for name in _ARRAYS)
    with suppress(OSError, ValueError, AttributeError):
        index = json.loads((features / _INDEX).read_text(encoding="utf-8"))
        made_of = index.get("source", stamp)  # early ones name none
        if whole and index.get("mel_spec") == asdict(spec) and _decisive(made_of) == _decisive(stamp):
            return [_index_row(*row) for row in index["utterances"]]
    rows = _compute(folder, spec, source)
    text = json.dumps({"mel_spec": asdict(spec), "source": stamp, "utterances": rows}, ensure_ascii=False)
    write_whole(features / _INDEX, text)  # last: no index, no features
    return rows


def _decisive(stamp: Sequence[Any]) -> list[Any]:
    """What of a stamp decides upon features: the file of items, and About without what people say of the recordings."""
    *source, about = stamp
    return [*source, {key: value for key, value in about.items() if key not in ("licence", "origin")}]


def _sweep(features: Path) -> None:
    """Delete what a killed process left unfinished; who has written nothing to it for a day never will."""
    with suppress(OSError):  # a corpus may be read without being written to
        for part in features.glob(".ttscli-*.part"):
            if time.time() - part.stat().st_mtime > _DAY_S:
                part.unlink(missing_ok=True)


def _index_row(identity: str, symbols: list[str], durations: list[int], first: int, n_frames: int | None = None) -> IndexRow:
    return identity, symbols, durations, first, sum(durations) if n_frames is None else n_frames


def _source(folder: Path) -> Path:
    for name in (ALIGNMENTS, metadata.FILE_NAME):
        if (folder / name).is_file():
            return folder / name
    hint = "write a metadata.csv, as LJSpeech has it, beside a folder wavs; or: tts corpus make"
    raise InputError(f"{folder}: not a corpus: neither {ALIGNMENTS} nor {metadata.FILE_NAME}", hint)


def _compute(folder: Path, spec: MelSpec, source: Path) -> list[IndexRow]:
    features = folder / FOLDER
    with told(features):
        features.mkdir(exist_ok=True)
        (features / _INDEX).unlink(missing_ok=True)
        for predicted in features.glob("mels-*.f16"):  # they belong to the old frames
            predicted.unlink(missing_ok=True)
    log_mel = LogMel(spec)
    rows: list[IndexRow] = []
    left_out: list[Flaw] = []
    first = 0
    # Under other names until they are whole: somebody may be training on the old ones, or making the same.
    with told(features), ExitStack() as stack:
        new = [stack.enter_context(unfinished(features / name)) for name in _ARRAYS]
        files = [stack.enter_context(open(path, "wb")) for path in new]
        for item in _aligned(folder, spec) if source.name == ALIGNMENTS else _unaligned(folder, spec):
            if isinstance(item, Flaw):
                left_out.append(item)
                continue
            for file, array in zip(files, _arrays(item, spec, log_mel), strict=True):
                file.write(array.tobytes())
            rows.append((item.identity, item.symbols, item.durations, first, item.n_frames))
            first += item.n_frames
    _list_left_out(folder, left_out)
    return rows


def _arrays(item: Sounding, spec: MelSpec, log_mel: LogMel) -> tuple[NDArray[Any], ...]:
    """The features of an item, for each of _ARRAYS."""
    audio = _filled(item.samples, item.n_frames * spec.hop_samples)
    mel = log_mel(torch.from_numpy(audio)[None].float() / 32768)[0, :, : item.n_frames].T  # (M, T) → (T, M)
    f0_hz = estimate_f0(audio, item.n_frames, spec) if item.f0_hz is None else np.array(item.f0_hz, np.float32)
    return audio, mel.numpy().astype(np.float16), f0_hz


def _list_left_out(folder: Path, flaws: Sequence[Flaw]) -> None:
    path = folder / FOLDER / _LEFT_OUT
    write_whole(path, "".join(f"{flaw.identity}\t{flaw.kind}\t{flaw.detail}\n" for flaw in flaws))
    if flaws:
        tell(f"{folder}: {len({flaw.identity for flaw in flaws})} items are left out; {path} says why")


def _filled(samples: NDArray[np.int16], length: int) -> NDArray[np.int16]:
    """Cut, or fill with silence, at the end: int16 (length,)."""
    whole = np.zeros(length, np.int16)
    whole[: len(samples)] = samples[:length]
    return whole


def _unaligned(folder: Path, spec: MelSpec) -> Iterator[Sounding | Flaw]:
    """The good items of metadata.csv, and why others are left out."""
    for finding in Inspection(folder, spec).findings():
        if isinstance(finding, Good):
            n_frames = _n_frames(finding.samples, spec)
            yield Sounding(finding.item.identity, list(finding.symbols), [], n_frames, finding.samples, None)
        elif finding.left_out:
            yield finding


def _aligned(folder: Path, spec: MelSpec) -> Iterator[Sounding | Flaw]:
    """The rows of alignments.jsonl; a flaw in place of those that are of another recording, or cut off."""
    for row in _rows(folder / ALIGNMENTS, spec):
        samples = recordings.read(recordings.find(folder, row["id"]), spec.sample_rate_hz)
        n_frames, heard = sum(row["durations"]), _n_frames(samples, spec)
        if abs(n_frames - heard) > _ROUNDING:
            yield Flaw(row["id"], "unaligned", f"its durations are {n_frames} frames in all, its recording has {heard}")
        else:
            yield Sounding(row["id"], row["symbols"], row["durations"], n_frames, samples, row.get("f0_hz"))


def _n_frames(samples: NDArray[np.int16], spec: MelSpec) -> int:
    """How many frames hold all samples, int16 (n_samples,)."""
    return -(-len(samples) // spec.hop_samples)


def _rows(path: Path, spec: MelSpec) -> Iterator[dict[str, Any]]:
    """The rows of alignments.jsonl; InputError if it cannot be read, or one is wrong."""
    try:
        with open(path, encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                yield _row(line, f"{path}: line {number}", spec)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error


def _row(line: str, where: str, spec: MelSpec) -> dict[str, Any]:
    """Read a line of alignments.jsonl; InputError, naming it, if it is wrong or its frames are others than those of `spec`."""
    try:
        row = dict(json.loads(line))
        fault = next(_faults(row), None)
    except KeyError as error:
        raise InputError(f"{where}: {error} is missing") from error
    except (TypeError, ValueError) as error:
        raise InputError(f"{where}: {error}") from error
    if fault:
        raise InputError(f"{where}: {fault}")
    if row.get("hop_samples", spec.hop_samples) != spec.hop_samples:
        reason = f"its frames have {row['hop_samples']} samples, where {spec.hop_samples} are wanted"
        raise InputError(f"{where}: {reason}", "align it anew: tts corpus align --replace")
    return row


def _faults(row: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a row; the first fault counts, for what follows leans on its absence."""
    identity, symbols, durations, f0_hz = row["id"], row["symbols"], row["durations"], row.get("f0_hz")
    if not isinstance(identity, str) or not identity:
        yield "id must be the name of a recording"
    if not isinstance(symbols, list) or not all(isinstance(symbol, str) for symbol in symbols):
        yield "symbols must be a list of strings"
    if not isinstance(durations, list) or not all(type(frames) is int and frames >= 0 for frames in durations):
        yield "durations must be a list of whole numbers of frames, from 0 on"
    if len(symbols) != len(durations):
        yield f"durations must be as many as symbols: {len(durations)}, not {len(symbols)}"
    if f0_hz is None:
        return
    if not isinstance(f0_hz, list) or not all(isinstance(f0, int | float) and 0 <= f0 < math.inf for f0 in f0_hz):
        yield "f0_hz must be a list of frequencies, 0 where unvoiced"
    if len(f0_hz) != sum(durations):
        yield f"f0_hz must be as many as frames: {sum(durations)}, not {len(f0_hz)}"
