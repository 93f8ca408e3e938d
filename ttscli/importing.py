"""Published checkpoints of an architecture → a voice of ours: what an importer promises, and the folder that is made of it."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import yaml
from numpy.typing import NDArray

from ttscli.contract import Config
from ttscli.errors import VoiceError
from ttscli.melspec import MelSpec
from ttscli.voice import TextSettings

_FRONT_END = {
    "sampling_rate": "sample_rate_hz",
    "sample_rate": "sample_rate_hz",
    "n_fft": "fft_samples",
    "filter_length": "fft_samples",
    "hop_length": "hop_samples",
    "hop_size": "hop_samples",
    "win_length": "window_samples",
    "win_size": "window_samples",
    "n_mel_channels": "n_mels",
    "n_mel": "n_mels",
    "mel_fmin": "low_hz",
    "mel_fmax": "high_hz",
    "clip_val": "floor",
}


def front_end(table: Mapping[str, object]) -> dict[str, object]:
    """Translate the words that authors use in their configurations into fields of MelSpec; other keys are left out.

    An upper end of the mels that is null means half of the sample rate, wherever that is given.
    """
    fields = {_FRONT_END[key]: value for key, value in table.items() if key in _FRONT_END}
    rate = fields.get("sample_rate_hz")
    if "high_hz" in fields and fields["high_hz"] is None:
        fields["high_hz"] = rate / 2 if isinstance(rate, int) else MelSpec.sample_rate_hz / 2
    return fields


def read_settings(text: str, source: str) -> dict[str, Any]:
    """Read JSON, TOML or YAML, whichever `text` is, as plain data.

    Raises:
        VoiceError: it is none of them, or no table of named values; `source` is what is named first.
    """
    for parse in (json.loads, tomllib.loads, yaml.safe_load):
        try:
            table = parse(text)
        except (ValueError, yaml.YAMLError, RecursionError):
            continue
        if isinstance(table, dict) and all(isinstance(key, str) for key in table):
            return table
    raise VoiceError(
        f"{source}: not a table of settings in JSON, TOML or YAML", "give the configuration that its authors publish"
    )


@dataclass(frozen=True)
class Imported:
    """What an importer makes of published files: one part of a voice.

    Attributes:
        kind: what the part is in a voice.
        tensors: under the names that the plugin's `load` expects; written to a safetensors file as they are.
        config: the part's `config` table.
        mel_spec: the mels that it was trained on; of a text-to-wave model, only its sample rate is heard.
        text: how the voice must spell; None for a vocoder.
    """

    kind: Literal["acoustic", "vocoder", "text_to_wave"]
    tensors: Mapping[str, NDArray[np.generic]]
    config: Config
    mel_spec: MelSpec
    text: TextSettings | None = None


class Importer(Protocol):
    """Published files of an architecture → a part that the plugin of the same name loads."""

    def __call__(self, files: Sequence[Path], settings: Config) -> Imported:
        """Read the files. They are told apart by content, in any order; nothing in them is ever executed.

        Args:
            files: checkpoints as their authors' programs write them.
            settings: what the user states about them, such as the authors' own configuration file; empty if nothing. What
                neither it nor the files say is as published.

        Raises:
            VoiceError: a file is missing, damaged, hostile, of another architecture, or does not fit the others or the settings,
                naming the file and the tensor or key.
        """
