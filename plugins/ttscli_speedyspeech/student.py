"""SpeedySpeech's student: Vainer & Dušek, "SpeedySpeech: Efficient Neural Speech Synthesis", Interspeech 2020.

Encoder, duration predictor, expansion, decoder; all convolutions. With the default configuration it is the published network,
down to the names of its parameters. What differs, all by configuration or harmless to it:

- Every utterance of a batch has its borders at its own end, where the original lets the padding beside it leak in.
- Utterances shorter than the receptive field work; the original raises an error.
- Sizes, kernels and dilations are free, so that a wide and shallow network (faster on a CPU) is a configuration.
- `pitch` adds two outputs a frame, log f0 and voicing, that are learned beside the mel and make its harmonics sharper.
- Positions may be counted within each symbol (positional.py).

Letters: B batch, N symbols, T frames, C channels, M mel bins.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ttscli.nn.lengths import expand, length_mask
from ttscli_speedyspeech.config import StudentConfig
from ttscli_speedyspeech.positional import frame_positions


class SamePad(nn.Module):
    """Zeros around the *output* of a convolution, so that it is as long as its input. No parameters.

    Padding follows the convolution: border outputs are exactly 0, and inner ones never mix with zeros.
    """

    def __init__(self, kernel: int, dilation: int) -> None:
        super().__init__()
        self.span = dilation * (kernel - 1)

    def forward(self, conv: nn.Conv1d, x: Tensor, lengths: Tensor) -> Tensor:
        """(B, C, T), int64 (B,) → conv(x) between zeros (B, C', T): every item has its borders at its own end."""
        before, after = self.span // 2, self.span - self.span // 2
        n_frames = x.shape[-1]
        if n_frames <= self.span:
            return x.new_zeros(len(x), conv.out_channels, n_frames)
        positions = torch.arange(n_frames, device=x.device)
        inner = (positions >= before) & (positions < lengths[:, None] - after)
        return F.pad(conv(x), (before, after)) * inner[:, None]


class ResBlock(nn.Module):
    """x + n times (convolution, padding, ReLU, batch norm)."""

    def __init__(self, channels: int, kernel: int, dilation: int, n: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            nn.Sequential(
                nn.Conv1d(channels, channels, kernel, dilation=dilation),
                SamePad(kernel, dilation),
                nn.ReLU(),
                nn.BatchNorm1d(channels),
            )
            for _ in range(n)
        )

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        """(B, C, T) → (B, C, T)."""
        y = x
        for unit in self.blocks:
            conv, pad, relu, norm = unit.children()
            y = norm(relu(pad(conv, y, lengths)))
        return x + y


class Encoder(nn.Module):
    def __init__(self, config: StudentConfig) -> None:
        super().__init__()
        channels = config.channels
        self.prenet = nn.Sequential(
            nn.Embedding(config.n_symbols, channels, padding_idx=0), nn.Conv1d(channels, channels, 1), nn.ReLU()
        )
        self.res_blocks = nn.ModuleList(
            ResBlock(channels, config.encoder_kernel, dilation, config.convs_per_block) for dilation in config.encoder_dilations
        )
        self.post_net1 = nn.Sequential(nn.Conv1d(channels, channels, 1))
        self.post_net2 = nn.Sequential(nn.ReLU(), nn.BatchNorm1d(channels), nn.Conv1d(channels, channels, 1))

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """int64 (B, N) → (B, C, N)."""
        embedding, conv, relu = self.prenet
        e = relu(conv(embedding(ids).transpose(1, 2)))  # (B, N, C) → (B, C, N)
        x = e
        for block in self.res_blocks:
            x = block(x, lengths)
        encoded: Tensor = self.post_net2(self.post_net1(x) + e)
        return encoded


class DurationPredictor(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList([*(ResBlock(channels, kernel, 1, 1) for kernel in (4, 3, 1)), nn.Conv1d(channels, 1, 1)])

    def forward(self, encoded: Tensor, lengths: Tensor) -> Tensor:
        """(B, C, N) → log durations (B, N). No gradient reaches the encoder."""
        *blocks, last = self.layers
        x = encoded.detach()
        for block in blocks:
            x = block(x, lengths)
        log_durations: Tensor = last(x)[:, 0]
        return log_durations


class Decoder(nn.Module):
    def __init__(self, config: StudentConfig) -> None:
        super().__init__()
        channels, kernel, n = config.channels, config.decoder_kernel, config.convs_per_block
        self.res_blocks = nn.ModuleList(ResBlock(channels, kernel, dilation, n) for dilation in config.decoder_dilations)
        self.post_net1 = nn.Sequential(nn.Conv1d(channels, channels, 1))
        self.post_net2 = nn.Sequential(ResBlock(channels, kernel, 1, n), nn.Conv1d(channels, config.n_outputs, 1))

    def forward(self, expanded: Tensor, lengths: Tensor) -> Tensor:
        """(B, C, T) → (B, outputs, T)."""
        x = expanded
        for block in self.res_blocks:
            x = block(x, lengths)
        x = self.post_net1(x) + expanded
        block, last = self.post_net2
        outputs: Tensor = last(block(x, lengths))
        return outputs


class Student(nn.Module):
    """ids → log durations and standardised mel."""

    def __init__(self, config: StudentConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.duration_predictor = DurationPredictor(config.channels)
        self.decoder = Decoder(config)

    def forward(self, ids: Tensor, durations: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Teacher-forced: the true durations are given.

        Args:
            ids: int64 (B, N), padded with 0.
            durations: int64 (B, N), frames; a symbol of 0 frames vanishes.
            lengths: int64 (B,), symbols of each item.

        Returns:
            Outputs (B, T, M or M + 2) and log durations (B, N).
        """
        encoded = self.encoder(ids, lengths)
        log_durations = self.duration_predictor(encoded, lengths)
        return self.decode(encoded, durations), log_durations

    def decode(self, encoded: Tensor, durations: Tensor) -> Tensor:
        """Encoded (B, C, N), durations int64 (B, N) → outputs (B, T, M or M + 2)."""
        expanded = expand(encoded.transpose(1, 2), durations)  # (B, C, N) → (B, T, C)
        expanded = expanded + frame_positions(durations, self.config.channels, self.config.positions)
        outputs: Tensor = self.decoder(expanded.transpose(1, 2), durations.sum(dim=1))  # (B, T, C) → (B, C, T) → (B, M, T)
        return outputs.transpose(1, 2)


def round_durations(log_durations: Tensor, lengths: Tensor, pace: float = 1.0) -> Tensor:
    """Durations to speak with: at least 1 frame for each symbol, 0 after an item's end, rounded half to even.

    Args:
        log_durations: float (B, N).
        lengths: int64 (B,), symbols of each item.
        pace: > 0, divides the durations before they are rounded.

    Returns:
        int64 (B, N), frames.
    """
    inside = length_mask(lengths, log_durations.shape[1])
    return (log_durations.exp() / pace).clamp(min=1).mul(inside).round().long()


class MelStudent(nn.Module):
    """A student together with the statistics of the mels that it was taught, which the published files leave to the program.

    Buffers: mean and deviation, float32 (M,), of each bin of the log mel.
    """

    def __init__(self, config: StudentConfig) -> None:
        super().__init__()
        self.student = Student(config)
        self.mean = nn.Buffer(torch.zeros(config.n_mels))
        self.deviation = nn.Buffer(torch.ones(config.n_mels))

    def forward(self, ids: Tensor, durations: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """As Student.forward."""
        outputs, log_durations = self.student(ids, durations, lengths)
        return outputs, log_durations

    def log_mel(self, outputs: Tensor) -> Tensor:
        """Standardised outputs (B, T, M or M + 2) → log mel (B, T, M)."""
        return outputs[..., : len(self.mean)] * self.deviation + self.mean

    def standardise(self, mel: Tensor) -> Tensor:
        """Log mel (B, T, M) → standardised (B, T, M)."""
        return (mel - self.mean) / self.deviation
