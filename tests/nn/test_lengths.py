import pytest
import torch

from ttscli.nn.lengths import expand, frame_symbols, length_mask, masked_mean, off_diagonal


def test_a_mask_is_true_inside() -> None:
    mask = length_mask(torch.tensor([2, 0, 3]), 3)
    assert mask.tolist() == [[True, True, False], [False, False, False], [True, True, True]]


def test_each_frame_belongs_to_the_symbol_that_is_held() -> None:
    index, inside = frame_symbols(torch.tensor([[2, 0, 1], [1, 0, 0]]))
    assert index.tolist() == [[0, 0, 2], [0, 2, 2]]
    assert inside.tolist() == [[True, True, True], [True, False, False]]


def test_symbols_are_held_and_zeros_follow() -> None:
    encoded = torch.tensor([[[1.0, 10.0], [2.0, 20.0]], [[3.0, 30.0], [4.0, 40.0]]])
    frames = expand(encoded, torch.tensor([[1, 2], [0, 1]]))
    assert frames[..., 0].tolist() == [[1, 2, 2], [4, 0, 0]]
    assert torch.equal(frames[..., 1], 10 * frames[..., 0])


def test_a_masked_mean_is_that_of_what_is_marked() -> None:
    values = torch.tensor([[[1.0, 3.0], [5.0, 7.0]], [[2.0, 6.0], [torch.inf, torch.nan]]])
    mask = length_mask(torch.tensor([2, 1]), 2)
    assert masked_mean(values, mask[:, :, None]) == 4.0
    assert masked_mean(values[..., 0], mask) == pytest.approx(8 / 3)
    assert masked_mean(values, torch.zeros(2, 2, 1, dtype=torch.bool)) == 0.0


def test_what_is_off_the_diagonal() -> None:
    weights = off_diagonal(torch.tensor([8, 4]), torch.tensor([4, 2]), (8, 4), 0.2)
    assert not weights[0, ::2].diagonal().any()
    assert weights[0, 0, 3] > 0.99
    assert not weights[1, 4:].any()
    assert not weights[1, :, 2:].any()
