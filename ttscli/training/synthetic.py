"""Make a corpus by letting another text-to-speech package read sentences aloud.

The speaker is hibari-tts (Apache-2.0), voice "heart", which its author distilled from Kokoro-82M's af_heart (Apache-2.0).
It is fast, clean and says of its own accord how long it held each phoneme and at which pitch, so the corpus needs neither
aligner nor pitch tracker. Written to the output folder:

    metadata.csv       id|text|text, as LJSpeech has it
    corpus.toml        whose voice it is
    wavs/ID.flac       16 bit, mono, at the rate of MelSpec()
    alignments.jsonl   one object a line: id, symbols, durations (frames), hop_samples, f0_hz (one a frame, 0 = unvoiced)
"""

import functools
import json
import multiprocessing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import soundfile
import soxr
from hibari import dsp
from hibari.tts import ASSETS
from numpy.typing import NDArray

from ttscli.errors import UsageError
from ttscli.melspec import MelSpec
from ttscli.text.phonemes import espeak_ipa
from ttscli.training.about import About

_SPEC = MelSpec()
_ORIGIN = "read by hibari-tts 0.2.1, voice heart, which was distilled from Kokoro-82M's af_heart; no recordings of a person"

# The graph computes how many units each symbol lasts and keeps it to itself; we make that tensor an output.
_DURATIONS_TENSOR = "/Cast_32_output_0"
_UNIT_S = 0.025
_F0_HOP_S = 0.0125
# It waits 0.3 s before each sentence; that is too long for a tool that should answer at once.
_LEADING_UNITS = 5
# It speaks at about -32 dBFS with peaks near 0.3.
_GAIN = 2.0
_LONGEST = 400  # symbols; the speaker's limit

# espeak-ng's IPA → the speaker's alphabet (misaki's American English), where they differ.
_TO_SPEAKER = {
    "a͡ɪ": "I",
    "e͡ɪ": "A",
    "o͡ʊ": "O",
    "a͡ʊ": "W",
    "ɔ͡ɪ": "Y",
    "t͡ʃ": "ʧ",
    "d͡ʒ": "ʤ",
    "ɚ": "əɹ",
    "ɜː": "ɜɹ",
    "ɐ": "ə",
    "ɾ": "T",
    "ʔ": "t",
    "n̩": "ᵊn",
    "r": "ɹ",
    "x": "k",
    "ɬ": "l",
    "o": "ɔ",
}


@dataclass(frozen=True)
class Reading:
    """One sentence read aloud: samples float32 (n_frames * hop_samples,), durations and f0_hz in frames of MelSpec()."""

    samples: NDArray[np.float32]
    symbols: tuple[str, ...]
    durations: list[int]
    f0_hz: list[float]


def make_corpus(texts: Sequence[str], folder: Path, language: str = "en-US", jobs: int = 2) -> int:
    """Read `texts` (spoken words: no digits or abbreviations) into a corpus at `folder`; return how many were read.

    A text that the speaker cannot say (too long, or a sound that it does not have) is left out and named on stdout.

    Raises:
        UsageError: there is a corpus already.
    """
    if there := [name for name in ("metadata.csv", "alignments.jsonl") if (folder / name).exists()]:
        raise UsageError(f"{folder}: has a {there[0]} already", "name a new folder, or remove the old corpus")
    (folder / "wavs").mkdir(parents=True, exist_ok=True)
    About(language=language, licence="Apache-2.0", origin=_ORIGIN).write(folder)
    tasks = [(f"{number:06d}", text, language, folder / "wavs") for number, text in enumerate(texts)]
    with (
        multiprocessing.Pool(jobs) as pool,
        open(folder / "metadata.csv", "w", encoding="utf-8") as metadata,
        open(folder / "alignments.jsonl", "w", encoding="utf-8") as alignments,
    ):
        made = 0
        for identity, text, row in pool.imap(_read_to_file, tasks, chunksize=16):
            if row is None:
                print(f"left out: {text}")
                continue
            spoken = text.replace("|", " ")
            metadata.write(f"{identity}|{spoken}|{spoken}\n")
            alignments.write(json.dumps({"id": identity, **row}, ensure_ascii=False) + "\n")
            made += 1
    return made


def _read_to_file(task: tuple[str, str, str, Path]) -> tuple[str, str, dict[str, Any] | None]:
    identity, text, language, wavs = task
    reading = read_aloud(espeak_ipa(text, language), seed=int(identity))
    if reading is None:
        return identity, text, None
    soundfile.write(wavs / f"{identity}.flac", reading.samples, _SPEC.sample_rate_hz, subtype="PCM_16")
    row = {"symbols": reading.symbols, "durations": reading.durations, "hop_samples": _SPEC.hop_samples, "f0_hz": reading.f0_hz}
    return identity, text, row


def read_aloud(symbols: tuple[str, ...], seed: int) -> Reading | None:
    """Let the speaker say IPA `symbols`; None where it cannot. The reading begins with "^" and ends with "$"."""
    session, vocabulary = _speaker()
    spelled = _spelled(symbols)
    characters = "".join(spelled)
    if not symbols or len(characters) > _LONGEST or any(c not in vocabulary for c in characters):
        return None
    ids = np.array([[0, *(vocabulary[c] for c in characters), 0]])
    *spectra, f0, units = session.run(None, {"ids": ids, "speed": np.ones(1, np.float32)})
    samples = dsp.synth(*(s[0] for s in spectra), f0[0], np.random.default_rng(seed))
    units = units.reshape(-1)
    if 2 * units.sum() != f0.shape[1]:
        raise RuntimeError("the speaker's durations do not add up to its frames; is this another version of hibari-tts?")

    cut = max(0, int(units[0]) - _LEADING_UNITS)
    units[0] -= cut
    durations = _frames(list(_per_symbol(units, spelled)))
    n_frames = sum(durations)
    resampled = _GAIN * soxr.resample(samples, dsp.SR, _SPEC.sample_rate_hz, quality="VHQ")
    start = round(cut * _UNIT_S * _SPEC.sample_rate_hz)
    audio = np.zeros(n_frames * _SPEC.hop_samples, np.float32)
    piece = resampled[start : start + len(audio)]
    audio[: len(piece)] = np.clip(piece, -1, 1)
    return Reading(audio, ("^", *symbols, "$"), durations, _pitch(f0[0], n_frames, cut * _UNIT_S))


def _spelled(symbols: Sequence[str]) -> list[str]:
    """Spell each symbol in the speaker's alphabet, which writes one ɹ where espeak-ng has ɚɹ."""
    spelled = [_spell(symbol) for symbol in symbols]
    for at in range(1, len(spelled)):
        if spelled[at] == "ɹ":
            spelled[at - 1] = spelled[at - 1].removesuffix("ɹ")
    return spelled


def _spell(symbol: str) -> str:
    return _TO_SPEAKER.get(symbol) or "".join(_TO_SPEAKER.get(c, c) for c in symbol if c not in "ː\u0329\u0303ʲ")


def _per_symbol(units: NDArray[np.int64], spelled: Sequence[str]) -> Iterator[int]:
    position = 1
    yield int(units[0])
    for characters in spelled:
        yield int(units[position : position + len(characters)].sum())
        position += len(characters)
    yield int(units[position])


def _frames(units: Sequence[int]) -> list[int]:
    edges = np.round(np.cumsum([0, *units]) * (_UNIT_S * _SPEC.sample_rate_hz / _SPEC.hop_samples)).astype(int)
    return [int(d) for d in np.diff(edges)]


def _pitch(f0: NDArray[np.float32], n_frames: int, start_s: float) -> list[float]:
    """The speaker's f0 (80 values a second, about 0 where unvoiced) at our frames, in Hz to a tenth."""
    times = (np.arange(n_frames) * _SPEC.hop_samples / _SPEC.sample_rate_hz + start_s) / _F0_HOP_S - 0.5
    voiced = f0 > 60
    if not voiced.any():
        return [0.0] * n_frames
    nearest = np.clip(np.round(times), 0, len(f0) - 1).astype(int)
    smooth = np.interp(times, np.flatnonzero(voiced), f0[voiced])
    return [round(float(f), 1) for f in np.where(voiced[nearest], smooth, 0.0)]


@functools.cache
def _speaker() -> tuple[onnxruntime.InferenceSession, dict[str, int]]:
    graph = onnx.load(str(Path(ASSETS) / "hibari.onnx"))
    graph.graph.output.append(onnx.helper.make_tensor_value_info(_DURATIONS_TENSOR, onnx.TensorProto.INT64, None))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    vocabulary = json.loads((Path(ASSETS) / "vocab.json").read_text(encoding="utf-8"))
    return onnxruntime.InferenceSession(graph.SerializeToString(), options, providers=["CPUExecutionProvider"]), vocabulary
