import pytest
import torch

from ttscli.nn.wavenet import GatedStack


@pytest.mark.parametrize(("base", "reach"), [(1, 3), (2, 7)])
def test_it_sees_as_far_as_its_dilations_reach(base: int, reach: int) -> None:
    torch.manual_seed(0)
    stack = GatedStack(4, kernel=3, n_layers=3, dilation_base=base)
    x = torch.zeros(1, 4, 41)
    x[:, :, 20] = 1
    touched = (stack(x) - stack(torch.zeros_like(x))).abs().amax(dim=(0, 1)).nonzero().flatten()
    assert (int(touched.min()), int(touched.max())) == (20 - reach, 20 + reach)


def test_what_lies_behind_the_mask_changes_nothing_before_it() -> None:
    torch.manual_seed(0)
    stack = GatedStack(4, kernel=5, n_layers=3, dilation_base=2)
    x, mask = torch.randn(1, 4, 20), torch.ones(1, 1, 20)
    mask[:, :, 12:] = 0
    padded = stack(x * mask, mask=mask)
    torch.testing.assert_close(padded[:, :, :12], stack(x[:, :, :12]), atol=1e-6, rtol=0)
    assert not padded[:, :, 12:].any()


def test_a_condition_of_one_column_holds_everywhere() -> None:
    torch.manual_seed(0)
    stack = GatedStack(4, kernel=3, n_layers=2, condition_channels=3)
    x, condition = torch.randn(2, 4, 9), torch.randn(2, 3, 1)
    torch.testing.assert_close(stack(x, condition), stack(x, condition.expand(-1, -1, 9)), atol=1e-6, rtol=0)
    assert (stack(x, condition) - stack(x, 2 * condition)).abs().max() > 1e-3
