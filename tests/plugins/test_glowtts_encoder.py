import math

import pytest
import torch
from torch import Tensor

from tests.plugins.glowtts_networks import N_SYMBOLS, alive, config
from ttscli.nn.lengths import length_mask
from ttscli_glowtts.config import glow_tts_config
from ttscli_glowtts.durations import cut, whole_frames
from ttscli_glowtts.encoder import RelativeAttention
from ttscli_glowtts.network import GlowTts


def naive(attention: RelativeAttention, x: Tensor, n_symbols: int) -> Tensor:
    """Of one utterance (C, N), symbol by symbol and head by head → (C, n_symbols)."""
    q, k, v = ((p.weight[..., 0] @ x + p.bias[:, None]) for p in (attention.query, attention.key, attention.value))  # type: ignore[index]
    width, heard = len(x) // attention.heads, torch.zeros(len(x), n_symbols)
    for head in range(attention.heads):
        own = slice(head * width, (head + 1) * width)
        for i in range(n_symbols):
            scores, values = torch.full((n_symbols,), -math.inf), v[own, :n_symbols].clone()
            for j in range(n_symbols):
                key = k[own, j].clone()
                if abs(j - i) <= attention.window:
                    key += attention.key_offsets[0, j - i + attention.window]
                    values[:, j] += attention.value_offsets[0, j - i + attention.window]
                if attention.reach < 0 or abs(j - i) <= attention.reach:
                    scores[j] = q[own, i] @ key / math.sqrt(width)
            heard[own, i] = values @ scores.softmax(0)
    outlet = attention.outlet
    return outlet.weight[..., 0] @ heard + outlet.bias[:, None]  # type: ignore[index]


@pytest.mark.parametrize(("window", "reach"), [(4, -1), (0, -1), (2, 3), (-1, -1), (-1, 1), (20, -1)])
@torch.no_grad()
def test_attention_is_the_naive_one(window: int, reach: int) -> None:
    """Also where the window is longer than the utterance."""
    torch.manual_seed(0)
    sizes = {"channels": 12, "heads": 3, "window": window, "reach": reach}
    attention = RelativeAttention(glow_tts_config(sizes, N_SYMBOLS, 8)).eval()
    x, lengths = torch.randn(2, 12, 9), torch.tensor([9, 3])
    made = attention(x, length_mask(lengths, 9)[:, None].float())
    for item, n in enumerate(lengths.tolist()):
        torch.testing.assert_close(made[item, :, :n], naive(attention, x[item], n), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("variant", ["plain", "other", "bare"])
@torch.no_grad()
def test_padding_changes_nothing(variant: str) -> None:
    network = alive(config(variant))
    lengths = torch.tensor([9, 1, 6])
    ids = torch.randint(N_SYMBOLS, (3, 9))  # behind an utterance stands anything
    together = network.prior(ids, lengths, None)
    for item, n in enumerate(lengths.tolist()):
        alone = network.prior(ids[item : item + 1, :n], lengths[item : item + 1], None)
        for one, other in zip(together, alone, strict=True):
            torch.testing.assert_close(one[item, ..., :n], other[0], atol=1e-5, rtol=1e-5)
            assert not one[item, ..., n:].any()


@torch.no_grad()
def test_every_part_is_heard() -> None:
    """Symbols, their order and neighbours, and speakers."""
    network = alive(config("speakers"))
    ids, lengths = torch.tensor([[3, 4, 5, 6]]), torch.tensor([4])
    speakers = [network.speaker(torch.tensor([n])) for n in (0, 1)]
    prior = network.prior(ids, lengths, speakers[0])
    assert (network.prior(ids[:, [1, 0, 2, 3]], lengths, speakers[0]).mean - prior.mean)[..., 3].abs().max() > 1e-3
    other = network.prior(ids, lengths, speakers[1])
    assert torch.equal(other.mean, prior.mean)  # only durations and the decoder know who speaks
    assert (other.log_durations - prior.log_durations).abs().max() > 1e-3


def test_a_speakers_vector_has_length_1() -> None:
    network = alive(config("speakers"))
    vectors = network.speaker(torch.arange(3))
    assert vectors is not None
    torch.testing.assert_close(vectors.norm(dim=1).flatten(), torch.ones(3))
    assert alive(config()).speaker(torch.arange(3)) is None


def test_the_duration_predictor_teaches_the_encoder_nothing() -> None:
    network = GlowTts(config("speakers"))
    prior = network.prior(torch.tensor([[1, 2]]), torch.tensor([2]), network.speaker(torch.tensor([1])))
    torch.autograd.backward(prior.log_durations.sum())
    assert all(parameter.grad is None for parameter in network.encoder.parameters())
    assert network.speakers is not None
    assert network.speakers.weight.grad is not None


def test_durations_are_rounded_and_cut() -> None:
    inside = torch.tensor([[True, True, True], [True, True, False], [True, False, False]])
    log_durations = torch.tensor([[1.2, 1.9, 0.1], [3.4, 0.4, 9.0], [0.3, 9.0, 9.0]]).log()
    assert whole_frames(log_durations, inside, 1.0, 1).tolist() == [[2, 2, 1], [4, 1, 0], [1, 0, 0]]
    assert whole_frames(log_durations, inside, 1.0, 2).tolist() == [[2, 2, 0], [4, 0, 0], [2, 0, 0]]
    assert whole_frames(log_durations, inside, 1.0, 4).tolist() == [[2, 2, 0], [4, 0, 0], [4, 0, 0]]
    assert whole_frames(log_durations, inside, 2.0, 1).tolist() == [[3, 4, 1], [7, 1, 0], [1, 0, 0]]
    near = torch.tensor([[1.2, 2.0, 0.1], [3.7, 2.2, 9.0], [0.3, 9.0, 9.0]]).log()
    assert whole_frames(near, inside, 1.0, 1, "nearest").tolist() == [[1, 2, 1], [4, 2, 0], [1, 0, 0]]
    assert whole_frames(near, inside, 0.5, 4, "nearest").tolist() == [[2, 1, 1], [3, 1, 0], [4, 0, 0]]


def test_cutting_takes_from_the_end() -> None:
    durations = torch.tensor([[2, 0, 3], [1, 1, 1]])
    assert cut(durations, torch.tensor([4, 9])).tolist() == [[2, 0, 2], [1, 1, 1]]
    assert cut(durations, torch.tensor([1, 2])).tolist() == [[1, 0, 0], [1, 1, 0]]
