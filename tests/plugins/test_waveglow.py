from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from ttscli.contract import Frames, SpeechOptions
from ttscli.errors import DeviceError, VoiceError
from ttscli.melspec import MelSpec
from ttscli.nn.weight_norm import weight_normed
from ttscli.nn.weights import save_weights
from ttscli.testing import VOCODER_CHECKS, VocoderCheck, mel
from ttscli_waveglow import model
from ttscli_waveglow.config import WaveGlowConfig, waveglow_config
from ttscli_waveglow.denoiser import Denoiser
from ttscli_waveglow.losses import negative_log_likelihood
from ttscli_waveglow.model import WaveGlowVocoder
from ttscli_waveglow.network import WaveGlow, is_normed

TINY: dict[str, object] = {"n_flows": 5, "early_every": 2, "channels": 8, "n_layers": 2}
SQUEEZED: dict[str, object] = TINY | {"stack": "separable", "early_channels": 16}
CONFIGS: dict[str, tuple[dict[str, object], MelSpec]] = {
    "published layout": (TINY, MelSpec()),
    "alternating": (TINY | {"coupling": "alternating"}, MelSpec()),
    "squeezed 128": (SQUEEZED | {"group": 128}, MelSpec()),
    "squeezed 256": (SQUEEZED | {"group": 256}, MelSpec()),
    "odd": (TINY | {"group": 12, "kernel": 5, "upsample_kernel": 512}, MelSpec(24000, 1200, 300, 1200, 40)),
    "no early outputs": (TINY | {"early_channels": 0}, MelSpec()),
}


@pytest.fixture(params=CONFIGS)
def vocoder(request: pytest.FixtureRequest, tmp_path: Path) -> WaveGlowVocoder:
    config, spec = CONFIGS[request.param]
    return made(config, spec, tmp_path / "w.safetensors")


def lively(config: WaveGlowConfig) -> WaveGlow:
    """Random weights under which no part is inaudible, and no sample leaves [-1, 1] before it is clipped."""
    torch.manual_seed(0)
    network = WaveGlow(config)
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if ".outlet." in name:
                parameter.normal_(std=0.05)
            elif "mixing" in name:
                parameter.add_(0.1 / config.group**0.5 * torch.randn_like(parameter))
            elif "conditions" in name:
                parameter.mul_(0.3)
    return network.eval()


def made(config: dict[str, object], spec: MelSpec, path: Path) -> WaveGlowVocoder:
    save_weights(lively(waveglow_config(config, spec)), path, torch.float32)
    return WaveGlowVocoder.load(path, config, spec, "cpu")


@pytest.mark.parametrize("check", VOCODER_CHECKS)
def test_contract(check: VocoderCheck, vocoder: WaveGlowVocoder) -> None:
    check(vocoder)


def quiet(vocoder: WaveGlowVocoder, frames: Frames, **options: float) -> Tensor:
    wave = vocoder.waves([frames], SpeechOptions(**({"temperature": 0.1} | options)))[0]  # type: ignore[arg-type]
    assert 0.05 < np.abs(wave).max() < 1, "neither silent nor clipped, so that a difference would show"
    return torch.from_numpy(wave)


# The flow


def clip(config: WaveGlowConfig, n_frames: int = 12) -> tuple[Tensor, Tensor]:
    torch.manual_seed(1)
    return torch.randn(2, config.n_mels, n_frames), 0.3 * torch.randn(2, n_frames * config.hop_samples)


@pytest.mark.parametrize("name", CONFIGS)
@torch.no_grad()
def test_the_inverse_undoes_the_forward_pass(name: str) -> None:
    network = lively(waveglow_config(*CONFIGS[name]))
    mels, audio = clip(network.config)
    latent = network(mels, audio)
    assert (latent.z.flatten(1).sort().values - audio.sort().values).abs().max() > 0.05, "it does something"
    torch.testing.assert_close(network.inverse(mels, latent.z, network.unmixings()), audio, atol=2e-5, rtol=0)


@pytest.mark.parametrize("name", CONFIGS)
@torch.no_grad()
def test_a_new_flow_only_mixes(name: str) -> None:
    torch.manual_seed(0)
    network = WaveGlow(waveglow_config(*CONFIGS[name]))
    mels, audio = clip(network.config)
    latent = network(mels, audio)
    assert not any(log_scale.any() for log_scale in latent.log_scales)
    torch.testing.assert_close(latent.z.norm(), audio.norm(), rtol=1e-4, atol=0)
    torch.testing.assert_close(latent.log_determinants, torch.zeros(network.config.n_flows), atol=1e-4, rtol=0)


@pytest.mark.parametrize("coupling", ["constant", "alternating"])
@pytest.mark.parametrize("stack", ["dilated", "separable"])
def test_log_determinants_are_those_of_the_jacobian(stack: str, coupling: str) -> None:
    table = {"group": 4, "n_flows": 3, "channels": 4, "n_layers": 2, "early_every": 2, "stack": stack, "coupling": coupling}
    network = lively(waveglow_config(table | {"upsample_kernel": 16}, MelSpec(hop_samples=8, fft_samples=16, n_mels=3)))
    mels, audio = torch.randn(1, 3, 2), torch.randn(1, 16)
    jacobian: Tensor = torch.autograd.functional.jacobian(lambda x: network(mels, x).z.flatten(), audio)[:, 0]  # type: ignore[no-untyped-call]
    latent = network(mels, audio)
    counted = 4 * latent.log_determinants.sum() + sum(log_scale.sum() for log_scale in latent.log_scales)
    torch.testing.assert_close(counted, torch.linalg.slogdet(jacobian).logabsdet, atol=1e-4, rtol=0)
    density = torch.distributions.Normal(0.0, 1.0).log_prob(latent.z).sum() + counted  # type: ignore[no-untyped-call]
    without_constant = density + 16 * np.log(np.sqrt(2 * np.pi))
    torch.testing.assert_close(negative_log_likelihood(latent), -without_constant / 16, atol=1e-5, rtol=0)


@pytest.mark.parametrize("name", CONFIGS)
def test_no_sample_depends_on_more_than_the_reach(name: str) -> None:
    network = lively(waveglow_config(*CONFIGS[name])).double()
    config = network.config
    middle, n_frames = config.reach_frames + 3, 2 * config.reach_frames + 7
    mels = torch.randn(1, config.n_mels, n_frames, dtype=torch.float64, requires_grad=True)
    z = torch.randn(1, config.group, config.n_groups(n_frames), dtype=torch.float64)
    wave = network.inverse(mels, z, network.unmixings())
    torch.autograd.backward(wave[0, middle * config.hop_samples : (middle + 1) * config.hop_samples].square().sum())
    assert mels.grad is not None
    touched = mels.grad[0].abs().sum(0).nonzero()[:, 0]
    before, after = middle - int(touched.min()), int(touched.max()) - middle
    assert config.reach_frames / 2 - 2 <= max(before, after) <= config.reach_frames


@pytest.mark.parametrize(
    ("table", "fused", "normed"),
    [
        ({"channels": 512}, 267_999_848, 268_294_760),
        ({}, 87_731_816, 87_879_272),
        ({"channels": 96}, 25_383_656, 25_438_952),
        ({"channels": 64, "n_layers": 6}, 14_797_160, 14_824_808),
    ],
)
def test_parameters_are_as_many_as_published(table: dict[str, object], fused: int, normed: int) -> None:
    with torch.device("meta"):
        network = WaveGlow(waveglow_config(table, MelSpec()))
    assert sum(parameter.numel() for parameter in network.parameters()) == fused
    assert sum(parameter.numel() for parameter in weight_normed(network, is_normed).parameters()) == normed


@pytest.mark.parametrize(
    ("group", "channels", "fused"),
    [(128, 256, 23_539_232), (256, 256, 24_597_536), (128, 128, 7_102_496), (256, 128, 7_865_888)],
)
def test_squeezed_networks_are_as_large_as_squeezewave(group: int, channels: int, fused: int) -> None:
    table = {"stack": "separable", "group": group, "channels": channels, "early_every": 2, "early_channels": 16}
    with torch.device("meta"):
        network = WaveGlow(waveglow_config(table, MelSpec()))
    assert sum(parameter.numel() for parameter in network.parameters()) == fused


# The plugin


def test_pieces_leave_no_seam(vocoder: WaveGlowVocoder, monkeypatch: pytest.MonkeyPatch) -> None:
    frames = mel(90, vocoder.mel_spec)
    whole = quiet(vocoder, frames, denoise=0.5)
    monkeypatch.setattr(model, "_PIECE_FRAMES", 16)
    torch.testing.assert_close(quiet(vocoder, frames, denoise=0.5), whole, atol=2e-5, rtol=0)


def test_noise_is_the_seeds_and_as_loud_as_the_temperature(vocoder: WaveGlowVocoder) -> None:
    frames = mel(30, vocoder.mel_spec)
    first, second = (quiet(vocoder, frames, seed=seed) for seed in (0, 1))
    assert (first - second).abs().max() > 0.05
    still, again = (vocoder.waves([frames], SpeechOptions(temperature=0, seed=seed))[0] for seed in (0, 1))
    assert np.array_equal(still, again)
    assert np.abs(still - first.numpy()).max() > 0.05


def test_the_temperature_is_the_configs_unless_stated(tmp_path: Path) -> None:
    vocoder, frames = made(TINY | {"temperature": 0.1}, MelSpec(), tmp_path / "w.safetensors"), mel(20, MelSpec())
    assert np.array_equal(vocoder.waves([frames], SpeechOptions())[0], quiet(vocoder, frames, temperature=0.1))


def test_without_noise_it_is_the_inverse_of_zero(tmp_path: Path) -> None:
    vocoder, frames = made(TINY, MelSpec(), tmp_path / "w.safetensors"), mel(20, MelSpec())
    network = lively(waveglow_config(TINY, MelSpec()))
    with torch.no_grad():
        wanted = network.inverse(torch.from_numpy(frames)[None], torch.zeros(1, 8, 640), network.unmixings())[0]
    torch.testing.assert_close(quiet(vocoder, frames, temperature=0, denoise=0), wanted, atol=1e-6, rtol=0)


def test_weights_of_a_training_run_sound_the_same(tmp_path: Path) -> None:
    network, frames = lively(waveglow_config(TINY, MelSpec())), mel(20, MelSpec())
    save_weights(network, tmp_path / "plain.safetensors", torch.float32)
    save_weights(weight_normed(network, is_normed), tmp_path / "normed.safetensors", torch.float32)
    plain, normed = (WaveGlowVocoder.load(tmp_path / f"{n}.safetensors", TINY, MelSpec(), "cpu") for n in ("plain", "normed"))
    torch.testing.assert_close(quiet(plain, frames), quiet(normed, frames), atol=1e-5, rtol=0)


# The denoiser


def steady_hum(n_samples: int) -> Tensor:
    """Cosines of whole bins: every frame of it has the same magnitudes, those at the mirrored ends too."""
    seconds = torch.arange(n_samples) / 1024
    return sum((torch.cos(2 * torch.pi * k * seconds) for k in (64, 128, 200)), torch.zeros(n_samples))[None] / 10


def test_the_denoiser_takes_its_own_hum_away() -> None:
    hum = steady_hum(2049)
    denoiser = Denoiser(hum)
    assert denoiser(steady_hum(8193), 1.0).abs().max() < 1e-3
    torch.testing.assert_close(denoiser(steady_hum(8193), 0.25), 0.75 * steady_hum(8192), atol=1e-3, rtol=0)


def test_the_denoiser_leaves_what_is_no_hum() -> None:
    noise = torch.randn(2, 5000, generator=torch.Generator().manual_seed(0))
    silent = Denoiser(torch.zeros(1, 2048))
    torch.testing.assert_close(silent(noise, 1.0), noise[:, :4864], atol=1e-5, rtol=0)
    denoiser = Denoiser(steady_hum(2049))
    speech = 0.3 * noise[:, :4864]
    heard = speech + steady_hum(4864)
    assert (denoiser(heard, 1.0) - speech).norm() < 0.5 * (heard - speech).norm()


def test_the_strength_is_the_configs_unless_stated(tmp_path: Path) -> None:
    frames = mel(20, MelSpec())
    weak, strong = (made(TINY | {"denoiser_strength": s}, MelSpec(), tmp_path / "w.safetensors") for s in (0.0, 0.3))
    assert not torch.equal(quiet(weak, frames), quiet(strong, frames))
    assert torch.equal(quiet(weak, frames, denoise=0.3), quiet(strong, frames))
    assert torch.equal(quiet(weak, frames), quiet(strong, frames, denoise=0.0))


# What does not fit


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"wide": 1}, "config.wide"),
        ({"channels": "many"}, "config.channels"),
        ({"n_flows": 0}, "config.n_flows must be at least 1"),
        ({"early_every": 0}, "config.early_every must be at least 1"),
        ({"group": 7}, "must be even"),
        ({"early_channels": 3}, "must be even"),
        ({"early_channels": 4}, "leave 0 channels"),
        ({"kernel": 2}, "kernel must be odd"),
        ({"denoiser_strength": -1}, "must not be negative"),
        ({"temperature": -1}, "must not be negative"),
        ({"upsample_kernel": 256}, "exceed the hop"),
        ({"stack": "separable", "group": 96}, "group 96 must divide the hop 256"),
        ({"stack": "other"}, "config.stack"),
        ({"coupling": "other"}, "config.coupling"),
        ({"channels": 16}, "has shape"),
        ({"n_layers": 1}, "no place"),
        ({"n_flows": 6}, "missing"),
    ],
)
def test_what_does_not_fit_is_named(config: dict[str, object], message: str, tmp_path: Path) -> None:
    made(TINY, MelSpec(), tmp_path / "w.safetensors")
    with pytest.raises(VoiceError, match=message):
        WaveGlowVocoder.load(tmp_path / "w.safetensors", TINY | config, MelSpec(), "cpu")


def test_frames_must_overlap(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="at least twice its hop_samples"):
        waveglow_config(TINY, replace(MelSpec(), fft_samples=500))


def test_it_needs_weights_and_a_device() -> None:
    with pytest.raises(VoiceError, match="without weights"):
        WaveGlowVocoder.load(None, {}, MelSpec(), "cpu")
    with pytest.raises(DeviceError, match="cuda:99"):
        WaveGlowVocoder.load(None, {}, MelSpec(), "cuda:99")
