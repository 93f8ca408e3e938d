"""A corpus folder, as training sees it: its utterances, and memory maps of their features.

A corpus is a folder with wavs/ and metadata.csv, as LJSpeech has them, or as ttscli.training.synthetic makes it; alignments.jsonl
says how long each symbol of it lasts, if that is known. What is computed of it, once, is described in ttscli.training.features.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ttscli.errors import InputError
from ttscli.melspec import MelSpec
from ttscli.training import features
from ttscli.training.about import About
from ttscli.whole_file import told, unfinished

PAD = "_"
VALIDATION_EVERY = 250
"""One utterance in so many is kept for validation."""


@dataclass(frozen=True)
class Utterance:
    """One sentence of a corpus: its symbols, and where its frames stand in the feature files.

    Attributes:
        known_durations: frames of each symbol; empty if nobody has found them out yet.
    """

    identity: str
    symbols: tuple[str, ...]
    known_durations: tuple[int, ...]
    first_frame: int
    n_frames: int

    @property
    def frames(self) -> slice:
        """Where its frames stand in the feature files."""
        return slice(self.first_frame, self.first_frame + self.n_frames)

    @property
    def durations(self) -> tuple[int, ...]:
        """How many frames each symbol lasts; InputError if that is not known."""
        if not self.known_durations:
            hint = "train speedyspeech-teacher or talknet-aligner, then: tts corpus align DIR --with RUN"
            raise InputError(f"{self.identity}: its durations are not known, and this training needs them", hint)
        return self.known_durations

    @property
    def durations_or_zeros(self) -> tuple[int, ...]:
        """As `durations`; zeros where they are not known, for who can do without."""
        return self.known_durations or (0,) * len(self.symbols)


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
        self.mel_spec, self.about = mel_spec, About.read(folder)
        self.features = folder / features.FOLDER
        self._symbols: list[str] | None = None
        index = features.read_index(folder, mel_spec)
        if not index:
            raise InputError(f"{folder}: no utterances", f"look at it with: tts corpus check {folder}")
        self._mels_name = mels
        if not (self.features / mels).is_file():
            raise InputError(f"{self.features / mels}: not there", "make it with: tts corpus predict")
        everything = (Utterance(i, tuple(s), tuple(d), first, n) for i, s, d, first, n in index)
        n_frames = self._n_mel_frames
        self.utterances = [u for u in everything if u.first_frame + u.n_frames <= n_frames]
        if not self.utterances:
            raise InputError(f"{self.features / mels}: cut off: not one utterance", "make it anew with: tts corpus predict")

    @property
    def training(self) -> list[Utterance]:
        """The utterances to learn from."""
        return [u for number, u in enumerate(self.utterances) if number % VALIDATION_EVERY]

    def training_of(self, least: int = 1, most: int | None = None) -> list[Utterance]:
        """Those of `training` of `least` to `most` frames; InputError if there are none."""
        fitting = [u for u in self.training if least <= u.n_frames <= (most or u.n_frames)]
        if not fitting:
            lengths = f"{least} frames or more" if most is None else f"{least} to {most} frames"
            reason = f"no utterance of {lengths} to learn from"
            raise InputError(f"{self.features.parent}: {reason}", "the recipe's batches or clips need one")
        return fitting

    @property
    def validation(self) -> list[Utterance]:
        """The utterances that training never sees."""
        return self.utterances[::VALIDATION_EVERY]

    @cached_property
    def mels(self) -> NDArray[np.float16]:
        """float16 (all frames, n_mels)."""
        return np.memmap(self.features / self._mels_name, np.float16, "r", shape=(self._n_mel_frames, self.mel_spec.n_mels))

    @property
    def _n_mel_frames(self) -> int:
        """Whole ones, of two bytes a bin."""
        return (self.features / self._mels_name).stat().st_size // (2 * self.mel_spec.n_mels)

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
        with told(self.features / name), unfinished(self.features / name) as new, open(new, "wb") as file:
            for mel in mels:
                file.write(mel.astype(np.float16).tobytes())

    def mel(self, utterance: Utterance) -> NDArray[np.float32]:
        """The mel of one utterance: float32 (n_frames, n_mels)."""
        return self.mels[utterance.frames].astype(np.float32)

    def mel_statistics(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Mean and standard deviation of each bin, over at most 200,000 frames spread over the corpus: float32 (n_mels,).

        A deviation is at least 0.001: in a bin where nothing sounds there is none, and it is what others divide by.
        """
        frames = self.mels[:: max(1, len(self.mels) // 200_000)].astype(np.float32)
        return frames.mean(0), frames.std(0).clip(min=1e-3)

    def symbols(self) -> list[str]:
        """Every symbol that occurs, sorted; or what `speak_with` was given."""
        return self._symbols or sorted({symbol for utterance in self.utterances for symbol in utterance.symbols})

    def table(self) -> list[str]:
        """The symbol table of a network that learns from it: the symbol that pads batches, whose id is 0, then all others."""
        return [PAD, *(symbol for symbol in self.symbols() if symbol != PAD)]

    def speak_with(self, symbols: Sequence[str]) -> list[Utterance]:
        """Take over the symbol table of a trained network; return the utterances that are left out for a symbol outside of it."""
        self._symbols, known = list(symbols), set(symbols)
        foreign = [u for u in self.utterances if not known.issuperset(u.symbols)]
        self.utterances = [u for u in self.utterances if known.issuperset(u.symbols)]
        return foreign


def mel_file(name: str) -> str:
    """The mel file in features/ that users call `name`; "" is the corpus's own."""
    return f"mels-{name}.f16" if name else "mels.f16"
