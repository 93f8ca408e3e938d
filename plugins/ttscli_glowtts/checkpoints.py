"""The published checkpoints of Glow-TTS → a part of ours. Read as data: nothing in a file is ever executed.

A file of the authors' program (jaywalnut310/glow-tts) is a dictionary whose "model" is the state dict, and what else it holds is
of no use here; a bare state dict will do. Sizes come from the shapes of its tensors. What shapes cannot say (dilation,
sigmoid_scale, dropout, and the heads of a network without relative positions) comes from the settings; see settings.py.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ttscli.contract import Config
from ttscli.errors import VoiceError
from ttscli.importing import Imported
from ttscli.nn.checkpoint import Shapes, expect, read_checkpoint, state_dict
from ttscli.nn.weight_norm import fuse
from ttscli.settings import mel_spec_of, require_agreement
from ttscli_glowtts.config import GlowTtsConfig, glow_tts_config
from ttscli_glowtts.network import GlowTts
from ttscli_glowtts.settings import told
from ttscli_glowtts.text import text_settings

_HINT = "give a checkpoint of Glow-TTS, and the config.json that it was trained with"
_NAMES = (
    (r"encoder\.emb\.", "encoder.embedding."),
    (r"encoder\.pre\.conv_layers\.", "encoder.prenet.convolutions."),
    (r"encoder\.pre\.norm_layers\.", "encoder.prenet.norms."),
    (r"encoder\.pre\.proj\.", "encoder.prenet.outlet."),
    (r"encoder\.encoder\.attn_layers\.(\d+)\.", r"encoder.layers.\1.attention."),
    (r"\.attention\.emb_rel_k$", ".attention.key_offsets"),
    (r"\.attention\.emb_rel_v$", ".attention.value_offsets"),
    (r"\.attention\.conv_q\.", ".attention.query."),
    (r"\.attention\.conv_k\.", ".attention.key."),
    (r"\.attention\.conv_v\.", ".attention.value."),
    (r"\.attention\.conv_o\.", ".attention.outlet."),
    (r"encoder\.encoder\.norm_layers_1\.(\d+)\.", r"encoder.layers.\1.attention_norm."),
    (r"encoder\.encoder\.norm_layers_2\.(\d+)\.", r"encoder.layers.\1.feed_forward_norm."),
    (r"encoder\.encoder\.ffn_layers\.(\d+)\.conv_1\.", r"encoder.layers.\1.feed_forward.inlet."),
    (r"encoder\.encoder\.ffn_layers\.(\d+)\.conv_2\.", r"encoder.layers.\1.feed_forward.outlet."),
    (r"encoder\.proj_m\.", "mean."),
    (r"encoder\.proj_s\.", "log_deviation."),
    (r"encoder\.proj_w\.conv_1\.", "duration_predictor.convolutions.0."),
    (r"encoder\.proj_w\.conv_2\.", "duration_predictor.convolutions.1."),
    (r"encoder\.proj_w\.norm_1\.", "duration_predictor.norms.0."),
    (r"encoder\.proj_w\.norm_2\.", "duration_predictor.norms.1."),
    (r"encoder\.proj_w\.proj\.", "duration_predictor.outlet."),
    (r"emb_g\.", "speakers."),
    (r"\.gamma$", ".weight"),
    (r"\.beta$", ".bias"),
    (r"\.logs$", ".log_scale"),
    (r"\.normalisation\.bias$", ".normalisation.shift"),
    (r"\.wn\.in_layers\.", ".stack.gates."),
    (r"\.wn\.res_skip_layers\.", ".stack.outlets."),
    (r"\.wn\.cond_layer\.", ".stack.conditions."),
)
_OFFSETS = "encoder.encoder.attn_layers.0.emb_rel_k"
_FLOWS = ("normalisation", "mixing.core", "coupling")


def importer(files: Sequence[Path], settings: Config) -> Imported:
    """Make a part of a published checkpoint; as ttscli.importing.Importer."""
    if len(files) != 1:
        raise VoiceError(f"glow-tts: {len(files)} files: a published voice is one", _HINT)
    [path] = files
    published = published_state(path)
    config, tensors = read_state(published, settings, str(path))
    return Imported(
        kind="acoustic",
        tensors=tensors,
        config={key: value for key, value in asdict(config).items() if key not in ("n_symbols", "n_mels")},
        mel_spec=mel_spec_of({"n_mels": config.n_mels} | told(settings)),
        text=text_settings(config.n_symbols, settings),
    )


def published_state(path: Path) -> dict[str, Tensor]:
    """The state dict of a file under the authors' names; without inverses, which some programs keep beside the weights."""
    content = read_checkpoint(path)
    place = ["model"] if isinstance(content, Mapping) and "model" in content else []
    state = state_dict(content, str(path), *place)
    return {name: tensor for name, tensor in state.items() if not name.endswith(".weight_inv")}


def read_state(state: Mapping[str, Tensor], settings: Config, source: str) -> tuple[GlowTtsConfig, dict[str, Any]]:
    """Tensors under the authors' names → config, and float32 arrays under ours; weight norm of any notation is fused.

    Raises:
        VoiceError: a tensor is missing, too many or of another shape, or the settings say otherwise.
    """
    fused = fuse(state, source)
    config = _config(fused, settings, source)
    with torch.device("meta"):
        network = GlowTts(config)
    tensors = expect(renamed(fused, config.flow_layers), network, source)
    for name, tensor in tensors.items():
        if name.endswith(".mixing.core.weight") and not torch.linalg.det(torch.from_numpy(tensor).double()):
            raise VoiceError(f"{source}: tensor {name} has no inverse", _HINT)
    return config, tensors


def renamed(state: Mapping[str, Tensor], n_layers: int) -> dict[str, Tensor]:
    """The same tensors under our names; the wide convolution of the condition is cut into one for each of `n_layers`."""
    tensors: dict[str, Tensor] = {}
    for name, tensor in state.items():
        ours = re.sub(r"^decoder\.flows\.(\d+)", _flow, name)
        for pattern, replacement in _NAMES:
            ours = re.sub(pattern, replacement, ours)
        stem, wide, end = ours.partition(".stack.conditions.")
        if wide:
            tensors |= {f"{stem}{wide}{i}.{end}": rows for i, rows in enumerate(tensor.chunk(n_layers))}
        else:
            tensors[ours] = tensor
    return tensors


def _flow(found: re.Match[str]) -> str:
    block, part = divmod(int(found[1]), len(_FLOWS))
    return f"decoder.blocks.{block}.{_FLOWS[part]}"


def _config(state: Mapping[str, Tensor], settings: Config, source: str) -> GlowTtsConfig:
    """What the shapes say, and for the rest what the settings say; VoiceError if they contradict each other."""
    stated, found = told(settings), _found(state, source)
    require_agreement(stated, found, source)
    own = {field.name for field in fields(GlowTtsConfig)}
    table = {key: value for key, value in (stated | found).items() if key in own}
    return glow_tts_config(table, table.pop("n_symbols"), table.pop("n_mels"))


def _found(state: Mapping[str, Tensor], source: str) -> dict[str, Any]:
    """What the shapes of the fused tensors say."""
    shapes = Shapes(state, source)
    n_symbols, channels = shapes.of("encoder.emb.weight", 2)
    filter_channels, _, kernel = shapes.of("encoder.encoder.ffn_layers.0.conv_1.weight", 3)
    n_mels = shapes.of("encoder.proj_m.weight", 3)[0]
    duration_channels, duration_inputs, _ = shapes.of("encoder.proj_w.conv_1.weight", 3)
    found = {
        "n_symbols": n_symbols,
        "n_mels": n_mels,
        "channels": channels,
        "filter_channels": filter_channels,
        "kernel": kernel,
        "layers": shapes.count("encoder.encoder.attn_layers."),
        "prenet": shapes.count("encoder.pre.") > 0,
        "mean_only": "encoder.proj_s.weight" not in state,
        "duration_channels": duration_channels,
        "flow_channels": shapes.of("decoder.flows.2.start.weight", 3)[0],
        "flow_blocks": shapes.count("decoder.flows.") // len(_FLOWS),
        "flow_layers": shapes.count("decoder.flows.2.wn.in_layers."),
        "flow_kernel": shapes.of("decoder.flows.2.wn.in_layers.0.weight", 3)[2],
        "squeeze": shapes.of("decoder.flows.0.logs", 3)[1] // n_mels,
        "group": shapes.of("decoder.flows.1.weight", 2)[0],
        "n_speakers": shapes.of("emb_g.weight", 2)[0] if "emb_g.weight" in state else 1,
        "speaker_channels": duration_inputs - channels,
    }
    if _OFFSETS not in state:
        return found | {"window": -1}
    _, places, width = shapes.of(_OFFSETS, 3)
    return found | {"window": places // 2, "heads": channels // width}
