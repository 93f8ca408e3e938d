"""Trained text-to-wave networks, of runs and of voices."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ttscli.errors import UsageError
from ttscli.melspec import MelSpec
from ttscli.nn.weight_norm import fill_from
from ttscli.training.beginning import run_or_voice
from ttscli.training.checkpoints import WEIGHTS
from ttscli.training.export import describe
from ttscli.training.recipe import Recipe
from ttscli.voice import Voice
from ttscli_clarinet.text_to_wave import DistilledTextToWave, TextToWave, untrained
from ttscli_clarinet.text_to_wave_config import text_to_wave_config
from ttscli_clarinet.text_to_wave_train import TextToWaveTraining
from ttscli_clarinet.train import require_same_mels

_HINT = "make one with: tts train clarinet-text-to-wave"


@dataclass(frozen=True)
class Trained:
    """A network, and what its run or voice says of it.

    Attributes:
        network: with a WaveNet or with flows.
        config: the table of its sizes.
        symbols: what it reads, by id.
        teaches: whether it has a WaveNet that may have learned.
    """

    network: TextToWave | DistilledTextToWave
    config: Mapping[str, Any]
    symbols: tuple[str, ...]
    teaches: bool

    @classmethod
    def read(cls, name: str, mel_spec: MelSpec) -> "Trained":
        """Read the network of a run, by its folder, or the first one of a voice, by its name or folder.

        Raises:
            UsageError: there is none, or it was trained on other mels than `mel_spec`.
            InputError, VoiceError: `name` is neither a run nor a voice, or damaged.
        """
        folder = run_or_voice(name)
        if isinstance(folder, Voice):
            return cls._of_voice(folder, mel_spec)
        run = describe(folder)
        if (run["architecture"], run["kind"]) != ("clarinet", "text_to_wave"):
            raise UsageError(f"{folder}: a run of {run['architecture']}, which is no text to wave", _HINT)
        require_same_mels(folder, MelSpec(**run["mel"]), mel_spec)
        network = _network(folder / WEIGHTS, run["config"], mel_spec)
        teaches = isinstance(network, TextToWave) and Recipe.of_run(run).training(TextToWaveTraining).nll_weight > 0
        return cls(network, run["config"], tuple(run["text"]["symbols"]), teaches)

    @classmethod
    def _of_voice(cls, voice: Voice, mel_spec: MelSpec) -> "Trained":
        require_same_mels(voice.folder, voice.mel_spec, mel_spec)
        for part in voice.text_to_wave:
            if part.architecture == "clarinet" and (weights := part.verified_weights()):
                network = _network(weights, part.config, mel_spec)
                return cls(network, part.config, voice.spelling().symbols, isinstance(network, TextToWave))
        raise UsageError(f"{voice.folder}: has no clarinet that goes from text to wave", _HINT)


def _network(weights: Path, table: Mapping[str, Any], mel_spec: MelSpec) -> TextToWave | DistilledTextToWave:
    network = untrained(text_to_wave_config(table, mel_spec))
    fill_from(weights, network)
    return network
