"""Text to wave in one network: encoder, attention decoder, bridge-net and vocoder.

Ping, Peng and Chen, "ClariNet: Parallel Wave Generation in End-to-End Text-to-Speech", 2018, arXiv:1807.07281, section 4.
Differs from it: nothing that it tells; there is no public program. The first three parts are those of Deep Voice 3.

Letters: B batch, N symbols, T frames, M mel bands, K frequency bins, H hidden channels, F frames a clip, hop samples a frame.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from ttscli.nn.lengths import length_mask
from ttscli_clarinet.attention import Memory
from ttscli_clarinet.bridge import Bridge
from ttscli_clarinet.decoder import Decoded, Decoder
from ttscli_clarinet.encoder import Encoder
from ttscli_clarinet.student import Flowed, Student
from ttscli_clarinet.teacher import Teacher
from ttscli_clarinet.text_to_wave_config import TextToWaveConfig
from ttscli_clarinet.upsampler import Upsampler
from ttscli_clarinet.wavenet import Gaussian

_MOST_STEPS = 3.0
"""So many times as long as the average does speech become before it is cut off."""


class Recordings(NamedTuple):
    """What is learned from, in a batch padded with zeros.

    Attributes:
        ids: int64 (B, N).
        n_symbols: int64 (B,).
        mels: float (B, T, M) in [0, 1]; frames_per_step divides T.
        n_frames: int64 (B,).
        starts: int64 (B,), the first frames of the clips that the vocoder hears, which end within the utterances.
        clips: float (B, F * hop), their samples; (B, 0) where no vocoder is to hear any.
    """

    ids: Tensor
    n_symbols: Tensor
    mels: Tensor
    n_frames: Tensor
    starts: Tensor
    clips: Tensor


class Heard(NamedTuple):
    """What the network says of recordings.

    Attributes:
        decoded: mels and attention.
        hidden: float (B, H, T), what the vocoder is conditioned on.
        spectra: linear ones (B, K, T), in [0, 1].
        samples: of the clips, unless these are empty.
    """

    decoded: Decoded
    hidden: Tensor
    spectra: Tensor
    samples: Gaussian | None


class Spoken(NamedTuple):
    """What a vocoder makes one utterance of: hidden states float (H, T), and which symbol each frame speaks, int64 (T,)."""

    hidden: Tensor
    symbols: Tensor


class TextToHidden(nn.Module):
    """Symbols → the hidden states that condition a vocoder."""

    def __init__(self, config: TextToWaveConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.decoder = Decoder(config)
        self.bridge = Bridge(config)

    def hear(self, recordings: Recordings, forced: Tensor | None = None) -> tuple[Decoded, Tensor]:
        """Follow recordings, each frame from the true ones before it.

        Args:
            recordings: to be followed.
            forced: float (B, S, N), which symbols each decoder step speaks, if attention is not to find out; sums to 1 a step.

        Returns:
            What is decoded, and hidden states (B, H, T).
        """
        group, mels = self.config.frames_per_step, recordings.mels
        before = torch.cat([torch.zeros_like(mels[:, :group]), mels[:, :-group]], dim=1)
        memory = self.remember(recordings.ids, recordings.n_symbols)
        decoded = self.decoder(self._partly(before), memory, forced)
        hidden: Tensor = self.bridge(decoded.states, length_mask(recordings.n_frames, mels.shape[1])[:, None])
        return decoded, hidden

    def _partly(self, heard: Tensor) -> Tensor:
        """While training, silence for some of the decoder's steps: float (B, T, M), alike."""
        if not (self.training and self.config.unheard):
            return heard
        group = self.config.frames_per_step
        hears = torch.rand(len(heard), heard.shape[1] // group, 1, device=heard.device) >= self.config.unheard
        return heard * hears.repeat_interleave(group, dim=1)

    def speak(self, ids: Tensor) -> Spoken:
        """Decode one utterance: int64 (N,)."""
        usual = len(ids) * self.config.steps_per_symbol
        memory = self.remember(ids[None], torch.tensor([len(ids)], device=ids.device))
        decoded = self.decoder.generate(memory, self.config.least_steps + 1 + round(_MOST_STEPS * usual))
        symbols = symbol_path(decoded.attention[0]).repeat_interleave(self.config.frames_per_step)
        hidden = self.bridge(decoded.states, torch.ones_like(symbols, dtype=torch.bool)[None, None])
        return Spoken(hidden[0], symbols)

    def remember(self, ids: Tensor, n_symbols: Tensor) -> Memory:
        """Encode: int64 (B, N), int64 (B,)."""
        inside = length_mask(n_symbols, ids.shape[1])[:, None]
        keys, values = self.encoder(ids, inside)
        return self.decoder.memory(keys, values, inside)


class TextToWave(TextToHidden):
    """With the vocoder that learns together with the rest. Plain weights; `weight_normed` makes the network to train."""

    def __init__(self, config: TextToWaveConfig) -> None:
        super().__init__(config)
        self.vocoder = Teacher(config.vocoder)

    def forward(self, recordings: Recordings, forced: Tensor | None = None) -> Heard:
        """Run all parts over recordings, as `hear`; column t of `samples` is of sample t + 1."""
        decoded, hidden = self.hear(recordings, forced)
        samples = self.foretell(recordings.clips, hidden, recordings) if recordings.clips.numel() else None
        return Heard(decoded, hidden, self.bridge.spectra(hidden), samples)

    def foretell(self, waves: Tensor, hidden: Tensor, recordings: Recordings) -> Gaussian:
        """What comes next in waves (B, F * hop) at the places of the clips, of hidden states (B, H, T)."""
        foretold: Gaussian = self.vocoder.wavenet(waves, conditions(self.vocoder.upsampler, hidden, recordings))
        return foretold


class DistilledTextToWave(TextToHidden):
    """With flows in the vocoder's place, distilled from it on the same hidden states (section 4.3)."""

    def __init__(self, config: TextToWaveConfig) -> None:
        super().__init__(config)
        self.vocoder = Student(config.vocoder)

    def forward(self, recordings: Recordings, noise: Tensor) -> Flowed:
        """Make the clips anew, of noise float (B, F * hop) and of what is before the flows, which hears the recordings."""
        flowed: Flowed = self.vocoder(noise, conditions(self.vocoder.upsampler, self.hear(recordings)[1], recordings))
        return flowed


def untrained(config: TextToWaveConfig) -> TextToWave | DistilledTextToWave:
    """The network whose vocoder is of the kind that `config` says."""
    return TextToWave(config) if config.vocoder.kind == "teacher" else DistilledTextToWave(config)


def conditions(upsampler: Upsampler, hidden: Tensor, recordings: Recordings) -> Tensor:
    """What conditions the clips' samples, the frames beside them included: float (B, H, T) → (B, H, F * hop / every)."""
    n_clip = recordings.clips.shape[1] // upsampler.hop_samples
    utterances = zip(hidden, recordings.n_frames.tolist(), recordings.starts.tolist(), strict=True)
    return torch.cat([upsampler.stretch(item[None, :, :end], start, start + n_clip) for item, end, start in utterances])


def symbol_path(attention: Tensor) -> Tensor:
    """Which symbol each step speaks: attention float (L, S, N) → int64 (S,), from left to right and never back."""
    return attention.mean(dim=0).argmax(dim=1).cummax(dim=0).values
