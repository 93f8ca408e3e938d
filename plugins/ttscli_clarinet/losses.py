"""What ClariNet's teacher and student learn from.

Ping, Peng and Chen, "ClariNet", 2018, arXiv:1807.07281, sections 3.1 (likelihood), 3.3 (regularised KL divergence, in closed
form) and 3.4 (frames).
Differs from it: where a log standard deviation is cut off is the public program's choice, -9 and -6 (the paper has -7 for the KL
divergence). The regulariser sees it uncut: where the cut leaves no gradient, it has one.

Letters: B batch, T samples, N samples of a wave, K frequency bins, F frames.
"""

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from ttscli_clarinet.wavenet import Gaussian

Window = Literal["hann", "rectangular"]

_LEAST_POWER = 1e-10
_FFT_SAMPLES, _HOP_SAMPLES = 1024, 256
_LOG_ROOT_TAU = 0.9189385332046727  # ln √(2π)


def negative_log_likelihood(predicted: Gaussian, waves: Tensor, least_log_std: float = -9.0) -> Tensor:
    """Of each sample, in nats: float (B, T) of its own distribution → (B, T)."""
    log_std = predicted.log_std.clamp(min=least_log_std)
    return _LOG_ROOT_TAU + log_std + 0.5 * (waves - predicted.mean).square() * (-2 * log_std).exp()


def likelihood_loss(predicted: Gaussian, waves: Tensor) -> Tensor:
    """What a teacher learns from: the mean of negative_log_likelihood, column t of `predicted` being of sample t + 1: scalar."""
    of_next = Gaussian(predicted.mean[:, :-1], predicted.log_std[:, :-1])
    return negative_log_likelihood(of_next, waves[:, 1:]).mean()


def kl_divergence(q: Gaussian, p: Gaussian, least_log_std: float = -6.0) -> Tensor:
    """KL(q || p) of each sample, in nats: (B, T). Gradients flow into both."""
    a, b = q.log_std.clamp(min=least_log_std), p.log_std.clamp(min=least_log_std)
    return b - a + 0.5 * (((2 * a).exp() + (p.mean - q.mean).square()) * (-2 * b).exp() - 1)


def log_std_distance(q: Gaussian, p: Gaussian) -> Tensor:
    """The regulariser of the KL divergence: squared difference of the log standard deviations, (B, T)."""
    return (q.log_std - p.log_std).square()


def magnitudes(waves: Tensor, window: Window = "hann") -> Tensor:
    """Magnitude spectrogram: float (B, N) → float32 (B, K, F), F = 1 + N // 256. N > 512."""
    shape = torch.hann_window if window == "hann" else torch.ones
    spectrum = torch.stft(
        waves.float(), _FFT_SAMPLES, _HOP_SAMPLES, window=shape(_FFT_SAMPLES, device=waves.device), return_complex=True
    )
    return (spectrum.real.square() + spectrum.imag.square() + _LEAST_POWER).sqrt()


def frame_distance(made: Tensor, real: Tensor, window: Window = "hann") -> Tensor:
    """Mean squared difference of the magnitude spectrograms of (B, N) each: scalar.

    The public program has a rectangular window, which lets the student hiss.
    """
    return functional.mse_loss(magnitudes(made, window), magnitudes(real, window))
