import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from ttscli.errors import InputError
from ttscli_glowtts.alignment import align, log_likelihoods, search


def naive(values: NDArray[np.float32], n_symbols: int, n_frames: int) -> list[int]:
    """Cell by cell, as in the paper's algorithm 1; a tie stays."""
    sums = np.full((n_symbols, n_frames), -np.inf, np.float32)
    for j in range(n_frames):
        for i in range(min(j + 1, n_symbols)):
            stay = sums[i, j - 1] if j else np.float32(0 if i == 0 else -np.inf)
            step = sums[i - 1, j - 1] if i and j else np.float32(-np.inf)
            sums[i, j] = max(stay, step) + values[i, j]
    durations, i = [0] * n_symbols, n_symbols - 1
    for j in range(n_frames - 1, -1, -1):
        durations[i] += 1
        if i and j and (i == j or sums[i - 1, j - 1] > sums[i, j - 1]):
            i -= 1
    return durations


@pytest.mark.parametrize("levels", [1, 2, 3, 1000])
@pytest.mark.parametrize("seed", range(4))
def test_it_is_the_naive_search_ties_included(levels: int, seed: int) -> None:
    """The fewer levels, the more ties."""
    chance = np.random.default_rng([seed, levels])
    n_frames = chance.integers(1, 40, size=6)
    lengths = np.array([chance.integers(1, n + 1) for n in n_frames])
    values = -chance.integers(0, levels, size=(6, lengths.max(), n_frames.max())).astype(np.float32)
    durations = search(values, lengths, n_frames)
    for item, (n_symbols, n) in enumerate(zip(lengths, n_frames, strict=True)):
        assert durations[item, :n_symbols].tolist() == naive(values[item], n_symbols, n)
        assert not durations[item, n_symbols:].any()


def test_no_path_is_better() -> None:
    """Against every monotonic path there is."""
    values = np.random.default_rng(0).standard_normal((1, 4, 7)).astype(np.float32)
    [durations] = search(values, np.array([4]), np.array([7]))
    cuts = [(a, b, c) for a in range(1, 5) for b in range(a + 1, 6) for c in range(b + 1, 7)]
    paths = [np.diff([0, *cut, 7]) for cut in cuts]

    def total(path: NDArray[np.int64]) -> float:
        return float(values[0, np.repeat(np.arange(4), path), np.arange(7)].sum())

    assert total(durations) == pytest.approx(max(total(path) for path in paths), abs=1e-5)


def test_what_lies_behind_an_utterance_is_not_looked_at() -> None:
    values = np.random.default_rng(1).standard_normal((2, 9, 30)).astype(np.float32)
    lengths, n_frames = np.array([5, 9]), np.array([17, 30])
    clean = search(values, lengths, n_frames)
    values[0, 5:] = values[0, :, 17:] = np.nan
    assert np.array_equal(search(values, lengths, n_frames), clean)
    assert np.array_equal(search(values[:1, :5, :17], lengths[:1], n_frames[:1])[0], clean[0, :5])


def test_the_order_in_memory_changes_nothing() -> None:
    values = np.random.default_rng(2).standard_normal((3, 6, 20)).astype(np.float32)
    turned = np.ascontiguousarray(values.transpose(0, 2, 1)).transpose(0, 2, 1)
    lengths, n_frames = np.array([6, 2, 4]), np.array([20, 9, 4])
    assert np.array_equal(search(values, lengths, n_frames), search(turned, lengths, n_frames))


def test_more_symbols_than_frames_are_refused() -> None:
    with pytest.raises(InputError, match=r"^5 symbols in 4 frames cannot be aligned$"):
        search(np.zeros((2, 5, 9), np.float32), np.array([5, 5]), np.array([9, 4]))


def test_likelihoods_are_those_of_the_normal_distribution() -> None:
    torch.manual_seed(0)
    latents, mean, log_deviation = torch.randn(2, 3, 5), torch.randn(2, 3, 4), 0.3 * torch.randn(2, 3, 4)
    made = log_likelihoods(latents, mean, log_deviation)
    deviation = log_deviation.exp()[..., None]  # (B, M, N, 1)
    density = (-0.5 * ((latents[:, :, None] - mean[..., None]) / deviation).square()).exp() / (deviation * (2 * torch.pi) ** 0.5)
    torch.testing.assert_close(made, density.double().log().sum(1).float(), atol=1e-4, rtol=1e-4)


def test_latents_that_lie_on_the_means_are_found() -> None:
    torch.manual_seed(0)
    mean = 3 * torch.randn(2, 8, 4)
    durations = torch.tensor([[2, 1, 5, 1], [3, 4, 0, 0]])
    latents = torch.zeros(2, 8, 9)
    for item, row in enumerate(durations):
        held = mean[item].repeat_interleave(row, dim=1)
        latents[item, :, : held.shape[1]] = held
    found = align(latents, mean, torch.zeros_like(mean), torch.tensor([4, 2]), durations.sum(1))
    assert torch.equal(found, durations)


def test_half_precision_around_it_changes_nothing() -> None:
    """Symbols that are nearly alike: products in bfloat16 could not tell them apart."""
    torch.manual_seed(0)
    mean = 10 + 0.05 * torch.randn(1, 80, 6)
    durations = torch.tensor([[3, 1, 4, 1, 5, 9]])
    latents = mean[0].repeat_interleave(durations[0], dim=1)[None]
    arguments = (latents, mean, torch.zeros_like(mean), torch.tensor([6]), durations.sum(1))
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(align(*arguments), durations)
