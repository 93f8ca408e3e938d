"""TalkNet as a plugin. Letters: N symbols, T frames, M mel bins."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import torch

from ttscli.contract import Config, Control, Ids, Mel, SpeechOptions
from ttscli.errors import VoiceError
from ttscli.melspec import MelSpec
from ttscli.nn.devices import torch_device
from ttscli.nn.weights import fill, read_weights, shape_of
from ttscli.post_filter import enhance
from ttscli_talknet.config import talknet_config
from ttscli_talknet.encoder import fold_norms
from ttscli_talknet.network import Networks, whole_frames
from ttscli_talknet.pitch import contour


class TalkNet:
    """Three trained networks. Keeps the promise of ttscli.contract.AcousticModel; deterministic.

    pitch_semitones and pitch_range act on the contour that the spectrogram network hears; see pitch.py for how and why.
    """

    controls: ClassVar[frozenset[Control]] = frozenset({"pace", "pitch_semitones", "pitch_range"})

    def __init__(self, networks: Networks, mel_spec: MelSpec, device: torch.device) -> None:
        self.mel_spec = mel_spec
        self._networks = networks.to(device).eval()
        fold_norms(self._networks)
        self._device = device

    @classmethod
    def load(cls, weights: Path | None, config: Config, mel_spec: MelSpec, device: str) -> "TalkNet":
        """As AcousticModel.load."""
        on = torch_device(device)
        if weights is None:
            raise VoiceError("talknet: this part names no weights", "it cannot speak without")
        tensors = read_weights(weights)
        n_symbols, _ = shape_of(tensors, "durations.symbols.weight", 2, str(weights))
        networks = Networks(talknet_config(config, mel_spec, n_symbols))
        fill(networks, tensors, str(weights))
        return cls(networks, mel_spec, on)

    def mels(self, batch: Sequence[Ids], options: SpeechOptions) -> list[Mel]:
        """As AcousticModel.mels; one by one."""
        return [self._mel(ids, options) for ids in batch]

    @torch.inference_mode()
    def _mel(self, ids: Ids, options: SpeechOptions) -> Mel:
        networks = self._networks
        symbols = torch.from_numpy(ids).to(self._device)[None]
        lengths = torch.tensor([len(ids)], device=self._device)
        durations = whole_frames(networks.durations(symbols, lengths), lengths, options.pace)
        f0_hz = networks.register.hertz(*networks.pitch(symbols, durations))
        heard = networks.register.altered(contour(f0_hz), f0_hz > 0, options.pitch_semitones, options.pitch_range)
        frames = networks.spectrogram(symbols, durations, heard)
        return Mel(enhance(frames[0].cpu().numpy(), networks.config.contrast), durations[0].cpu().numpy())
