"""ClariNet's vocoders as a plugin. Letters: M mel bins, F frames, T = F * hop_samples samples."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from ttscli.contract import Config, Control, Frames, Samples, SpeechOptions
from ttscli.errors import VoiceError
from ttscli.melspec import MelSpec
from ttscli.nn.devices import torch_device
from ttscli.nn.weight_norm import fill_from
from ttscli_clarinet.config import clarinet_config
from ttscli_clarinet.frontend import conditioner
from ttscli_clarinet.student import Student, StudentSounder
from ttscli_clarinet.teacher import Teacher, TeacherSounder


class ClariNet:
    """A trained teacher or student. Keeps the promise of ttscli.contract.Vocoder."""

    controls: ClassVar[frozenset[Control]] = frozenset({"temperature"})

    def __init__(self, network: Teacher | Student, mel_spec: MelSpec, device: torch.device) -> None:
        self.mel_spec = mel_spec
        self._device = device
        self._temperature = network.config.temperature
        network = network.to(device).eval()
        self._sounder = TeacherSounder(network) if isinstance(network, Teacher) else StudentSounder(network)

    @classmethod
    def load(cls, weights: Path | None, config: Config, mel_spec: MelSpec, device: str) -> "ClariNet":
        """Build the vocoder; the weights may be plain or those of a training run."""
        on = torch_device(device)
        if weights is None:
            raise VoiceError("clarinet: cannot sound without weights", "choose a voice that has a clarinet part, or train one")
        sizes = clarinet_config(config, mel_spec)
        network = Teacher(sizes) if sizes.kind == "teacher" else Student(sizes)
        fill_from(weights, network)
        return cls(network, mel_spec, on)

    def waves(self, mels: Sequence[Frames], options: SpeechOptions) -> list[Samples]:
        """Sound each mel: float32 (M, F) each → float32 (T,) each, in [-1, 1]."""
        conditioners = [self._conditioner(mel) for mel in mels]
        temperature = self._temperature if options.temperature is None else options.temperature
        noise = [temperature * noise_of(options.seed, mel.shape[1] * self.mel_spec.hop_samples, self._device) for mel in mels]
        return self._sounder.waves(conditioners, noise)

    def _conditioner(self, mel: Frames) -> Tensor:
        log_mel = torch.from_numpy(np.array(mel, np.float32)).to(self._device)
        return conditioner(log_mel, self.mel_spec.floor)


def noise_of(seed: int, n_samples: int, device: torch.device) -> Tensor:
    """Noise of deviation 1 for one utterance, float32 (n_samples,): the same on every device."""
    return torch.randn(n_samples, generator=torch.Generator().manual_seed(seed)).to(device)
