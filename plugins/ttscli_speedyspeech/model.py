"""SpeedySpeech as a plugin. On the CPU it speaks through numpy (speak.py), so that it answers at once; on a GPU through torch."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Protocol

import numpy as np

from ttscli.config import read_config
from ttscli.contract import Config, Control, Frames, Ids, Mel, SpeechOptions
from ttscli.errors import VoiceError
from ttscli.melspec import MelSpec
from ttscli.nn.lite import load_lite
from ttscli.post_filter import enhance
from ttscli_speedyspeech.config import StudentConfig
from ttscli_speedyspeech.speak import LiteStudent


class Runtime(Protocol):
    """What runs the network."""

    def mels(self, batch: Sequence[Ids], pace: float) -> list[Mel]:
        """As AcousticModel.mels."""


class SpeedySpeech:
    """Vainer & Dušek's student network; see student.py. Deterministic: temperature and seed change nothing."""

    controls: ClassVar[frozenset[Control]] = frozenset({"pace"})

    def __init__(self, mel_spec: MelSpec, runtime: Runtime, config: StudentConfig) -> None:
        self.mel_spec = mel_spec
        self._runtime = runtime
        self._config = config

    @classmethod
    def load(cls, weights: Path | None, config: Config, mel_spec: MelSpec, device: str) -> "SpeedySpeech":
        """As AcousticModel.load."""
        if weights is None:
            raise VoiceError("speedyspeech: this part names no weights", "it cannot speak without")
        sizes = read_config(StudentConfig, config, n_mels=mel_spec.n_mels)
        if device != "cpu":
            from ttscli_speedyspeech.gpu import TorchRuntime  # noqa: PLC0415 — torch takes two seconds to import

            return cls(mel_spec, TorchRuntime(weights, sizes, device), sizes)
        return cls(mel_spec, load_lite(weights, lambda tensors: LiteStudent(tensors, sizes)), sizes)

    def mels(self, batch: Sequence[Ids], options: SpeechOptions) -> list[Mel]:
        """As AcousticModel.mels."""
        mels = self._runtime.mels(batch, options.pace)
        return [replace(mel, frames=self._finish(mel.frames)) for mel in mels]

    def _finish(self, frames: Frames) -> Frames:
        louder = np.float32(self._config.gain_db / 20 * math.log(10))
        return enhance(frames, self._config.contrast) + louder
