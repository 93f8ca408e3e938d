"""How long each symbol lasts: the predictor, and its predictions in whole frames.

Kim et al., "Glow-TTS", 2020, section 3.2 ("Duration Predictor"), after Ren et al., "FastSpeech", 2019.
Differs from it: the utterance is never shorter than what the decoder sees as one frame.

Letters: B batch, N symbols, C channels, S channels of a speaker.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from ttscli_glowtts.config import GlowTtsConfig, Rounding
from ttscli_glowtts.encoder import ChannelNorm


class DurationPredictor(nn.Module):
    """Two convolutions and a projection. It learns from the encoder without teaching it."""

    def __init__(self, config: GlowTtsConfig) -> None:
        super().__init__()
        width, kernel = config.duration_channels, config.kernel
        widths = (config.channels + config.speaker_channels, width)
        self.convolutions = nn.ModuleList(nn.Conv1d(n_in, width, kernel, padding=kernel // 2) for n_in in widths)
        self.norms = nn.ModuleList(ChannelNorm(width) for _ in widths)
        self.outlet = nn.Conv1d(width, 1, 1)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, hidden: Tensor, mask: Tensor, speaker: Tensor | None) -> Tensor:
        """Hidden (B, C, N), mask (B, 1, N), speaker (B, S, 1) or None → natural logs of frames (B, N), 0 behind an utterance."""
        x = hidden.detach()
        if speaker is not None:
            x = torch.cat([x, speaker.expand(-1, -1, x.shape[2])], dim=1)
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            x = self.dropout(norm(convolution(x * mask).relu()))
        log_durations: Tensor = self.outlet(x * mask) * mask
        return log_durations[:, 0]


def whole_frames(log_durations: Tensor, inside: Tensor, length_scale: float, squeeze: int, rounding: Rounding = "up") -> Tensor:
    """Durations to speak with: whole, at least 1; then an end is cut off that the decoder cannot squeeze.

    Args:
        log_durations: float (B, N).
        inside: bool (B, N), False behind an utterance.
        length_scale: > 0, multiplies the durations before they are rounded.
        squeeze: frames that the decoder sees as one.
        rounding: as in GlowTtsConfig.

    Returns:
        int64 (B, N), 0 behind an utterance; each row's sum is a multiple of `squeeze`, and not 0.
    """
    exact = log_durations.exp() * length_scale
    durations = ((exact.ceil() if rounding == "up" else exact.round().clamp(min=1)) * inside).long()
    n_frames = durations.sum(1)
    durations[:, 0] += (squeeze - n_frames).clamp(min=0)
    return cut(durations, durations.sum(1) // squeeze * squeeze)


def cut(durations: Tensor, n_frames: Tensor) -> Tensor:
    """Take frames from the end: int64 (B, N), (B,) → (B, N), whose rows sum to at most n_frames."""
    ends = durations.cumsum(1).minimum(n_frames[:, None])
    return ends - functional.pad(ends, (1, 0))[:, :-1]
