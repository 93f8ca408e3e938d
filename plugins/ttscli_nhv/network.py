"""The filter estimator: Liu, Chen & Yu, "Neural Homomorphic Vocoder", Interspeech 2020.

A network at frame rate turns a log mel into two filters a frame; one shapes pulses at the pitch, the other noise, and their sum
is speech. What differs from the paper:

- The filters are spectra that multiply the excitation's STFT, and the sum goes through one inverse STFT, as in iSTFTNet
  (Kaneko et al. 2022, arXiv:2203.02395) and Vocos (Siuzdak 2023, arXiv:2306.00814); the paper goes through cepstra.
- f0 and voicing are estimated from the mel by the same network, so that any acoustic model's mel can be sounded.
- Plain dilated convolutions with batch norm: on a CPU they are faster than the paper's and Vocos' blocks at equal quality.
- Spectral losses alone, no discriminator.

Letters: B batch, M mel bins, T frames, C channels, K = fft_samples / 2 + 1 bins.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ttscli.nn.lengths import length_mask
from ttscli_nhv.config import NhvConfig
from ttscli_nhv.source import LOG_F0, LOG_HARMONIC, LOG_NOISE, MAX_LOG_MAGNITUDE


class Filters(NamedTuple):
    """What the network says of each frame: float (B, T, K) each; log_f0 and voicing (a logit) float (B, T)."""

    log_harmonic: Tensor
    phase: Tensor
    log_noise: Tensor
    log_f0: Tensor
    voicing: Tensor


class FilterEstimator(nn.Module):
    """log mel → Filters."""

    def __init__(self, config: NhvConfig) -> None:
        super().__init__()
        self.config = config
        channels = config.channels
        self.mean = nn.Buffer(torch.zeros(config.n_mels))
        self.deviation = nn.Buffer(torch.ones(config.n_mels))
        self.inlet = _conv_norm(config.n_mels, channels, config.inlet_kernel, 1)
        self.blocks = nn.ModuleList(_conv_norm(channels, channels, config.kernel, dilation) for dilation in config.dilations)
        self.outlet = nn.Conv1d(channels, 3 * config.n_bins + 2, 1)

    def forward(self, mel: Tensor, n_frames: Tensor | None = None) -> Filters:
        """Estimate filters.

        Args:
            mel: float (B, M, T), log mel.
            n_frames: int64 (B,), frames of each item; then what follows an item's end changes nothing.
        """
        x = (mel - self.mean[:, None]) / self.deviation[:, None]
        inside = 1.0 if n_frames is None else _mask(n_frames, mel.shape[-1])
        x = F.relu(self.inlet(x * inside))
        for block in self.blocks:
            x = x + F.relu(block(x * inside))
        out = self.outlet(x).float().transpose(1, 2)  # (B, 3 K + 2, T) → (B, T, 3 K + 2); a bfloat16 has no room for a pitch
        k = self.config.n_bins
        harmonic, phase, noise, f0, voicing = out.split([k, k, k, 1, 1], dim=-1)
        return Filters(harmonic + LOG_HARMONIC, phase, noise + LOG_NOISE, f0[..., 0] + LOG_F0, voicing[..., 0])


def synthesise(filters: Filters, source: Tensor, noise: Tensor, hop_samples: int) -> Tensor:
    """Filter the excitation and transform back; differentiable twin of source.filter_source and source.inverse_stft.

    Args:
        filters: of B items and T frames.
        source: complex64 (B, T, K), the spectrum of the pulses.
        noise: complex64 (B, T, K).
        hop_samples: samples a frame.

    Returns:
        float32 (B, T * hop_samples).
    """
    harmonic = filters.log_harmonic.float().clamp(max=MAX_LOG_MAGNITUDE).exp()
    spectrum = torch.polar(harmonic, torch.pi * filters.phase.float().tanh()) * source
    spectrum = spectrum + filters.log_noise.float().clamp(max=MAX_LOG_MAGNITUDE).exp() * noise
    batch, n_frames, n_bins = spectrum.shape
    size = 2 * (n_bins - 1)
    overlap = size // hop_samples
    window = torch.hann_window(size, device=spectrum.device)
    blocks = (torch.fft.irfft(spectrum, size) * (window * (size / 4))).view(batch, n_frames, overlap, hop_samples)
    squares = (window**2).view(overlap, hop_samples).expand(1, n_frames, -1, -1)
    sound = _overlap_add(blocks) / _overlap_add(squares).clamp(min=1e-3)
    return sound[:, size // 2 : size // 2 + n_frames * hop_samples]


def _overlap_add(blocks: Tensor) -> Tensor:
    """(B, T, R, H), frame t's block r belonging at hop t + r → (B, (T + R - 1) * H)."""
    overlap = blocks.shape[2]
    sound = F.pad(blocks[:, :, 0], (0, 0, 0, overlap - 1))
    for r in range(1, overlap):
        sound = sound + F.pad(blocks[:, :, r], (0, 0, r, overlap - 1 - r))
    return sound.flatten(1)


def _conv_norm(n_in: int, n_out: int, kernel: int, dilation: int) -> nn.Sequential:
    padding = dilation * (kernel - 1) // 2
    return nn.Sequential(nn.Conv1d(n_in, n_out, kernel, dilation=dilation, padding=padding), nn.BatchNorm1d(n_out))


def _mask(n_frames: Tensor, width: int) -> Tensor:
    """int64 (B,) → float (B, 1, width), 1 inside an item."""
    return length_mask(n_frames, width)[:, None].float()
