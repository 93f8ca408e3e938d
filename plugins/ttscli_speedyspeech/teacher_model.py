"""SpeedySpeech's teacher as a plugin: slower than the student by far, and what it was taught with.

The published program never speaks with it but to look at its attention; what is ours here: the window, which keeps it from going
back and from leaving symbols out, and when to end. Letters: N symbols, T frames, M mel bins.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from ttscli.config import read_config
from ttscli.contract import Config, Control, Ids, Mel, SpeechOptions
from ttscli.errors import VoiceError
from ttscli.melspec import MelSpec
from ttscli.nn.devices import torch_device
from ttscli.nn.weights import fill, read_weights, shape_of
from ttscli_speedyspeech.teacher import Teacher, TeacherConfig

_WINDOW = 1
"""A frame attends to the symbol of the frame before or to the next: none is left out, as in the reading of durations."""
_SLOWEST = 3.0
"""How many times the usual frames a symbol an utterance may last: an attention that does not move on must end at some time."""


class MelTeacher(nn.Module):
    """A teacher together with what 0 and 1 stand for in its mels; buffers low and high, float32 ()."""

    def __init__(self, config: TeacherConfig) -> None:
        super().__init__()
        self.teacher = Teacher(config)
        self.low = nn.Buffer(torch.tensor(-11.5129))
        self.high = nn.Buffer(torch.tensor(2.0584))

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Speak one utterance: ids int64 (N,) → log mel (T, M), and the symbol that each frame belongs to, int64 (T,).

        It ends when the last symbol has lasted as long as symbols do in the mean, at the latest after _SLOWEST times that for
        each.
        """
        pace = self.teacher.config.frames_per_symbol
        longest = math.ceil(_SLOWEST * pace * len(ids))
        n_symbols = torch.tensor([len(ids)], device=ids.device)
        unit, attention = self.teacher.generate(ids[None], n_symbols, longest, _WINDOW, dwell=math.ceil(pace))
        return self.low + unit[0] * (self.high - self.low), attention[0].argmax(dim=-1)


class SpeedySpeechTeacher:
    """Vainer & Dušek's teacher network; see teacher.py. Deterministic, and at its own pace: it obeys no option."""

    controls: ClassVar[frozenset[Control]] = frozenset()

    def __init__(self, network: MelTeacher, mel_spec: MelSpec, device: torch.device) -> None:
        self.mel_spec = mel_spec
        self._network = network.to(device).eval()
        self._device = device

    @classmethod
    def load(cls, weights: Path | None, config: Config, mel_spec: MelSpec, device: str) -> "SpeedySpeechTeacher":
        """As AcousticModel.load."""
        on = torch_device(device)
        if weights is None:
            raise VoiceError("speedyspeech-teacher: this part names no weights", "it cannot speak without")
        tensors = read_weights(weights)
        n_symbols, _ = shape_of(tensors, "teacher.txt_encoder.embedding.weight", 2, str(weights))
        network = MelTeacher(read_config(TeacherConfig, config, n_mels=mel_spec.n_mels, n_symbols=n_symbols))
        fill(network, tensors, str(weights))
        return cls(network, mel_spec, on)

    def mels(self, batch: Sequence[Ids], options: SpeechOptions) -> list[Mel]:
        """Speak each utterance on its own."""
        return [self._mel(ids) for ids in batch]

    @torch.inference_mode()
    def _mel(self, ids: Ids) -> Mel:
        log_mel, symbols = self._network(torch.from_numpy(ids).to(self._device))
        durations = torch.bincount(symbols, minlength=len(ids))
        return Mel(np.ascontiguousarray(log_mel.T.float().cpu().numpy()), durations.cpu().numpy())  # (T, M) → (M, T)
