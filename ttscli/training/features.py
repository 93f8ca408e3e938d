"""Recordings → features: flat files in features/, one utterance behind the other, so that memory stays bounded.

    audio.i16      int16 (all frames * hop_samples,)
    mels.f16       float16 (all frames, n_mels)
    f0.f32         float32 (all frames,), Hz, 0 where unvoiced
    index.json     the MelSpec, what the features were made of, and an IndexRow for each utterance
    left-out.tsv   the items that are not among them, and why

They are made of alignments.jsonl where there is one, else of metadata.csv, and made anew when either changes.
"""

import json
from collections.abc import Iterator
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

ALIGNMENTS = "alignments.jsonl"
FOLDER = "features"
_INDEX = "index.json"
_ARRAYS = ("audio.i16", "mels.f16", "f0.f32")

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
    """Read the index of a corpus's features; compute them first if they are not there, or not those of today's corpus.

    Raises:
        InputError: `folder` is not a corpus, or a file of it cannot be used, naming it.
    """
    source = _source(folder)
    stamp = [source.name, source.stat().st_size, source.stat().st_mtime_ns, vars(About.read(folder))]
    with suppress(OSError, ValueError, AttributeError):
        index = json.loads((folder / FOLDER / _INDEX).read_text(encoding="utf-8"))
        if index.get("mel_spec") == asdict(spec) and index.get("source", stamp) == stamp:  # early ones name no source
            return [_index_row(*row) for row in index["utterances"]]
    rows = _compute(folder, spec, source)
    text = json.dumps({"mel_spec": asdict(spec), "source": stamp, "utterances": rows}, ensure_ascii=False)
    (folder / FOLDER / _INDEX).write_text(text, encoding="utf-8")  # written last: no index, no features
    return rows


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
    features.mkdir(exist_ok=True)
    (features / _INDEX).unlink(missing_ok=True)
    for predicted in features.glob("mels-*.f16"):  # they belong to the old frames
        predicted.unlink()
    soundings = _aligned(folder, spec) if source.name == ALIGNMENTS else _unaligned(folder, spec)
    log_mel = LogMel(spec)
    rows: list[IndexRow] = []
    first = 0
    # Under other names until they are whole: somebody may be training on the old ones.
    with ExitStack() as stack:
        audio_file, mel_file, f0_file = (stack.enter_context(open(features / f"{name}.part", "wb")) for name in _ARRAYS)
        for sounding in soundings:
            n_frames = sounding.n_frames
            audio = _filled(sounding.samples, n_frames * spec.hop_samples)
            mel = log_mel(torch.from_numpy(audio)[None].float() / 32768)[0, :, :n_frames].T  # (M, T) → (T, M)
            f0_hz = estimate_f0(audio, n_frames, spec) if sounding.f0_hz is None else np.array(sounding.f0_hz, np.float32)
            audio_file.write(audio.tobytes())
            mel_file.write(mel.numpy().astype(np.float16).tobytes())
            f0_file.write(f0_hz.tobytes())
            rows.append((sounding.identity, sounding.symbols, sounding.durations, first, n_frames))
            first += n_frames
    for name in _ARRAYS:
        (features / f"{name}.part").replace(features / name)
    return rows


def _filled(samples: NDArray[np.int16], length: int) -> NDArray[np.int16]:
    """Cut, or fill with silence, at the end: int16 (length,)."""
    whole = np.zeros(length, np.int16)
    whole[: len(samples)] = samples[:length]
    return whole


def _unaligned(folder: Path, spec: MelSpec) -> Iterator[Sounding]:
    """The good items of metadata.csv; the others are listed in left-out.tsv."""
    left_out: set[str] = set()
    with open(folder / FOLDER / "left-out.tsv", "w", encoding="utf-8") as file:
        for finding in Inspection(folder, spec).findings():
            if isinstance(finding, Good):
                n_frames = -(-len(finding.samples) // spec.hop_samples)
                yield Sounding(finding.item.identity, list(finding.symbols), [], n_frames, finding.samples, None)
            elif isinstance(finding, Flaw) and finding.left_out:
                left_out.add(finding.identity)
                file.write(f"{finding.identity}\t{finding.kind}\t{finding.detail}\n")
    if left_out:
        tell(f"{folder}: {len(left_out)} items are left out; {file.name} says why")


def _aligned(folder: Path, spec: MelSpec) -> Iterator[Sounding]:
    path = folder / ALIGNMENTS
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            row = _row(line, f"{path}: line {number}")
            samples = recordings.read(recordings.find(folder, row["id"]), spec.sample_rate_hz)
            yield Sounding(row["id"], row["symbols"], row["durations"], sum(row["durations"]), samples, row.get("f0_hz"))


def _row(line: str, where: str) -> dict[str, Any]:
    try:
        row = dict(json.loads(line))
        symbols, durations, f0_hz = row["symbols"], row["durations"], row.get("f0_hz")
        fits = len(symbols) == len(durations) and (f0_hz is None or len(f0_hz) == sum(durations)) and str(row["id"])
    except KeyError as error:
        raise InputError(f"{where}: {error} is missing") from error
    except (TypeError, ValueError) as error:
        raise InputError(f"{where}: {error}") from error
    if not fits:
        raise InputError(f"{where}: durations must be as many as symbols, and f0_hz, if given, as many as frames")
    return row
