from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from ttscli.contract import SpeechOptions
from ttscli.errors import DeviceError, VoiceError
from ttscli.melspec import MelSpec
from ttscli.nn.weight_norm import weight_normed
from ttscli.nn.weights import save_weights
from ttscli.testing import VOCODER_CHECKS, VocoderCheck, mel
from ttscli_clarinet import incremental, student, teacher
from ttscli_clarinet.config import ClariNetConfig, WaveNetConfig, clarinet_config
from ttscli_clarinet.frontend import PUBLISHED_MEL, conditioner
from ttscli_clarinet.incremental import Incremental
from ttscli_clarinet.model import ClariNet
from ttscli_clarinet.student import Student
from ttscli_clarinet.teacher import Teacher
from ttscli_clarinet.upsampler import Upsampler
from ttscli_clarinet.wavenet import WaveNet

SMALL: dict[str, object] = {
    "layers": 3,
    "residual_channels": 4,
    "gate_channels": 6,
    "skip_channels": 5,
    "front_kernel": 8,
}
CONFIGS: dict[str, tuple[dict[str, object], MelSpec]] = {
    "teacher": (SMALL | {"upsample_strides": [4, 8]}, MelSpec(hop_samples=32)),
    "teacher of kernel 3": (
        SMALL | {"kernel": 3, "dilation_base": 3, "cycles": [1], "upsample_strides": [5, 3]},
        MelSpec(hop_samples=15, n_mels=20),
    ),
    "student": (SMALL | {"kind": "student", "cycles": [1, 1, 2], "kernel": 3}, MelSpec()),
    "student of groups": (SMALL | {"kind": "student", "cycles": [1, 1], "kernel": 3, "group": 16}, MelSpec()),
    "student of odd strides": (SMALL | {"kind": "student", "upsample_strides": [15, 20]}, MelSpec(24000, 2048, 300, 1200)),
    "student on published mels": (SMALL | {"kind": "student"}, PUBLISHED_MEL),
}
TINY = WaveNetConfig(condition_channels=5, residual_channels=8, gate_channels=6, skip_channels=3, layers=4, front_kernel=7)


def made(config: dict[str, object], spec: MelSpec, path: Path) -> ClariNet:
    """A vocoder of random weights that are loud enough for every layer to be heard, and quiet enough not to be cut off."""
    torch.manual_seed(0)
    sizes = clarinet_config(config, spec)
    network = Teacher(sizes) if sizes.kind == "teacher" else Student(sizes)
    save_weights(louder(network), path, torch.float32)
    return ClariNet.load(path, config, spec, "cpu")


def louder(network: nn.Module) -> nn.Module:
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            parameter.mul_(1.5)
            if name.endswith("outlet.bias") and "blocks" not in name:
                parameter.copy_(torch.tensor([0.0, -1.0]).repeat_interleave(len(parameter) // 2))  # mean and log_std
    return network


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("check", VOCODER_CHECKS)
def test_contract(check: VocoderCheck, name: str, tmp_path: Path) -> None:
    config, spec = CONFIGS[name]
    check(made(config, spec, tmp_path / "w.safetensors"))


@pytest.mark.parametrize("name", CONFIGS)
def test_pieces_leave_no_seam(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config, spec = CONFIGS[name]
    vocoder, frames = made(config, spec, tmp_path / "w.safetensors"), mel(12, spec)
    [whole] = vocoder.waves([frames], SpeechOptions())
    monkeypatch.setattr(student, "_CHUNK_COLUMNS", 100)
    monkeypatch.setattr(teacher, "_CHUNK_FRAMES", 5)
    monkeypatch.setattr(incremental, "_CHUNK_COLUMNS", 100)
    [pieces] = vocoder.waves([frames], SpeechOptions())
    np.testing.assert_allclose(pieces, whole, atol=2e-5)
    assert np.std(whole) > 0.02


@pytest.mark.parametrize("name", CONFIGS)
def test_seed_and_temperature_are_obeyed(name: str, tmp_path: Path) -> None:
    config, spec = CONFIGS[name]
    vocoder, frames = made(config, spec, tmp_path / "w.safetensors"), [mel(2, spec)]
    [usual] = vocoder.waves(frames, SpeechOptions(temperature=1.0))
    [other] = vocoder.waves(frames, SpeechOptions(temperature=1.0, seed=1))
    assert np.abs(usual - other).max() > 1e-3
    [cold], [other] = (vocoder.waves(frames, SpeechOptions(temperature=0.0, seed=seed)) for seed in (0, 1))
    assert np.array_equal(cold, other)
    assert np.abs(usual - cold).max() > 1e-3


def test_the_temperature_is_the_configs_unless_stated(tmp_path: Path) -> None:
    config, spec = CONFIGS["student"]
    frames = [mel(2, spec)]
    usual, warm = (made(config | {"temperature": t}, spec, tmp_path / "w.safetensors") for t in (1.0, 0.5))
    [stated] = usual.waves(frames, SpeechOptions(temperature=0.5))
    assert np.array_equal(warm.waves(frames, SpeechOptions())[0], stated)
    assert not np.array_equal(usual.waves(frames, SpeechOptions())[0], stated)


@pytest.mark.parametrize("config", [TINY, WaveNetConfig(5, 4, 4, 4, kernel=3, layers=3, cycles=1, dilation_base=3)])
def test_sample_by_sample_is_all_at_once(config: WaveNetConfig) -> None:
    """Utterances of unequal lengths, said together: each sample is what the parallel network makes of those before it."""
    torch.manual_seed(0)
    network = WaveNet(config)
    louder(network)
    lengths = (300, 1, 131)
    conditions = torch.rand(len(lengths), 5, max(lengths))
    noise = [torch.randn(length).numpy() for length in lengths]
    waves = Incremental(network).utter(noise, lambda i, start, stop: conditions[i, :, start:stop].numpy(), chunk_samples=128)
    for i, wave in enumerate(waves):
        heard = nn.functional.pad(torch.from_numpy(wave)[None, :-1], (1, 0))
        mean, log_std = network(heard, conditions[i : i + 1, :, : len(wave)])
        expected = (mean + log_std.exp() * torch.from_numpy(noise[i])).clamp(-1, 1)[0].detach().numpy()
        np.testing.assert_allclose(wave, expected, atol=1e-5)
        assert np.std(wave) > 0.05 or len(wave) == 1


def test_no_sample_depends_on_more_than_the_reach() -> None:
    network = WaveNet(TINY).double()
    length = TINY.reach_samples + 10
    waves = torch.randn(1, length, dtype=torch.float64, requires_grad=True)
    conditions = torch.rand(1, 5, length, dtype=torch.float64)
    network(waves, conditions).mean[0, -3].backward()
    assert waves.grad is not None
    [touched] = waves.grad[0].nonzero(as_tuple=True)
    assert (int(touched.min()), int(touched.max())) == (length - 2 - TINY.reach_samples, length - 3)


@pytest.mark.parametrize("strides", [(16, 16), (15, 20), (3, 5, 2), (1, 1, 1, 8)])
def test_a_stretch_is_upsampled_as_among_all(strides: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    upsampler, frames = Upsampler(strides), torch.rand(2, 7, 13)
    whole, hop = upsampler(frames), upsampler.hop_samples
    assert whole.shape == (2, 7, 13 * hop)
    for start, stop in ((0, 13), (0, 4), (5, 6), (9, 13)):
        torch.testing.assert_close(upsampler.stretch(frames, start, stop), whole[..., start * hop : stop * hop])


@pytest.mark.parametrize("strides", [(16, 16), (15, 20), (3, 5, 2), (5, 3), (1,)])
def test_thinned_columns_are_among_all(strides: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    upsampler, frames = Upsampler(strides), torch.rand(2, 7, 13)
    whole = upsampler(frames)
    for every in (n for n in range(1, upsampler.hop_samples + 1) if upsampler.hop_samples % n == 0):
        thin = Upsampler(strides, every=every)
        thin.load_state_dict(upsampler.state_dict())
        torch.testing.assert_close(thin(frames), whole[..., ::every])
        torch.testing.assert_close(thin.stretch(frames, 5, 9), thin(frames)[..., 5 * columns(thin) : 9 * columns(thin)])


def columns(upsampler: Upsampler) -> int:
    """Of a frame."""
    return upsampler.hop_samples // upsampler.every


def flows(group: int) -> tuple[Student, Tensor, Tensor]:
    torch.manual_seed(0)
    own: dict[str, object] = {"kind": "student", "cycles": [1, 1, 2], "kernel": 3, "group": group}
    config = clarinet_config(SMALL | own, MelSpec(n_mels=5))
    network = Student(config).double()
    louder(network)
    return network, torch.randn(2, 600, dtype=torch.float64), torch.rand(2, 5, 600 // group, dtype=torch.float64)


@torch.no_grad()
@pytest.mark.parametrize("group", [1, 4])
def test_the_closed_form_is_the_composition(group: int) -> None:
    network, noise, conditions = flows(group)
    waves, (mean, log_std), _ = network(noise, conditions)
    torch.testing.assert_close(noise * log_std.exp() + mean, waves)
    assert not waves[:, :group].any()
    x = noise
    for flow in network.flows:
        m, s = flow(x, conditions)
        x = nn.functional.pad(x[:, group:] * s[:, :-group].exp() + m[:, :-group], (group, 0))
    torch.testing.assert_close(x, waves)


@torch.no_grad()
@pytest.mark.parametrize(("group", "following"), [(1, 301), (4, 304)])
def test_what_a_sample_is_given_before_it_is_drawn(group: int, following: int) -> None:
    """Noise of sample 300 moves no Gaussian before the next group's and no other sample before it; its own, by its deviation."""
    network, noise, conditions = flows(group)
    changed = noise.clone()
    changed[:, 300] += 1
    one, other = network(noise, conditions), network(changed, conditions)
    for before, after in zip(one.distribution, other.distribution, strict=True):
        assert torch.equal(before[:, :following], after[:, :following])
        assert not torch.equal(before[:, following:], after[:, following:])
    assert (one.waves != other.waves).nonzero()[:, 1].unique()[:2].tolist() == [300, following]
    torch.testing.assert_close(other.waves[:, 300] - one.waves[:, 300], one.distribution.log_std[:, 300].exp())


@pytest.mark.parametrize(
    ("config", "normed", "fused", "reach"),
    [
        (ClariNetConfig(), 4_824_008, 4_798_148, 2078),
        (ClariNetConfig(gate_channels=128, upsample_strides=(10, 30)), 2_427_896, 2_412_276, 2078),
        (ClariNetConfig(gate_channels=128, upsample_strides=(15, 20)), 2_427_866, 2_412_246, 2078),
        (ClariNetConfig(kernel=3, dilation_base=3, cycles=(4,), layers=6), 7_357_384, 7_326_404, 2944),
        (ClariNetConfig(residual_channels=64, gate_channels=64, skip_channels=64), 718_408, 710_596, 2078),
        (ClariNetConfig(layers=8, residual_channels=32, gate_channels=32, skip_channels=32), 188_808, 185_668, 542),
    ],
)
def test_published_teachers(config: ClariNetConfig, normed: int, fused: int, reach: int) -> None:
    network = Teacher(config)
    assert n_parameters(network) == fused
    assert n_parameters(weight_normed(network)) == normed
    assert network.wavenet.config.reach_samples == reach


@pytest.mark.parametrize(
    ("cycles", "layers", "sizes", "base", "normed", "fused", "reach"),
    [
        ((1,) * 6, 10, (64, 128, 64), 2, 5_276_952, 5_237_772, 12463),
        ((1,) * 6, 10, (64, 64, 64), 2, 2_665_752, 2_641_932, 12463),
        ((1, 1, 1, 4), 6, (128, 256, 128), 3, 12_922_896, 12_868_104, 5221),
        ((1,) * 4, 8, (32, 32, 32), 2, 447_248, 440_840, 2165),
        ((1,) * 3, 7, (16, 32, 16), 2, 202_860, 199_398, 856),
    ],
)
def test_published_students(
    cycles: tuple[int, ...], layers: int, sizes: tuple[int, int, int], base: int, normed: int, fused: int, reach: int
) -> None:
    config = ClariNetConfig("student", 80, (16, 16), cycles, layers, *sizes, kernel=3, dilation_base=base)
    network = Student(config).flows
    assert n_parameters(network) == fused
    assert n_parameters(weight_normed(network)) == normed
    assert sum(wavenet.reach_samples - 1 for wavenet in config.wavenets) + 1 == reach


def n_parameters(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def test_weights_of_a_training_run_sound_the_same(tmp_path: Path) -> None:
    network = Student(clarinet_config(SMALL | {"kind": "student"}, MelSpec()))
    save_weights(network, tmp_path / "plain.safetensors", torch.float32)
    save_weights(weight_normed(network), tmp_path / "normed.safetensors", torch.float32)
    names, config = ("plain", "normed"), SMALL | {"kind": "student"}
    vocoders = [ClariNet.load(tmp_path / f"{name}.safetensors", config, MelSpec(), "cpu") for name in names]
    first, second = (vocoder.waves([mel(3, MelSpec())], SpeechOptions())[0] for vocoder in vocoders)
    np.testing.assert_allclose(first, second, atol=1e-6)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"wide": 1}, "config.wide"),
        ({"kind": "other"}, "config.kind"),
        ({"kernel": 1}, "kernel: 1"),
        ({"skip_channels": 0}, "skip_channels: 0"),
        ({"upsample_strides": [8, 8]}, "8 \\* 8 is not the hop, 256"),
        ({"cycles": [1, 1]}, "a teacher has one"),
        ({"group": 2}, "a teacher foretells one sample at a time"),
        ({"kind": "student", "group": 3}, "group is 3: it must divide the hop, 256"),
        (SMALL | {"skip_channels": 9}, "has shape"),
        (SMALL | {"cycles": [3]}, "missing"),
        (SMALL | {"cycles": [1]}, "no place"),
    ],
)
def test_what_does_not_fit_is_named(config: dict[str, object], message: str, tmp_path: Path) -> None:
    made(SMALL, MelSpec(), tmp_path / "w.safetensors")
    with pytest.raises(VoiceError, match=message):
        ClariNet.load(tmp_path / "w.safetensors", config, MelSpec(), "cpu")


def test_it_needs_weights_and_a_device() -> None:
    with pytest.raises(VoiceError, match="without weights"):
        ClariNet.load(None, {}, MelSpec(), "cpu")
    with pytest.raises(DeviceError, match="cuda:99"):
        ClariNet.load(None, {}, MelSpec(), "cuda:99")


@pytest.mark.parametrize("spec", [MelSpec(), PUBLISHED_MEL])
def test_conditioners_are_between_0_and_1(spec: MelSpec) -> None:
    amplitudes = torch.tensor([spec.floor, 1.0, 10.0, 100.0])
    published = (20 * amplitudes.log10() - 20 + 100) / 100
    made = conditioner(amplitudes.log(), spec.floor)
    assert made.tolist() == pytest.approx([0, float(made[1]), 1, 1]) and 0 < made[1] < 1
    if spec == PUBLISHED_MEL:
        torch.testing.assert_close(made, published.clamp(0, 1))
