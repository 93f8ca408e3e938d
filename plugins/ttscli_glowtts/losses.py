"""What Glow-TTS is trained on.

Kim et al., "Glow-TTS", 2020, arXiv:2005.11129, section 3.1: the likelihood of the mels, and the durations that the search found.
Differs from it: a symbol of 0 frames, which only durations from elsewhere can have, counts as one of 1 frame. `mel_distance` is
ours.

Letters: B batch, N symbols, M mel bins, T frames. Every loss is a float scalar.
"""

import math

from torch import Tensor

from ttscli.nn.lengths import length_mask, masked_mean
from ttscli_glowtts.network import Alignment


def likelihood_loss(alignment: Alignment) -> Tensor:
    """Negative log-likelihood of the mels, a value (bin of a frame); all utterances of a batch together."""
    distance = alignment.latents - alignment.mean  # (B, M, T)
    terms = alignment.log_deviation + 0.5 * (-2 * alignment.log_deviation).exp() * distance.square()
    n_values = alignment.latents.shape[1] * alignment.n_frames.sum()
    return (terms.sum() - alignment.log_determinants.sum()) / n_values + 0.5 * math.log(2 * math.pi)


def duration_loss(alignment: Alignment, lengths: Tensor) -> Tensor:
    """Mean square of the error of log durations, over the symbols of a batch; lengths int64 (B,)."""
    target = log_targets(alignment.durations)
    return masked_mean((alignment.log_durations - target).square(), length_mask(lengths, target.shape[1]))


def mel_distance(made: Tensor, real: Tensor, n_frames: Tensor) -> Tensor:
    """Mean absolute difference of log mels, (B, M, T) and (B, M, ≥ T), within the first n_frames int64 (B,) of an utterance."""
    longest = made.shape[2]
    return masked_mean((made - real[:, :, :longest]).abs(), length_mask(n_frames, longest)[:, None])


def log_targets(durations: Tensor) -> Tensor:
    """Frames int64 (B, N) → natural logs float32 (B, N); 0 behind an utterance."""
    return durations.clamp(min=1).float().log()
