"""The page that a plugin author reads: the values that cross the program, and what a plugin promises.

Plugins come in through entry points (see plugins/README.md):

    ttscli.acoustic_models   a class that keeps the promises of AcousticModel
    ttscli.vocoders          … of Vocoder
    ttscli.text_to_wave      … of TextToWave
    ttscli.alphabets         a function that keeps the promise of Alphabet
    ttscli.importers         a function that keeps the promise of ttscli.importing.Importer
    ttscli.trainers          a subclass of ttscli.training.trainer.Trainer
    ttscli.voices            a package that holds voice folders

The values are plain numpy: no device, dtype or gradient of any framework crosses a border between two parts. They hold no
behaviour; who makes and who consumes them is said beside each. `ttscli.testing` checks what is promised of shapes, batches, seeds
and pace, and that a control which is not named changes nothing; that the others change what they should, and errors, it does not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ttscli.melspec import MelSpec

Ids: TypeAlias = NDArray[np.int64]
"""(n_symbols,), 0 ≤ id < size of the voice's symbol table, n_symbols ≥ 1."""
Frames: TypeAlias = NDArray[np.float32]
"""(n_mels, n_frames), a log mel as MelSpec says, n_frames ≥ 1."""
Samples: TypeAlias = NDArray[np.float32]
"""(n_samples,), mono, in [-1, 1]."""
Durations: TypeAlias = NDArray[np.int64]
"""(n_symbols,), ≥ 0, how many frames (of a mel) or samples (of a wave) each symbol lasts."""
Config: TypeAlias = Mapping[str, object]
"""The `config` table of a part in voice.toml; what is in it is the plugin's own business."""


@dataclass(frozen=True)
class SpeechOptions:
    """How to speak. What a model cannot do (see `controls`) is refused before it is asked, but for temperature and seed.

    Attributes:
        pace: > 0; 1.0 is the voice's own pace, 2.0 twice as fast.
        temperature: ≥ 0; standard deviation of a sampled prior, 0 for none; None for each part's own. Parts that sample nothing
            ignore it.
        seed: same seed, same audio on the same device.
        pitch_semitones: how much higher (or, negative, lower) than the model would speak.
        pitch_range: ≥ 0; how far the pitch moves around its mean, as a factor: 0 is monotonous, 1 the model's own, 2 lively.
        speaker: 0 ≤ speaker < number of speakers, of a model that has many.
        denoise: ≥ 0; strength of a vocoder's denoiser, 0 for none; None for the vocoder's own.
    """

    pace: float = 1.0
    temperature: float | None = None
    seed: int = 0
    pitch_semitones: float = 0.0
    pitch_range: float = 1.0
    speaker: int = 0
    denoise: float | None = None


Control: TypeAlias = Literal["pace", "temperature", "pitch_semitones", "pitch_range", "speaker", "denoise"]
"""An attribute of SpeechOptions that not every model obeys."""


@dataclass(frozen=True)
class Mel:
    """What an acoustic model makes and a vocoder consumes.

    Attributes:
        frames: float32 (n_mels, n_frames), finite.
        durations: int64 (n_symbols,), frames per symbol, summing to n_frames; None where the model does not know them.
    """

    frames: Frames
    durations: Durations | None


@dataclass(frozen=True)
class Wave:
    """What a text-to-wave model makes.

    Attributes:
        samples: float32 (n_samples,), in [-1, 1].
        durations: int64 (n_symbols,), samples per symbol, summing to n_samples; None where the model does not know them.
    """

    samples: Samples
    durations: Durations | None


class AcousticModel(Protocol):
    """Symbols → mel."""

    @property
    def controls(self) -> frozenset[Control]:
        """What of SpeechOptions it obeys."""

    @property
    def mel_spec(self) -> MelSpec:
        """The mels that this model makes."""

    @classmethod
    def load(cls, weights: Path | None, config: Config, mel_spec: MelSpec, device: str) -> Self:
        """Build the model.

        Args:
            weights: a safetensors file, its checksum already verified; None if the part has none.
            config: the part's `config` table.
            mel_spec: the mels that are wanted.
            device: "cpu", "cuda" or "cuda:N".

        Raises:
            VoiceError: the weights or the config are not this architecture's, naming the tensor or key.
            DeviceError: the device cannot be used.
        """

    def mels(self, batch: Sequence[Ids], options: SpeechOptions) -> list[Mel]:
        """Speak each utterance of `batch`. What stands beside an utterance in a batch never changes its mel."""


class Vocoder(Protocol):
    """Mel → samples."""

    @property
    def controls(self) -> frozenset[Control]:
        """What of SpeechOptions it obeys."""

    @property
    def mel_spec(self) -> MelSpec:
        """The mels that this vocoder understands."""

    @classmethod
    def load(cls, weights: Path | None, config: Config, mel_spec: MelSpec, device: str) -> Self:
        """Build the vocoder; as AcousticModel.load."""

    def waves(self, mels: Sequence[Frames], options: SpeechOptions) -> list[Samples]:
        """Sound each mel: float32 (n_frames * hop_samples,). What stands beside a mel never changes its sound."""


class TextToWave(Protocol):
    """Symbols → samples, in one network."""

    @property
    def controls(self) -> frozenset[Control]:
        """What of SpeechOptions it obeys."""

    @property
    def sample_rate_hz(self) -> int:
        """Samples per second of the waves that this model makes."""

    @classmethod
    def load(cls, weights: Path | None, config: Config, mel_spec: MelSpec, device: str) -> Self:
        """Build the model; as AcousticModel.load."""

    def waves(self, batch: Sequence[Ids], options: SpeechOptions) -> list[Wave]:
        """Speak each utterance of `batch`. What stands beside an utterance never changes its wave."""


class Alphabet(Protocol):
    """Spoken words → symbols."""

    def __call__(self, text: str, language: str) -> tuple[str, ...]:
        """Spell one sentence.

        Args:
            text: spoken words with punctuation; numbers and abbreviations are already words.
            language: BCP 47 tag, such as "en-US".

        Returns:
            Symbols in order, " " between words. Marks of punctuation stand as themselves.
        """


@dataclass(frozen=True)
class WordSpan:
    """One spoken word (or two that are spoken as one) and its place in Segment.symbols: symbols[start:stop]."""

    text: str
    start: int
    stop: int


@dataclass(frozen=True)
class Place:
    """Where something stands in the input: `source` is a file's name, "-" or "", `line` and `column` count from 1."""

    source: str
    line: int
    column: int


@dataclass(frozen=True)
class Unspoken:
    """Something of the input that makes no sound: a sign, a tag, or a symbol that the voice does not have."""

    text: str
    place: Place


@dataclass(frozen=True)
class Segment:
    """One sentence on its way from text to sound; made by ttscli.text.

    Attributes:
        text: as it was written.
        spoken: in spoken words.
        symbols: as the voice spells it, with the voice's marks at start and end; empty if there is nothing to speak.
        ids: int64 (n_symbols,), the symbols' numbers in the voice's table; no model is given an empty one.
        words: where each word stands in `symbols`.
        unspoken: what of the sentence makes no sound, in order.
        pause_after_s: seconds of silence after it.
        marks: names that a document gives to places before a symbol; start = stop.
    """

    text: str
    spoken: str
    symbols: tuple[str, ...]
    ids: Ids
    words: tuple[WordSpan, ...]
    unspoken: tuple[Unspoken, ...]
    pause_after_s: float
    marks: tuple[WordSpan, ...] = ()


@dataclass(frozen=True)
class Span:
    """A word or symbol and the samples that sound it: samples[start:stop]."""

    text: str
    start: int
    stop: int


@dataclass(frozen=True)
class AudioChunk:
    """One sentence of sound, its pause included; made by the synthesizer, consumed by ttscli.audio.

    Attributes:
        samples: float32 (n_samples,), in [-1, 1]; the pause alone of a segment without symbols.
        sample_rate_hz: samples per second.
        segment: the sentence that this is.
        words: when each word sounds; empty where the model does not know.
        symbols: when each symbol sounds; empty where the model does not know.
        marks: when each mark is passed; at the chunk's start where the model does not know.
    """

    samples: Samples
    sample_rate_hz: int
    segment: Segment
    words: tuple[Span, ...]
    symbols: tuple[Span, ...]
    marks: tuple[Span, ...] = ()
