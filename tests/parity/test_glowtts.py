"""Our Glow-TTS against arrays that the authors' program made; README.md beside the vectors says how, and gives the tolerances.

A set is a folder with a checkpoint, its config.json and vectors.npz; sizes and options are whatever they say.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tests.parity.reference import reference
from ttscli.melspec import MelSpec
from ttscli.nn.lengths import frame_symbols, length_mask
from ttscli.nn.mel import LogMel
from ttscli.nn.weight_norm import weight_normed
from ttscli_glowtts.alignment import log_likelihoods, search
from ttscli_glowtts.checkpoints import published_state, read_state, renamed
from ttscli_glowtts.decoder import squeeze
from ttscli_glowtts.durations import cut, whole_frames
from ttscli_glowtts.losses import duration_loss, likelihood_loss, log_targets
from ttscli_glowtts.network import Alignment, GlowTts, Prior

SETS = sorted(path.parent.name for path in reference("glow_tts").glob("*/checkpoint.pth"))
SPOKEN = ("infA", "infB", "short")
FILES = {"audio_case.npz", "mas_cases.npz", "text_cases.json"}  # text is compared by test_glowtts_text.py
UNCERTAIN = ".conv_k.bias"  # its true gradient is 0: a softmax does not see what is added to all scores

COMPARED = {
    *("enc_hidden", "enc_x_m", "enc_x_logs", "enc_logw", "enc_x_mask"),
    *("fwd_z", "fwd_z_m", "fwd_z_logs", "fwd_logdet", "fwd_z_mask", "fwd_logp", "fwd_attn", "fwd_logw_target"),
    *("fwd_mle_loss", "fwd_duration_loss", "grad_names", "grad_l2"),
    *(f"{name}_{what}" for name in SPOKEN for what in ("mel", "durations", "w", "attn", "z_mask")),
}
NOT_COMPARED = {
    **{f"{name}_{what}": "input" for name in ("ddi", "fwd") for what in ("x", "x_lengths", "y", "y_lengths")},
    **{f"short_{what}": "input" for what in ("x", "x_lengths")},
    **{f"{name}_{what}": "input" for name in SPOKEN for what in ("noise", "noise_scale", "length_scale")},
}
SPEAKERS = {f"{name}_g": "input" for name in ("ddi", "fwd", "short")}


def folder(name: str) -> Path:
    return reference("glow_tts") / name


@cache
def vectors(name: str) -> dict[str, Tensor]:
    """The arrays of a set; names of gradients are left to `gradients`."""
    with np.load(folder(name) / "vectors.npz", allow_pickle=False) as arrays:
        return {key: torch.from_numpy(np.asarray(arrays[key])) for key in arrays.files if key != "grad_names"}


def gradients(name: str) -> dict[str, float]:
    with np.load(folder(name) / "vectors.npz", allow_pickle=False) as arrays:
        return dict(zip(arrays["grad_names"].tolist(), arrays["grad_l2"].tolist(), strict=True))


def settings(name: str) -> Mapping[str, Any]:
    return dict(json.loads((folder(name) / "config.json").read_text(encoding="utf-8")))


@cache
def network(name: str) -> GlowTts:
    config, tensors = read_state(published_state(folder(name) / "checkpoint.pth"), settings(name), name)
    network = GlowTts(config).eval()
    network.load_state_dict({key: torch.from_numpy(array) for key, array in tensors.items()})
    return network


def speakers(name: str, what: str) -> Tensor | None:
    """The speakers of "ddi", "fwd" or "short"; None in a set of one speaker."""
    return vectors(name).get(f"{what}_g")


@cache
def aligned(name: str) -> Alignment:
    """The training batch, along the search's own path."""
    v = vectors(name)
    with torch.no_grad():
        lengths, n_frames = v["fwd_x_lengths"], v["fwd_y_lengths"]
        alignment: Alignment = network(name)(v["fwd_x"], lengths, v["fwd_y"], n_frames, None, speakers(name, "fwd"))
        return alignment


@cache
def prior(name: str, what: str) -> Prior:
    v, glow = vectors(name), network(name)
    with torch.no_grad():
        return glow.prior(v[f"{what}_x"], v[f"{what}_x_lengths"], glow.speaker(speakers(name, what)))


def path(durations: Tensor) -> Tensor:
    """Durations int64 (B, N) → 1 where a frame belongs to a symbol, float32 (B, 1, N, T)."""
    index, inside = frame_symbols(durations)
    hot = nn.functional.one_hot(index, durations.shape[1]) * inside[..., None]
    return hot.transpose(1, 2)[:, None].float()


def close(made: Tensor, wanted: Tensor, rtol: float = 1e-4, atol: float = 1e-4) -> None:
    np.testing.assert_allclose(made.numpy(), wanted.numpy(), rtol=rtol, atol=atol)


def test_every_file_is_compared_or_its_reason_given() -> None:
    assert SETS
    assert {entry.name for entry in reference("glow_tts").iterdir() if entry.suffix != ".md"} == FILES | set(SETS)
    for name in SETS:
        assert {entry.name for entry in folder(name).iterdir()} == {"checkpoint.pth", "config.json", "vectors.npz"}


@pytest.mark.parametrize("name", SETS)
def test_every_array_is_compared_or_its_reason_given(name: str) -> None:
    config = network(name).config
    flows = {f"fwd_flow{number:02}{end}" for number in range(3 * config.flow_blocks) for end in ("", "_logdet")}
    compared = COMPARED | flows | ({"enc_prenet"} if config.prenet else set())
    not_compared = set(NOT_COMPARED) | (set(SPEAKERS) if config.n_speakers > 1 else set())
    assert vectors(name).keys() | {"grad_names"} == compared | not_compared


@pytest.mark.parametrize("name", SETS)
@torch.no_grad()
def test_encoder(name: str) -> None:
    v, glow = vectors(name), network(name)
    mask = length_mask(v["fwd_x_lengths"], v["fwd_x"].shape[1])[:, None].float()
    assert torch.equal(mask, v["enc_x_mask"])
    encoder = glow.encoder
    if encoder.prenet is not None:
        embedded = encoder.embedding(v["fwd_x"]).transpose(1, 2) * glow.config.channels**0.5
        close(encoder.prenet(embedded * mask, mask), v["enc_prenet"])
    close(encoder(v["fwd_x"], mask), v["enc_hidden"])
    mean, log_deviation, log_durations = prior(name, "fwd")
    close(mean, v["enc_x_m"])
    close(log_deviation, v["enc_x_logs"])
    close(log_durations[:, None], v["enc_logw"])


@pytest.mark.parametrize("name", SETS)
@torch.no_grad()
def test_flows(name: str) -> None:
    v, glow = vectors(name), network(name)
    steps = v["fwd_y_lengths"] // glow.config.squeeze
    x = squeeze(v["fwd_y"], glow.config.squeeze)
    mask = length_mask(steps, x.shape[2])[:, None].float()
    x, number, speaker = x * mask, 0, glow.speaker(speakers(name, "fwd"))
    for block in glow.decoder.blocks:
        for part, more in ((block.normalisation, ()), (block.mixing, ()), (block.coupling, (speaker,))):
            x, log_determinant = part(x, mask, *more)
            close(x, v[f"fwd_flow{number:02}"])
            close(log_determinant, v[f"fwd_flow{number:02}_logdet"], 1e-5, 1e-3)
            number += 1


@pytest.mark.parametrize("name", SETS)
def test_alignment(name: str) -> None:
    v, made = vectors(name), aligned(name)
    mask = length_mask(made.n_frames, made.latents.shape[2])[:, None].float()
    assert torch.equal(mask, v["fwd_z_mask"])
    close(made.latents, v["fwd_z"])
    close(made.log_determinants, v["fwd_logdet"], 1e-5, 1e-3)
    mean, log_deviation, _ = prior(name, "fwd")
    close(log_likelihoods(made.latents, mean, log_deviation), v["fwd_logp"], 1e-5, 1e-3)
    assert torch.equal(path(made.durations), v["fwd_attn"])
    close(made.mean, v["fwd_z_m"])
    close(made.log_deviation, v["fwd_z_logs"])


@pytest.mark.parametrize("name", SETS)
def test_losses(name: str) -> None:
    v, made = vectors(name), aligned(name)
    close(log_targets(made.durations)[:, None], v["fwd_logw_target"])
    close(likelihood_loss(made), v["fwd_mle_loss"])
    close(duration_loss(made, v["fwd_x_lengths"]), v["fwd_duration_loss"])


@pytest.mark.parametrize("name", SETS)
def test_gradients(name: str) -> None:
    """Of length and direction of weight norm, where they are stored."""
    v, state, config = vectors(name), published_state(folder(name) / "checkpoint.pth"), network(name).config
    ends = {".weight_g": ".parametrizations.weight.original0", ".weight_v": ".parametrizations.weight.original1"}
    notation = {key: key[:-9] + ends.get(key[-9:], key[-9:]) for key in state}
    stored = renamed({notation[key]: tensor for key, tensor in state.items()}, config.flow_layers)
    glow = weight_normed(GlowTts(config), lambda layer: f"{layer}.parametrizations.weight.original0" in stored).eval()
    glow.load_state_dict(stored)
    made = glow(v["fwd_x"], v["fwd_x_lengths"], v["fwd_y"], v["fwd_y_lengths"], None, speakers(name, "fwd"))
    torch.autograd.backward(likelihood_loss(made) + duration_loss(made, v["fwd_x_lengths"]))
    parameters = dict(glow.named_parameters())
    wanted = gradients(name)
    assert wanted.keys() == state.keys()
    for key, norm in wanted.items():
        ours = renamed({notation[key]: state[key]}, config.flow_layers)
        parts = [parameters[our_name].grad for our_name in ours]
        made_norm = sum(float(part.square().sum()) for part in parts if part is not None) ** 0.5
        if norm > 1e-4 and not key.endswith(UNCERTAIN):
            assert made_norm == pytest.approx(norm, rel=1e-3), key


@pytest.mark.parametrize("what", SPOKEN)
@pytest.mark.parametrize("name", SETS)
@torch.no_grad()
def test_speaking(name: str, what: str) -> None:
    v, glow, text = vectors(name), network(name), "short" if what == "short" else "fwd"
    lengths, length_scale = v[f"{text}_x_lengths"], float(v[f"{what}_length_scale"])
    inside = length_mask(lengths, v[f"{text}_x"].shape[1])
    mean_and_more = prior(name, text)
    close(mean_and_more.log_durations.exp() * inside * length_scale, v[f"{what}_w"])
    durations = whole_frames(mean_and_more.log_durations, inside, length_scale, glow.config.squeeze)
    wanted = v[f"{what}_durations"].long()
    assert torch.equal(durations, cut(wanted, wanted.sum(1) // glow.config.squeeze * glow.config.squeeze))
    assert torch.equal(path(durations), v[f"{what}_attn"])
    n_frames = durations.sum(1)
    assert torch.equal(length_mask(n_frames, int(n_frames.max()))[:, None].float(), v[f"{what}_z_mask"])
    mean, log_deviation = glow.held(mean_and_more, durations, int(n_frames.max()))
    latents = mean + log_deviation.exp() * v[f"{what}_noise"] * float(v[f"{what}_noise_scale"])
    mels = glow.decoder.inverse(latents, n_frames, glow.decoder.unmixings(), glow.speaker(speakers(name, text)))
    close(mels, v[f"{what}_mel"])


@pytest.mark.parametrize("name", SETS)
def test_initialisation(name: str) -> None:
    v, glow = vectors(name), GlowTts(network(name).config).eval()
    glow.load_state_dict(network(name).state_dict())
    for block in glow.decoder.blocks:
        for parameter in block.normalisation.parameters():
            nn.init.zeros_(parameter)
    glow.decoder.initialise(v["ddi_y"], v["ddi_y_lengths"], glow.speaker(speakers(name, "ddi")))
    for made, wanted in zip(glow.decoder.blocks, network(name).decoder.blocks, strict=True):
        close(made.normalisation.log_scale.detach(), wanted.normalisation.log_scale.detach())
        close(made.normalisation.shift.detach(), wanted.normalisation.shift.detach())


def test_search() -> None:
    with np.load(reference("glow_tts") / "mas_cases.npz", allow_pickle=False) as case:
        assert {*case.files} == {"value", "t_x", "t_y", "path", "kind"}  # kind says what a case is for
        durations = search(case["value"], case["t_x"], case["t_y"])
        made = path(torch.from_numpy(durations))[:, 0].numpy()
        assert np.array_equal(made, case["path"][:, :, : made.shape[2]])
        assert not case["path"][:, :, made.shape[2] :].any()


def test_front_end() -> None:
    """The authors' mels are ours; the noise that they add before training, up to one step of 16 bits, is no part of a mel."""
    with np.load(reference("glow_tts") / "audio_case.npz", allow_pickle=False) as case:
        assert {*case.files} == {"wav_int16", "mel", "noise", "mel_with_noise"}
        for wave, wanted in ((case["wav_int16"], "mel"), (case["wav_int16"] + case["noise"], "mel_with_noise")):
            samples: NDArray[np.float32] = (wave / 32768).astype(np.float32)
            close(LogMel(MelSpec())(torch.from_numpy(samples)[None])[0], torch.from_numpy(case[wanted]), 0)
