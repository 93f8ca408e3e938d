"""Mels as networks foretell them → with more of the relief that true ones have."""

import numpy as np

from ttscli.contract import Frames

_ENVELOPE_BINS = 9


def enhance(frames: Frames, contrast: float) -> Frames:
    """Enlarge the harmonics and formants of a log mel by `contrast`; its smooth envelope and the loudness of the whole stay.

    A network that learns the mean of all ways to say a sentence flattens them. The remedy is the post-filter of Koishida et al.,
    "CELP coding based on mel-cepstral analysis", ICASSP 1995, with a moving average over bins in place of the low cepstrum.

    Args:
        frames: float32 (n_mels, n_frames).
        contrast: 1 changes nothing.

    Returns:
        float32 (n_mels, n_frames).
    """
    if contrast == 1:
        return frames
    padded = np.pad(frames, ((_ENVELOPE_BINS // 2 + 1, _ENVELOPE_BINS // 2), (0, 0)), mode="edge")
    sums = padded.cumsum(axis=0, dtype=np.float64)
    envelope = ((sums[_ENVELOPE_BINS:] - sums[:-_ENVELOPE_BINS]) / _ENVELOPE_BINS).astype(np.float32)
    enhanced: Frames = envelope + np.float32(contrast) * (frames - envelope)
    enhanced += np.log(np.exp(frames).mean() / np.exp(enhanced).mean())
    return enhanced
