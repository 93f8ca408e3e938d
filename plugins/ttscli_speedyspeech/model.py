"""SpeedySpeech as a plugin. On the CPU it speaks through numpy (speak.py), so that it answers at once; on a GPU through torch."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from ttscli.config import read_config
from ttscli.contract import Config, Ids, Mel, SpeechOptions
from ttscli.errors import VoiceError
from ttscli.melspec import MelSpec
from ttscli.nn.lite import read_tensors
from ttscli_speedyspeech.config import StudentConfig
from ttscli_speedyspeech.speak import LiteStudent


class Runtime(Protocol):
    """What runs the network."""

    def mels(self, batch: Sequence[Ids], pace: float) -> list[Mel]:
        """As AcousticModel.mels."""


class SpeedySpeech:
    """Vainer & Dušek's student network; see student.py. Deterministic: temperature and seed change nothing."""

    def __init__(self, mel_spec: MelSpec, runtime: Runtime) -> None:
        self.mel_spec = mel_spec
        self._runtime = runtime

    @classmethod
    def load(cls, weights: Path | None, config: Config, mel_spec: MelSpec, device: str) -> "SpeedySpeech":
        """As AcousticModel.load."""
        if weights is None:
            raise VoiceError("speedyspeech: this part names no weights", "it cannot speak without")
        sizes = read_config(StudentConfig, config, n_mels=mel_spec.n_mels)
        if device != "cpu":
            from ttscli_speedyspeech.gpu import TorchRuntime  # noqa: PLC0415 — torch takes two seconds to import

            return cls(mel_spec, TorchRuntime(weights, sizes, device))
        tensors = read_tensors(weights)
        try:
            return cls(mel_spec, LiteStudent(tensors, sizes))
        except (KeyError, ValueError) as error:
            raise VoiceError(f"{weights}: not these weights: {error}", "install the voice again") from error

    def mels(self, batch: Sequence[Ids], options: SpeechOptions) -> list[Mel]:
        """As AcousticModel.mels."""
        return self._runtime.mels(batch, options.pace)
