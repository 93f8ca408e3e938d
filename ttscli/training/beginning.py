"""What a run may begin with instead of chance: the weights of a file, of an earlier run, or of a part of a voice."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torch import Tensor

from ttscli import library, registry
from ttscli.errors import InputError, UsageError, VoiceError
from ttscli.nn.weights import read_weights
from ttscli.training.checkpoints import is_run
from ttscli.training.corpus import Corpus
from ttscli.training.export import describe, weights_of
from ttscli.training.trainer import Trainer
from ttscli.voice import Voice


@dataclass(frozen=True)
class Beginning:
    """Weights, and what is known of their network.

    Attributes:
        source: where they come from, for messages.
        tensors: as a voice or a run has them.
        config: their network's `config` table; empty where nobody knows.
        text: how it spells, as in `Trainer.text`; empty where it sees no symbols, or nobody knows.
    """

    source: str
    tensors: Mapping[str, Tensor]
    config: Mapping[str, Any] = field(default_factory=dict)
    text: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def find(cls, name: str, trainer: type[Trainer]) -> "Beginning":
        """Read the weights called `name`.

        Args:
            name: a .safetensors file, the folder of a run, or VOICE[:PART], a voice's name or folder.
            trainer: a part of a voice must be of its architecture, and of its kind, if voices have such.

        Raises:
            UsageError: the voice has no such part, or none with weights.
            InputError: the run has no weights yet.
            VoiceError: there is nothing of that name, or it is damaged.
        """
        path = Path(name)
        if path.suffix == ".safetensors":
            return cls(name, read_weights(path))
        if is_run(path):
            said = describe(path)
            return cls(name, read_weights(weights_of(path)), said["config"], said["text"])
        voice_name, _, part_name = name.partition(":")
        return cls._of_voice(library.find(voice_name), part_name, trainer)

    @classmethod
    def _of_voice(cls, voice: Voice, part_name: str, trainer: type[Trainer]) -> "Beginning":
        kinds = [trainer.kind] if trainer.kind in registry.GROUPS else registry.GROUPS
        parts = [part for part in voice.parts if part.kind in kinds and part.architecture == trainer.architecture]
        chosen = [part for part in parts if part_name in ("", part.name)]
        weights = chosen[0].verified_weights() if chosen else None
        if weights is None:
            known = ", ".join(part.name for part in parts) or "none"
            what = f"{trainer.architecture} part" + (f" called {part_name}" if part_name else "")
            hint = f"its parts of this kind and architecture: {known}"
            raise UsageError(f"voice {voice.name} has no {what} with weights", hint)
        text: dict[str, Any] = {}
        if voice.text is not None and chosen[0] not in voice.vocoder:
            spelling = voice.spelling()
            text = {"alphabet": spelling.alphabet, "symbols": list(spelling.symbols)}
        return cls(str(weights), read_weights(weights), chosen[0].config, text)


def spell_alike(corpus: Corpus, text: Mapping[str, Any], source: str) -> int:
    """Let `corpus` spell as a trained network does; return how many utterances that leaves out.

    Args:
        corpus: takes over the network's symbols.
        text: of the network, as in Beginning.
        source: what has been trained, for messages.

    Raises:
        UsageError: the corpus is spelled in another alphabet, or every utterance has a symbol that the network does not know.
    """
    alphabet, symbols = text.get("alphabet"), text.get("symbols")
    if alphabet and alphabet != corpus.about.alphabet:
        hint = f'write alphabet = "{alphabet}" into its corpus.toml'
        raise UsageError(f"{source} reads {alphabet}, the corpus is spelled in {corpus.about.alphabet}", hint)
    left_out = len(corpus.speak_with(symbols)) if symbols else 0
    if not corpus.utterances:
        raise UsageError(f"{source}: every utterance of the corpus has a symbol that it does not know")
    return left_out


def run_or_voice(name: str) -> Path | Voice:
    """The folder of the run called `name`, or the voice of that name or in that folder; InputError if it is neither."""
    if is_run(Path(name)):
        return Path(name)
    try:
        return library.find(name)
    except VoiceError as error:
        hint = "name a folder that tts train made, or a voice without its part"
        raise InputError(f"{name}: not a training run, nor a voice: {error}", hint) from error
