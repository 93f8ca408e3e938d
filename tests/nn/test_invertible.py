import pytest
import torch

from ttscli.nn.invertible import Mixing


@pytest.mark.parametrize("seed", range(4))
def test_it_begins_as_a_rotation(seed: int) -> None:
    torch.manual_seed(seed)
    mixing = Mixing(8)
    torch.testing.assert_close(mixing.weight @ mixing.weight.T, torch.eye(8), atol=2e-6, rtol=0)
    assert torch.linalg.det(mixing.weight) > 0
    assert abs(mixing.log_determinant().item()) < 1e-5


def test_it_can_be_made_without_memory() -> None:
    with torch.device("meta"):
        assert Mixing(6).weight.shape == (6, 6)


def test_the_inverse_undoes_it() -> None:
    torch.manual_seed(0)
    mixing = Mixing(6)
    with torch.no_grad():
        mixing.weight.add_(0.3 * torch.randn(6, 6))
    x = torch.randn(2, 6, 5)
    back = torch.einsum("ij,bjt->bit", mixing.inverse(), mixing(x))
    torch.testing.assert_close(back, x, atol=1e-5, rtol=0)


def test_half_precision_around_it_changes_nothing() -> None:
    torch.manual_seed(0)
    mixing, x = Mixing(6), torch.randn(2, 6, 5)
    wanted = mixing(x)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(mixing(x), wanted)
        assert mixing(x.bfloat16()).dtype == torch.float32


def test_a_turned_sign_is_no_disaster() -> None:
    """The reference takes ln det, which is not a number then."""
    torch.manual_seed(0)
    mixing = Mixing(4)
    with torch.no_grad():
        mixing.weight[0] *= -2
    torch.testing.assert_close(mixing.log_determinant(), torch.tensor(2.0).log())
