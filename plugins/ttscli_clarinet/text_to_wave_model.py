"""ClariNet from text to wave as a plugin. Letters: N symbols, T frames, H hidden channels."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np
import torch
from torch.nn import functional

from ttscli.contract import Config, Control, Ids, SpeechOptions, Wave
from ttscli.errors import VoiceError
from ttscli.melspec import MelSpec
from ttscli.nn.devices import torch_device
from ttscli.nn.weight_norm import fill_from
from ttscli_clarinet.model import noise_of
from ttscli_clarinet.student import Student, StudentSounder
from ttscli_clarinet.teacher import TeacherSounder
from ttscli_clarinet.text_to_wave import DistilledTextToWave, Spoken, TextToWave, untrained
from ttscli_clarinet.text_to_wave_config import text_to_wave_config


class ClariNetTextToWave:
    """A trained network, with a WaveNet or with flows. Keeps the promise of ttscli.contract.TextToWave.

    Attention tells how long each symbol lasts. It decides that itself; a pace stretches the hidden states that it led to.
    """

    controls: ClassVar[frozenset[Control]] = frozenset({"pace", "temperature"})

    def __init__(self, network: TextToWave | DistilledTextToWave, mel_spec: MelSpec, device: torch.device) -> None:
        self.sample_rate_hz = mel_spec.sample_rate_hz
        self._hop_samples = mel_spec.hop_samples
        self._device = device
        self._network = network.to(device).eval()
        vocoder = network.vocoder
        self._sounder = StudentSounder(vocoder) if isinstance(vocoder, Student) else TeacherSounder(vocoder)

    @classmethod
    def load(cls, weights: Path | None, config: Config, mel_spec: MelSpec, device: str) -> "ClariNetTextToWave":
        """Build the model; the weights may be plain or those of a training run."""
        on = torch_device(device)
        if weights is None:
            raise VoiceError("clarinet: cannot speak without weights", "choose a voice that has a clarinet part, or train one")
        network = untrained(text_to_wave_config(config, mel_spec))
        fill_from(weights, network)
        return cls(network, mel_spec, on)

    def waves(self, batch: Sequence[Ids], options: SpeechOptions) -> list[Wave]:
        """As TextToWave.waves; utterances are decoded one by one, and sounded side by side."""
        spoken = [self._spoken(ids, options.pace) for ids in batch]
        temperature = self._network.config.vocoder.temperature if options.temperature is None else options.temperature
        lengths = [len(one.symbols) * self._hop_samples for one in spoken]
        noise = [temperature * noise_of(options.seed, n_samples, self._device) for n_samples in lengths]
        samples = self._sounder.waves([one.hidden for one in spoken], noise)
        return [
            Wave(wave, np.bincount(one.symbols.cpu().numpy(), minlength=len(ids)) * self._hop_samples)
            for wave, one, ids in zip(samples, spoken, batch, strict=True)
        ]

    @torch.inference_mode()
    def _spoken(self, ids: Ids, pace: float) -> Spoken:
        return at_pace(self._network.speak(torch.from_numpy(ids).to(self._device)), pace)


def at_pace(spoken: Spoken, pace: float) -> Spoken:
    """Stretch speech to 1 / pace of its length, at least one frame; pitch and timbre, which every state holds, stay."""
    n_before = len(spoken.symbols)
    n_frames = max(1, round(n_before / pace))
    if n_frames == n_before:
        return spoken
    hidden = functional.interpolate(spoken.hidden[None], n_frames, mode="linear")[0]
    middles = (torch.arange(n_frames, device=spoken.symbols.device) + 0.5) * (n_before / n_frames)
    return Spoken(hidden, spoken.symbols[middles.long()])
