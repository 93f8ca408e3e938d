"""One training run in several processes, each of which learns from batches of its own.

Fabric starts the processes and joins them; gradients are averaged here, after every backward pass, because an adversary learns
beside the network that Fabric would look after. So two processes take the steps that one would take with the batches of both
together. Only batch normalisation is left to each process: its statistics are those of its own batch.
"""

from collections.abc import Iterable
from typing import Any, Literal, TypeVar

import torch
from lightning_fabric import Fabric
from lightning_fabric.plugins.precision import MixedPrecision
from lightning_fabric.strategies.ddp import DDPStrategy
from lightning_fabric.wrappers import is_wrapped
from torch import Tensor, nn

from ttscli.errors import UsageError
from ttscli.precision import Precision

_Network = TypeVar("_Network", bound=nn.Module)


def unwrapped(network: nn.Module, kind: type[_Network]) -> _Network:
    """The network that a trainer is given, for more than its forward pass: in training it is Fabric's, which has that alone."""
    own = network.module if is_wrapped(network) else network
    assert isinstance(own, kind)
    return own


class _SideBySide(DDPStrategy):
    """Processes that know of each other; the networks in them stay as they are."""

    def setup_module(self, module: nn.Module) -> nn.Module:  # type: ignore[override]
        return module


class _Mixed(MixedPrecision):
    """Half precision in those layers that bear it, and nowhere else: Fabric's own begins by rounding the batch.

    A mel in bfloat16 is off by up to 0.03, which costs the likelihood of Glow-TTS 0.09 nats a value.
    """

    def convert_input(self, data: Any) -> Any:
        return data


class Processes(Fabric):
    """Fabric whose backward pass leaves the same gradients in every process.

    Args:
        device: "cpu", "cuda" or "cuda:N".
        devices: how many processes; on "cuda" each has a GPU of its own.
        precision: as in Run.

    Raises:
        UsageError: several processes are asked for on one numbered GPU.
    """

    def __init__(self, device: str, devices: int = 1, precision: Precision = "32-true") -> None:
        kind, _, number = device.partition(":")
        if devices > 1 and number:
            raise UsageError(f"{device}: one GPU for {devices} processes", f"--device {kind} takes the first {devices}")
        strategy = _SideBySide() if devices > 1 else "auto"
        super().__init__(accelerator=kind, devices=[int(number)] if number else devices, precision=precision, strategy=strategy)
        if isinstance(mixed := self.strategy.precision, MixedPrecision):
            name: Literal["16-mixed", "bf16-mixed"] = "16-mixed" if mixed.scaler else "bf16-mixed"
            self.strategy.precision = _Mixed(name, mixed.device, mixed.scaler)
        self._learners: list[nn.Parameter] = []

    def learn_together(self, networks: Iterable[nn.Module]) -> None:
        """Name the networks whose gradients are averaged."""
        self._learners = [p for network in networks for p in network.parameters() if p.requires_grad]

    def backward(self, tensor: Tensor, *args: Any, **kwargs: Any) -> None:
        """As Fabric's, then average the gradients over all processes."""
        super().backward(tensor, *args, **kwargs)
        if self.world_size > 1:
            self._average()

    def any(self, here: bool) -> bool:
        """Whether something is so in any of the processes; all must ask at the same time."""
        if self.world_size == 1:
            return here
        return bool(self.all_reduce(torch.tensor(float(here), device=self.device), reduce_op="sum") > 0)  # type: ignore[operator]

    def of_first(self, number: float) -> float:
        """The first process's number, in all of them; all must ask at the same time."""
        return self.broadcast(number)

    def _average(self) -> None:
        """All at once: a message for each parameter would cost more than the sum. What has no gradient yet counts as 0."""
        flat = torch.cat([torch.zeros_like(p).flatten() if p.grad is None else p.grad.flatten() for p in self._learners])
        mean = self.all_reduce(flat, reduce_op="mean")
        assert isinstance(mean, Tensor)
        for parameter, gradient in zip(self._learners, torch.split(mean, [p.numel() for p in self._learners]), strict=True):
            if parameter.grad is not None:
                parameter.grad.copy_(gradient.view_as(parameter))
