"""A corpus folder → features, computed once and then read through memory maps.

A corpus is a folder as ttscli.training.synthetic makes it: wavs/, metadata.csv, alignments.jsonl. Its features are kept beside it
in features/ as flat files, one utterance behind the other, so that memory stays bounded whatever the size of the corpus:

    audio.i16   int16 (all frames * hop_samples,)
    mels.f16    float16 (all frames, n_mels)
    f0.f32      float32 (all frames,), Hz, 0 where unvoiced
    index.json  the MelSpec, and for each utterance id, symbols, durations and first frame
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import torch
from numpy.typing import NDArray

from ttscli.errors import InputError
from ttscli.melspec import MelSpec
from ttscli.nn.mel import LogMel

VALIDATION_EVERY = 250
"""One utterance in so many is kept for validation."""


@dataclass(frozen=True)
class Utterance:
    """One sentence of a corpus: its symbols, how many frames each lasts, and where its frames stand in the feature files."""

    identity: str
    symbols: tuple[str, ...]
    durations: tuple[int, ...]
    first_frame: int

    @property
    def n_frames(self) -> int:
        return sum(self.durations)


class Corpus:
    """The features of a corpus, computed if they are not there yet.

    Args:
        folder: the corpus.
        mel_spec: the mels that are wanted.
        mels: name of the mel file in features/; another than the default holds an acoustic model's own mels, perhaps of the
            first utterances only, and then only these are used.

    Raises:
        InputError: `folder` is not a corpus, or a file of it cannot be used, naming it.
    """

    def __init__(self, folder: Path, mel_spec: MelSpec, mels: str = "mels.f16") -> None:
        self.mel_spec = mel_spec
        self.features = folder / "features"
        index = _read_index(folder, mel_spec)
        if not index:
            raise InputError(f"{folder}: no utterances", "make some with: tts corpus make")
        self._mels_name = mels
        if not (self.features / mels).is_file():
            raise InputError(f"{self.features / mels}: not there", "make it with: tts corpus predict")
        everything = (Utterance(i, tuple(s), tuple(d), first) for i, s, d, first in index)
        self.utterances = [u for u in everything if u.first_frame + u.n_frames <= len(self.mels)]

    @property
    def training(self) -> list[Utterance]:
        """The utterances to learn from."""
        return [u for number, u in enumerate(self.utterances) if number % VALIDATION_EVERY]

    def training_of(self, lengths: range) -> list[Utterance]:
        """Those of `training` whose n_frames is in `lengths`; InputError if there are none."""
        fitting = [u for u in self.training if u.n_frames in lengths]
        if not fitting:
            reason = f"no utterance of {lengths.start} to {lengths.stop - 1} frames to learn from"
            raise InputError(f"{self.features.parent}: {reason}", "the recipe's batches or clips need one")
        return fitting

    @property
    def validation(self) -> list[Utterance]:
        """The utterances that training never sees."""
        return self.utterances[::VALIDATION_EVERY]

    @cached_property
    def mels(self) -> NDArray[np.float16]:
        """float16 (all frames, n_mels)."""
        return np.memmap(self.features / self._mels_name, np.float16, "r").reshape(-1, self.mel_spec.n_mels)

    @cached_property
    def audio(self) -> NDArray[np.int16]:
        """int16 (all frames, hop_samples)."""
        return np.memmap(self.features / "audio.i16", np.int16, "r").reshape(-1, self.mel_spec.hop_samples)

    @cached_property
    def f0_hz(self) -> NDArray[np.float32]:
        """float32 (all frames,), 0 where unvoiced."""
        return np.memmap(self.features / "f0.f32", np.float32, "r")

    def write_mels(self, name: str, mels: Iterable[NDArray[np.float32]]) -> None:
        """Write another mel file: float32 (n_frames, n_mels) for each utterance, in order, as many as there are."""
        with open(self.features / name, "wb") as file:
            for mel in mels:
                file.write(mel.astype(np.float16).tobytes())

    def mel_statistics(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Mean and standard deviation of each bin, over at most 200,000 frames spread over the corpus: float32 (n_mels,)."""
        frames = self.mels[:: max(1, len(self.mels) // 200_000)].astype(np.float32)
        return frames.mean(0), frames.std(0)

    def symbols(self) -> list[str]:
        """Every symbol that occurs, sorted."""
        return sorted({symbol for utterance in self.utterances for symbol in utterance.symbols})


def mel_file(name: str) -> str:
    """The mel file in features/ that users call `name`; "" is the corpus's own."""
    return f"mels-{name}.f16" if name else "mels.f16"


def _read_index(folder: Path, mel_spec: MelSpec) -> list[list[Any]]:
    path = folder / "features" / "index.json"
    with suppress(OSError, ValueError):
        index = json.loads(path.read_text(encoding="utf-8"))
        if index.get("mel_spec") == asdict(mel_spec):
            return list(index["utterances"])
    return _compute(folder, mel_spec)


def _compute(folder: Path, mel_spec: MelSpec) -> list[list[Any]]:
    features = folder / "features"
    alignments = folder / "alignments.jsonl"
    if not alignments.is_file():
        raise InputError(f"{folder}: not a corpus with alignments", "make one with: tts corpus make")
    features.mkdir(exist_ok=True)
    (features / "index.json").unlink(missing_ok=True)  # written last: no index, no features
    log_mel = LogMel(mel_spec)
    index: list[list[Any]] = []
    first = 0
    with (
        open(features / "audio.i16", "wb") as audio_file,
        open(features / "mels.f16", "wb") as mel_file,
        open(features / "f0.f32", "wb") as f0_file,
    ):
        for row in _rows(alignments):
            n_frames = sum(row["durations"])
            audio = _read_audio(folder / "wavs" / f"{row['id']}.flac", n_frames, mel_spec)
            mel = log_mel(torch.from_numpy(audio)[None].float() / 32768)[0, :, :n_frames].T  # (M, T) → (T, M)
            audio_file.write(audio.tobytes())
            mel_file.write(mel.numpy().astype(np.float16).tobytes())
            f0_file.write(np.array(row["f0_hz"], np.float32).tobytes())
            index.append([row["id"], row["symbols"], row["durations"], first])
            first += n_frames
    text = json.dumps({"mel_spec": asdict(mel_spec), "utterances": index}, ensure_ascii=False)
    (features / "index.json").write_text(text, encoding="utf-8")
    return index


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            yield _row(line, f"{path}: line {number}")


def _row(line: str, where: str) -> dict[str, Any]:
    try:
        row = dict(json.loads(line))
        fits = len(row["symbols"]) == len(row["durations"]) and len(row["f0_hz"]) == sum(row["durations"])
    except KeyError as error:
        raise InputError(f"{where}: {error} is missing") from error
    except (TypeError, ValueError) as error:
        raise InputError(f"{where}: {error}") from error
    if not fits:
        raise InputError(f"{where}: durations must be as many as symbols, and f0_hz as many as frames")
    return row


def _read_audio(path: Path, n_frames: int, mel_spec: MelSpec) -> NDArray[np.int16]:
    """int16 (n_frames * hop_samples,), cut or filled with silence at the end."""
    try:
        audio, rate = soundfile.read(path, dtype="int16")
    except soundfile.SoundFileError as error:
        raise InputError(f"{path}: cannot be read: {error}") from error
    if rate != mel_spec.sample_rate_hz or audio.ndim > 1:
        raise InputError(f"{path}: {rate} Hz, {audio.ndim} channels: the corpus must be {mel_spec.sample_rate_hz} Hz mono")
    whole = np.zeros(n_frames * mel_spec.hop_samples, np.int16)
    whole[: len(audio)] = audio[: len(whole)]
    return whole
