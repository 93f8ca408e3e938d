"""Invertible mixing of channels.

Kingma and Dhariwal, "Glow", 2018, arXiv:1807.03039, section 3.2. Differs from it: no LU decomposition.

Letters: B batch, C channels, T positions.
"""

import torch
from torch import Tensor, nn


class Mixing(nn.Module):
    """The invertible 1 x 1 convolution, y = W x at every position; W begins as a rotation, its log-determinant so at 0."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        rotation = torch.linalg.qr(torch.randn(channels, channels))[0]
        rotation[:, 0] *= torch.linalg.det(rotation).sign()
        self.weight = nn.Parameter(rotation)

    def forward(self, x: Tensor) -> Tensor:
        """Float (B, C, T) → the same, in the weight's precision whatever the layers around it have."""
        return mixed(self.weight, x)

    def log_determinant(self) -> Tensor:
        """Ln |det W|, what one position adds to the log-likelihood: float32 scalar.

        Of the absolute value: steps of training may turn a determinant's sign, which leaves W invertible.
        """
        log_determinant: Tensor = torch.linalg.slogdet(self.weight.float()).logabsdet
        return log_determinant

    def inverse(self) -> Tensor:
        """The inverse weights W⁻¹, by way of float64: (C, C) of W's type."""
        inverse: Tensor = torch.linalg.inv(self.weight.double())
        return inverse.to(self.weight.dtype)


def mixed(weight: Tensor, x: Tensor) -> Tensor:
    """Weight or inverse weight (C, C), float (B, C, T) → (B, C, T) of the weight's type.

    Never in half precision: what one mixing rounds away, every later flow enlarges.
    """
    with torch.autocast(x.device.type, enabled=False):
        return torch.einsum("ij,bjt->bit", weight, x.to(weight.dtype))
