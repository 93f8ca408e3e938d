"""The teacher: a WaveNet with an upsampler of its own.

Ping, Peng and Chen, "ClariNet", 2018, arXiv:1807.07281, section 3.1.
Differs from it: the conditioner is that of the public program, a mel in [0, 1]; see frontend.py.

Letters: B batch, M mel bins, F frames, T = F * hop_samples samples.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from ttscli_clarinet.config import ClariNetConfig
from ttscli_clarinet.folding import Array
from ttscli_clarinet.incremental import Incremental
from ttscli_clarinet.upsampler import Upsampler
from ttscli_clarinet.wavenet import Gaussian, WaveNet

_CHUNK_FRAMES = 16
"""Long mels are sounded piece by piece, so that memory stays bounded."""


class Teacher(nn.Module):
    """Plain weights; `weight_normed` makes the one to train."""

    def __init__(self, config: ClariNetConfig) -> None:
        super().__init__()
        self.config = config
        self.upsampler = Upsampler(config.upsample_strides, config.activation)
        [wavenet] = config.wavenets
        self.wavenet = WaveNet(wavenet)

    def forward(self, waves: Tensor, mels: Tensor) -> Gaussian:
        """Predict every next sample of waves (B, T) in [-1, 1] with their conditioners (B, M, F): column t is of sample t + 1."""
        predicted: Gaussian = self.wavenet(waves, self.upsampler(mels))
        return predicted


class TeacherSounder:
    """A trained teacher that speaks: sample by sample, on the CPU, whatever the device of its upsampler."""

    def __init__(self, teacher: Teacher) -> None:
        self._upsampler = teacher.upsampler
        self._incremental = Incremental(teacher.wavenet)

    @torch.inference_mode()
    def waves(self, mels: Sequence[Tensor], noise: Sequence[Tensor]) -> list[Array]:
        """Conditioners (M, F) and noise (T,) of each utterance → float32 (T,) each, in [-1, 1]."""
        hop = self._upsampler.hop_samples

        def conditions(utterance: int, start: int, stop: int) -> Array:
            columns = self._upsampler.stretch(mels[utterance][None], start // hop, stop // hop)
            return np.asarray(columns[0].cpu().numpy())

        return self._incremental.utter([of_one.cpu().numpy() for of_one in noise], conditions, _CHUNK_FRAMES * hop)
