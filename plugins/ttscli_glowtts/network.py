"""Glow-TTS: an encoder of symbols gives the prior of each frame, and a flow turns it into a mel.

Kim, Kim, Kong and Yoon, "Glow-TTS: A Generative Flow for Text-to-Speech via Monotonic Alignment Search", 2020, arXiv:2005.11129.
Differs from it: nothing in the default config, which is that of the published weights: as in the authors' program, the prior's
deviation is 1 unless the config has it learnt. In training, durations from elsewhere may take the place of the search.

Letters: B batch, N symbols, M mel bins, T frames, C channels of the encoder, S channels of a speaker.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from ttscli.nn.lengths import expand, length_mask
from ttscli_glowtts.alignment import align
from ttscli_glowtts.config import GlowTtsConfig
from ttscli_glowtts.decoder import Decoder
from ttscli_glowtts.durations import DurationPredictor, cut
from ttscli_glowtts.encoder import Encoder


class Prior(NamedTuple):
    """What the symbols tell: mean, log_deviation (B, M, N) of latents, log_durations (B, N), all 0 behind an utterance."""

    mean: Tensor
    log_deviation: Tensor
    log_durations: Tensor


class Alignment(NamedTuple):
    """A recording seen as latents, beside what its symbols tell.

    Attributes:
        latents, mean, log_deviation: float (B, M, T), 0 behind an utterance.
        log_determinants: float (B,).
        log_durations: float (B, N), as predicted.
        durations: int64 (B, N), as found or given.
        n_frames: int64 (B,), a multiple of the decoder's step.
    """

    latents: Tensor
    mean: Tensor
    log_deviation: Tensor
    log_determinants: Tensor
    log_durations: Tensor
    durations: Tensor
    n_frames: Tensor


class GlowTts(nn.Module):
    """Plain weights, as for speaking; `ttscli.nn.weight_norm.weight_normed` makes the one to train."""

    def __init__(self, config: GlowTtsConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.mean = nn.Conv1d(config.channels, config.n_mels, 1)
        self.log_deviation = None if config.mean_only else nn.Conv1d(config.channels, config.n_mels, 1)
        self.duration_predictor = DurationPredictor(config)
        self.decoder = Decoder(config)
        self.speakers = nn.Embedding(config.n_speakers, config.speaker_channels) if config.n_speakers > 1 else None
        if self.speakers is not None:
            nn.init.uniform_(self.speakers.weight, -0.1, 0.1)

    def forward(
        self,
        ids: Tensor,
        lengths: Tensor,
        mels: Tensor,
        n_frames: Tensor,
        durations: Tensor | None = None,
        speakers: Tensor | None = None,
    ) -> Alignment:
        """Align recordings with their symbols.

        Args:
            ids: int64 (B, N).
            lengths: int64 (B,), symbols.
            mels: float (B, M, T), log mels.
            n_frames: int64 (B,); what does not fill a step of the decoder is left out.
            durations: int64 (B, N), summing to n_frames; None to search for the most likely ones.
            speakers: int64 (B,); None if there is one.

        Raises:
            InputError: an utterance has more symbols than frames, and is to be searched.
        """
        speaker = self.speaker(speakers)
        prior = self.prior(ids, lengths, speaker)
        n_frames = n_frames // self.config.squeeze * self.config.squeeze
        with torch.autocast(mels.device.type, enabled=False):  # in bfloat16 the likelihood is off by nats a value
            latents, log_determinants = self.decoder(mels.to(self.mean.weight.dtype), n_frames, speaker)
        if durations is None:
            durations = align(latents, prior.mean, prior.log_deviation, lengths, n_frames)
        durations = cut(durations, n_frames)
        mean, log_deviation = self.held(prior, durations, latents.shape[2])
        return Alignment(latents, mean, log_deviation, log_determinants, prior.log_durations, durations, n_frames)

    def prior(self, ids: Tensor, lengths: Tensor, speaker: Tensor | None) -> Prior:
        """Ids int64 (B, N), lengths int64 (B,), speaker (B, S, 1) or None → Prior."""
        mask = length_mask(lengths, ids.shape[1])[:, None].to(self.mean.weight.dtype)
        hidden = self.encoder(ids, mask)
        mean = self.mean(hidden) * mask
        log_deviation = torch.zeros_like(mean) if self.log_deviation is None else self.log_deviation(hidden) * mask
        return Prior(mean, log_deviation, self.duration_predictor(hidden, mask, speaker))

    def held(self, prior: Prior, durations: Tensor, longest: int) -> tuple[Tensor, Tensor]:
        """Hold each symbol's mean and log_deviation for its duration int64 (B, N) → (B, M, longest) each."""
        both = expand(torch.cat([prior.mean, prior.log_deviation], dim=1).transpose(1, 2), durations)  # (B, 2M, N) → (B, T, 2M)
        missing = longest - both.shape[1]
        mean, log_deviation = functional.pad(both, (0, 0, 0, missing)).transpose(1, 2).chunk(2, dim=1)
        return mean, log_deviation

    def speaker(self, numbers: Tensor | None) -> Tensor | None:
        """Numbers of speakers int64 (B,) → vectors of length 1 (B, S, 1); None for a network with one speaker."""
        if self.speakers is None or numbers is None:
            return None
        return functional.normalize(self.speakers(numbers))[:, :, None]
