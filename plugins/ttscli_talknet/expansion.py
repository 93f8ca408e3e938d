"""From symbols to frames: every frame sees the symbols around it through Gaussians as wide as the symbols are long.

Beliaev and Ginsburg, "TalkNet 2", 2021, arXiv:2104.08189, after "Non-Attentive Tacotron", 2020, arXiv:2010.04301.
Differs from it: nothing. The published program sets two symbols of padding behind each utterance, which get no weight; here
frames past the end are 0 instead of the embedding of padding, and no network looks at them.

Letters: B batch, N symbols, T frames, C channels.
"""

import math

import torch
from torch import Tensor, nn

from ttscli.nn.lengths import length_mask

_EPSILON = 1e-6
_DEVIATIONS = 2.0  # a symbol is so many standard deviations long


def gaussian_weights(durations: Tensor, merge_blanks: bool = False) -> Tensor:
    """How much of each symbol each frame is made of.

    Args:
        durations: int64 (B, N), frames ≥ 0; one of 0 frames gets no weight.
        merge_blanks: leave out every second symbol, from the first on; the others share its frames.

    Returns:
        float32 (B, T, N), T the longest sum of durations; the weights of a frame add up to nearly 1, past the end to 0.
    """
    ends = durations.cumsum(1)
    centres = ends - durations / 2
    deviations = durations / _DEVIATIONS + _EPSILON
    n_frames = ends[:, -1]
    times = torch.arange(int(n_frames.max()), device=durations.device) + 0.5
    distances = (times[:, None] - centres[:, None]) / deviations[:, None]  # (T, 1) - (B, 1, N) → (B, T, N)
    densities = distances.square_().mul_(-0.5).exp_().div_(deviations[:, None] * math.sqrt(2 * math.pi))
    if merge_blanks:
        densities[..., ::2] = 0
    weights = densities.div_(densities.sum(-1, keepdim=True) + _EPSILON)
    return weights * length_mask(n_frames, len(times))[..., None]


class GaussianEmbedding(nn.Module):
    """Symbols and durations → frames."""

    def __init__(self, n_symbols: int, channels: int, merge_blanks: bool = False) -> None:
        super().__init__()
        self.symbols = nn.Embedding(n_symbols, channels)
        self.merge_blanks = merge_blanks

    def forward(self, ids: Tensor, durations: Tensor) -> Tensor:
        """int64 (B, N) and (B, N) → (B, C, T), 0 past the end."""
        weights = gaussian_weights(durations, self.merge_blanks)
        frames: Tensor = (weights @ self.symbols(ids)).transpose(1, 2)  # (B, T, N) @ (B, N, C) → (B, T, C) → (B, C, T)
        return frames
