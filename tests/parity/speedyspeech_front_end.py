"""The batches that the published SpeedySpeech makes of mels, on the way in and out; ours come one by one, and need none of it.

Letters: B batch, T frames, M mel bands.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from ttscli.nn.lengths import length_mask
from ttscli.nn.mel import LogMel, reflect_ends

_CLOSING_FRAMES = 5
"""Frames of silence after an utterance, without which MelGAN cuts its end off."""


def log_mels(waves: Sequence[Tensor], log_mel: LogMel) -> tuple[Tensor, Tensor]:
    """Spectrograms of a batch of recordings.

    Args:
        waves: each float (n_samples,), in [-1, 1].
        log_mel: the front end; each wave is reflected at its own end before the batch is padded with zeros.

    Returns:
        float32 (B, M, T) and int64 (B,), frames of each item: n_samples // hop_samples + 1. What follows them means nothing.
    """
    reach = log_mel.spec.fft_samples // 2
    extended = [reflect_ends(wave[None], reach)[0, reach:] for wave in waves]
    mels: Tensor = log_mel(pad_sequence(extended, batch_first=True))
    n_frames = torch.tensor([len(wave) // log_mel.spec.hop_samples + 1 for wave in waves])
    surplus = log_mel.spec.fft_samples // (2 * log_mel.spec.hop_samples)
    return mels[..., : mels.shape[-1] - surplus], n_frames


def for_melgan(log_mel: Tensor, n_frames: Tensor, silence: float) -> Tensor:
    """Log mels (B, T, M) of int64 (B,) frames → (B, M, T + _CLOSING_FRAMES), `silence` after each item's end."""
    n_items, longest, n_mels = log_mel.shape
    mels = torch.where(length_mask(n_frames, longest)[..., None], log_mel, silence)
    closing = mels.new_full((n_items, _CLOSING_FRAMES, n_mels), silence)
    return torch.cat([mels, closing], dim=1).transpose(1, 2)  # (B, T, M) → (B, M, T)
