"""TalkNet's three networks.

Beliaev and Ginsburg, "TalkNet 2: Non-Autoregressive Depth-Wise Separable Convolutional Model for Speech Synthesis with Explicit
Pitch and Duration Prediction", 2021, arXiv:2104.08189.
Differs from it: nothing, with the default configuration. Squeeze-and-excitation, which the published program has, is a matter of
the configuration, and so are all sizes. An utterance always has at least one frame.

Letters: B batch, N symbols, T frames, M mel bins, C channels.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from ttscli.nn.lengths import length_mask
from ttscli_talknet.config import TalkNetConfig
from ttscli_talknet.encoder import Encoder
from ttscli_talknet.expansion import GaussianEmbedding
from ttscli_talknet.pitch import Register, contour


class DurationNetwork(nn.Module):
    """Symbols → how long they last."""

    def __init__(self, config: TalkNetConfig) -> None:
        super().__init__()
        stack = config.durations
        self.symbols = nn.Embedding(config.n_symbols, stack.width)
        self.encoder = Encoder(stack, config.dropout)
        self.head = nn.Conv1d(stack.filters[-1], 1, 1)

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Ids int64 (B, N), lengths int64 (B,) → ln(durations + 1), (B, N)."""
        x = self.symbols(ids).transpose(1, 2)  # (B, N, C) → (B, C, N)
        encoded = self.encoder(x, length_mask(lengths, ids.shape[1]))
        log_durations: Tensor = self.head(encoded).squeeze(1)  # (B, 1, N) → (B, N)
        return log_durations


class PitchNetwork(nn.Module):
    """Symbols and durations → whether each frame is voiced, and how high."""

    def __init__(self, config: TalkNetConfig) -> None:
        super().__init__()
        stack = config.pitch
        self.expand = GaussianEmbedding(config.n_symbols, stack.width, config.merge_blanks)
        self.encoder = Encoder(stack, config.dropout)
        self.unvoiced = nn.Conv1d(stack.filters[-1], 1, 1)
        self.body = nn.Conv1d(stack.filters[-1], 1, 1)

    def forward(self, ids: Tensor, durations: Tensor) -> tuple[Tensor, Tensor]:
        """int64 (B, N) and (B, N) → logits of being unvoiced (B, T), f0 in deviations from the voice's mean (B, T)."""
        frames = self.expand(ids, durations)
        encoded = self.encoder(frames, length_mask(durations.sum(1), frames.shape[-1]))
        return self.unvoiced(encoded).squeeze(1), self.body(encoded).squeeze(1)  # (B, 1, T) → (B, T)


class SpectrogramNetwork(nn.Module):
    """Symbols, durations and the contour of f0 → log mel."""

    def __init__(self, config: TalkNetConfig) -> None:
        super().__init__()
        stack = config.spectrogram
        self.expand = GaussianEmbedding(config.n_symbols, stack.width, config.merge_blanks)
        self.contour = nn.Conv1d(1, stack.width, 3, padding=1)
        self.encoder = Encoder(stack, config.dropout)
        self.head = nn.Conv1d(stack.filters[-1], config.n_mels, 1)

    def forward(self, ids: Tensor, durations: Tensor, heard: Tensor) -> Tensor:
        """int64 (B, N) and (B, N), the contour (B, T) as pitch.contour makes it → log mel (B, M, T)."""
        frames = self.expand(ids, durations) + self.contour(heard[:, None])  # (B, C, T) + (B, 1, T) → (B, C, T)
        mel: Tensor = self.head(self.encoder(frames, length_mask(durations.sum(1), frames.shape[-1])))
        return mel


class Outputs(NamedTuple):
    """What the networks say of a batch: log_durations (B, N); unvoiced, body (B, T); mels (B, M, T)."""

    log_durations: Tensor
    unvoiced: Tensor
    body: Tensor
    mels: Tensor


class Networks(nn.Module):
    """The three, which share nothing but the symbols."""

    def __init__(self, config: TalkNetConfig) -> None:
        super().__init__()
        self.config = config
        self.register = Register(config.f0_mean, config.f0_std)
        self.durations = DurationNetwork(config)
        self.pitch = PitchNetwork(config)
        self.spectrogram = SpectrogramNetwork(config)

    def forward(self, ids: Tensor, lengths: Tensor, durations: Tensor, f0_hz: Tensor) -> Outputs:
        """Each network on the truth, as in training.

        Args:
            ids: int64 (B, N).
            lengths: int64 (B,), symbols.
            durations: int64 (B, N), frames, 0 past the end.
            f0_hz: float (B, T), 0 where unvoiced and past the end.
        """
        log_durations = self.durations(ids, lengths)
        unvoiced, body = self.pitch(ids, durations)
        return Outputs(log_durations, unvoiced, body, self.spectrogram(ids, durations, contour(f0_hz)))


def whole_frames(log_durations: Tensor, lengths: Tensor, pace: float = 1.0) -> Tensor:
    """Durations to speak with, rounded half to even.

    Args:
        log_durations: (B, N), ln(durations + 1).
        lengths: int64 (B,), symbols.
        pace: > 0, divides the durations before they are rounded.

    Returns:
        int64 (B, N), ≥ 0, 0 past the end. Where all would be 0, the longest symbol gets 1.
    """
    inside = length_mask(lengths, log_durations.shape[1])
    exact = log_durations.expm1().clamp(min=0) / pace
    durations = (exact.round() * inside).long()
    longest = log_durations.masked_fill(~inside, -torch.inf).argmax(1, keepdim=True)
    guarded = durations.scatter(1, longest, durations.gather(1, longest).clamp(min=1))
    return torch.where(durations.any(1, keepdim=True), durations, guarded)
