"""Published checkpoints of an architecture → a voice of ours: what an importer promises, and the folder that is made of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from ttscli.contract import Config
from ttscli.melspec import MelSpec
from ttscli.voice import TextSettings


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
