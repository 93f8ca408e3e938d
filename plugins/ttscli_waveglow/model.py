"""WaveGlow as a plugin. Letters: M mel bins, F frames, N = F * hop_samples samples, G samples a group, L groups."""

from collections.abc import Sequence
from functools import cached_property
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
from ttscli_waveglow.config import waveglow_config
from ttscli_waveglow.denoiser import HUM_FRAMES, Denoiser
from ttscli_waveglow.network import WaveGlow

_PIECE_FRAMES = 1024
"""Long mels are sounded piece by piece, so that memory stays bounded: half a gigabyte at the published size. The seams are exact:
each piece is sounded with all the frames around it that its samples depend on."""


class WaveGlowVocoder:
    """A trained flow. Keeps the promise of ttscli.contract.Vocoder; the temperature is the deviation of its noise."""

    controls: ClassVar[frozenset[Control]] = frozenset({"temperature", "denoise"})

    def __init__(self, network: WaveGlow, mel_spec: MelSpec, device: torch.device) -> None:
        self.mel_spec = mel_spec
        self._network = network.to(device).eval().requires_grad_(False)
        self._unmixings = network.unmixings()
        self._device = device

    @classmethod
    def load(cls, weights: Path | None, config: Config, mel_spec: MelSpec, device: str) -> "WaveGlowVocoder":
        """Build the vocoder; the weights may be plain or those of a training run."""
        on = torch_device(device)
        if weights is None:
            raise VoiceError("waveglow: cannot sound without weights", "choose a voice that has a waveglow part, or train one")
        network = WaveGlow(waveglow_config(config, mel_spec))
        fill_from(weights, network)
        return cls(network, mel_spec, on)

    def waves(self, mels: Sequence[Frames], options: SpeechOptions) -> list[Samples]:
        """Sound each mel on its own: float32 (M, F) each → float32 (N,) each, in [-1, 1]."""
        return [self._wave(mel, options) for mel in mels]

    @torch.inference_mode()
    def _wave(self, mel: Frames, options: SpeechOptions) -> Samples:
        config, n_frames = self._network.config, mel.shape[1]
        frames = torch.from_numpy(np.ascontiguousarray(mel, np.float32))
        z = self._noise(config.n_groups(n_frames), options)
        strength = config.denoiser_strength if options.denoise is None else options.denoise
        pieces = []
        for start in range(0, n_frames, length := self._whole_groups(_PIECE_FRAMES)):
            before, after = max(0, start - self._reach), min(start + length + self._reach, n_frames)
            wave = self._piece(frames, z, before, after)
            if strength > 0:
                wave = self._denoiser(wave, strength)
            hop, stop = config.hop_samples, min(start + length, n_frames)
            pieces.append(wave[0, (start - before) * hop : (stop - before) * hop].cpu())
        return torch.cat(pieces).clamp(-1, 1).numpy()

    def _piece(self, mel: Tensor, z: Tensor, start: int, stop: int) -> Tensor:
        """Sound frames start … stop of mel (M, F) with their part of z (G, L): (1, (stop - start) * hop_samples)."""
        config = self._network.config
        first = start * config.hop_samples // config.group
        noise = z[:, first : first + config.n_groups(stop - start)]
        wave = self._network.inverse(mel[None, :, start:stop].to(self._device), noise[None].to(self._device), self._unmixings)
        return wave[:, : (stop - start) * config.hop_samples]

    def _noise(self, n_groups: int, options: SpeechOptions) -> Tensor:
        """(G, L) from the seed alone, position by position: a longer mel begins with the noise of a shorter one."""
        chance = torch.Generator().manual_seed(options.seed)
        config = self._network.config
        temperature = config.temperature if options.temperature is None else options.temperature
        return temperature * torch.randn(n_groups, config.group, generator=chance).T  # (L, G) → (G, L)

    @cached_property
    def _denoiser(self) -> Denoiser:
        mel = torch.zeros(self.mel_spec.n_mels, HUM_FRAMES)
        silence = torch.zeros(self._network.config.group, self._network.config.n_groups(HUM_FRAMES))
        hum = self._piece(mel, silence, 0, HUM_FRAMES)
        return Denoiser(hum, self.mel_spec.fft_samples, self.mel_spec.hop_samples)

    @cached_property
    def _reach(self) -> int:
        """Frames around a piece that are heard in it, by way of the flow and of the denoiser's overlap."""
        overlap = -(-self.mel_spec.fft_samples // self.mel_spec.hop_samples)
        return self._whole_groups(self._network.config.reach_frames + overlap)

    def _whole_groups(self, n_frames: int) -> int:
        """`n_frames`, or a few more, so that they end where a group does."""
        return n_frames + -n_frames % self._network.config.step_frames
