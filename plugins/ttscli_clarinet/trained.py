"""Trained ClariNets of any kind, where runs and voices keep them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ttscli.errors import UsageError
from ttscli.melspec import MelSpec
from ttscli.training.beginning import run_or_voice
from ttscli.training.export import describe, weights_of
from ttscli.voice import Voice


@dataclass(frozen=True)
class Found:
    """A trained network.

    Attributes:
        weights: the file of them.
        config: the table of its sizes.
        symbols: what it reads, by id; none of a vocoder.
        run: what its run says of itself; empty for a part of a voice.
    """

    weights: Path
    config: Mapping[str, Any]
    symbols: tuple[str, ...] = ()
    run: Mapping[str, Any] = field(default_factory=dict)


def find(name: str, kind: Literal["vocoder", "text_to_wave"], mel_spec: MelSpec) -> Iterator[Found]:
    """Yield the network of a run, by its folder, or those of a voice, by its name or folder; none if they are no ClariNets.

    Args:
        name: of the run or voice.
        kind: of the networks.
        mel_spec: the mels of the corpus.

    Raises:
        UsageError: it was trained on other mels.
        InputError, VoiceError: `name` is neither a run nor a voice, or damaged.
    """
    place = run_or_voice(name)
    if isinstance(place, Voice):
        yield from _of_voice(place, kind, mel_spec)
        return
    run = describe(place)
    if (run["architecture"], run["kind"]) == ("clarinet", kind):
        _require_same_mels(place, MelSpec(**run["mel"]), mel_spec)
        yield Found(weights_of(place), run["config"], tuple(run["text"].get("symbols", ())), run)


def _of_voice(voice: Voice, kind: str, mel_spec: MelSpec) -> Iterator[Found]:
    for part in voice.parts:
        if (part.architecture, part.kind) == ("clarinet", kind) and (weights := part.verified_weights()):
            _require_same_mels(voice.folder, voice.mel_spec, mel_spec)
            yield Found(weights, part.config, voice.spelling().symbols if kind == "text_to_wave" else ())


def _require_same_mels(folder: Path, own: MelSpec, of_corpus: MelSpec) -> None:
    if differences := own.differences(of_corpus):
        raise UsageError(f"{folder}: its mels are not the corpus's: {', '.join(differences)}")
