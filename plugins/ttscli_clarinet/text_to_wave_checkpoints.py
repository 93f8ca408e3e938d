"""A text-to-wave model of public blocks: r9y9's Deep Voice 3 and ksw0306's ClariNet → our config and weights.

The paper's authors published no program. In this layout one state dict holds Deep Voice 3's encoder and decoder (`seq2seq.*`) and
converter (`postnet.*`), the upsampling (`bridge_upsample.*`) and ClariNet's WaveNet (`vocoder.*`).

Sizes are read off the shapes. What shapes cannot say is stated by settings; what they do not say either is as in the presets of
the two programs.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from string import ascii_lowercase, ascii_uppercase
from typing import Any

import torch
from torch import Tensor

from ttscli.contract import Config
from ttscli.errors import VoiceError
from ttscli.importing import Imported
from ttscli.melspec import MelSpec
from ttscli.nn.checkpoint import Shapes, expect
from ttscli.settings import config_of, mel_spec_of, require_agreement, stated
from ttscli.text.phones import CONSONANTS, STRESSES, VOWELS
from ttscli.voice import TextSettings
from ttscli_clarinet.attention import position_angles
from ttscli_clarinet.layout import upsample_strides, upsampler_tensors, wavenet_sizes, wavenet_tensors
from ttscli_clarinet.text_to_wave import TextToWave
from ttscli_clarinet.text_to_wave_config import Layers, text_to_wave_config

_ENCODER, _PRENET = "seq2seq.encoder.convolutions", "seq2seq.decoder.preattention"
_DECODER, _ATTENTION = "seq2seq.decoder.convolutions", "seq2seq.decoder.attention"
_CONVERTER, _UPSAMPLER, _VOCODER = "postnet.convolutions", "bridge_upsample", "vocoder."
_EMBEDDING, _POSITIONS = "seq2seq.encoder.embed_tokens.weight", r"seq2seq\.decoder\.embed_(query|keys)_positions\.weight"
_OUTLET, _DONE = "seq2seq.decoder.last_conv", "seq2seq.decoder.fc"
_PROJECTIONS = {"query": "query_projection", "key": "key_projection", "value": "value_projection", "outlet": "out_projection"}

_HINT = "state voc.num_layers, how many blocks of the WaveNet make a cycle"

_LETTERS = (*"_~ ", *ascii_lowercase, *",.!?;:'")
_PHONES = sorted((*CONSONANTS, *VOWELS, *(vowel + stress for vowel in VOWELS for stress in STRESSES)))
_ENGLISH = (*"_~", *ascii_uppercase, *ascii_lowercase, *"!'(),-.:;? ", *(f"@{phone}" for phone in _PHONES))
"""The symbols of the public Deep Voice 3 for English, by id."""

_WORDS = {
    "enc": "encoder",
    "pre": "prenet",
    "dec": "decoder",
    "conv": "bridge",
    "query_position_rate": "query_rate",
    "window_backward": "window_back",
    "min_decoder_steps": "least_steps",
    "num_layers": "vocoder_layers",
    "dilation_base": "vocoder_dilation_base",
    "mel_dim": "n_mels",
    "hop": "hop_samples",
}
_SECTIONS = ("free_run", "voc")


@dataclass(frozen=True)
class Stated:
    """What settings may say beside the mels, under these names or those of the model's own configuration file.

    Attributes:
        encoder, prenet, decoder, bridge: [channels, kernel, dilation] of each block; empty for the presets' dilations.
        query_rate, key_rate, window_back, window_ahead, least_steps: as in TextToWaveConfig.
        vocoder_layers, vocoder_dilation_base: blocks a cycle of the WaveNet, and how fast their dilation grows; 0 for the kernel.
        symbols, alphabet, start, end: as in TextSettings; without symbols, ids are English letters. Marks that are no symbols are
            left out.
    """

    encoder: Layers = ()
    prenet: Layers = ()
    decoder: Layers = ()
    bridge: Layers = ()
    query_rate: float = 1.0
    key_rate: float = 1.385
    window_back: int = 1
    window_ahead: int = 3
    least_steps: int = 10
    vocoder_layers: int = 10
    vocoder_dilation_base: int = 0
    symbols: tuple[str, ...] = ()
    alphabet: str = "graphemes"
    start: str = ""
    end: str = "~"


def is_text_to_wave(state: Mapping[str, Tensor]) -> bool:
    """Whether these names are those of the layout, rather than of a vocoder alone."""
    return any(name.startswith("seq2seq.") for name in state)


def read_text_to_wave(state: Mapping[str, Tensor], settings: Config, source: str) -> Imported:
    """Make a part of a state dict.

    Args:
        state: from ttscli.nn.checkpoint.state_dict, with weight norm fused.
        settings: see Stated; and fields of MelSpec.
        source: what a VoiceError names first.

    Raises:
        VoiceError: a tensor or a value of the settings is missing, too many or does not fit the others, naming it.
    """
    told = stated(settings, _WORDS, _SECTIONS, Stated)
    beside = config_of(Stated, told)
    layout = Layout(state, source)
    mel_spec = layout.mel_spec(told)
    config = layout.config(beside)
    with torch.device("meta"):
        network = TextToWave(text_to_wave_config(config, mel_spec))
    tensors = expect(layout.renamed(), network, source)
    return Imported("text_to_wave", tensors, config, mel_spec, _text(beside, layout.n_symbols, source))


class Layout:
    """The tensors of one file; raises VoiceError where one is missing or has not the axes that it should."""

    def __init__(self, state: Mapping[str, Tensor], source: str) -> None:
        self.state, self.source = state, source
        self.encoder, self.prenet, self.decoder, self.converter = (
            self._modules(prefix) for prefix in (_ENCODER, _PRENET, _DECODER, _CONVERTER)
        )
        self.shapes = shapes = Shapes(state, source)
        self.n_symbols, self.embedding = shapes.of(_EMBEDDING, 2)
        self.n_bins, _, _ = shapes.of(f"{self.converter[-1]}.weight", 3)
        _, per_frame, _ = shapes.of(f"{self.converter[0]}.weight", 3)
        group, channels, _ = shapes.of(f"{_OUTLET}.weight", 3)
        self.frames_per_step = max(1, channels // per_frame)
        self.n_mels = group // self.frames_per_step
        self.strides = upsample_strides(state, _UPSAMPLER, source)
        self.wavenet = {name.removeprefix(_VOCODER): t for name, t in state.items() if name.startswith(_VOCODER)}

    def mel_spec(self, told: Mapping[str, object]) -> MelSpec:
        """The mels of its decoder, as far as anything tells."""
        fft_samples = 2 * (self.n_bins - 1)
        found = {"fft_samples": fft_samples, "hop_samples": math.prod(self.strides), "n_mels": self.n_mels}
        require_agreement(told, found, self.source)
        spec = mel_spec_of({"window_samples": fft_samples, **told, **found})
        return replace(spec, high_hz=min(spec.high_hz, spec.sample_rate_hz / 2))

    def config(self, stated: Stated) -> dict[str, Any]:
        """The part's `config` table."""
        return self._vocoder(stated) | {
            "n_symbols": self.n_symbols,
            "embedding": self.embedding,
            "encoder": self._blocks(self.encoder, stated.encoder, "encoder", 4),
            "prenet": self._blocks(self.prenet, stated.prenet, "prenet", 2),
            "decoder": self._blocks(self.decoder, stated.decoder, "decoder", 4),
            "bridge": self._blocks(self.converter[2:], stated.bridge, "bridge", 2),
            "attends": [f"{_ATTENTION}.{i}.query_projection.weight" in self.state for i in range(len(self.decoder))],
            "project_keys": any(name.endswith("key_projection.weight") for name in self.state),
            "project_values": any(name.endswith("value_projection.weight") for name in self.state),
            "frames_per_step": self.frames_per_step,
            "query_rate": stated.query_rate,
            "key_rate": stated.key_rate,
            "window_back": stated.window_back,
            "window_ahead": stated.window_ahead,
            "least_steps": stated.least_steps,
        }

    def _vocoder(self, stated: Stated) -> dict[str, Any]:
        found = wavenet_sizes(self.wavenet, self.source)
        cycles, rest = divmod(found.n_blocks, stated.vocoder_layers or 1)
        if rest or not stated.vocoder_layers:
            raise VoiceError(f"{self.source}: {found.n_blocks} blocks are no cycles of {stated.vocoder_layers} layers", _HINT)
        return {
            "vocoder_upsample_strides": self.strides,
            "vocoder_cycles": [cycles],
            "vocoder_layers": stated.vocoder_layers,
            "vocoder_dilation_base": stated.vocoder_dilation_base or found.kernel,
            "vocoder_residual_channels": found.residual_channels,
            "vocoder_gate_channels": found.gate_channels,
            "vocoder_skip_channels": found.skip_channels,
            "vocoder_kernel": found.kernel,
            "vocoder_front_kernel": found.front_kernel,
        }

    def renamed(self) -> dict[str, Tensor]:
        """The tensors under our names; one that is unknown keeps its own. Linear layers become convolutions over one position."""
        names, tensors = self._names(), {}
        for name, tensor in self._learned().items():
            module, _, end = name.rpartition(".")
            linear = tensor.ndim == 2 and name != _EMBEDDING
            tensors[f"{names.get(module, module)}.{end}"] = tensor[..., None] if linear else tensor
        wavenet = {f"vocoder.wavenet.{name}": tensor for name, tensor in wavenet_tensors(self.wavenet).items()}
        upsampler = {f"vocoder.upsampler.{name}": t for name, t in upsampler_tensors(self.state, _UPSAMPLER).items()}
        return tensors | wavenet | upsampler

    def _learned(self) -> dict[str, Tensor]:
        """The tensors in front of the vocoder, but tables of position angles, which must be the usual ones."""
        tables = {name: table for name, table in self.state.items() if re.fullmatch(_POSITIONS, name)}
        for name, table in tables.items():
            usual = position_angles(torch.arange(len(table)), table.shape[1])
            if not torch.allclose(table.float(), usual, rtol=1e-3, atol=1e-3):  # half precision is enough
                raise VoiceError(f"{self.source}: tensor {name} has other angles than sines of positions have")
        return {name: t for name, t in self.state.items() if name not in tables and not name.startswith((_VOCODER, _UPSAMPLER))}

    def _names(self) -> dict[str, str]:
        """Their modules → ours."""
        names = {
            _EMBEDDING.removesuffix(".weight"): "encoder.embedding",
            self.encoder[-1]: "encoder.outlet",
            _OUTLET: "decoder.frames",
            _DONE: "decoder.done",
            self.converter[0]: "bridge.inlet",
            self.converter[-1]: "bridge.spectrum",
        }
        names |= _stack(self.encoder[:-1], "encoder.layers") | _stack(self.prenet, "decoder.prenet")
        names |= _stack(self.decoder, "decoder.layers") | _stack(self.converter[1:-1], "bridge.layers")
        for i in range(len(self.decoder)):
            names |= {f"{_ATTENTION}.{i}.{t}": f"decoder.layers.{i}.attention.{o}" for o, t in _PROJECTIONS.items()}
        return names

    def _modules(self, prefix: str) -> list[str]:
        """The convolutions of a list of modules, in order; a gated one ends in ".conv"."""
        found = [
            name.removesuffix(".weight") for name in self.state if re.fullmatch(rf"{prefix}\.\d{{1,4}}(\.conv)?\.weight", name)
        ]
        if not found:
            raise VoiceError(f"{self.source}: tensors {prefix}.* are missing")
        return sorted(found, key=lambda name: int(name.removeprefix(f"{prefix}.").removesuffix(".conv")))

    def _blocks(self, modules: Sequence[str], stated: Layers, key: str, period: int) -> list[list[int]]:
        """[channels, kernel, dilation] of each gated convolution; unless they are stated, dilations are powers of 3."""
        shapes = [self.shapes.of(f"{module}.weight", 3) for module in modules if module.endswith(".conv")]
        found = [[channels, kernel] for _, channels, kernel in shapes]
        if not stated:
            return [[*sizes, 3 ** (i % period)] for i, sizes in enumerate(found)]
        if found != [list(size[:2]) for size in stated] or any(len(size) != 3 for size in stated):
            wrong = f"{key} is {[list(size) for size in stated]} in the settings"
            raise VoiceError(f"{self.source}: {wrong}, but [channels, kernel] are {found} in the file")
        return [list(size) for size in stated]


def _stack(modules: Iterable[str], ours: str) -> dict[str, str]:
    """Gated convolutions, and the plain ones before those that are wider."""
    names, block = {}, 0
    for module in modules:
        gated = module.endswith(".conv")
        names[module] = f"{ours}.{block}.{'glu.conv' if gated else 'inlet.0'}"
        block += gated
    return names


def _text(stated: Stated, n_symbols: int, source: str) -> TextSettings:
    """How to spell. A file does not say: unless the settings do, ids are letters, and those behind the letters never occur."""
    letters = _ENGLISH if n_symbols == len(_ENGLISH) else _LETTERS
    symbols = stated.symbols or (*letters, *(f"<{i}>" for i in range(len(letters), n_symbols)))[:n_symbols]
    if len(symbols) != n_symbols or len(set(symbols)) < n_symbols:
        raise VoiceError(f"{source}: {len(symbols)} symbols in the settings: there must be {n_symbols}, each another")
    start, end = (mark if mark in symbols else "" for mark in (stated.start, stated.end))
    return TextSettings(stated.alphabet, symbols, start, end)
