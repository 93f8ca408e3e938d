"""SpeedySpeech's teacher: Vainer and Dušek, "SpeedySpeech: Efficient Neural Speech Synthesis", 2020, section 2.3.

An attention model after Tachibana et al. (2017, DC-TTS) and Ping et al. (2018, Deep Voice 3), of gated convolutions. It reads the
durations of symbols out of recordings (durations.py), from which the student learns; it can also speak, slowly. With the default
configuration it is the published network, down to the names of its parameters. What differs, none of it in the results:

- `align` follows a recording with windowed attention without going through the networks frame by frame: under teacher forcing
  only the choice of the window depends on the frame before.
- The noise on the attention in training comes from a generator that the caller gives; without one there is none.

Letters: B batch, N symbols, T frames, C channels, G gate channels, A attention channels, M mel bands, P frames of the past.
Spectrograms are scaled to [0, 1] (scale.py). Ids are padded with 0 on the right.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from ttscli.config import require_sizes, require_within
from ttscli.errors import VoiceError
from ttscli.nn.lengths import length_mask
from ttscli_speedyspeech.positional import positional_encoding


@dataclass(frozen=True)
class TeacherConfig:
    """Sizes of a teacher; the defaults are the published ones.

    Attributes:
        frames_per_symbol: the corpus' mean; lets the positions of symbols and frames run side by side.
        attention_noise: standard deviation of the noise on attention logits in training.
    """

    n_symbols: int = 78
    n_mels: int = 80
    channels: int = 40
    gate_channels: int = 80
    attention_channels: int = 80
    kernel: int = 3
    text_dilations: tuple[int, ...] = (1, 3, 9, 27, 1, 3, 9, 27, 1, 1)
    audio_dilations: tuple[int, ...] = (1, 3, 9, 27, 1, 3, 9, 27, 1, 1)
    decoder_dilations: tuple[int, ...] = (1, 3, 9, 27, 1, 3, 9, 27, 1, 1)
    frames_per_symbol: float = 6.42
    attention_noise: float = 0.1

    def __post_init__(self) -> None:
        require_sizes(self, "channels", "gate_channels", "attention_channels", "kernel")
        require_sizes(self, "text_dilations", "audio_dilations", "decoder_dilations")
        require_within(self, 0.01, 1000, "frames_per_symbol")
        require_within(self, 0, math.inf, "attention_noise")
        if self.channels % 2:
            raise VoiceError(f"speedyspeech-teacher: config.channels: {self.channels}: positions need an even number")


class WaveBlock(nn.Module):
    """x + conv1x1(tanh(filter) * sigmoid(gate)), zeros around the input."""

    def __init__(self, config: TeacherConfig, dilation: int, causal: bool) -> None:
        super().__init__()
        channels, gates, kernel = config.channels, config.gate_channels, config.kernel
        self.filter = nn.Conv1d(channels, gates, kernel, dilation=dilation)
        self.gate = nn.Conv1d(channels, gates, kernel, dilation=dilation)
        self.conv1x1_resid = nn.Conv1d(gates, channels, 1)
        self.span = dilation * (kernel - 1)
        self.before = self.span if causal else self.span // 2

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, T) → (B, C, T)."""
        return x + self._mix(functional.pad(x, (self.before, self.span - self.before)))

    def step(self, x: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """One frame of a causal block: x (B, C, 1), its past (B, C, P) → output (B, C, 1), the next frame's past (B, C, P)."""
        known = torch.cat([past, x], dim=-1)
        return x + self._mix(known), known[..., 1:]

    def _mix(self, padded: Tensor) -> Tensor:
        """(B, C, T + span) → (B, C, T)."""
        mixed: Tensor = self.conv1x1_resid(torch.tanh(self.filter(padded)) * torch.sigmoid(self.gate(padded)))
        return mixed


class Stack(nn.Module):
    """Layers one after the other; causal ones can also run frame by frame, with a queue of the past for each WaveBlock."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        """(B, channels in, T) → (B, channels out, T)."""
        y: Tensor = self.layers(x)
        return y

    def silence(self, like: Tensor) -> list[Tensor]:
        """The queues before the first frame, all zero, with the batch size and device of `like` (B, …)."""
        blocks = [layer for layer in self.layers if isinstance(layer, WaveBlock)]
        return [like.new_zeros(len(like), block.filter.in_channels, block.span) for block in blocks]

    def step(self, x: Tensor, queues: list[Tensor]) -> Tensor:
        """One frame: (B, channels in, 1) → (B, channels out, 1); moves `queues` on by a frame."""
        n_blocks = 0
        for layer in self.layers:
            if isinstance(layer, WaveBlock):
                x, queues[n_blocks] = layer.step(x, queues[n_blocks])
                n_blocks += 1
            else:
                x = layer(x)
        return x


class TextEncoder(Stack):
    """Symbols → keys and values; sees both ways."""

    def __init__(self, config: TeacherConfig) -> None:
        channels = config.channels
        blocks = [WaveBlock(config, dilation, causal=False) for dilation in config.text_dilations]
        super().__init__(nn.Conv1d(channels, channels, 1), nn.ReLU(), *blocks, nn.Conv1d(channels, channels, 1))
        self.embedding = nn.Embedding(config.n_symbols, channels, padding_idx=0)

    def encode(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """int64 (B, N) → keys (B, C, N), values (B, C, N)."""
        embedded = self.embedding(ids).transpose(1, 2)  # (B, N, C) → (B, C, N)
        keys = self(embedded)
        return keys, (keys + embedded) * math.sqrt(0.5)


class Attention(nn.Module):
    """Dot products, not scaled by the width."""

    def __init__(self, config: TeacherConfig) -> None:
        super().__init__()
        channels, width = config.channels, config.attention_channels
        self.fc_query = nn.Conv1d(channels, width, 1)
        self.fc_keys = nn.Conv1d(channels, width, 1)
        self.fc_values = nn.Conv1d(channels, width, 1)
        self.fc_out = nn.Conv1d(width, channels, 1)
        self.fc_keys.load_state_dict(self.fc_query.state_dict())  # equal at first: with positions added, the diagonal attracts

    def logits(self, queries: Tensor, keys: Tensor) -> Tensor:
        """(B, C, T), (B, C, N) → (B, T, N)."""
        q: Tensor = self.fc_query(queries).transpose(1, 2)  # (B, A, T) → (B, T, A)
        k: Tensor = self.fc_keys(keys)
        return q @ k

    def context(self, attention: Tensor, values: Tensor) -> Tensor:
        """(B, T, N), (B, C, N) → (B, C, T)."""
        mixed = self.fc_values(values) @ attention.transpose(1, 2)  # (B, A, N) @ (B, N, T) → (B, A, T)
        out: Tensor = self.fc_out(mixed)
        return out


class Teacher(nn.Module):
    """Ids and a spectrogram → the same spectrogram, each frame from those before it, and the attention."""

    def __init__(self, config: TeacherConfig) -> None:
        super().__init__()
        self.config = config
        channels, n_mels = config.channels, config.n_mels
        audio_blocks = [WaveBlock(config, dilation, causal=True) for dilation in config.audio_dilations]
        decoder_blocks = [WaveBlock(config, dilation, causal=True) for dilation in config.decoder_dilations]
        narrow = [layer for _ in range(3) for layer in (nn.Conv1d(channels, channels, 1), nn.ReLU())]
        self.txt_encoder = TextEncoder(config)
        self.audio_encoder = Stack(nn.Conv1d(n_mels, channels, 1), nn.ReLU(), *audio_blocks)
        self.attention = Attention(config)
        self.audio_decoder = Stack(*decoder_blocks, *narrow, nn.Conv1d(channels, n_mels, 1), nn.Sigmoid())

    def forward(
        self, ids: Tensor, n_symbols: Tensor, mels: Tensor, noise: torch.Generator | None = None
    ) -> tuple[Tensor, Tensor]:
        """Teacher-forced: each frame is predicted from the true ones before it.

        Args:
            ids: int64 (B, N).
            n_symbols: int64 (B,).
            mels: (B, T, M) in [0, 1].
            noise: where the noise on the attention comes from, in training; None for no noise.

        Returns:
            Predicted mels (B, T, M) and attention (B, T, N); each row of it sums to 1.
        """
        keys, values = self.encode_text(ids)
        queries = self.encode_audio(mels)
        logits = self.attention.logits(queries, keys)
        logits = logits.masked_fill(~length_mask(n_symbols, ids.shape[1])[:, None], -math.inf)
        if noise is not None:
            logits = logits + self.config.attention_noise * normal_like(logits, noise)
        attention = logits.softmax(dim=-1)
        return self.decode(attention, values, queries), attention

    def encode_text(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """int64 (B, N) → keys with their positions (B, C, N), values (B, C, N)."""
        keys, values = self.txt_encoder.encode(ids)
        return keys + self._positions(ids.shape[1], self.config.frames_per_symbol, keys), values

    def encode_audio(self, mels: Tensor) -> Tensor:
        """(B, T, M) → queries with their positions (B, C, T); the query of a frame knows the frames before it."""
        shifted = functional.pad(mels, (0, 0, 1, -1)).transpose(1, 2)  # (B, T, M) → (B, M, T), a frame later
        queries: Tensor = self.audio_encoder(shifted)
        return queries + self._positions(mels.shape[1], 1.0, queries)

    def decode(self, attention: Tensor, values: Tensor, queries: Tensor) -> Tensor:
        """(B, T, N), (B, C, N), (B, C, T) → predicted mels (B, T, M)."""
        decoded: Tensor = self.audio_decoder(self.attention.context(attention, values) + queries)
        return decoded.transpose(1, 2)  # (B, M, T) → (B, T, M)

    @torch.no_grad()
    def align(self, ids: Tensor, mels: Tensor, window: int = 1) -> tuple[Tensor, Tensor]:
        """Follow recordings symbol by symbol: a frame attends to the last frame's strongest symbol i up to i + window.

        Args:
            ids: int64 (B, N). Lengths are not looked at: an item that ends early may walk on into the padding.
            mels: (B, T, M) in [0, 1].
            window: ≥ 1.

        Returns:
            Predicted mels (B, T, M) and attention (B, T, N), whose argmax never goes back.
        """
        keys, values = self.encode_text(ids)
        queries = self.encode_audio(mels)
        logits = self.attention.logits(queries, keys)
        first = torch.zeros(len(ids), dtype=torch.int64, device=ids.device)
        rows = []
        for frame in logits.unbind(1):
            row = _inside_window(frame, first, window).softmax(dim=-1)
            first = row.argmax(dim=-1)
            rows.append(row)
        attention = torch.stack(rows, dim=1)
        return self.decode(attention, values, queries), attention

    @torch.no_grad()
    def generate(
        self, ids: Tensor, n_symbols: Tensor, n_frames: int, window: int | None = None, dwell: int | None = None
    ) -> tuple[Tensor, Tensor]:
        """Speak frame by frame, each from the model's own output; the past of every layer is kept in queues.

        Args:
            ids: int64 (B, N).
            n_symbols: int64 (B,).
            n_frames: how many frames to make, at most.
            window: attend only to the last frame's strongest symbol i up to i + window, and ignore n_symbols, as the published
                program does; None to attend to all symbols.
            dwell: end when every item has attended to its last symbol for so many frames in a row; None for n_frames in any case.

        Returns:
            Mels (B, T, M) and attention (B, T, N), T = n_frames if nothing has ended them.
        """
        keys, values = self.encode_text(ids)
        positions = self._positions(n_frames, 1.0, keys)
        outside = ~length_mask(n_symbols, ids.shape[1])
        heard, spoken = self.audio_encoder.silence(keys), self.audio_decoder.silence(keys)
        frame = keys.new_zeros(len(ids), self.config.n_mels, 1)
        first = torch.zeros(len(ids), dtype=torch.int64, device=ids.device)
        frames, rows = [], []
        rested = torch.zeros_like(first)
        for t in range(n_frames):
            query = self.audio_encoder.step(frame, heard) + positions[:, t : t + 1]
            logits = self.attention.logits(query, keys)[:, 0]
            logits = logits.masked_fill(outside, -math.inf) if window is None else _inside_window(logits, first, window)
            row = logits.softmax(dim=-1)
            first = row.argmax(dim=-1)
            frame = self.audio_decoder.step(self.attention.context(row[:, None], values) + query, spoken)
            frames.append(frame)
            rows.append(row)
            rested = (rested + 1) * (first == n_symbols - 1)
            if dwell is not None and bool((rested >= dwell).all()):
                break
        return torch.cat(frames, dim=-1).transpose(1, 2), torch.stack(rows, dim=1)  # (B, M, T) → (B, T, M)

    def _positions(self, length: int, rate: float, like: Tensor) -> Tensor:
        """Positions 0 to length - 1 → (C, length), on the device of `like`."""
        return positional_encoding(length, self.config.channels, rate).T.to(like)  # (length, C) → (C, length)


def _inside_window(logits: Tensor, first: Tensor, window: int) -> Tensor:
    """Shut out all symbols but first … first + window: (B, N), int64 (B,) → (B, N)."""
    ahead = torch.arange(logits.shape[-1], device=logits.device) - first[:, None]
    return logits.masked_fill((ahead < 0) | (ahead > window), -math.inf)


def normal_like(x: Tensor, chance: torch.Generator) -> Tensor:
    """Standard normal values of the shape, type and device of `x`, drawn where `chance` lives."""
    return torch.randn(x.shape, generator=chance, device=chance.device, dtype=x.dtype).to(x.device)
