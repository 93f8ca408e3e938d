"""ClariNet's text-to-wave against arrays that public programs made; README.md beside the vectors says how, and gives tolerances.

The model is composed: Deep Voice 3's encoder, decoder and converter, an upsampling with softsign, and ClariNet's WaveNet.
"""

import copy
import json
import re
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tests.parity.reference import reference
from ttscli.importing import Imported
from ttscli.nn.checkpoint import read_checkpoint, state_dict
from ttscli.nn.lengths import off_diagonal
from ttscli.nn.weight_norm import fuse
from ttscli_clarinet.attention import Attention, Memory, position_angles, position_encoding, window
from ttscli_clarinet.decoder import Decoded
from ttscli_clarinet.glu import CausalGlu, silence
from ttscli_clarinet.losses import likelihood_loss
from ttscli_clarinet.text_to_wave import Recordings, TextToWave, conditions
from ttscli_clarinet.text_to_wave_checkpoints import read_text_to_wave
from ttscli_clarinet.text_to_wave_config import text_to_wave_config
from ttscli_clarinet.text_to_wave_losses import binary_divergence, done_loss, guided_attention, l1_loss
from ttscli_clarinet.wavenet import Gaussian

TOLERANCE = 1e-4
LOSS_TOLERANCE = 1e-6

WINDOWED = r"att_(out|weights)_last(\d+)"
COMPARED = {
    *("enc_keys", "enc_values", "glu_out_noncausal", "glu_causal_out_noresidual", "att_out", "att_weights"),
    *("posenc_table_raw", "posenc_keys", "posenc_frames"),
    *("dec_out", "dec_alignments", "dec_done", "dec_states"),
    *("free_out", "free_done", "free_states", "free_att_per_layer", "free_reported_alignment"),
    *("free_nowindow_out", "free_nowindow_done"),
    *("conv_in", "linear_out", "bridge_hidden"),
    *("spec_l1", "spec_bindiv", "done_bce", "guided_w", "guided_loss"),
    *("e2e_cond", "e2e_vocoder_out", "e2e_nll"),
}
NOT_COMPARED = {
    "text": "input of the encoder",
    "text_positions": "input of the position encodings",
    "text_lengths": "input of the guided attention",
    "glu_in": "input of glu_out_noncausal",
    "glu_causal_in": "input of glu_causal_out_noresidual",
    "att_query": "input of the attention",
    "dec_mel_in": "input of the decoder",
    "frame_positions": "input of posenc_frames",
    "free_ids": "input of the free runs",
    "spec_lengths": "input of spec_l1 and spec_bindiv",
    "done_target": "input of done_bce",
    "e2e_audio": "input of the vocoder",
}


@cache
def vectors() -> dict[str, NDArray[Any]]:
    with np.load(reference("clarinet") / "dv3_vectors.npz", allow_pickle=False) as arrays:
        return dict(arrays)


@cache
def settings() -> dict[str, Any]:
    text = (reference("clarinet") / "text2wave_config.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


@cache
def state() -> dict[str, Tensor]:
    path = reference("clarinet") / "text2wave.pth"
    return state_dict(read_checkpoint(path), str(path), "state_dict")


def network(imported: Imported) -> TextToWave:
    built = TextToWave(text_to_wave_config(imported.config, imported.mel_spec)).eval()
    built.load_state_dict({name: torch.from_numpy(np.array(array)) for name, array in imported.tensors.items()})
    return built.requires_grad_(False)


@cache
def model() -> TextToWave:
    return network(read_text_to_wave(fuse(state()), settings(), "text2wave.pth"))


def given(name: str) -> Tensor:
    return torch.from_numpy(vectors()[name])


def same(made: Tensor, name: str, tolerance: float = TOLERANCE) -> None:
    np.testing.assert_allclose(made.numpy(), vectors()[name], rtol=0, atol=tolerance, err_msg=name)


def by_time(x: Tensor) -> Tensor:
    """(B, C, T) → (B, T, C), as the vectors have it."""
    return x.transpose(1, 2)


def everywhere(like: Tensor) -> Tensor:
    """(B, T, …) → bool (B, 1, T), all True: the reference masks nothing but attention."""
    return torch.ones(len(like), 1, like.shape[1], dtype=torch.bool)


def test_every_array_is_compared_or_its_reason_given() -> None:
    windowed = {name for name in vectors() if re.fullmatch(WINDOWED, name)}
    assert len(windowed) >= 2
    assert set(vectors()) - windowed == COMPARED | set(NOT_COMPARED)
    assert not COMPARED & set(NOT_COMPARED)


def test_encoder() -> None:
    keys, values = model().encoder(given("text"), everywhere(given("text")))
    same(by_time(keys), "enc_keys", 1e-5)
    same(by_time(values), "enc_values", 1e-5)


def test_blocks() -> None:
    centred = copy.deepcopy(model().encoder.layers[0])
    centred.inlet = nn.Identity()
    everything = torch.ones(1, 1, given("glu_in").shape[2], dtype=torch.bool)
    same(centred(given("glu_in"), everything), "glu_out_noncausal", 1e-5)
    x, last = given("glu_causal_in"), model().config.decoder[-1:]
    causal = [module for module in model().decoder.modules() if isinstance(module, CausalGlu)][-1]
    made, _ = causal(x, *silence(last, x))
    same(made, "glu_causal_out_noresidual", 1e-5)


def test_position_encodings() -> None:
    n_positions, channels = vectors()["posenc_table_raw"].shape
    same(position_angles(torch.arange(n_positions), channels), "posenc_table_raw", 1e-5)
    config = model().config
    same(by_time(position_encoding(given("text_positions"), config.embedding, config.key_rate)), "posenc_keys")
    same(by_time(position_encoding(given("frame_positions"), config.decoder_channels, config.query_rate)), "posenc_frames")


def first_attention() -> tuple[Attention, Memory]:
    """The first attention layer, and keys and values of item 0 as it sees them, without positions."""
    keys, values = (given(name)[:1].transpose(1, 2) for name in ("enc_keys", "enc_values"))
    n_symbols = keys.shape[2]
    memory = Memory(keys, values, torch.ones(1, 1, n_symbols, dtype=torch.bool), torch.tensor([n_symbols]))
    attention = next(module for module in model().decoder.modules() if isinstance(module, Attention))
    return attention, attention.project(memory)


def test_attention() -> None:
    attention, memory = first_attention()
    out, weights = attention(given("att_query").transpose(1, 2), memory, memory.inside)
    same(by_time(out), "att_out")
    same(weights, "att_weights")


def test_attention_in_a_window() -> None:
    attention, memory = first_attention()
    query, config = given("att_query")[:, :1].transpose(1, 2), model().config
    for last in sorted({int(found[2]) for name in vectors() if (found := re.fullmatch(WINDOWED, name))}):
        out, weights = attention(query, memory, window(last, config.window_back, config.window_ahead, memory))
        same(by_time(out), f"att_out_last{last}")
        same(weights, f"att_weights_last{last}")


@cache
def decoded() -> Decoded:
    """The decoder after the true frames; attention is masked, but its contexts grow with the padded length."""
    keys, values = (given(name).transpose(1, 2) for name in ("enc_keys", "enc_values"))
    inside = (given("text_positions") > 0)[:, None]
    memory = model().decoder.memory(keys, values, inside)
    longest = torch.full_like(memory.n_symbols, keys.shape[2])
    made: Decoded = model().decoder(given("dec_mel_in"), memory._replace(n_symbols=longest))
    return made


def test_decoder_after_true_frames() -> None:
    made = decoded()
    same(made.mel_logits.sigmoid().reshape(vectors()["dec_out"].shape), "dec_out")
    same(made.done_logits.sigmoid()[..., None], "dec_done")
    same(by_time(made.states), "dec_states")
    same(made.attention.transpose(0, 1), "dec_alignments")  # (B, L, S, N) → (L, B, S, N)


def free_run(network: TextToWave, most_steps: int) -> Decoded:
    ids = given("free_ids")
    return network.decoder.generate(network.remember(ids, torch.tensor([ids.shape[1]])), most_steps)


def test_decoder_on_its_own() -> None:
    made = free_run(model(), settings()["free_run"]["max_decoder_steps"] + 1)
    same(made.mel_logits.sigmoid().reshape(vectors()["free_out"].shape), "free_out")
    same(made.done_logits.sigmoid()[..., None], "free_done")
    same(by_time(made.states), "free_states")
    same(made.attention[0].transpose(0, 1), "free_att_per_layer")  # (L, S, N) → (S, L, N)
    n_layers = made.attention.shape[1]
    same(made.attention[:, 0] * 2 ** (n_layers - 1) / n_layers, "free_reported_alignment")  # a slip of the program


def test_decoder_without_a_window() -> None:
    network, n_symbols = copy.deepcopy(model()), given("free_ids").shape[1]
    network.decoder.config = replace(model().config, window_back=n_symbols, window_ahead=n_symbols)
    made = free_run(network, settings()["nowindow_max_decoder_steps"] + 1)
    same(made.mel_logits.sigmoid().reshape(vectors()["free_nowindow_out"].shape), "free_nowindow_out")
    same(made.done_logits.sigmoid()[..., None], "free_nowindow_done")


def test_bridge() -> None:
    bridge, states = model().bridge, given("dec_states").transpose(1, 2)
    same(by_time(bridge.frames(states)), "conv_in", 0)
    hidden = bridge(states, everywhere(given("conv_in")))
    same(hidden, "bridge_hidden")
    same(by_time(bridge.spectra(hidden)), "linear_out")


def test_losses() -> None:
    group, r = given("dec_out").double(), model().config.frames_per_step
    out = group.reshape(given("dec_mel_in").shape)[:, :-r]
    target, n_frames = given("dec_mel_in").double()[:, r:], given("spec_lengths") - r
    share = settings()["masked_loss_weight"]
    same(l1_loss(out, target, n_frames, share), "spec_l1", LOSS_TOLERANCE)
    same(binary_divergence(out.logit(), target, n_frames, share), "spec_bindiv", LOSS_TOLERANCE)
    same(done_loss(given("dec_done").double().logit(), given("done_target").double()), "done_bce", LOSS_TOLERANCE)


def test_guided_attention() -> None:
    n_items, *longest = vectors()["guided_w"].shape
    n_steps = longest[0] - torch.arange(n_items)
    weights = off_diagonal(n_steps, given("text_lengths"), (longest[0], longest[1]), settings()["guided_sigma"])
    same(weights, "guided_w", 1e-6)
    attention = given("dec_alignments").transpose(0, 1)  # (L, B, S, N) → (B, L, S, N)
    same(guided_attention(attention, weights), "guided_loss", LOSS_TOLERANCE)


def test_vocoder_behind_the_bridge() -> None:
    hidden, audio = given("bridge_hidden"), given("e2e_audio")[:, 0]
    starts = torch.zeros(len(hidden), dtype=torch.int64)
    recordings = Recordings(given("text"), given("text_lengths"), given("dec_mel_in"), starts + hidden.shape[2], starts, audio)
    same(conditions(model().vocoder.upsampler, hidden, recordings), "e2e_cond")
    samples = model().vocoder.wavenet(audio, given("e2e_cond"))
    same(torch.stack(samples, dim=1), "e2e_vocoder_out")
    recorded = Gaussian(*given("e2e_vocoder_out").unbind(dim=1))
    np.testing.assert_allclose(likelihood_loss(recorded, audio), vectors()["e2e_nll"], rtol=1e-5, atol=TOLERANCE)
