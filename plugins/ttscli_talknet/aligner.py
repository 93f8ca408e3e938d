"""A recogniser that tells how long each symbol of a recording lasts.

Kriman et al., "QuartzNet", 2020, arXiv:1910.10261, as Beliaev and Ginsburg use it in "TalkNet 2", 2021, arXiv:2104.08189: trained
with CTC (Graves et al., 2006), with one output a frame, and read by its best path.
Differs from it: nothing is strided, so that every frame has its output; the input is normalised by the corpus, not by the
utterance.

Letters: B batch, N symbols, T frames, M mel bins, K classes: the symbols, and the blank as the last.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ttscli.config import require_within
from ttscli.nn.lengths import length_mask
from ttscli_talknet.config import StackConfig, checked_stack
from ttscli_talknet.encoder import Encoder


@dataclass(frozen=True)
class AlignerConfig:
    """Sizes of a recogniser; the defaults are those of QuartzNet 5x5. Tuples have one value a block, as in StackConfig."""

    n_symbols: int
    n_mels: int = 80
    filters: tuple[int, ...] = (256, 256, 256, 512, 512, 512, 512, 1024)
    repeats: tuple[int, ...] = (1, 5, 5, 5, 5, 5, 1, 1)
    kernels: tuple[int, ...] = (33, 33, 39, 51, 63, 75, 87, 1)
    dilations: tuple[int, ...] = (1, 1, 1, 1, 1, 1, 2, 1)
    dropout: float = 0.1

    def __post_init__(self) -> None:
        require_within(self, 0, 1, "dropout")

    @property
    def stack(self) -> StackConfig:
        """The blocks: the first and the last two are plain, those between them have a path around them.

        Raises:
            VoiceError: they do not fit together.
        """
        n_blocks = len(self.filters)
        stack = StackConfig(
            width=self.n_mels,
            filters=self.filters,
            repeats=self.repeats,
            kernels=self.kernels,
            dilations=self.dilations,
            separable=(True,) * (n_blocks - 1) + (False,),
            squeezes=(0,) * n_blocks,
            residual=tuple(0 < block < n_blocks - 2 for block in range(n_blocks)),
        )
        return checked_stack(stack)


class Aligner(nn.Module):
    """Log mel → what is said in each frame.

    Buffers: mean and deviation, float32 (M,), of each bin of the corpus' log mels.
    """

    def __init__(self, config: AlignerConfig) -> None:
        super().__init__()
        self.config = config
        self.mean = nn.Buffer(torch.zeros(config.n_mels))
        self.deviation = nn.Buffer(torch.ones(config.n_mels))
        self.encoder = Encoder(config.stack, config.dropout)
        self.head = nn.Conv1d(config.filters[-1], config.n_symbols + 1, 1)

    def forward(self, mels: Tensor, n_frames: Tensor) -> Tensor:
        """Mels (B, M, T), n_frames int64 (B,) → log probabilities (B, T, K)."""
        normed = (mels - self.mean[:, None]) / self.deviation[:, None]
        scores = self.head(self.encoder(normed, length_mask(n_frames, mels.shape[-1])))
        log_probabilities: Tensor = scores.transpose(1, 2).log_softmax(-1)  # (B, K, T) → (B, T, K)
        return log_probabilities


@torch.inference_mode()
def hear(aligner: Aligner, mel: Tensor) -> NDArray[np.float32]:
    """What an aligner, in evaluation mode, hears in one recording: (M, T) → log probabilities float32 (T, K)."""
    log_probabilities: Tensor = aligner(mel[None], torch.tensor([mel.shape[1]], device=mel.device))[0]
    return log_probabilities.float().cpu().numpy()
