"""Frames → samples: the conditioner of a WaveNet.

Ping, Peng and Chen, "ClariNet", 2018, arXiv:1807.07281, section 5: transposed convolutions over time and frequency, their kernels
twice the stride, so that no sample is reached by more of them than its neighbour.
Differs from it: nothing; an odd stride makes one column too many, which is cut off.

Letters: B batch, M channels, F frames, L columns at the rate of a layer, T = F * hop_samples samples.
"""

import math
from collections.abc import Sequence

from torch import Tensor, nn
from torch.nn import functional

from ttscli_clarinet.config import Activation

SLOPE = 0.4
"""Of the leaky ReLU, as in the public program."""


class Upsampler(nn.Module):
    """Sees the frames as an image of one channel. The activation stands behind every layer, the last one included."""

    def __init__(self, strides: Sequence[int], activation: Activation = "leaky-relu", every: int = 1) -> None:
        """Make the layers.

        Args:
            strides: factor of each layer; their product is hop_samples.
            activation: behind every layer.
            every: only the first of so many columns is wanted.
        """
        super().__init__()
        self.activation = activation
        self.layers = nn.ModuleList(nn.ConvTranspose2d(1, 1, (3, 2 * s), (1, s), (1, s // 2)) for s in strides)
        self.strides = tuple(strides)
        self.every = every

    @property
    def hop_samples(self) -> int:
        return math.prod(self.strides)

    @property
    def reach_frames(self) -> int:
        """How many frames before and after its own a column depends on, at most: one column of each layer's own input."""
        return math.ceil(sum(1 / math.prod(self.strides[:layer]) for layer in range(len(self.strides))))

    def forward(self, frames: Tensor) -> Tensor:
        """Float (B, M, F) → (B, M, T / every)."""
        image = frames.unsqueeze(1)  # (B, M, F) → (B, 1, M, F)
        for layer, stride in zip(self.layers[:-1], self.strides[:-1], strict=True):
            image = self._activated(layer(image)[..., : image.shape[-1] * stride])  # (B, 1, M, L) → (B, 1, M, L * stride)
        return self._activated(self._thinned(image)).squeeze(1)

    def _activated(self, x: Tensor) -> Tensor:
        return functional.softsign(x) if self.activation == "softsign" else functional.leaky_relu(x, SLOPE)

    def _thinned(self, image: Tensor) -> Tensor:
        """The wanted columns of what the last layer makes of an image: (B, 1, M, L) → (B, 1, M, L * stride / every)."""
        layer, stride = self.layers[-1], self.strides[-1]
        if self.every % stride:
            columns: Tensor = layer(image)[..., : image.shape[-1] * stride : self.every]
            return columns
        assert isinstance(layer, nn.ConvTranspose2d)
        # A column at a multiple of the stride is reached by two taps: one from its own place in the image, one from that before.
        taps = layer.weight[..., [stride + stride // 2, stride // 2]].flip(2)
        return functional.conv2d(functional.pad(image, (1, 0)), taps, layer.bias, (1, self.every // stride), (1, 0))

    def stretch(self, frames: Tensor, start: int, stop: int) -> Tensor:
        """As forward, of frames `start` to `stop` alone, as they are among all F: (B, M, F) → (B, M, C), C columns."""
        hop, before = self.hop_samples // self.every, max(0, start - self.reach_frames)
        columns: Tensor = self(frames[..., before : stop + self.reach_frames])
        return columns[..., (start - before) * hop : (stop - before) * hop]
