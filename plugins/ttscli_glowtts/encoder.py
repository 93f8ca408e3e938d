"""The encoder of Glow-TTS: symbols → hidden states, by a transformer whose attention knows relative positions.

Kim et al., "Glow-TTS", 2020, arXiv:2005.11129, section 3.2 and appendix A.1; Vaswani et al., "Attention Is All You Need", 2017
(layers); Shaw et al., "Self-Attention with Relative Position Representations", 2018.
Differs from them: as in the authors' program, symbols farther apart than the window have no relative position, where Shaw et al.
give them that of the window's edge, and all heads of a layer share its tables.

Letters: B batch, N symbols, C channels, H heads, D = C / H channels a head, W window, P = 2 * W + 1 places in it. Masks are float
(B, 1, N), 1 within an utterance and 0 behind it.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from ttscli_glowtts.config import GlowTtsConfig

_PRENET_KERNEL = 5
_PRENET_LAYERS = 3
_PRENET_DROPOUT = 0.5
_UNSEEN = -1e4  # not -inf: what stands behind an utterance sees nothing, and a softmax of nothing is not a number


class Encoder(nn.Module):
    """Embedding, prenet, and layers of attention and convolution."""

    def __init__(self, config: GlowTtsConfig) -> None:
        super().__init__()
        self.embedding = nn.Embedding(config.n_symbols, config.channels)
        nn.init.normal_(self.embedding.weight, 0.0, config.channels**-0.5)
        self.prenet = Prenet(config.channels) if config.prenet else None
        self.layers = nn.ModuleList(EncoderLayer(config) for _ in range(config.layers))

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Ids int64 (B, N) → hidden states (B, C, N), 0 behind an utterance."""
        x: Tensor = self.embedding(ids).transpose(1, 2) * mask  # (B, N, C) → (B, C, N)
        x = x * math.sqrt(x.shape[1])
        if self.prenet is not None:
            x = self.prenet(x, mask)
        for layer in self.layers:
            x = layer(x, mask)
        return x


class ChannelNorm(nn.LayerNorm):
    """Layer norm over the channels of each symbol."""

    def __init__(self, channels: int) -> None:
        super().__init__(channels, eps=1e-4)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, N) → the same."""
        return super().forward(x.transpose(1, 2)).transpose(1, 2)  # (B, C, N) → (B, N, C) → (B, C, N)


class Prenet(nn.Module):
    """Convolutions beside a shortcut; they begin at 0."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        kernel = _PRENET_KERNEL
        self.convolutions = nn.ModuleList(
            nn.Conv1d(channels, channels, kernel, padding=kernel // 2) for _ in range(_PRENET_LAYERS)
        )
        self.norms = nn.ModuleList(ChannelNorm(channels) for _ in range(_PRENET_LAYERS))
        self.outlet = nn.Conv1d(channels, channels, 1)
        for parameter in self.outlet.parameters():
            nn.init.zeros_(parameter)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(B, C, N) → the same, 0 behind an utterance."""
        h = x
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            h = functional.dropout(norm(convolution(h * mask)).relu(), _PRENET_DROPOUT, self.training)
        y: Tensor = (x + self.outlet(h)) * mask
        return y


class EncoderLayer(nn.Module):
    """Attention, then a feed-forward network, each added to its input and normalised."""

    def __init__(self, config: GlowTtsConfig) -> None:
        super().__init__()
        self.attention = RelativeAttention(config)
        self.attention_norm = ChannelNorm(config.channels)
        self.feed_forward = FeedForward(config)
        self.feed_forward_norm = ChannelNorm(config.channels)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(B, C, N) → the same, 0 behind an utterance."""
        x = self.attention_norm(x + self.dropout(self.attention(x, mask)))
        x = self.feed_forward_norm(x + self.dropout(self.feed_forward(x, mask)))
        return x * mask


class FeedForward(nn.Module):
    """Two convolutions."""

    def __init__(self, config: GlowTtsConfig) -> None:
        super().__init__()
        kernel = config.kernel
        self.inlet = nn.Conv1d(config.channels, config.filter_channels, kernel, padding=kernel // 2)
        self.outlet = nn.Conv1d(config.filter_channels, config.channels, kernel, padding=kernel // 2)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(B, C, N) → the same."""
        h = self.dropout(self.inlet(x * mask).relu())
        y: Tensor = self.outlet(h * mask)
        return y


class RelativeAttention(nn.Module):
    """Multi-head attention. A key and a value are learnt for each distance within the window, and added to the symbol's own."""

    def __init__(self, config: GlowTtsConfig) -> None:
        super().__init__()
        channels, self.heads, self.reach, self.window = config.channels, config.heads, config.reach, config.window
        self.query, self.key, self.value = (nn.Conv1d(channels, channels, 1) for _ in range(3))
        for projection in (self.query, self.key, self.value):
            nn.init.xavier_uniform_(projection.weight)
        self.outlet = nn.Conv1d(channels, channels, 1)
        self.dropout = nn.Dropout(config.dropout)
        if self.window >= 0:
            width = channels // self.heads
            self.key_offsets, self.value_offsets = (
                nn.Parameter(torch.randn(1, 2 * self.window + 1, width) * width**-0.5) for _ in range(2)
            )

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(B, C, N) → the same."""
        q, k, v = (self._by_head(projection(x)) for projection in (self.query, self.key, self.value))
        scores = q @ k.transpose(2, 3)  # (B, H, N, D) @ (B, H, D, N) → (B, H, N, N)
        if self.window >= 0:
            scores = scores + self._spread(q @ self.key_offsets.transpose(1, 2))
        scores = (scores / math.sqrt(q.shape[3])).masked_fill(self._unseen(mask), _UNSEEN)
        weights = self.dropout(scores.softmax(dim=3))
        heard = weights @ v
        if self.window >= 0:
            heard = heard + self._collect(weights) @ self.value_offsets
        y: Tensor = self.outlet(heard.transpose(2, 3).flatten(1, 2))  # (B, H, N, D) → (B, H, D, N) → (B, C, N)
        return y

    def _by_head(self, x: Tensor) -> Tensor:
        """(B, C, N) → (B, H, N, D)."""
        batch, channels, n_symbols = x.shape
        return x.view(batch, self.heads, channels // self.heads, n_symbols).transpose(2, 3)

    def _unseen(self, mask: Tensor) -> Tensor:
        """Which keys a query must not see: (B, 1, N) → bool (B, 1, 1 or N, N)."""
        unseen = mask[:, :, None] == 0
        if self.reach < 0:
            return unseen
        places = torch.arange(mask.shape[2], device=mask.device)
        return unseen | ((places - places[:, None]).abs() > self.reach)

    # Row i of the scores, with W columns added at either end, has the window of symbol i in its columns i … i + 2 W.

    def _spread(self, offsets: Tensor) -> Tensor:
        """Values for the places in each symbol's window → for all symbols, 0 outside: (B, H, N, P) → (B, H, N, N)."""
        n_symbols = offsets.shape[2]
        wide = offsets.new_zeros(*offsets.shape[:3], n_symbols + 2 * self.window)
        return wide.scatter(3, self._columns(offsets), offsets)[..., self.window : self.window + n_symbols]

    def _collect(self, weights: Tensor) -> Tensor:
        """The reverse: (B, H, N, N) → (B, H, N, P)."""
        wide = functional.pad(weights, (self.window, self.window))
        return wide.gather(3, self._columns(weights))

    def _columns(self, like: Tensor) -> Tensor:
        """int64 (B, H, N, P) for `like` (B, H, N, …)."""
        places = torch.arange(like.shape[2], device=like.device)[:, None]
        columns = places + torch.arange(2 * self.window + 1, device=like.device)
        return columns.expand(*like.shape[:2], -1, -1)
