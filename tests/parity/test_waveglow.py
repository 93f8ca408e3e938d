"""Our WaveGlow against arrays that the published program made; README.md beside the vectors gives the tolerances."""

import json
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tests.parity.reference import reference
from ttscli.config import read_config
from ttscli.melbasis import mel_filterbank
from ttscli.melspec import MelSpec
from ttscli.nn.mel import LogMel
from ttscli.nn.weight_norm import weight_normed
from ttscli_waveglow.checkpoints import importer, read_published
from ttscli_waveglow.config import waveglow_config
from ttscli_waveglow.denoiser import HUM_FRAMES, Denoiser
from ttscli_waveglow.losses import negative_log_likelihood
from ttscli_waveglow.network import Latent, WaveGlow, is_normed

FOLDER = reference("waveglow")
CONFIG: dict[str, Any] = json.loads((FOLDER / "config.json").read_text(encoding="utf-8"))
FILES = sorted(path.name for path in FOLDER.glob("*.pt"))
OLD = [name for name in FILES if "old" in name]
NEW = [name for name in FILES if name not in OLD]
TOLERANCE, MEL_TOLERANCE, HUM_TOLERANCE, RELATIVE = 1e-4, 2e-4, 1e-3, 1e-3


@cache
def vectors() -> dict[str, NDArray[Any]]:
    with np.load(FOLDER / "vectors.npz", allow_pickle=False) as arrays:
        return dict(arrays)


def named(start: str) -> list[str]:
    return sorted(name for name in vectors() if name.startswith(start))


LOSSES, GRADIENTS = named("fwd_loss_sigma_"), named("grad__")
AUDIOS, OLD_AUDIOS, DENOISED = named("inf_audio_sigma_"), named("old_inf_audio_sigma_"), named("den_out_")
LOG_SCALES = [f"fwd_log_s_{flow}" for flow in range(CONFIG["waveglow_config"]["n_flows"])]
NOISES = [f"inf_noise_{draw}" for draw in range(len(named("inf_noise_")))]
COMPARED = {"fe_mel", "fe_mel_basis", "fwd_z", "fwd_log_det_W", "grad_norms", "den_bias_spec"}
COMPARED |= {*LOG_SCALES, *LOSSES, *GRADIENTS, *AUDIOS, *OLD_AUDIOS, *DENOISED}
NOT_COMPARED = {
    "fe_wav": "input of the front end",
    "fwd_mel": "input of the forward pass",
    "fwd_audio": "input of the forward pass",
    "grad_keys": "names of grad_norms",
    "inf_mel": "input of the inverse",
    "den_in": "input of the denoiser",
    **dict.fromkeys(NOISES, "input of the inverse"),
}


def test_every_array_is_compared_or_its_reason_given() -> None:
    assert set(vectors()) == COMPARED | set(NOT_COMPARED)
    assert not COMPARED & set(NOT_COMPARED)
    assert LOSSES and GRADIENTS and AUDIOS and DENOISED and OLD and OLD_AUDIOS and len(NEW) > 1


def given(name: str) -> Tensor:
    return torch.from_numpy(vectors()[name])


def require_close(made: Tensor, name: str, atol: float = TOLERANCE, rtol: float = 1e-5) -> None:
    np.testing.assert_allclose(made.detach().numpy(), vectors()[name], rtol=rtol, atol=atol, err_msg=name)


@cache
def network(file: str) -> WaveGlow:
    part = importer([FOLDER / file], CONFIG)
    flow = WaveGlow(waveglow_config(part.config, part.mel_spec)).eval()
    flow.load_state_dict({name: torch.from_numpy(array) for name, array in part.tensors.items()})
    return flow


def test_front_end() -> None:
    names = {"sampling_rate": "sample_rate_hz", "filter_length": "fft_samples", "hop_length": "hop_samples"}
    names |= {"win_length": "window_samples", "mel_fmin": "low_hz", "mel_fmax": "high_hz"}
    data = CONFIG["data_config"]
    spec = read_config(MelSpec, {names[key]: data[key] for key in names}, n_mels=len(vectors()["fe_mel"]))
    np.testing.assert_allclose(mel_filterbank(spec), vectors()["fe_mel_basis"], rtol=0, atol=1e-7)
    require_close(LogMel(spec)(given("fe_wav")[None])[0], "fe_mel", MEL_TOLERANCE, 0)


def trained(file: str) -> nn.Module:
    """The network to train, with the file's own directions: a gradient depends on how long they are."""
    flow = weight_normed(network(file), is_normed)
    ends = {".weight_g": ".parametrizations.weight.original0", ".weight_v": ".parametrizations.weight.original1"}
    stored = read_published(FOLDER / file).tensors
    flow.load_state_dict({name[:-9] + ends.get(name[-9:], name[-9:]): tensor for name, tensor in stored.items()})
    return flow


@cache
def latent(file: str, normed: bool) -> tuple[nn.Module, Latent]:
    flow = trained(file) if normed else network(file)
    made: Latent = flow(given("fwd_mel"), given("fwd_audio"))
    return flow, made


@pytest.mark.parametrize("normed", [False, True])
@pytest.mark.parametrize("file", NEW)
def test_forward(file: str, normed: bool) -> None:
    _, made = latent(file, normed)
    require_close(made.z, "fwd_z")
    for name, log_scale in zip(LOG_SCALES, made.log_scales, strict=True):
        require_close(log_scale, name)
    n_positions = made.z.numel() // made.z.shape[1]
    require_close(n_positions * made.log_determinants, "fwd_log_det_W")


@pytest.mark.parametrize("name", LOSSES)
def test_loss(name: str) -> None:
    """Under noise of deviation sigma it is that under noise of deviation 1, of what is divided by sigma."""
    made = latent(NEW[0], normed=False)[1]
    require_close(negative_log_likelihood(made._replace(z=made.z / float(name.rpartition("_")[2]))), name)


@cache
def gradients() -> dict[str, Tensor]:
    """Of the loss at sigma 1, under the published names, in which one convolution makes all conditions of a flow."""
    flow, made = latent(NEW[0], normed=True)
    torch.autograd.backward(negative_log_likelihood(made), retain_graph=True)
    theirs = {}
    for name, parameter in flow.named_parameters():
        assert parameter.grad is not None, name
        theirs[published(name)] = parameter.grad
    n_flows, n_layers = (len(flow.get_submodule(name)) for name in ("flows", "flows.0.affine.stack.gates"))  # type: ignore[arg-type]
    for number in range(n_flows):
        for kind in ("weight_g", "weight_v", "bias"):
            layers = [theirs.pop(f"WN.{number}.conditions.{i}.{kind}") for i in range(n_layers)]
            theirs[f"WN.{number}.cond_layer.{kind}"] = torch.cat(layers)
    return theirs


def published(name: str) -> str:
    """Our name of a parameter → the authors', but for conditions."""
    for ours, other in (
        ("upsampler.convolution", "upsample"),
        (".parametrizations.weight.original0", ".weight_g"),
        (".parametrizations.weight.original1", ".weight_v"),
        (".inlet.", ".start."),
        (".outlet.", ".end."),
        (".gates.", ".in_layers."),
        (".outlets.", ".res_skip_layers."),
        (".affine.", "."),
        (".stack.", "."),
    ):
        name = name.replace(ours, other)
    mixing = name.endswith(".mixing.weight")
    return name.replace("flows.", "convinv." if mixing else "WN.").replace(".mixing.", ".conv.")


def test_gradient_norms() -> None:
    norms, keys = vectors()["grad_norms"], vectors()["grad_keys"].tolist()
    assert sorted(gradients()) == keys
    made = [gradients()[key].double().norm().item() for key in keys]
    np.testing.assert_allclose(made, norms, rtol=RELATIVE, atol=1e-7)


@pytest.mark.parametrize("name", GRADIENTS)
def test_gradient(name: str) -> None:
    made = gradients()[name.removeprefix("grad__")]
    scale = float(np.abs(vectors()[name]).max())
    require_close(made.reshape(vectors()[name].shape), name, RELATIVE * scale, RELATIVE)


@torch.no_grad()
def sounded(flow: WaveGlow, sigma: float) -> Tensor:
    """The recorded draws are in the order of drawing: what remains to the end first, what leaves first last."""
    z = torch.cat([given(name) for name in reversed(NOISES)], dim=1)
    return flow.inverse(given("inf_mel"), sigma * z, flow.unmixings())


@pytest.mark.parametrize("name", AUDIOS)
@pytest.mark.parametrize("file", NEW)
def test_inverse(file: str, name: str) -> None:
    require_close(sounded(network(file), float(name.rpartition("_")[2])), name)


@pytest.mark.parametrize("name", OLD_AUDIOS)
@pytest.mark.parametrize("file", OLD)
def test_inverse_of_the_first_program(file: str, name: str) -> None:
    require_close(sounded(network(file), float(name.rpartition("_")[2])), name)


@pytest.mark.parametrize("file", NEW)
def test_a_state_dict_of_the_first_program_is_one_by_settings(file: str) -> None:
    stated = importer([FOLDER / file], CONFIG | {"coupling": "alternating"}).config
    assert stated == importer([FOLDER / OLD[0]], CONFIG).config


@torch.no_grad()
def denoiser(file: str) -> Denoiser:
    flow = network(file)
    silence = torch.zeros(1, flow.config.group, flow.config.n_groups(HUM_FRAMES))
    hum = flow.inverse(torch.zeros(1, flow.config.n_mels, HUM_FRAMES), silence, flow.unmixings())
    return Denoiser(hum)


@pytest.mark.parametrize("file", NEW)
def test_denoiser(file: str) -> None:
    ours = denoiser(file)
    require_close(ours.magnitudes, "den_bias_spec", HUM_TOLERANCE)
    for name in DENOISED:
        made = ours(given("den_in"), float(name.rpartition("_")[2]))
        require_close(made[:, None], name)


@pytest.mark.parametrize("file", FILES)
def test_every_file_holds_the_same_weights(file: str) -> None:
    made, first = importer([FOLDER / file], {}).tensors, importer([FOLDER / FILES[0]], CONFIG).tensors
    assert made.keys() == first.keys()
    assert all(np.array_equal(made[name], first[name]) for name in made)
