"""Composed text-to-wave checkpoints, in every form that they may come in, and in forms that must be refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file
from torch import Tensor

from tests.parity.reference import reference
from ttscli.contract import SpeechOptions
from ttscli.errors import VoiceError
from ttscli.importing import Imported
from ttscli.nn.checkpoint import read_checkpoint, state_dict
from ttscli.nn.weight_norm import fuse
from ttscli.text.frontend import FrontEnd, Pauses
from ttscli_clarinet.text_to_wave_checkpoints import is_text_to_wave, read_text_to_wave
from ttscli_clarinet.text_to_wave_model import ClariNetTextToWave

FILE = reference("clarinet") / "text2wave.pth"
SETTINGS: dict[str, Any] = json.loads((reference("clarinet") / "text2wave_config.json").read_text(encoding="utf-8"))
FIRST = SETTINGS["att"].index(True)
QUERY = f"seq2seq.decoder.attention.{FIRST}.query_projection"
N_BLOCKS = SETTINGS["voc"]["num_blocks"] * SETTINGS["voc"]["num_layers"]
POSITIONS = "seq2seq.decoder.embed_keys_positions.weight"


def published() -> dict[str, Tensor]:
    return state_dict(read_checkpoint(FILE), str(FILE), "state_dict")


def imported(state: dict[str, Tensor] | None = None, **settings: Any) -> Imported:
    return read_text_to_wave(fuse(published() if state is None else state, "x.pth"), SETTINGS | settings, "x.pth")


def newer(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Weight norm as torch writes it now."""
    ends = {".weight_g": ".parametrizations.weight.original0", ".weight_v": ".parametrizations.weight.original1"}
    renamed = {}
    for name, tensor in state.items():
        end = next((end for end in ends if name.endswith(end)), "")
        renamed[name.removesuffix(end) + ends.get(end, "")] = tensor
    return renamed


@pytest.mark.parametrize("form", ["fused", "newer", "half", "several GPUs", "before torch 1.6"])
def test_every_form_is_read_alike(form: str, tmp_path: Path) -> None:
    state = published()
    if form in ("fused", "newer"):
        state = fuse(state) if form == "fused" else newer(state)
    elif form == "half":
        state = {name: tensor.half() for name, tensor in state.items()}
    else:
        prefix = "module." if form == "several GPUs" else ""
        content = {"state_dict": {prefix + name: tensor for name, tensor in state.items()}}
        torch.save(content, tmp_path / "x.pth", _use_new_zipfile_serialization=form == "several GPUs")
        state = state_dict(read_checkpoint(tmp_path / "x.pth"), "x.pth", "state_dict")
    wanted, made = imported(), imported(state)
    assert made.config == wanted.config
    for name, array in wanted.tensors.items():
        assert made.tensors[name].dtype == np.float32
        np.testing.assert_allclose(np.float64(made.tensors[name]), np.float64(array), atol=2e-3 if form == "half" else 1e-6)


def test_it_is_told_from_a_vocoder() -> None:
    assert is_text_to_wave(published())
    teacher = read_checkpoint(reference("clarinet") / "teacher.pth")
    assert not is_text_to_wave(state_dict(teacher, "teacher.pth", "state_dict"))


def test_sizes_are_read_off_the_shapes() -> None:
    plain = read_text_to_wave(fuse(published()), {"voc": SETTINGS["voc"]}, "x.pth").config
    stated = imported().config
    open_questions = {"encoder", "prenet", "decoder", "bridge", "key_rate", "least_steps"}
    assert {key for key in stated if plain[key] != stated[key]} <= open_questions
    for key in ("encoder", "prenet", "decoder", "bridge"):
        assert [size[:2] for size in plain[key]] == [size[:2] for size in stated[key]]  # type: ignore[attr-defined]
    assert [size[2] for size in plain["decoder"]] == [1, 3, 9][: len(plain["decoder"])]  # type: ignore[attr-defined, arg-type]


def test_our_own_names_of_settings_are_known_too() -> None:
    ours = imported(window_back=0, query_rate=2.0, encoder=SETTINGS["enc"], vocoder_layers=SETTINGS["voc"]["num_layers"])
    assert ours.config["encoder"] == imported().config["encoder"]
    assert ours.config["query_rate"] == 2.0


@pytest.mark.parametrize(
    ("name", "tensor", "message"),
    [
        (f"{QUERY}.bias", None, rf"decoder\.layers\.{FIRST}\.attention\.query\.bias is missing"),
        (f"{QUERY}.bias", torch.zeros(3), r"attention\.query\.bias has shape \(3,\)"),
        (f"{QUERY}.weight_g", None, "weight_g is missing"),
        ("seq2seq.decoder.extra.bias", torch.zeros(3), r"seq2seq\.decoder\.extra\.bias has no place"),
        ("vocoder.extra.bias", torch.zeros(3), r"vocoder\.wavenet\.extra\.bias has no place"),
        ("seq2seq.encoder.embed_tokens.weight", None, r"seq2seq\.encoder\.embed_tokens\.weight is missing"),
        ("seq2seq.encoder.embed_tokens.weight", torch.zeros(3), "not 2 axes"),
        (POSITIONS, torch.ones(64, 16), "has other angles"),
    ],
)
def test_other_tensors_are_refused(name: str, tensor: Tensor | None, message: str) -> None:
    state = published()
    if tensor is None:
        del state[name]
    else:
        state[name] = tensor
    with pytest.raises(VoiceError, match=message):
        imported(state)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"enc": [[20, 5, 1]]}, "encoder is .* in the settings"),
        ({"enc": [[20, 5], [20, 5], [24, 3]]}, "encoder is .* in the settings"),
        ({"dec": "wide"}, "config.decoder"),
        ({"key_rate": "fast"}, "config.key_rate"),
        ({"key_rate": 0.0}, "rates must be positive"),
        ({"voc": {"num_layers": N_BLOCKS + 1}}, "no cycles of"),
        ({"voc": {"num_layers": 0}}, "no cycles of 0 layers"),
        ({"hop": 13}, "hop_samples is 12 by its tensors, not 13 as stated"),
        ({"symbols": ["a", "b"]}, "2 symbols in the settings"),
        ({"symbols": ["a"] * SETTINGS["n_vocab"]}, "each another"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(VoiceError, match=message):
        imported(**settings)


def test_a_flat_table_is_heard_to_its_last_key() -> None:
    flat = {"num_layers": SETTINGS["voc"]["num_layers"], "sampling_rate": 16000, "mel_fmin": 20.0, "key_rate": 2.0}
    made = read_text_to_wave(fuse(published()), flat, "x.pth")
    assert (made.mel_spec.sample_rate_hz, made.mel_spec.low_hz, made.config["key_rate"]) == (16000, 20.0, 2.0)
    with pytest.raises(VoiceError, match="settings: key_rates: there is no such key"):
        read_text_to_wave(fuse(published()), flat | {"key_rates": 2.0}, "x.pth")


def test_symbols_are_stated_or_letters() -> None:
    names = [f"s{i}" for i in range(SETTINGS["n_vocab"])]
    stated = imported(symbols=names, alphabet="espeak-ipa", start="s1", end="nothing").text
    assert stated is not None
    assert (stated.alphabet, stated.symbols, stated.start, stated.end) == ("espeak-ipa", tuple(names), "s1", "")
    assumed = imported().text
    assert assumed is not None
    assert len(assumed.symbols) == SETTINGS["n_vocab"]
    assert assumed.symbols[:6] == ("_", "~", " ", "a", "b", "c")


def test_the_table_of_the_english_front_end_is_known() -> None:
    state = published()
    _, size = state["seq2seq.encoder.embed_tokens.weight"].shape
    text = imported(state | {"seq2seq.encoder.embed_tokens.weight": torch.zeros(149, size)}).text
    assert text is not None
    places = {symbol: text.symbols.index(symbol) for symbol in ("_", "~", "A", "a", " ", "@AA", "@AA0", "@ZH")}
    assert places == {"_": 0, "~": 1, "A": 2, "a": 28, " ": 64, "@AA": 65, "@AA0": 66, "@ZH": 148}


def test_what_was_imported_speaks(tmp_path: Path) -> None:
    made = imported()
    assert made.text is not None
    save_file({name: np.asarray(array) for name, array in made.tensors.items()}, tmp_path / "w.safetensors")
    model = ClariNetTextToWave.load(tmp_path / "w.safetensors", made.config, made.mel_spec, "cpu")
    [segment] = FrontEnd(made.text, "en-US", Pauses()).segments("A bad cab.")
    assert segment.symbols[-1] == "~"
    [wave] = model.waves([segment.ids], SpeechOptions())
    assert model.sample_rate_hz == 22050
    assert wave.durations is not None
    assert wave.durations.sum() == len(wave.samples) > 0
