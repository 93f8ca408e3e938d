"""Our MelGAN against arrays that the published programs made; README.md beside the vectors says how, and gives the tolerances."""

import math
import zlib
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from tests.parity.reference import reference
from ttscli.contract import SpeechOptions
from ttscli.melbasis import mel_filterbank
from ttscli.melspec import MelSpec
from ttscli.nn.checkpoint import read_checkpoint, state_dict
from ttscli.nn.mel import LogMel, reflect_ends
from ttscli.nn.weight_norm import fuse, weight_normed
from ttscli_melgan.checkpoints import Checkpoint, Variant, identify, layer_names
from ttscli_melgan.config import MelGanConfig
from ttscli_melgan.discriminator import Discriminator, DiscriminatorConfig, Features
from ttscli_melgan.generator import Generator
from ttscli_melgan.losses import FEATURE_WEIGHT, Hinge, LeastSquares
from ttscli_melgan.model import MelGan

AUDIO_TOLERANCE = 1e-4
MEL_TOLERANCE = 2e-4
OFFICIAL_SPEC = MelSpec(high_hz=11025.0)

FRONT_ENDS = ("fe_mel_basis_official", "fe_mel_seungwonpark", "fe_mel_official")
FILES: dict[str, tuple[str, Variant]] = {
    "A": ("melgan_official.pt", "A"),
    "B": ("melgan_seungwonpark_v03.pt", "B"),
    "C": ("melgan_seungwonpark_v01.pt", "C1"),
}
PROCEDURAL: dict[str, Variant] = {"proc_A_audio": "A", "proc_B_audio": "B", "proc_C01_audio": "C1", "proc_C02_audio": "C2"}
INTEGER = ("B", "C")
LOSSES = {"A": ("loss_D", "loss_G_adv", "loss_feat", "loss_G_total"), "B": ("loss_D", "loss_G")}

COMPARED = {
    *FRONT_ENDS,
    *(f"{key}_audio" for key in FILES),
    *(f"{key}_inference_int16" for key in INTEGER),
    *PROCEDURAL,
    *(f"disc_{side}_{what}" for side in LOSSES for what in ("shapes", "fake_stats", *LOSSES[side])),
    *(f"disc_{side}_score_{wave}_{scale}" for side in LOSSES for wave in ("fake", "real") for scale in range(3)),
}
NOT_COMPARED = {
    "fe_wav": "input of the front ends",
    "A_mel": "input of A_audio",
    "B_mel": "input of B_audio and B_inference_int16",
    "C_mel": "input of C_audio and C_inference_int16",
    "proc_mel": "input of the full-size generators",
    "disc_real": "input of the discriminators",
    "disc_fake": "input of the discriminators",
}


@cache
def vectors() -> dict[str, NDArray[Any]]:
    with np.load(reference("melgan") / "vectors.npz", allow_pickle=False) as arrays:
        return dict(arrays)


def test_every_array_is_compared_or_its_reason_given() -> None:
    assert set(vectors()) == COMPARED | set(NOT_COMPARED)
    assert not COMPARED & set(NOT_COMPARED)


@pytest.mark.parametrize("name", FRONT_ENDS)
def test_front_end(name: str) -> None:
    wave = torch.from_numpy(vectors()["fe_wav"])[None]
    if name == "fe_mel_basis_official":
        made, tolerance = mel_filterbank(OFFICIAL_SPEC), 1e-7
    elif name == "fe_mel_seungwonpark":
        made, tolerance = LogMel(MelSpec())(wave)[0].numpy(), MEL_TOLERANCE
    else:
        amplitudes = LogMel(OFFICIAL_SPEC).amplitudes(reflect_ends(wave, 384))
        made, tolerance = amplitudes.clamp(min=1e-5).log10()[0].numpy(), MEL_TOLERANCE
    np.testing.assert_allclose(made, vectors()[name], rtol=0, atol=tolerance)


def checkpoint(key: str) -> Checkpoint:
    name, variant = FILES[key]
    content = read_checkpoint(reference("melgan") / name)
    read = identify(fuse(state_dict(content, name, *(["model_g"] if "model_g" in content else []))))
    assert read.variant == variant
    return read


def generator(read: Checkpoint) -> Generator:
    network = Generator(read.config).eval()
    network.load_state_dict(read.tensors)
    return network


def natural(variant: Variant, mels: NDArray[np.float32]) -> Tensor:
    """The authors' program reads decimal logarithms, our Generator natural ones."""
    return torch.from_numpy(mels) * (math.log(10) if variant == "A" else 1)


@pytest.mark.parametrize("normed", [False, True])
@pytest.mark.parametrize("key", FILES)
@torch.no_grad()
def test_generator(key: str, normed: bool) -> None:
    read = checkpoint(key)
    network = weight_normed(generator(read)) if normed else generator(read)
    waves = network(natural(read.variant, vectors()[f"{key}_mel"]))
    np.testing.assert_allclose(waves[:, None].numpy(), vectors()[f"{key}_audio"], rtol=0, atol=AUDIO_TOLERANCE)


@pytest.mark.parametrize("key", INTEGER)
def test_vocoder(key: str) -> None:
    """Silence behind the mel, cut off again, and 16 bits by truncation; rounding would miss some 900 samples."""
    read = checkpoint(key)
    vocoder = MelGan(generator(read), MelSpec(n_mels=read.config.n_mels), torch.device("cpu"))
    [wave] = vocoder.waves([vectors()[f"{key}_mel"][0]], SpeechOptions())
    integers = np.clip(wave * 32768, -32768, 32767).astype(np.int16)
    distance = np.abs(integers.astype(int) - vectors()[f"{key}_inference_int16"])
    assert distance.max() <= 1
    assert np.count_nonzero(distance) < 100


@pytest.mark.parametrize("name", PROCEDURAL)
@torch.no_grad()
def test_full_size_generator(name: str) -> None:
    """Also a test that the published keys are known, every one: any other key would have other weights."""
    variant = PROCEDURAL[name]
    read = identify(fuse(procedural_generator(variant)))
    assert read.variant == variant
    waves = generator(read)(natural(variant, vectors()["proc_mel"]))
    np.testing.assert_allclose(waves[:, None].numpy(), vectors()[name], rtol=0, atol=AUDIO_TOLERANCE)


def procedural_generator(variant: Variant) -> dict[str, Tensor]:
    old = variant in ("C1", "C2")
    config = MelGanConfig(unit="identity") if old else MelGanConfig()
    with torch.device("meta"):
        shapes = {name: tensor.shape for name, tensor in Generator(config).state_dict().items()}
    state: dict[str, Tensor] = {}
    for theirs, ours in layer_names(variant, config):
        shape = shapes[f"{ours}.weight"]
        if variant == "C1" and ours == "outlet":
            shape = torch.Size((shape[1], shape[0], shape[2]))
        state |= procedural_layer(theirs, shape, shapes[f"{ours}.bias"], 0.9)
    return state


def procedural_layer(name: str, shape: torch.Size, bias: torch.Size, offset: float) -> dict[str, Tensor]:
    length = torch.Size((shape[0], 1, 1))
    return {
        f"{name}.bias": noise(f"{name}.bias", bias) * 0.05,
        f"{name}.weight_g": noise(f"{name}.weight_g", length).abs() * 0.1 + offset,
        f"{name}.weight_v": noise(f"{name}.weight_v", shape),
    }


def noise(key: str, shape: torch.Size) -> Tensor:
    values = np.random.RandomState(zlib.crc32(key.encode())).standard_normal(tuple(shape))
    return torch.from_numpy(values.astype(np.float32))


@cache
def judged(side: str) -> tuple[Features, Features]:
    """Features of the real and of the made wave, from the published program's ("A") or the other's ("B") weights."""
    discriminator = Discriminator(DiscriminatorConfig())
    state: dict[str, Tensor] = {}
    shapes = {name: tensor.shape for name, tensor in discriminator.state_dict().items()}
    for scale in range(3):
        for layer in range(7):
            inside = (".1", ".0", ".0", ".0", ".0", ".0", "")[layer]
            theirs = f"model.disc_{scale}.model.layer_{layer}" if side == "A" else f"discriminators.{scale}.discriminator.{layer}"
            ours = f"scales.{scale}.layers.{layer}"
            weight = f"{ours}.parametrizations.weight.original"
            made = procedural_layer(theirs + inside, shapes[f"{weight}1"], shapes[f"{ours}.bias"], 1.0)
            state |= dict(zip((f"{ours}.bias", f"{weight}0", f"{weight}1"), made.values(), strict=True))
    discriminator.load_state_dict(state)
    with torch.no_grad():
        return tuple(discriminator(torch.from_numpy(vectors()[f"disc_{wave}"])[:, 0]) for wave in ("real", "fake"))


@pytest.mark.parametrize("side", LOSSES)
def test_discriminator(side: str) -> None:
    real, fake = judged(side)
    outputs = [output for scale in fake for output in scale]
    assert [list(output.shape) for output in outputs] == vectors()[f"disc_{side}_shapes"].tolist()
    np.testing.assert_allclose([stats(output) for output in outputs], vectors()[f"disc_{side}_fake_stats"], rtol=1e-4, atol=1e-3)
    for wave, features in (("real", real), ("fake", fake)):
        for scale in range(3):
            wanted = vectors()[f"disc_{side}_score_{wave}_{scale}"]
            np.testing.assert_allclose(features[scale][-1].numpy(), wanted, rtol=0, atol=AUDIO_TOLERANCE)


def stats(output: Tensor) -> list[float]:
    values = output.double().flatten()
    middle = values[len(values) // 2]
    of_interest = (values.mean(), values.std(correction=0), values.abs().sum(), values[0], middle, values[-1])
    return [float(value) for value in of_interest]


@pytest.mark.parametrize("side", LOSSES)
def test_losses(side: str) -> None:
    real, fake = judged(side)
    adversary = Hinge() if side == "A" else LeastSquares()
    adversarial, features = adversary.generator_loss(fake), adversary.feature_distance(real, fake)
    total = adversarial + FEATURE_WEIGHT * features
    made = [adversary.discriminator_loss(real, fake), *([adversarial, features] if side == "A" else []), total]
    np.testing.assert_allclose(made, [vectors()[f"disc_{side}_{name}"] for name in LOSSES[side]], rtol=1e-4)
