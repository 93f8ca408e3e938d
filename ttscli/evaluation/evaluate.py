"""Sentences and a voice → sound, figures and a page to compare by ear, for every pair of the voice's networks."""

import math
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ttscli.audio import formats
from ttscli.audio.pcm import pcm16
from ttscli.audio.writer import AudioFile
from ttscli.contract import AudioChunk, SpeechOptions
from ttscli.errors import InputError, UsageError
from ttscli.evaluation.metrics import Distance, distance
from ttscli.evaluation.recogniser import Hearing, Recogniser, compare
from ttscli.melspec import MelSpec
from ttscli.nn.mel import log_mel_of
from ttscli.synthesizer import Synthesizer
from ttscli.training import recordings
from ttscli.training.metadata import Item, items
from ttscli.training.pitch import estimate_f0
from ttscli.voice import Voice


@dataclass(frozen=True)
class Pair:
    """What speaks: a model, and a vocoder, or None for a text-to-wave model."""

    model: str
    vocoder: str | None

    @property
    def name(self) -> str:
        """For people, and for the folder of its sounds."""
        return self.model if self.vocoder is None else f"{self.model}+{self.vocoder}"


@dataclass(frozen=True)
class Spoken:
    """One sentence as one pair speaks it.

    Attributes:
        text: the sentence.
        file: its sound, from the folder of the results.
        seconds: how long it is.
        work_s: how long it took.
        hearing: what the recogniser made of it, if there is one.
        distance: from the recording, if there is one.
        log_mel: float32 (n_mels, n_frames), for the picture.
    """

    text: str
    file: str
    seconds: float
    work_s: float
    hearing: Hearing | None
    distance: Distance | None
    log_mel: NDArray[np.float32]


def pairs(voice: Voice, model: str | None = None, vocoder: str | None = None) -> list[Pair]:
    """Every pair of the voice, or those of one model or vocoder; UsageError if there is none."""
    vocoders = [part.name for part in voice.vocoder] or ["griffin-lim"]
    chosen = [vocoder] if vocoder else vocoders
    found = [Pair(part.name, name) for part in voice.acoustic for name in chosen]
    found += [Pair(part.name, None) for part in voice.text_to_wave if vocoder is None]
    found = [pair for pair in found if model in (None, pair.model)]
    if not found:
        known = ", ".join(part.name for part in (*voice.acoustic, *voice.text_to_wave)) or "none"
        raise UsageError(f"voice {voice.name}: no pair of these names", f"its models are: {known}")
    return found


class Evaluation:
    """The sentences, and what they are compared with.

    Args:
        texts: the sentences.
        folder: of the results.
        recogniser: None for no word errors.
        corpus: a corpus that has recordings of some of the sentences, found by their text.
    """

    def __init__(self, texts: Sequence[str], folder: Path, recogniser: Recogniser | None, corpus: Path | None) -> None:
        self.texts, self.folder, self.recogniser = texts, folder, recogniser
        self.recorded = {} if corpus is None else _recorded(corpus, texts)

    def speak(self, voice: Voice, pair: Pair, device: str) -> Iterator[Spoken]:
        """Speak every sentence, and look at it.

        Raises:
            TtsError: the pair cannot be loaded, or a sentence cannot be spoken or written.
        """
        synthesizer = Synthesizer.for_voice(voice, pair.model, pair.vocoder, device)
        (self.folder / pair.name).mkdir(parents=True, exist_ok=True)
        _chunks(synthesizer, self.texts[0])  # what is done once only does not count
        spec = voice.mel_spec
        for number, text in enumerate(self.texts):
            started = time.perf_counter()
            chunks = _chunks(synthesizer, text)
            work_s = time.perf_counter() - started
            samples = np.concatenate([chunk.samples for chunk in chunks])
            file = f"{pair.name}/{number:03}.wav"
            with AudioFile(self.folder / file, formats.WAV) as sound:
                sound.write_samples(samples, synthesizer.sample_rate_hz)
            yield Spoken(
                text=text,
                file=file,
                seconds=len(samples) / synthesizer.sample_rate_hz,
                work_s=work_s,
                hearing=self._hear(text, samples, synthesizer.sample_rate_hz, voice.language),
                distance=self._distance(text, samples, spec),
                log_mel=log_mel_of(samples, spec),
            )

    def _hear(self, text: str, samples: NDArray[np.float32], rate_hz: int, language: str) -> Hearing | None:
        if self.recogniser is None:
            return None
        return compare(text, self.recogniser.hear(samples, rate_hz), language)

    def _distance(self, text: str, samples: NDArray[np.float32], spec: MelSpec) -> Distance | None:
        if (path := self.recorded.get(text)) is None:
            return None
        true = recordings.read(path, spec.sample_rate_hz)
        looks = []
        for sound in map(_trimmed, (pcm16(samples), true)):
            mel = log_mel_of(np.asarray(sound / 32768, np.float32), spec)
            looks += [mel, estimate_f0(sound, mel.shape[1], spec)]
        return distance(*looks)


def _chunks(synthesizer: Synthesizer, text: str) -> list[AudioChunk]:
    """Speak one sentence; InputError, naming it, if there is nothing in it to speak."""
    try:
        return list(synthesizer.speak(text, SpeechOptions()))
    except InputError as error:
        raise InputError(f"{text!r}: {error}", error.hint) from error


def _recorded(corpus: Path, texts: Iterable[str]) -> dict[str, Path]:
    """Where the recordings of `texts` are."""
    wanted = set(texts)
    found: dict[str, Path] = {}
    for item in items(corpus):
        if isinstance(item, Item) and (text := item.text if item.text in wanted else item.spoken) in wanted:
            found[text] = recordings.find(corpus, item.identity)
    if not found:
        raise UsageError(f"{corpus}: has recordings of none of the sentences", "they are found by their text in metadata.csv")
    return found


def _trimmed(samples: NDArray[np.int16]) -> NDArray[np.int16]:
    """Without the silence at the ends, which is nobody's merit: what is 40 dB below the peak."""
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > np.abs(samples.astype(np.int32)).max() / 100)
    return samples[loud[0] : loud[-1] + 1] if len(loud) else samples


def summary(spoken: Sequence[Spoken]) -> dict[str, Any]:
    """All sentences of a pair in a few figures; None where there is nothing to measure."""
    hearings = [s.hearing for s in spoken if s.hearing]
    distances = [s.distance for s in spoken if s.distance]
    means: Mapping[str, float | None] = {
        key: _mean([float(asdict(d)[key]) for d in distances]) for key in ("mcd_db", "f0_cents", "voicing_errors", "longer")
    }
    return {
        "sentences": len(spoken),
        "wer_percent": round(100 * sum(h.errors for h in hearings) / max(1, sum(h.n_words for h in hearings)), 2)
        if hearings
        else None,
        "x_real_time": round(sum(s.seconds for s in spoken) / max(1e-9, sum(s.work_s for s in spoken)), 2),
        **means,
    }


def _mean(values: Sequence[float]) -> float | None:
    real = [value for value in values if not math.isnan(value)]
    return round(sum(real) / len(real), 4) if real else None


def row(spoken: Spoken) -> dict[str, Any]:
    """One sentence, for JSON."""
    return {
        "text": spoken.text,
        "file": spoken.file,
        "seconds": round(spoken.seconds, 3),
        "x_real_time": round(spoken.seconds / max(1e-9, spoken.work_s), 2),
        "heard": None if spoken.hearing is None else spoken.hearing.heard,
        "words": None if spoken.hearing is None else spoken.hearing.n_words,
        "word_errors": None if spoken.hearing is None else spoken.hearing.errors,
        **{key: _mean([value]) for key, value in (asdict(spoken.distance) if spoken.distance else {}).items()},
    }
