"""Time WaveGlow's inverse against the usual way of writing it, in turn; print medians and ratios as Markdown tables.

The usual way: weights normed anew at every convolution, the conditions of a flow's layers made by one wide convolution and kept,
and W inverted at every call. Weights are random: speed does not depend on them. With CUDA, samples a second on the GPU as well.
"""

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm

from benchmarks.subjects import recipe
from benchmarks.timing import medians
from ttscli.melspec import MelSpec
from ttscli.nn.wavenet import GatedStack
from ttscli.nn.weight_norm import weight_normed
from ttscli_waveglow.config import WaveGlowConfig, waveglow_config
from ttscli_waveglow.network import WaveGlow, is_normed

SPEC = MelSpec()
Way: TypeAlias = Callable[[Tensor, Tensor], Tensor]
"""Mels (B, M, F), noise (B, G, L) → waves."""
CONFIGS = {"published": WaveGlowConfig(), "64 channels, 6 layers": WaveGlowConfig(channels=64, n_layers=6)}


class UsualStack(nn.Module):
    """A GatedStack whose conditions are one wide convolution."""

    def __init__(self, stack: GatedStack) -> None:
        super().__init__()
        self.gates, self.outlets = stack.gates, stack.outlets
        weights, biases = ([getattr(c, part) for c in stack.conditions] for part in ("weight", "bias"))
        wide = nn.Conv1d(weights[0].shape[1], sum(map(len, weights)), 1)
        wide.load_state_dict({"weight": torch.cat(weights), "bias": torch.cat(biases)})
        self.conditions = weight_norm(wide)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        skips = x.new_zeros(())
        conditions = self.conditions(condition).chunk(len(self.gates), dim=1)
        for i, (gate, outlet) in enumerate(zip(self.gates, self.outlets, strict=True)):
            filtered, gating = (gate(x) + conditions[i]).chunk(2, dim=1)
            out = outlet(filtered.tanh() * gating.sigmoid())
            if i < len(self.gates) - 1:
                residual, out = out.chunk(2, dim=1)
                x = x + residual
            skips = skips + out
        return skips


def ours(network: WaveGlow) -> Way:
    """As the plugin speaks."""
    unmixings = network.unmixings()
    return lambda mels, z: network.inverse(mels, z, unmixings)


def usual(network: WaveGlow) -> Way:
    """The same flow, written the usual way."""
    normed = weight_normed(network, lambda name: is_normed(name) and ".conditions." not in name)
    assert isinstance(normed, WaveGlow)
    for flow in normed.flows:
        affine = flow.get_submodule("affine")
        affine.stack = UsualStack(affine.get_submodule("stack"))  # type: ignore[arg-type]
    return lambda mels, z: normed.inverse(mels, z, [torch.linalg.inv(w) for w in _mixings(normed)])


def _mixings(network: WaveGlow) -> list[Tensor]:
    return [flow.get_parameter("mixing.weight") for flow in network.flows]


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0, help="of audio")
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    frames = round(arguments.seconds * SPEC.sample_rate_hz / SPEC.hop_samples)
    torch.set_num_threads(1)
    torch.manual_seed(0)
    with torch.inference_mode():
        _cpu_table(frames, arguments.runs)
        if torch.cuda.is_available():
            _gpu_table(frames, arguments.runs)


def _cpu_table(frames: int, runs: int) -> None:
    print("| one CPU core | ours, x real time | usual, x real time | ours to usual |\n| --- | --- | --- | --- |")
    seconds = frames * SPEC.hop_samples / SPEC.sample_rate_hz
    for name, config in CONFIGS.items():
        network, inputs = _random(config), _inputs(config, frames, 1)
        ways = [ours(network), usual(network)]
        torch.testing.assert_close(*(way(*inputs) for way in ways), rtol=1e-3, atol=1e-3)
        fast, slow = _medians(ways, inputs, runs)
        print(f"| {name} | {seconds / fast:.2f} | {seconds / slow:.2f} | {slow / fast:.2f} |", flush=True)
    [median] = _medians([ours(_random(_fast()))], _inputs(_fast(), frames, 1), runs)
    print(f"| recipe fast | {seconds / median:.2f} | – | – |", flush=True)


def _gpu_table(frames: int, runs: int) -> None:
    print("\n| samples a second on a GPU | batch 1 | batch 8 |\n| --- | --- | --- |")
    for name, config in {**CONFIGS, "recipe fast": _fast()}.items():
        way = ours(_random(config).cuda())
        for dtype in (torch.float32, torch.bfloat16, torch.float16):
            rates = []
            for batch in (1, 8):
                mels, z = (part.cuda() for part in _inputs(config, frames, batch))
                with torch.autocast("cuda", dtype, enabled=dtype != torch.float32):
                    [median] = _medians([way], (mels, z), runs)
                rates.append(batch * frames * SPEC.hop_samples / median)
            print(f"| {name}, {str(dtype).removeprefix('torch.')} | {rates[0]:,.0f} | {rates[1]:,.0f} |", flush=True)


def _random(config: WaveGlowConfig) -> WaveGlow:
    """Random weights; small outlets, so that nothing overflows."""
    network = WaveGlow(config).eval()
    for name, parameter in network.named_parameters():
        if ".outlet." in name:
            parameter.normal_(std=0.01)
    return network


def _fast() -> WaveGlowConfig:
    return waveglow_config(recipe("ttscli_waveglow/recipes/fast.toml"), SPEC)


def _inputs(config: WaveGlowConfig, frames: int, batch: int) -> tuple[Tensor, Tensor]:
    """Mels as loud as speech, and noise."""
    return torch.randn(batch, config.n_mels, frames) * 2.5 - 5, torch.randn(batch, config.group, config.n_groups(frames))


def _medians(ways: Sequence[Way], inputs: tuple[Tensor, Tensor], runs: int) -> list[float]:
    def whole(way: Way) -> Tensor:
        return way(*inputs).cpu()  # the GPU is done when its result is here

    return medians([partial(whole, way) for way in ways], runs)


if __name__ == "__main__":
    main()
