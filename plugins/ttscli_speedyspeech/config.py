"""Sizes of a SpeedySpeech student, in plain numbers."""

from dataclasses import dataclass
from typing import Literal

from ttscli.config import require_sizes, require_within
from ttscli.errors import VoiceError

Positions = Literal["utterance", "standard", "reset", "ends", "none"]
"""What the position of a frame is counted from.

utterance: the start of the utterance; frames after its end get 0 (the published weights).
standard: the same without the zeros.
reset: the start of the frame's symbol.
ends: half of the channels from the start of the symbol, half back from its end, so that a frame knows how far its symbol has
    got and how much is left. Ours; with the denominators of Vaswani et al. (2017), which tell neighbouring frames apart.
none: no encoding.
"""


@dataclass(frozen=True)
class StudentConfig:
    """Sizes of a student; the defaults are the published ones.

    Attributes:
        n_symbols, n_mels, channels: sizes.
        encoder_kernel, decoder_kernel, encoder_dilations, decoder_dilations, convs_per_block: of the residual blocks.
        positions: what is added to the expanded encoding.
        pitch: learn log f0 and voicing beside the mel.
        contrast: how far what a mel has beyond its smooth envelope is enlarged when it is spoken; see ttscli.post_filter.
        gain_db: how much louder than its corpus it speaks.
        closing_pads: padding symbols set behind an utterance when it is spoken; they last no frame, but what stands before them
            hears them. The published program has five.
    """

    n_symbols: int = 78
    n_mels: int = 80
    channels: int = 128
    encoder_kernel: int = 4
    decoder_kernel: int = 4
    encoder_dilations: tuple[int, ...] = (1, 2, 4, 1, 2, 4, 1, 2, 4, 1, 2, 4, 1)
    decoder_dilations: tuple[int, ...] = (1, 2, 4, 8, 1, 2, 4, 8, 1, 2, 4, 8, 1, 2, 4, 8, 1)
    convs_per_block: int = 2
    positions: Positions = "utterance"
    pitch: bool = False
    contrast: float = 1.0
    gain_db: float = 0.0
    closing_pads: int = 0

    def __post_init__(self) -> None:
        require_sizes(self, "channels", "encoder_kernel", "decoder_kernel", "convs_per_block")
        require_sizes(self, "encoder_dilations", "decoder_dilations")
        require_within(self, 0, 10, "contrast")
        require_within(self, -100, 100, "gain_db")
        require_within(self, 0, 100, "closing_pads")
        # A sine and a cosine for each place that positions are counted from.
        waves = {"none": 1, "ends": 4}.get(self.positions, 2)
        if self.channels % waves:
            raise VoiceError(f"speedyspeech: config.channels: {self.channels}: positions need a multiple of {waves}")

    @property
    def n_outputs(self) -> int:
        """Values a frame: mel bins, and with `pitch` log f0 and the logit of voicing."""
        return self.n_mels + (2 if self.pitch else 0)
