"""The stack of convolutions that TalkNet's three networks have in common.

Kriman et al., "QuartzNet: Deep automatic speech recognition with 1D time-channel separable convolutions", 2020,
arXiv:1910.10261; squeeze-and-excitation after Hu et al., 2018, arXiv:1709.01507, over a whole utterance as in Han et al.,
"ContextNet", 2020, arXiv:2005.03191.
Differs from it: nothing stands before or behind the blocks, and nothing is strided. Before every convolution all that lies past
the end of an item is set to 0, so that padding never changes a result; what comes out past the end means nothing.

Letters: B batch, C channels, D channels of the other side, T positions (symbols or frames).
"""

from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import fuse_conv_bn_eval

from ttscli_talknet.config import Activation, StackConfig

_NORM_EPSILON = 1e-3

_ACTIVATIONS: dict[Activation, type[nn.Module]] = {
    "relu": nn.ReLU,
    "hardtanh": nn.Hardtanh,
    "selu": nn.SELU,
    "swish": nn.SiLU,
}


def _start(module: nn.Module) -> None:
    """Give the weights of convolutions and linear maps in `module` the values that training begins with."""
    for part in module.modules():
        if isinstance(part, nn.Conv1d | nn.Linear):
            nn.init.xavier_uniform_(part.weight)


class TimeConv(nn.Conv1d):
    """A convolution as long as its input, run as one over pictures of height 1.

    Where the channels of a position lie side by side in memory, torch's kernels for these are fast: on a CPU, depthwise ones take
    a third of Conv1d's time, forward as well as back. The output lies in memory as the input does.
    """

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, T) → (B, D, T)."""
        x, weight = x[:, :, None], self.weight[:, :, None]  # (B, C, T) → (B, C, 1, T)
        return functional.conv2d(x, weight, self.bias, 1, "same", (1, self.dilation[0]), self.groups).squeeze(2)


class NormedConv(nn.Module):
    """A convolution, perhaps behind a depthwise one, and batch norm. No bias but the norm's."""

    def __init__(self, n_in: int, n_out: int, kernel: int, dilation: int = 1, separable: bool = False) -> None:
        super().__init__()
        if separable:
            self.depthwise: nn.Module = TimeConv(n_in, n_in, kernel, dilation=dilation, groups=n_in, bias=False)
            self.conv = TimeConv(n_in, n_out, 1, bias=False)
        else:
            self.depthwise = nn.Identity()
            self.conv = TimeConv(n_in, n_out, kernel, dilation=dilation, bias=False)
        self.norm: nn.Module = nn.BatchNorm2d(n_out, eps=_NORM_EPSILON)
        _start(self)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(B, C, T), mask (B, 1, T) → (B, D, T)."""
        y = self.conv(self.depthwise(x * mask) * mask)
        normed: Tensor = self.norm(y[:, :, None]).squeeze(2)  # (B, D, T) → (B, D, 1, T) → (B, D, T)
        return normed

    def fold(self) -> None:
        """Move the norm, as it is in evaluation, into the last convolution."""
        if isinstance(self.norm, nn.BatchNorm2d):
            self.conv = fuse_conv_bn_eval(self.conv, self.norm)
            self.norm = nn.Identity()


class SqueezeExcite(nn.Module):
    """Weighs the channels by what the whole utterance is like."""

    def __init__(self, channels: int, squeeze: int) -> None:
        super().__init__()
        self.narrow = nn.Linear(channels, channels // squeeze, bias=False)
        self.widen = nn.Linear(channels // squeeze, channels, bias=False)
        _start(self)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(B, C, T), mask (B, 1, T) → (B, C, T), 0 past the end."""
        inside = x * mask
        mean = inside.sum(-1) / mask.sum(-1)
        weights = self.widen(self.narrow(mean).relu()).sigmoid()
        excited: Tensor = inside * weights[..., None]
        return excited


class Block(nn.Module):
    """Convolutions in a row, beside a path around them."""

    def __init__(self, n_in: int, config: StackConfig, block: int, dropout: float) -> None:
        super().__init__()
        n_out, squeeze = config.filters[block], config.squeezes[block]
        widths = (n_in, *(n_out,) * (config.repeats[block] - 1))
        self.layers = nn.ModuleList(
            NormedConv(width, n_out, config.kernels[block], config.dilations[block], config.separable[block]) for width in widths
        )
        self.excite = SqueezeExcite(n_out, squeeze) if squeeze else None
        self.shortcut = NormedConv(n_in, n_out, 1) if config.residual[block] else None
        self.activate = nn.Sequential(_ACTIVATIONS[config.activation](), nn.Dropout(dropout))

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(B, C, T), mask (B, 1, T) → (B, D, T)."""
        *inner, last = self.layers
        y = x
        for layer in inner:
            y = self.activate(layer(y, mask))
        y = last(y, mask)
        if self.excite is not None:
            y = self.excite(y, mask)
        if self.shortcut is not None:
            y = y + self.shortcut(x, mask)
        activated: Tensor = self.activate(y)
        return activated


class Encoder(nn.Module):
    """A stack of blocks."""

    def __init__(self, config: StackConfig, dropout: float) -> None:
        super().__init__()
        widths = (config.width, *config.filters)
        self.blocks = nn.ModuleList(Block(widths[i], config, i, dropout) for i in range(config.n_blocks))

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(B, C, T), mask bool (B, T) → (B, D, T)."""
        inside = mask[:, None].to(x.dtype)  # (B, T) → (B, 1, T)
        x = x.transpose(1, 2).contiguous().transpose(1, 2)  # for TimeConv: still (B, C, T), in memory (B, T, C)
        for block in self.blocks:
            x = block(x, inside)
        return x


def fold_norms(network: nn.Module) -> None:
    """Fold every batch norm behind a convolution into it; for speaking, where it halves the passes over memory."""
    for module in network.modules():
        if isinstance(module, NormedConv):
            module.fold()
