"""A voice: a folder with voice.toml and weights. Reading one imports neither numpy nor torch.

name, language, licence, description
[mel]              a MelSpec
[text]             a TextSettings; may be missing where there are vocoders only, marks, padded
[[acoustic]]       name, architecture, weights, sha256, [acoustic.config]   — any number; the first is the default
[[vocoder]]        likewise
[[text_to_wave]]   likewise
"""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from ttscli.config import read_config
from ttscli.errors import VoiceError
from ttscli.melspec import MelSpec

FILE_NAME = "voice.toml"

Kind: TypeAlias = Literal["acoustic", "text_to_wave", "vocoder"]
"""What a part is in a voice; also the name of its table."""
Marks: TypeAlias = Literal["", "attached", "apart"]
"""Where marks of punctuation stand among words; see TextSettings."""


@dataclass(frozen=True)
class TextSettings:
    """How this voice spells.

    Attributes:
        alphabet: name of an alphabet plugin.
        symbols: the symbol table; a symbol's id is its place. symbols[0] pads batches.
        start, end: symbols set before and after each sentence; "" for none.
        blank: symbol set between every two symbols; "" for none. With start and end the same, it stands around every symbol.
        marks: where marks of punctuation stand: "" as the alphabet gives them, "attached" without a space before them, "apart"
            with a space between them and words.
        padded: whether a space stands before and after each sentence, inside of start and end.
    """

    alphabet: str
    symbols: tuple[str, ...]
    start: str = ""
    end: str = ""
    blank: str = ""
    marks: Marks = ""
    padded: bool = False


@dataclass(frozen=True)
class Part:
    """One network of a voice.

    Attributes:
        kind: what it is in the voice.
        name: what `--model` and `--vocoder` call it.
        architecture: the plugin that runs it.
        weights: its safetensors file, or None for a plugin without weights.
        sha256: checksum of that file, in hex.
        config: passed to the plugin as it is.
    """

    kind: Kind
    name: str
    architecture: str
    weights: Path | None
    sha256: str
    config: Mapping[str, object]

    def verified_weights(self) -> Path | None:
        """Return the path of the weights after comparing their checksum; VoiceError if they are missing or altered."""
        if self.weights is None:
            return None
        try:
            with open(self.weights, "rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise VoiceError(f"{self.weights}: cannot be read: {error.strerror}", "install the voice again") from error
        if found != self.sha256:
            raise VoiceError(
                f"{self.weights}: damaged: its checksum is {found[:12]}…, not {self.sha256[:12]}…", "install the voice again"
            )
        return self.weights


@dataclass(frozen=True)
class Voice:
    """A speaker: how it spells, and the networks that speak for it. Pure data from voice.toml."""

    name: str
    language: str
    licence: str
    description: str
    folder: Path
    mel_spec: MelSpec
    text: TextSettings | None
    acoustic: tuple[Part, ...]
    vocoder: tuple[Part, ...]
    text_to_wave: tuple[Part, ...]

    @classmethod
    def read(cls, folder: Path) -> "Voice":
        """Read and check `folder`/voice.toml.

        Raises:
            VoiceError: the file is missing or not a voice, naming the key that is wrong.
        """
        path = folder / FILE_NAME
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise VoiceError(f"{path}: cannot be read: {error.strerror}") from error
        except ValueError as error:  # also of a path that no system knows
            raise VoiceError(f"{path}: not a TOML file: {error}") from error
        try:
            return _voice(table, folder)
        except VoiceError as error:
            raise VoiceError(f"{path}: not a voice: {error}", error.hint) from error
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise VoiceError(f"{path}: not a voice: {reason}") from error

    def spelling(self) -> TextSettings:
        """Return `text`; VoiceError if this voice cannot speak because it has vocoders only."""
        if self.text is None:
            raise VoiceError(f"voice {self.name} has no model", "name one of another voice: --model VOICE:PART")
        return self.text

    @property
    def parts(self) -> tuple[Part, ...]:
        """All parts, those that read text first."""
        return self.acoustic + self.text_to_wave + self.vocoder


def _voice(table: dict[str, Any], folder: Path) -> Voice:
    speaks = "acoustic" in table or "text_to_wave" in table
    return Voice(
        name=_string(table, "name"),
        language=_string(table, "language"),
        licence=_string(table, "licence"),
        description=str(table.get("description", "")),
        folder=folder,
        mel_spec=_mel_spec(table["mel"]),
        text=None if "text" not in table and not speaks else _text(table["text"]),
        acoustic=_parts("acoustic", table, folder),
        vocoder=_parts("vocoder", table, folder),
        text_to_wave=_parts("text_to_wave", table, folder),
    )


def _mel_spec(table: dict[str, Any]) -> MelSpec:
    """Every number must be written down: a voice never depends on our defaults."""
    if missing := sorted({field.name for field in fields(MelSpec)} - table.keys()):
        raise KeyError(f"mel.{missing[0]}")
    spec = read_config(MelSpec, table, "mel")
    numbers = asdict(spec)
    if min(numbers[name] for name in numbers if name != "low_hz") <= 0:
        raise ValueError("the numbers of [mel] must be positive")
    if not 0 <= spec.low_hz < spec.high_hz <= spec.sample_rate_hz / 2:
        raise ValueError("mel.low_hz must lie below mel.high_hz, and both within half of the sample rate")
    if spec.window_samples > spec.fft_samples:
        raise ValueError("mel.window_samples must not exceed mel.fft_samples")
    return spec


def _text(table: dict[str, Any]) -> TextSettings:
    marks, padded = table.get("marks", ""), table.get("padded", False)
    if marks not in get_args(Marks):
        raise ValueError(f"text.marks must be one of {', '.join(map(repr, get_args(Marks)))}, not {marks!r}")
    if not isinstance(padded, bool):
        raise ValueError("text.padded must be true or false")
    symbols = _symbols(table["symbols"])
    around = {key: str(table.get(key, "")) for key in ("start", "end", "blank")}
    if absent := [key for key, symbol in around.items() if symbol and symbol not in symbols]:
        raise ValueError(f"text.{absent[0]} {around[absent[0]]!r} is none of text.symbols")
    if padded and " " not in symbols:
        raise ValueError("text.padded wants a space among text.symbols")
    return TextSettings(_string(table, "alphabet"), symbols, **around, marks=marks, padded=padded)


def _symbols(symbols: list[str]) -> tuple[str, ...]:
    if not symbols or not all(isinstance(symbol, str) for symbol in symbols):
        raise ValueError("text.symbols must be a list of strings")
    if len(set(symbols)) < len(symbols):
        raise ValueError("text.symbols names a symbol twice")
    return tuple(symbols)


def _parts(kind: Kind, table: dict[str, Any], folder: Path) -> tuple[Part, ...]:
    return tuple(_part(kind, part, folder) for part in table.get(kind, []))


def _part(kind: Kind, table: dict[str, Any], folder: Path) -> Part:
    architecture = _string(table, "architecture")
    weights = table.get("weights")
    if weights is not None and Path(weights).name != weights:
        raise ValueError(f"weights {weights!r} must be a file in the voice's own folder")
    return Part(
        kind=kind,
        name=str(table.get("name", architecture)),
        architecture=architecture,
        weights=None if weights is None else folder / weights,
        sha256="" if weights is None else _string(table, "sha256"),
        config=dict(table.get("config", {})),
    )


def _string(table: dict[str, Any], key: str) -> str:
    value = table[key]
    if not isinstance(value, str) or not value:
        raise ValueError(f"{key} must be a text")
    return value
