"""Frames → samples: the conditioner of a WaveNet.

Ping, Peng and Chen, "ClariNet", 2018, arXiv:1807.07281, section 5: transposed convolutions over time and frequency, their kernels
twice the stride, so that no sample is reached by more of them than its neighbour.
Differs from it: nothing; an odd stride makes one column too many, which is cut off.

Letters: B batch, M channels, F frames, L columns at the rate of a layer, T = F * hop_samples samples.
"""

import math
from collections.abc import Sequence
from typing import Literal

from torch import Tensor, nn
from torch.nn import functional

Activation = Literal["leaky-relu", "softsign"]

SLOPE = 0.4
"""Of the leaky ReLU, as in the public program."""
REACH_FRAMES = 2
"""How many frames before and after its own a column depends on, at most: one of each layer, and the later ones' are shorter."""


class Upsampler(nn.Module):
    """Sees the frames as an image of one channel. The activation stands behind every layer, the last one included."""

    def __init__(self, strides: Sequence[int], activation: Activation = "leaky-relu") -> None:
        """`strides`: factor of each layer; their product is hop_samples."""
        super().__init__()
        self.activation = activation
        self.layers = nn.ModuleList(nn.ConvTranspose2d(1, 1, (3, 2 * s), (1, s), (1, s // 2)) for s in strides)
        self.strides = tuple(strides)

    @property
    def hop_samples(self) -> int:
        return math.prod(self.strides)

    def forward(self, frames: Tensor) -> Tensor:
        """Float (B, M, F) → (B, M, T)."""
        image = frames.unsqueeze(1)  # (B, M, F) → (B, 1, M, F)
        for layer, stride in zip(self.layers, self.strides, strict=True):
            wide = layer(image)[..., : image.shape[-1] * stride]  # (B, 1, M, L) → (B, 1, M, L * stride)
            image = functional.softsign(wide) if self.activation == "softsign" else functional.leaky_relu(wide, SLOPE)
        return image.squeeze(1)

    def stretch(self, frames: Tensor, start: int, stop: int) -> Tensor:
        """The columns of frames `start` to `stop` alone, as among all: (B, M, F) → (B, M, (stop - start) * hop_samples)."""
        hop, before = self.hop_samples, max(0, start - REACH_FRAMES)
        columns: Tensor = self(frames[..., before : stop + REACH_FRAMES])
        return columns[..., (start - before) * hop : (stop - before) * hop]
