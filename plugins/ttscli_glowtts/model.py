"""Glow-TTS as a plugin. Letters: B batch, N symbols, M mel bins, T frames."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from ttscli.contract import Config, Control, Ids, Mel, SpeechOptions
from ttscli.errors import UsageError, VoiceError
from ttscli.melspec import MelSpec
from ttscli.nn.devices import torch_device
from ttscli.nn.lengths import length_mask
from ttscli.nn.weight_norm import fuse
from ttscli.nn.weights import fill, read_weights, shape_of
from ttscli.post_filter import enhance
from ttscli_glowtts.config import glow_tts_config
from ttscli_glowtts.durations import whole_frames
from ttscli_glowtts.network import GlowTts


class GlowTtsModel:
    """A trained network. Keeps the promise of ttscli.contract.AcousticModel."""

    def __init__(self, network: GlowTts, mel_spec: MelSpec, device: torch.device) -> None:
        self.mel_spec = mel_spec
        self._network = network.to(device).eval().requires_grad_(False)
        self._device = device
        self._unmixings = network.decoder.unmixings()

    @classmethod
    def load(cls, weights: Path | None, config: Config, mel_spec: MelSpec, device: str) -> "GlowTtsModel":
        """Build the model; the weights may be plain or those of a training run."""
        on = torch_device(device)
        if weights is None:
            raise VoiceError("glow-tts: cannot speak without weights", "choose a voice that has a glow-tts part, or train one")
        tensors = fuse(read_weights(weights), str(weights))
        n_symbols, _ = shape_of(tensors, "encoder.embedding.weight", 2, str(weights))
        network = GlowTts(glow_tts_config(config, n_symbols, mel_spec.n_mels))
        fill(network, tensors, str(weights))
        try:
            return cls(network, mel_spec, on)
        except torch.linalg.LinAlgError as error:  # type: ignore[attr-defined]
            raise VoiceError(f"{weights}: a mixing of it has no inverse", "install the voice again") from error

    @property
    def controls(self) -> frozenset[Control]:
        """Pace, temperature, and with several speakers which of them speaks."""
        usual: frozenset[Control] = frozenset({"pace", "temperature"})
        return usual | {"speaker"} if self._network.config.n_speakers > 1 else usual

    def mels(self, batch: Sequence[Ids], options: SpeechOptions) -> list[Mel]:
        """As AcousticModel.mels; UsageError if there is no such speaker."""
        n_speakers = self._network.config.n_speakers
        if n_speakers > 1 and not 0 <= options.speaker < n_speakers:
            raise UsageError(f"speaker {options.speaker}: there is none", f"this model has speakers 0 to {n_speakers - 1}")
        if self._device.type == "cpu":  # which one utterance keeps busy: a batch would be no faster
            return [mel for ids in batch for mel in self._speak([ids], options)]
        return self._speak(batch, options)

    @torch.inference_mode()
    def _speak(self, batch: Sequence[Ids], options: SpeechOptions) -> list[Mel]:
        network, device = self._network, self._device
        lengths = torch.tensor([len(ids) for ids in batch], device=device)
        ids = pad_sequence([torch.from_numpy(ids) for ids in batch], batch_first=True).to(device)
        speaker = network.speaker(torch.full_like(lengths, options.speaker))
        prior = network.prior(ids, lengths, speaker)
        inside = length_mask(lengths, ids.shape[1])
        config = network.config
        durations = whole_frames(prior.log_durations, inside, 1 / options.pace, config.squeeze, config.rounding)
        n_frames = durations.sum(1)
        mean, log_deviation = network.held(prior, durations, int(n_frames.max()))
        latents = mean + log_deviation.exp() * self._noise(n_frames.tolist(), options).to(device)
        mels = network.decoder.inverse(latents, n_frames, self._unmixings, speaker).cpu().numpy()
        held = durations.cpu().numpy()
        return [
            Mel(enhance(np.ascontiguousarray(mels[i, :, :n]), config.contrast), held[i, : len(ids)])
            for i, (ids, n) in enumerate(zip(batch, n_frames.tolist(), strict=True))
        ]

    def _noise(self, n_frames: Sequence[int], options: SpeechOptions) -> Tensor:
        """Float32 (B, M, T), each utterance's as if it stood alone, 0 behind it."""
        noise = torch.zeros(len(n_frames), self.mel_spec.n_mels, max(n_frames))
        for row, n in zip(noise, n_frames, strict=True):
            row[:, :n] = torch.randn(self.mel_spec.n_mels, n, generator=torch.Generator().manual_seed(options.seed))
        own = self._network.config.temperature
        return noise * (own if options.temperature is None else options.temperature)
