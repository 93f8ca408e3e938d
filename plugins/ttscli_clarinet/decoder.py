"""The decoder: frames so far and the encoder's memory → the next few frames, whether that was all, and its own hidden states.

Ping et al., "Deep Voice 3", 2018, arXiv:1710.07654, section 3.5, which ClariNet (arXiv:1807.07281, section 4) takes over.
Differs from it: no speakers. Training and speaking run the same function, over all steps at once or one at a time.

Letters: B batch, N symbols, E embedding channels, S decoder steps, r frames a step, T = S * r frames, M mel bands, C decoder
channels, L hops (layers with attention).
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

import torch
from torch import Tensor, nn

from ttscli_clarinet.attention import Attention, Memory, Place, position_encoding, window
from ttscli_clarinet.glu import SQRT_HALF, CausalGlu, CausalLayer, History, silence, stack
from ttscli_clarinet.text_to_wave_config import TextToWaveConfig

Hop: TypeAlias = tuple[Memory, Tensor, Tensor | None]
"""The memory as one attention sees it, bool (B, 1, N), what it may attend to, and weights (B, S, N) if it is forced."""


class Decoded(NamedTuple):
    """What the decoder makes.

    Attributes:
        mel_logits: float (B, T, M), of mels in [0, 1].
        done_logits: float (B, S), of these being the last frames.
        states: float (B, C, S), what the bridge reads.
        attention: float (B, L, S, N), sums to 1 over N.
    """

    mel_logits: Tensor
    done_logits: Tensor
    states: Tensor
    attention: Tensor


class DecoderLayer(nn.Module):
    """A causal block, behind which there may be attention, and a path around both."""

    def __init__(self, config: TextToWaveConfig, size: tuple[int, ...], attends: bool) -> None:
        super().__init__()
        channels, kernel, dilation = size
        self.glu = CausalGlu(channels, kernel, dilation, config.dropout)
        projections = config.project_keys, config.project_values
        self.attention = Attention(channels, config.embedding, *projections) if attends else None

    def forward(
        self, x: Tensor, positions: Tensor, hops: Iterator[Hop], history: History
    ) -> tuple[Tensor, list[Tensor], History]:
        """(B, C, S) and positions alike → (B, C, S), the attention (B, S, N) and the history; takes a hop if it attends."""
        gated, history = self.glu(x, history)
        if self.attention is None:
            return (gated + x) * SQRT_HALF, [], history
        attended, weights = self.attention(gated + positions, *next(hops))
        return (attended + x) * SQRT_HALF, [weights], history


class Decoder(nn.Module):
    """A causal pre-net, causal blocks with attention, and two heads."""

    def __init__(self, config: TextToWaveConfig) -> None:
        super().__init__()
        self.config = config
        group = config.frames_per_step * config.n_mels
        self.prenet = stack(CausalLayer, group, config.prenet, config.dropout)
        self.layers = nn.ModuleList(
            DecoderLayer(config, size, attends) for size, attends in zip(config.decoder, config.attends, strict=True)
        )
        self.frames = nn.Conv1d(config.decoder_channels, group, 1)
        self.done = nn.Conv1d(group, 1, 1)

    def memory(self, keys: Tensor, values: Tensor, inside: Tensor) -> Memory:
        """What the encoder made, with positions: float (B, E, N) twice, bool (B, 1, N)."""
        places = torch.arange(1, keys.shape[2] + 1, device=keys.device) * inside[:, 0]  # (B, N), 0 in the padding
        positions = position_encoding(places, self.config.embedding, self.config.key_rate)
        return Memory(keys + positions, values, inside, inside.sum(dim=(1, 2)))

    def forward(self, heard: Tensor, memory: Memory, forced: Tensor | None = None) -> Decoded:
        """Predict every group of frames from those before it.

        Args:
            heard: float (B, T, M), r zeros, then all but the last r frames.
            memory: of the same utterances.
            forced: float (B, S, N), weights that are read with instead of those that attention chooses.
        """
        hops = [(projected, memory.inside, forced) for projected in self._project(memory)]
        return self._advance(heard, 1, hops, self._silence(heard))[0]

    def generate(self, memory: Memory, most_steps: int) -> Decoded:
        """Speak one utterance, each group of frames from those that were made before.

        Args:
            memory: of a batch of 1.
            most_steps: ≥ 1; where to stop if it never says that it is done.

        Returns:
            As forward; S is more than config.least_steps, but never more than most_steps.
        """
        config, projected = self.config, self._project(memory)
        heard = memory.keys.new_zeros(1, config.frames_per_step, config.n_mels)
        past, places, made = self._silence(heard), [Place(0, 0)] * len(projected), list[Decoded]()
        while len(made) < most_steps:
            hops = [(seen, self._near(place, memory), None) for seen, place in zip(projected, places, strict=True)]
            decoded, past = self._advance(heard, len(made) + 1, hops, past)
            made.append(decoded)
            attended = decoded.attention[0, :, 0].argmax(dim=1).tolist()
            places = [place.then(symbol) for place, symbol in zip(places, attended, strict=True)]
            if len(made) > config.least_steps and (decoded.done_logits.item() > 0 or self._all_said(places, memory)):
                break
            heard = decoded.mel_logits.sigmoid()
        return Decoded(*(torch.cat(parts, dim) for parts, dim in zip(zip(*made, strict=True), (1, 1, 2, 2), strict=True)))

    def _near(self, place: Place, memory: Memory) -> Tensor:
        """What attention may choose after `place`: bool (1, 1, N)."""
        config = self.config
        if self._stays(place):
            next_symbol = min(place.symbol + 1, memory.inside.shape[2] - 1)
            return window(next_symbol, 0, config.window_ahead, memory)
        return window(place.symbol, config.window_back, config.window_ahead, memory)

    def _all_said(self, places: Sequence[Place], memory: Memory) -> bool:
        """Whether all attention has been at the last symbol for as long as it may."""
        return all(self._stays(place) and place.symbol == memory.inside.shape[2] - 1 for place in places)

    def _stays(self, place: Place) -> bool:
        """Whether attention has been at a symbol for as long as it may."""
        return 0 < self.config.dwell <= place.steps

    def _advance(self, heard: Tensor, step: int, hops: Sequence[Hop], past: Sequence[History]) -> tuple[Decoded, list[History]]:
        """Run the network over frames (B, T, M) whose first group is that of `step`, counted from 1."""
        n_items, _, n_mels = heard.shape
        x = heard.reshape(n_items, -1, self.config.frames_per_step * n_mels).transpose(1, 2)  # (B, T, M) → (B, r * M, S)
        steps = torch.arange(step, step + x.shape[2], device=x.device).expand(n_items, -1)
        positions = position_encoding(steps, self.config.decoder_channels, self.config.query_rate)
        histories, attention, hopping = list[History](), list[Tensor](), iter(hops)
        for layer, history in zip(self.prenet, past, strict=False):
            x, history = layer(x, history)
            histories.append(history)
        for layer, history in zip(self.layers, past[len(self.prenet) :], strict=True):
            x, weights, history = layer(x, positions, hopping, history)
            attention += weights
            histories.append(history)
        logits = self.frames(x)
        frames = logits.transpose(1, 2).reshape(heard.shape)  # (B, r * M, S) → (B, S, r * M) → (B, T, M)
        return Decoded(frames, self.done(logits).squeeze(1), x, torch.stack(attention, dim=1)), histories

    def _project(self, memory: Memory) -> list[Memory]:
        """The memory as each hop sees it."""
        return [module.project(memory) for module in self.modules() if isinstance(module, Attention)]

    def _silence(self, like: Tensor) -> list[History]:
        return silence(self.config.prenet + self.config.decoder, like)
