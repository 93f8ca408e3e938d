"""MelGAN as a plugin. Letters: M mel bins, T frames."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from ttscli.contract import Config, Control, Frames, Samples, SpeechOptions
from ttscli.errors import VoiceError
from ttscli.melspec import MelSpec
from ttscli.nn.devices import torch_device
from ttscli.nn.weight_norm import fill_from
from ttscli_melgan.config import melgan_config
from ttscli_melgan.generator import Generator

_PIECE_FRAMES = 256
"""Long mels are sounded piece by piece, so that memory stays bounded; the seams are exact."""
_TAIL_FRAMES = 10
"""Frames of silence set behind a mel and cut off again, as the published program does: without them the end clicks."""


class MelGan:
    """A trained generator. Keeps the promise of ttscli.contract.Vocoder; the options mean nothing to it."""

    controls: ClassVar[frozenset[Control]] = frozenset()

    def __init__(self, generator: Generator, mel_spec: MelSpec, device: torch.device) -> None:
        self.mel_spec = mel_spec
        self._generator = generator.to(device).eval()
        self._device = device

    @classmethod
    def load(cls, weights: Path | None, config: Config, mel_spec: MelSpec, device: str) -> "MelGan":
        """Build the vocoder; the weights may be plain or those of a training run."""
        on = torch_device(device)
        if weights is None:
            raise VoiceError("melgan: cannot sound without weights", "choose a voice that has a melgan part, or train one")
        generator = Generator(melgan_config(config, mel_spec))
        fill_from(weights, generator)
        return cls(generator, mel_spec, on)

    def waves(self, mels: Sequence[Frames], options: SpeechOptions) -> list[Samples]:
        """Sound each mel on its own: float32 (M, T) each → float32 (T * hop_samples,) each, in [-1, 1]."""
        return [self._wave(mel) for mel in mels]

    @torch.inference_mode()
    def _wave(self, mel: Frames) -> Samples:
        n_frames, hop = mel.shape[1], self.mel_spec.hop_samples
        reach = self._generator.config.reach_frames
        padded = self._with_tail(torch.from_numpy(np.ascontiguousarray(mel, np.float32)))
        pieces = []
        for start in range(0, n_frames, _PIECE_FRAMES):
            stop = min(start + _PIECE_FRAMES, n_frames)
            before = max(0, start - reach)
            piece = padded[:, before : stop + self._tail_frames(stop - before)].to(self._device)
            wave = self._generator(piece[None])[0]
            pieces.append(wave[(start - before) * hop : (stop - before) * hop].cpu())
        return torch.cat(pieces).numpy()

    def _tail_frames(self, n_frames: int) -> int:
        """How many frames behind `n_frames` are needed so that nothing of the end is heard."""
        config = self._generator.config
        return max(_TAIL_FRAMES, config.reach_frames, config.least_frames - n_frames)

    def _with_tail(self, mel: Tensor) -> Tensor:
        """(M, T) → (M, T + tail)."""
        tail = mel.new_full((mel.shape[0], self._tail_frames(1)), math.log(self.mel_spec.floor))
        return torch.cat([mel, tail], dim=1)
