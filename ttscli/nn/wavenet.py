"""The gated dilated stack that flows take their scales and shifts from.

Prenger, Valle and Catanzaro, "WaveGlow", 2019, arXiv:1811.00002, section 2 ("WN"), after van den Oord et al., "WaveNet", 2016.
Differs from it: nothing; with a mask and a dropout it is also the WN of Glow-TTS. The conditioning is one convolution a layer
(a single wide one is the same rows stacked), so that memory holds one layer's at a time.

Letters: B batch, C channels, D channels of the condition, T positions.
"""

from torch import Tensor, nn


class GatedStack(nn.Module):
    """Non-causal convolutions of growing dilation, each gated by tanh and sigmoid, with residual and skip paths."""

    def __init__(
        self, channels: int, kernel: int, n_layers: int, dilation_base: int = 2, condition_channels: int = 0, dropout: float = 0.0
    ) -> None:
        """`kernel` is odd; layer i has dilation dilation_base ** i; without `condition_channels` there is no condition."""
        super().__init__()
        self.gates = nn.ModuleList(
            nn.Conv1d(channels, 2 * channels, kernel, dilation=dilation_base**i, padding=(kernel - 1) * dilation_base**i // 2)
            for i in range(n_layers)
        )
        widths = [2 * channels] * (n_layers - 1) + [channels]  # the last layer has a skip path only
        self.outlets = nn.ModuleList(nn.Conv1d(channels, width, 1) for width in widths)
        self.conditions = nn.ModuleList(
            nn.Conv1d(condition_channels, 2 * channels, 1) for _ in range(n_layers if condition_channels else 0)
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, condition: Tensor | None = None, mask: Tensor | None = None) -> Tensor:
        """Run the stack.

        Args:
            x: float (B, C, T).
            condition: float (B, D, T) or (B, D, 1); None if the stack has none.
            mask: float (B, 1, T), 1 within an utterance and 0 behind it; None for no padding.

        Returns:
            float (B, C, T), the sum of the skip paths.
        """
        skips = x.new_zeros(())
        for i, (gate, outlet) in enumerate(zip(self.gates, self.outlets, strict=True)):
            gated = self.dropout(gate(x))
            if condition is not None:
                gated = gated + self.conditions[i](condition)
            filtered, gating = gated.chunk(2, dim=1)
            out = outlet(filtered.tanh() * gating.sigmoid())
            if i < len(self.gates) - 1:
                residual, out = out.chunk(2, dim=1)
                x = x + residual if mask is None else (x + residual) * mask
            skips = skips + out
        return skips if mask is None else skips * mask
