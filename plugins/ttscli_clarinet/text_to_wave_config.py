"""Sizes of text-to-wave, in plain numbers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TypeAlias

from ttscli.config import read_config
from ttscli.errors import VoiceError
from ttscli.melspec import MelSpec
from ttscli_clarinet.config import Activation, ClariNetConfig, clarinet_config

Layers: TypeAlias = tuple[tuple[int, ...], ...]
"""(channels, kernel, dilation) of each block of a stack."""

_VOCODER = "vocoder_"
_ACTIVATION: Activation = "softsign"  # section 4.2


@dataclass(frozen=True)
class TextToWaveConfig:
    """Sizes of the four parts; the defaults are the paper's as far as it tells.

    Attributes:
        n_symbols, n_mels, n_bins: symbols, mel bands, and bins of a linear spectrum.
        embedding: channels of a symbol, and of the keys and values that stand for it.
        encoder, prenet, decoder, bridge: their blocks. The decoder's are as wide as the last one of the pre-net.
        attends: for each block of the decoder, whether attention stands behind it.
        project_keys, project_values: whether each attention sees them through a projection of its own.
        frames_per_step: how many frames the decoder makes at once; they divide its channels.
        query_rate, key_rate: how fast position encodings turn, per decoder step and per symbol. Their ratio is how many steps a
            symbol lasts on average; 1.385 is that of English letters in LJ Speech, with steps of 4 frames.
        window_back, window_ahead: a step attends to symbols from `last - back` to `last + ahead - 1`, where `last` is what the
            step before attended to most.
        dwell: after so many steps on a symbol attention goes on to the next, and behind the last one all is said; 0 as in the
            paper, for no bound.
        least_steps: the decoder does not stop before it has made more.
        dropout: of training.
        unheard: of training, the share of decoder steps that hear silence instead of the frames before them; 0 as in the paper.
            True frames tell so much of the next ones that a network is slow to read; and when it speaks, it hears none.
        vocoder: what the bridge's hidden states condition. In a voice its keys begin with vocoder_. Its upsampler has softsigns;
            leaky ReLUs where it comes from a vocoder of mels.
    """

    n_symbols: int
    n_mels: int = 80
    n_bins: int = 513
    embedding: int = 256
    encoder: Layers = ((64, 5, 1),) * 7
    prenet: Layers = ((128, 1, 1), (256, 1, 1))
    decoder: Layers = ((256, 5, 1),) * 4
    attends: tuple[bool, ...] = (True, True, True, True)
    project_keys: bool = True
    project_values: bool = True
    frames_per_step: int = 4
    query_rate: float = 1.0
    key_rate: float = 1.385
    window_back: int = 1
    window_ahead: int = 3
    dwell: int = 0
    least_steps: int = 10
    dropout: float = 0.05
    unheard: float = 0.0
    bridge: Layers = ((256, 5, 1),) * 6
    vocoder: ClariNetConfig = field(default_factory=lambda: ClariNetConfig(activation=_ACTIVATION))

    def __post_init__(self) -> None:
        for fault in chain(self._faults_of_blocks(), self._faults_of_numbers()):  # the second count on what the first say
            raise VoiceError(f"clarinet: config: {fault}")

    def _faults_of_blocks(self) -> Iterator[str]:
        stacks = (self.encoder, self.prenet, self.decoder, self.bridge)
        if not all(stacks) or any(len(size) != 3 or min(size) < 1 for size in chain(*stacks)):
            yield "encoder, prenet, decoder and bridge are made of [channels, kernel, dilation], each at least 1"
        elif any(kernel % 2 == 0 for _, kernel, _ in (*self.encoder, *self.bridge)):
            yield "kernels of encoder and bridge must be odd"
        elif {size[0] for size in self.decoder} != {self.prenet[-1][0]}:
            yield "blocks of the decoder must be as wide as the last one of the pre-net"
        elif len(self.attends) != len(self.decoder) or not any(self.attends):
            yield "attends must say true or false for each block of the decoder, and true for one"

    def _faults_of_numbers(self) -> Iterator[str]:
        if min(self.n_symbols, self.n_mels, self.n_bins, self.embedding, self.frames_per_step, self.window_ahead) < 1:
            yield "sizes, frames_per_step and window_ahead must be at least 1"
        elif self.decoder_channels % self.frames_per_step:
            yield f"{self.decoder_channels} channels of the decoder cannot be cut into {self.frames_per_step} frames"
        elif self.decoder_channels % 2 or self.embedding % 2:
            yield "position encodings need an even number of channels"
        elif min(self.query_rate, self.key_rate) <= 0 or min(self.window_back, self.dwell, self.least_steps) < 0:
            yield "rates must be positive, window_back, dwell and least_steps not negative"
        elif not (0 <= self.dropout < 1 and 0 <= self.unheard < 1):
            yield "dropout and unheard must be in [0, 1)"

    @property
    def decoder_channels(self) -> int:
        return self.decoder[-1][0]

    @property
    def hidden_channels(self) -> int:
        """Channels of what the bridge hands to the vocoder."""
        return self.bridge[-1][0]

    @property
    def steps_per_symbol(self) -> float:
        """How many decoder steps a symbol lasts on average."""
        return self.key_rate / self.query_rate


def text_to_wave_config(table: Mapping[str, object], mel_spec: MelSpec, **known: object) -> TextToWaveConfig:
    """Make the config of a voice's `config` table.

    Args:
        table: keys of TextToWaveConfig, and with vocoder_ before them, keys of ClariNetConfig.
        mel_spec: whose mels the decoder makes, and whose hop the vocoder must have.
        known: values of TextToWaveConfig that the table does not decide.

    Raises:
        VoiceError: a key is unknown or its value impossible.
    """
    of_vocoder = {key.removeprefix(_VOCODER): value for key, value in table.items() if key.startswith(_VOCODER)}
    own = {key: value for key, value in table.items() if not key.startswith(_VOCODER)}
    sizes = {"n_mels": mel_spec.n_mels, "n_bins": mel_spec.fft_samples // 2 + 1}
    config = read_config(TextToWaveConfig, own, **sizes, **known)
    vocoder = clarinet_config({"activation": _ACTIVATION} | of_vocoder, replace(mel_spec, n_mels=config.hidden_channels))
    return replace(config, vocoder=vocoder)
