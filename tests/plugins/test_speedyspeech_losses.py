"""What must hold of SpeedySpeech's losses."""

import math
from collections.abc import Callable
from typing import TypeAlias

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from ttscli_speedyspeech.losses import duration_huber, guided_attention, masked_l1, ssim_loss

Loss: TypeAlias = Callable[[Tensor, Tensor, Tensor], Tensor]


def images(seed: int, n_frames: int = 23, n_mels: int = 9) -> Tensor:
    return torch.randn(2, n_frames, n_mels, generator=torch.Generator().manual_seed(seed))


LENGTHS = torch.tensor([23, 14])


def plain_ssim(x: Tensor, y: Tensor) -> Tensor:
    """SSIM as it is usually written, by two-dimensional convolution: (B, T, M) → (B, T, M)."""
    offsets = torch.arange(-5, 6, dtype=torch.float64)
    row = torch.exp(-(offsets**2) / (2 * 1.5**2))
    window = (row[:, None] * row / row.sum() ** 2)[None, None]

    def blur(image: Tensor) -> Tensor:
        return functional.conv2d(image[:, None], window, padding=5)[:, 0]

    mean_x, mean_y = blur(x), blur(y)
    var_x, var_y, covariance = blur(x * x) - mean_x**2, blur(y * y) - mean_y**2, blur(x * y) - mean_x * mean_y
    luminance = (2 * mean_x * mean_y + 1e-4) / (mean_x**2 + mean_y**2 + 1e-4)
    structure = (2 * covariance + 9e-4) / (var_x + var_y + 9e-4)
    return luminance * structure


def test_ssim_is_the_usual_formula() -> None:
    x, y = images(1), images(2)
    mask = (torch.arange(23) < LENGTHS[:, None])[..., None]
    expected = 1 - plain_ssim((x * mask).double(), (y * mask).double()).mean()
    assert float(ssim_loss(x, y, LENGTHS)) == pytest.approx(float(expected), abs=1e-6)


def test_ssim_of_a_spectrogram_with_itself_is_0() -> None:
    assert float(ssim_loss(images(1), images(1), LENGTHS)) == 0.0


@pytest.mark.parametrize("loss", [masked_l1, ssim_loss])
def test_padding_has_no_say(loss: Loss) -> None:
    x, y = images(1).requires_grad_(), images(2)
    value = loss(x, y, LENGTHS)
    torch.autograd.backward(value)
    assert x.grad is not None
    assert not x.grad[1, 14:].any()
    assert x.grad[1, :14].any()
    changed = y.clone()
    changed[1, 14:] = 99.0
    assert torch.equal(loss(x, changed, LENGTHS), value)


def test_l1_is_the_mean_over_valid_values() -> None:
    assert float(masked_l1(images(1) + 0.5, images(1), LENGTHS)) == pytest.approx(0.5)


def test_huber_counts_a_vanished_symbol_as_one_frame() -> None:
    durations = torch.tensor([[3, 0, 1], [2, 7, 7]])
    lengths = torch.tensor([3, 1])
    right = torch.tensor([[math.log(3), 0.0, 0.0], [math.log(2), 50.0, 50.0]])
    assert float(duration_huber(right, durations, lengths)) == pytest.approx(0.0, abs=1e-12)
    assert float(duration_huber(right + 3.0, durations, lengths)) == pytest.approx(2.5)  # linear from 1 on: 3 - 1/2


def test_guided_attention_is_0_on_the_diagonal_and_grows_away_from_it() -> None:
    diagonal = torch.eye(8)[None]
    n = torch.tensor([8])
    assert float(guided_attention(diagonal, n, n, 0.3)) == 0.0
    stray = [torch.zeros(1, 8, 8) for _ in range(3)]
    for distance, attention in enumerate(stray):
        attention[0, 0, 2 * distance] = 1.0
    penalties = [float(guided_attention(attention, n, n, 0.3)) for attention in stray]
    assert penalties == sorted(penalties)
    assert penalties[0] == 0.0 < penalties[1] < penalties[2] <= 1 / 64


def test_guided_attention_looks_inside_each_rectangle_only() -> None:
    attention = torch.rand(2, 10, 6, generator=torch.Generator().manual_seed(1))
    n_frames, n_symbols = torch.tensor([10, 4]), torch.tensor([6, 3])
    alone = [
        guided_attention(attention[i : i + 1, :t, :n], torch.tensor([t]), torch.tensor([n]), 0.3)
        for i, (t, n) in enumerate([(10, 6), (4, 3)])
    ]
    together = guided_attention(attention, n_frames, n_symbols, 0.3)
    assert float(together) == pytest.approx(float(sum(alone)) / 2)
