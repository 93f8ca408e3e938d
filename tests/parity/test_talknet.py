"""Our TalkNet against arrays that the published program made; README.md beside the vectors says how, and gives the tolerances.

What lies beyond the end of an item means nothing, in the published program too. Where ours leaves something else there (the
Gaussian expansion, and what is added to it), only frames within the item are compared.
"""

import re
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tests.parity.reference import reference
from ttscli.contract import SpeechOptions
from ttscli.importing import Imported
from ttscli.melbasis import mel_filterbank
from ttscli.nn.lengths import frame_symbols, length_mask
from ttscli.nn.mel import LogMel
from ttscli_talknet.alignment import best_path, interleave
from ttscli_talknet.checkpoints import importer
from ttscli_talknet.config import talknet_config
from ttscli_talknet.encoder import fold_norms
from ttscli_talknet.expansion import gaussian_weights
from ttscli_talknet.losses import duration_loss, durations_within, mel_loss, pitch_losses
from ttscli_talknet.model import TalkNet
from ttscli_talknet.network import Networks, whole_frames
from ttscli_talknet.pitch import contour, standardise

OUTPUTS, HERTZ, EXPANSION, LOSSES = 1e-4, 5e-4, 1e-5, 1e-4
OF_DEVIATIONS = 1e-5  # relative: a deviation may be next to nothing, and what is divided by it in the millions
FILES = ("talknet_durs.nemo", "talknet_pitch.nemo", "talknet_spect.nemo")

NOT_COMPARED = {
    "text": "input of the networks",
    "text_len": "input of the networks",
    "loss_durs_target": "input of the losses",
    "loss_f0_target": "input of the losses",
    "loss_f0_mask": "input of the losses",
    "loss_mel_target": "input of the losses",
    "gauss_case2_durs": "input of gauss_case2",
    "api_tokens": "input of the arrays api_*",
    "fe_wav": "input of the front end",
    "fe_wav_len": "input of the front end",
    "inorm_x": "input of inorm_y",
    "inorm_mask": "input of inorm_y",
}
BLOCKS = re.compile(r"durs_block(\d+)(_se)?")
ALIGNMENTS = re.compile(r"ctc(\d+)_(\w+)")


@cache
def vectors() -> dict[str, NDArray[Any]]:
    with np.load(reference("talknet") / "vectors.npz", allow_pickle=False) as arrays:
        return dict(arrays)


def tensor(name: str) -> Tensor:
    return torch.from_numpy(vectors()[name])


@cache
def imported() -> Imported:
    return importer([reference("talknet") / name for name in FILES], {})


def networks() -> Networks:
    part = imported()
    assert part.text is not None
    made = Networks(talknet_config(part.config, part.mel_spec, n_symbols=len(part.text.symbols)))
    made.load_state_dict({name: torch.from_numpy(array) for name, array in part.tensors.items()})
    return made.eval()


@cache
@torch.no_grad()
def outputs() -> dict[str, Tensor]:
    """What the networks make of the batch, every stage by the name of its array."""
    made, ids, lengths = networks(), tensor("text"), tensor("text_len")
    seen: dict[str, nn.Module] = {f"durs_block{number}": block for number, block in enumerate(made.durations.encoder.blocks)}
    seen |= {
        "durs_encoder": made.durations.encoder,
        "pitch_encoder": made.pitch.encoder,
        "spect_encoder": made.spectrogram.encoder,
    }
    caught = {name: catch(module) for name, module in seen.items()}
    log_durations = made.durations(ids, lengths)
    durations = whole_frames(log_durations, lengths)
    unvoiced, body = made.pitch(ids, durations)
    f0_hz = made.register.hertz(unvoiced, body)
    inside = f0_hz * length_mask(durations.sum(1), f0_hz.shape[1])
    heard = contour(inside)
    expanded = made.spectrogram.expand(ids, durations)
    index, _ = frame_symbols(durations)
    everywhere = whole_frames(log_durations, torch.full_like(lengths, ids.shape[1]))
    return {
        "mel": made.spectrogram(ids, durations, heard),
        "log_durs": log_durations,
        "durs_embed": made.durations.symbols(ids).transpose(1, 2),
        "durs_rounded_unmasked": everywhere,
        "durs": durations,
        "frame_len": durations.sum(1),
        "repeat_text": ids.gather(1, index),
        "pitch_gauss": made.pitch.expand(ids, durations).transpose(1, 2),
        "pitch_embed_table": made.pitch.expand.symbols.weight.detach(),
        "f0_sil_logit": unvoiced,
        "f0_body": body,
        "f0_unmasked": f0_hz,
        "f0": inside,
        "spect_gauss": expanded,
        "f0_norm_premask": standardise(inside, inside > 0)[:, None],
        "f0_norm": heard[:, None],
        "spect_styled": expanded + made.spectrogram.contour(heard[:, None]),
        **{name: made_of[0] for name, made_of in caught.items()},
    }


def catch(module: nn.Module) -> list[Tensor]:
    """Where the module's output will be."""
    caught: list[Tensor] = []
    module.register_forward_hook(lambda module, inputs, output: caught.append(output))
    return caught


WITHIN = {"pitch_gauss": 1, "repeat_text": 1, "spect_gauss": 2, "spect_styled": 2}
"""Arrays of which only frames within an item are compared, and which of their axes has the frames."""
TOLERANCES = {"f0_unmasked": HERTZ, "f0": HERTZ, "pitch_gauss": EXPANSION, "spect_gauss": EXPANSION}
STAGES = {"log_durs", "durs_embed", "durs_encoder", "durs_rounded_unmasked", "durs", "frame_len", "mel"}
STAGES |= {"pitch_gauss", "pitch_embed_table", "repeat_text", "f0_sil_logit", "f0_body", "pitch_encoder", "f0_unmasked", "f0"}
STAGES |= {"spect_gauss", "f0_norm_premask", "f0_norm", "spect_styled", "spect_encoder"}
STAGES |= {name for name in vectors() if BLOCKS.fullmatch(name)}
LOSS_NAMES = {"durs_mse", "durs_acc", "durs_acc1", "durs_acc3", "pitch_total", "pitch_sil_acc", "pitch_body_mae"}
OTHERS = {"gauss_case2", "gauss_merge_blanks", "api_mel", "api_log_durs", "api_durs", "api_f0", "inorm_y"}
OTHERS |= {"fe_mel", "fe_mel_len", "fe_fb", "fe_window", "loss_mel", *(f"loss_{name}" for name in LOSS_NAMES)}
OTHERS |= {name for name in vectors() if ALIGNMENTS.fullmatch(name)}


def test_every_array_is_compared_or_its_reason_given() -> None:
    assert set(vectors()) == STAGES | OTHERS | set(NOT_COMPARED)
    assert not (STAGES | OTHERS) & set(NOT_COMPARED)


@pytest.mark.parametrize("name", sorted(STAGES))
def test_stage(name: str) -> None:
    made, wanted = outputs()[name.removesuffix("_se")].numpy(), vectors()[name]
    if name in WITHIN:
        mask = length_mask(tensor("frame_len"), wanted.shape[WITHIN[name]]).numpy()
        made, wanted = (np.moveaxis(array, WITHIN[name], 1)[mask] for array in (made, wanted))
    if np.issubdtype(wanted.dtype, np.integer):
        np.testing.assert_array_equal(made, wanted)
    else:
        rtol = OF_DEVIATIONS if name.startswith("f0_norm") else 0
        np.testing.assert_allclose(made, wanted, rtol=rtol, atol=TOLERANCES.get(name, OUTPUTS))


def test_blocks_are_named_by_what_is_in_them() -> None:
    blocks = [found for name in vectors() if (found := BLOCKS.fullmatch(name))]
    squeezes = imported().config["durations_squeezes"]
    assert isinstance(squeezes, list)
    assert blocks
    assert all(bool(squeezes[int(block[1])]) == bool(block[2]) for block in blocks)


@pytest.mark.parametrize("merge_blanks", [False, True])
@torch.no_grad()
def test_gaussian_expansion_of_unusual_durations(merge_blanks: bool) -> None:
    name, durations = ("gauss_merge_blanks", "durs") if merge_blanks else ("gauss_case2", "gauss_case2_durs")
    frames = gaussian_weights(tensor(durations), merge_blanks) @ networks().pitch.expand.symbols(tensor("text"))
    inside = length_mask(tensor(durations).sum(1), frames.shape[1]).numpy()
    np.testing.assert_allclose(frames.numpy()[inside], vectors()[name][inside], rtol=0, atol=EXPANSION)


@torch.no_grad()
def test_norms_can_be_folded() -> None:
    made = networks()
    fold_norms(made)
    frames = made.spectrogram(tensor("text"), tensor("durs"), tensor("f0_norm")[:, 0])
    np.testing.assert_allclose(frames.numpy(), vectors()["mel"], rtol=0, atol=OUTPUTS)
    np.testing.assert_allclose(
        made.durations(tensor("text"), tensor("text_len")).numpy(), vectors()["log_durs"], rtol=0, atol=OUTPUTS
    )


@torch.no_grad()
def test_plugin() -> None:
    """As a user calls it: one utterance, its blanks set by the voice."""
    part = imported()
    assert part.text is not None
    symbols, blank = part.text.symbols, part.text.symbols.index(part.text.blank)
    assert (part.text.start, part.text.end) == (symbols[blank], symbols[blank])
    [tokens] = vectors()["api_tokens"]
    ids = interleave(np.full(len(tokens) + 1, blank), tokens)
    made = networks()
    log_durations = made.durations(torch.from_numpy(ids)[None], torch.tensor([len(ids)]))
    np.testing.assert_allclose(log_durations.numpy(), vectors()["api_log_durs"], rtol=0, atol=OUTPUTS)
    f0_hz = made.register.hertz(*made.pitch(torch.from_numpy(ids)[None], tensor("api_durs")))
    np.testing.assert_allclose(f0_hz.numpy(), vectors()["api_f0"], rtol=0, atol=HERTZ)
    [mel] = TalkNet(made, part.mel_spec, torch.device("cpu")).mels([ids], SpeechOptions())
    np.testing.assert_array_equal(mel.durations, vectors()["api_durs"][0])
    np.testing.assert_allclose(mel.frames, vectors()["api_mel"][0], rtol=0, atol=OUTPUTS)


def test_losses_and_metrics() -> None:
    mask, durations = length_mask(tensor("text_len"), tensor("text").shape[1]), tensor("loss_durs_target")
    frames = length_mask(tensor("frame_len"), tensor("f0").shape[1])
    pitch = pitch_losses(
        tensor("f0_sil_logit"), tensor("f0_body"), tensor("loss_f0_target"), tensor("loss_f0_mask"), networks().register
    )
    made = {
        "durs_mse": duration_loss(tensor("log_durs"), durations, mask),
        **{
            f"durs_acc{name}": durations_within(tensor("durs"), durations, mask, reach)
            for name, reach in (("", 0), ("1", 1), ("3", 3))
        },
        "pitch_total": pitch.voicing + pitch.body,
        "pitch_sil_acc": pitch.accuracy,
        "pitch_body_mae": pitch.mae_hz,
        "mel": mel_loss(tensor("mel"), tensor("loss_mel_target"), frames),
    }
    assert made.keys() == LOSS_NAMES | {"mel"}
    for name, value in made.items():
        assert float(value) == pytest.approx(float(vectors()[f"loss_{name}"]), rel=LOSSES), name


def test_standardised_contours() -> None:
    """Values reach millions where an item has nothing to take a deviation of."""
    made = standardise(tensor("inorm_x")[:, 0], tensor("inorm_mask"))[:, None]
    np.testing.assert_allclose(made.numpy(), vectors()["inorm_y"], rtol=OF_DEVIATIONS, atol=1e-5)


def test_front_end() -> None:
    spec, wanted = imported().mel_spec, vectors()["fe_mel"]
    log_mel = LogMel(spec, periodic=False)
    np.testing.assert_allclose(log_mel.window.numpy(), vectors()["fe_window"], rtol=0, atol=1e-6)
    np.testing.assert_allclose(mel_filterbank(spec), vectors()["fe_fb"][0], rtol=0, atol=1e-7)
    mels, lengths = log_mel(tensor("fe_wav")).numpy(), vectors()["fe_wav_len"] // spec.hop_samples + 1
    np.testing.assert_array_equal(lengths, vectors()["fe_mel_len"])
    for made, array, n_frames in zip(mels, wanted, lengths, strict=True):
        np.testing.assert_allclose(made[:, :n_frames], array[:, :n_frames], rtol=0, atol=OUTPUTS)


@pytest.mark.parametrize("number", sorted({found[1] for name in vectors() if (found := ALIGNMENTS.fullmatch(name))}))
def test_alignment(number: str) -> None:
    of = {found[2]: array for name, array in vectors().items() if (found := ALIGNMENTS.fullmatch(name)) and found[1] == number}
    assert of.keys() == {"tokens", "blank", "logprobs", "durs", "score", "interleaved"}
    durations = best_path(of["logprobs"], of["tokens"], int(of["blank"]))
    np.testing.assert_array_equal(durations, of["durs"])
    states = np.repeat(interleave(np.full(len(of["tokens"]) + 1, of["blank"]), of["tokens"]), durations)
    assert of["logprobs"][np.arange(len(states)), states].sum() == pytest.approx(float(of["score"]), rel=1e-6)
    np.testing.assert_array_equal(interleave(durations[::2], durations[1::2]), of["interleaved"])
