import pytest
import torch
from torch import Tensor

from tests.plugins.glowtts_networks import VARIANTS, alive, config
from ttscli.nn.lengths import length_mask
from ttscli_glowtts.decoder import ActNorm, Decoder, squeeze, unsqueeze
from ttscli_glowtts.network import GlowTts

N_MELS = 8
LENGTHS = torch.tensor([24, 9, 16])


def decoder(variant: str) -> tuple[Decoder, Tensor | None]:
    """A decoder, and the speakers of a batch of three."""
    network = alive(config(variant))
    return network.decoder, network.speaker(torch.tensor([0, 2, 1]))


@pytest.mark.parametrize("variant", VARIANTS)
@torch.no_grad()
def test_the_inverse_undoes_it(variant: str) -> None:
    flow, speaker = decoder(variant)
    mels = torch.randn(3, N_MELS, 24)
    kept = length_mask(LENGTHS // flow.squeeze * flow.squeeze, 24)[:, None]
    latents, _ = flow(mels, LENGTHS, speaker)
    assert (latents - mels).abs().max() > 0.1
    torch.testing.assert_close(flow.inverse(latents, LENGTHS, flow.unmixings(), speaker), mels * kept, atol=2e-5, rtol=0)
    back, _ = flow(flow.inverse(mels * kept, LENGTHS, flow.unmixings(), speaker), LENGTHS, speaker)
    torch.testing.assert_close(back, mels * kept, atol=2e-5, rtol=0)


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_log_determinant_is_that_of_the_jacobian(variant: str) -> None:
    flow, speaker = decoder(variant)
    flow, speaker = flow.double(), None if speaker is None else speaker[:1].detach().double()
    length = torch.tensor([8])
    mel = torch.randn(1, N_MELS, 8, dtype=torch.float64)
    jacobian = torch.autograd.functional.jacobian(lambda x: flow(x, length, speaker)[0], mel)  # type: ignore[no-untyped-call]
    wanted = torch.linalg.slogdet(jacobian.reshape(mel.numel(), mel.numel())).logabsdet
    made = flow(mel, length, speaker)[1][0].detach()
    assert abs(float(made)) > 1
    torch.testing.assert_close(made, wanted, atol=1e-5, rtol=0)  # those of mixings are float32


@pytest.mark.parametrize("variant", VARIANTS)
@torch.no_grad()
def test_padding_changes_nothing(variant: str) -> None:
    flow, speaker = decoder(variant)
    mels = torch.randn(3, N_MELS, 24)
    latents, log_determinants = flow(mels, LENGTHS, speaker)
    spoken = flow.inverse(latents, LENGTHS, flow.unmixings(), speaker)
    for item, n in enumerate((LENGTHS // flow.squeeze * flow.squeeze).tolist()):
        own = None if speaker is None else speaker[item : item + 1]
        alone, log_determinant = flow(mels[item : item + 1, :, :n], torch.tensor([n]), own)
        torch.testing.assert_close(latents[item, :, :n], alone[0], atol=1e-5, rtol=0)
        torch.testing.assert_close(log_determinants[item], log_determinant[0], atol=1e-4, rtol=1e-5)
        assert not latents[item, :, n:].any()
        assert not spoken[item, :, n:].any()


def test_squeezing() -> None:
    """Even frames above odd ones, a last odd one left out."""
    frames = torch.arange(10.0).reshape(1, 2, 5)
    assert squeeze(frames, 2).tolist() == [[[0, 2], [5, 7], [1, 3], [6, 8]]]
    assert torch.equal(unsqueeze(squeeze(frames, 2), 2), frames[:, :, :4])
    assert torch.equal(squeeze(frames, 1), frames)


def test_mixing_takes_neighbours_of_both_halves() -> None:
    """With K = 4, a value of channel 2m reaches 2m and 2m + 1, and the same places of the other half."""
    network = alive(config())
    mixing, mask = network.decoder.blocks[0].mixing, torch.ones(1, 1, 1)
    for channel in range(16):
        x = torch.zeros(1, 16, 1)
        x[0, channel] = 1
        touched = mixing(x, mask)[0].flatten().nonzero().flatten().tolist()
        first = channel % 8 // 2 * 2
        assert touched == [first, first + 1, first + 8, first + 9]


def test_a_coupling_begins_as_identity() -> None:
    torch.manual_seed(0)
    block = GlowTts(config()).decoder.blocks[0]
    x, mask = torch.randn(1, 16, 5), torch.ones(1, 1, 5)
    made, log_determinant = block.coupling(x, mask, None)
    assert torch.equal(made, x)
    assert not log_determinant.any()


@torch.no_grad()
def test_initialised_normalisations_have_mean_0_and_deviation_1() -> None:
    flow, _ = decoder("plain")
    mels, lengths = 5 + 3 * torch.randn(4, N_MELS, 40), torch.tensor([40, 22, 31, 8])
    flow.initialise(mels, lengths)
    x, mask = squeeze(mels, 2), length_mask(lengths // 2, 20)[:, None].float()
    for block in flow.blocks:
        normal, _ = block.normalisation(x * mask, mask)
        values = normal.transpose(1, 2)[mask[:, 0] > 0]
        torch.testing.assert_close(values.mean(0), torch.zeros(16), atol=1e-4, rtol=0)
        torch.testing.assert_close(values.std(0, correction=0), torch.ones(16), atol=1e-3, rtol=0)
        x, _ = block(x, mask, None)


def test_a_channel_that_never_moves_is_no_disaster() -> None:
    normalisation = ActNorm(3)
    with torch.no_grad():
        normalisation.initialise(torch.full((1, 3, 6), -11.5), torch.ones(1, 1, 6))
    torch.testing.assert_close(normalisation.log_scale.flatten(), torch.full((3,), 1000.0).log(), atol=0.1, rtol=0)


def test_a_turned_sign_is_no_disaster() -> None:
    network = alive(config())
    with torch.no_grad():
        network.decoder.blocks[0].mixing.core.weight[0] *= -1
    _, log_determinants = network.decoder(torch.randn(1, N_MELS, 8), torch.tensor([8]))
    assert torch.isfinite(log_determinants).all()
