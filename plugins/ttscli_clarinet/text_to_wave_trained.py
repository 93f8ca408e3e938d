"""Trained text-to-wave networks, of runs and of voices."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ttscli.errors import UsageError
from ttscli.melspec import MelSpec
from ttscli.nn.weight_norm import fill_from
from ttscli.training.recipe import Recipe
from ttscli_clarinet.text_to_wave import DistilledTextToWave, TextToWave, untrained
from ttscli_clarinet.text_to_wave_config import text_to_wave_config
from ttscli_clarinet.text_to_wave_train import TextToWaveTraining
from ttscli_clarinet.trained import Found, find


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
        found = next(find(name, "text_to_wave", mel_spec), None)
        if found is None:
            hint = "make one with: tts train clarinet-text-to-wave"
            raise UsageError(f"{name}: has no clarinet that goes from text to wave", hint)
        network = untrained(text_to_wave_config(found.config, mel_spec))
        fill_from(found.weights, network)
        return cls(network, found.config, found.symbols, isinstance(network, TextToWave) and _learned(found))


def _learned(found: Found) -> bool:
    """Whether a WaveNet learned, as that of a voice must have."""
    return not found.run or Recipe.of_run(found.run).training(TextToWaveTraining).nll_weight > 0
