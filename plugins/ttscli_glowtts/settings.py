"""What a user states about a published checkpoint: the authors' config.json, or a flat table of its keys or of ours."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from ttscli.config import read_config
from ttscli.contract import Config
from ttscli.errors import VoiceError
from ttscli.importing import front_end
from ttscli.melspec import MelSpec
from ttscli_glowtts.config import GlowTtsConfig

# Keys of the authors' [model] table and n_vocab → keys of GlowTtsConfig.
_SIZES = {
    "n_vocab": "n_symbols",
    "hidden_channels_enc": "channels",
    "hidden_channels_dec": "flow_channels",
    "filter_channels": "filter_channels",
    "filter_channels_dp": "duration_channels",
    "kernel_size": "kernel",
    "p_dropout": "dropout",
    "n_layers_enc": "layers",
    "n_heads": "heads",
    "window_size": "window",
    "block_length": "reach",
    "prenet": "prenet",
    "mean_only": "mean_only",
    "n_blocks_dec": "flow_blocks",
    "n_block_layers": "flow_layers",
    "kernel_size_dec": "flow_kernel",
    "dilation_rate": "flow_dilation",
    "p_dropout_dec": "flow_dropout",
    "n_sqz": "squeeze",
    "n_split": "group",
    "sigmoid_scale": "sigmoid_scale",
    "n_speakers": "n_speakers",
    "gin_channels": "speaker_channels",
}
_TEXT = {"add_blank", "cmudict_path", "text_cleaners"}
# How they say "none" → how we do.
_NONE = (("window", None, -1), ("reach", None, -1), ("n_speakers", 0, 1))
_HINT = "give the config.json that the checkpoint was trained with"


def sizes(settings: Config) -> dict[str, Any]:
    """What is stated of GlowTtsConfig, under its keys; VoiceError if a flat table has an unknown key."""
    own = {field.name for field in fields(GlowTtsConfig)}
    if "model" in settings:
        table = {**_table(settings, "model"), **{key: settings[key] for key in ("n_vocab",) if key in settings}}
    else:
        table = dict(settings)
        others = table.keys() - _SIZES.keys() - _TEXT - {"hidden_channels"} - own
        if unknown := sorted(key for key in others if not front_end({key: table[key]})):
            raise VoiceError(f"settings: {unknown[0]}: Glow-TTS has no such key", _HINT)
    for key in ("hidden_channels_enc", "hidden_channels_dec"):
        if table.get(key) is None and "hidden_channels" in table:
            table[key] = table["hidden_channels"]
    stated = {ours: table[theirs] for theirs, ours in _SIZES.items() if theirs in table}
    stated |= {key: table[key] for key in own & table.keys() - _SIZES.keys()}
    return {key: next((ours for k, none, ours in _NONE if (k, none) == (key, v)), v) for key, v in stated.items()}


def mel_spec(settings: Config, n_mels: int) -> MelSpec:
    """The mels that are stated, else the published ones; VoiceError if they have not as many bins as the checkpoint."""
    table = _table(settings, "data") if "model" in settings or "data" in settings else settings
    stated = front_end(table)
    if stated.setdefault("n_mels", n_mels) != n_mels:
        raise VoiceError(f"settings: n_mel_channels is {stated['n_mels']}, but the checkpoint has {n_mels} mel bins", _HINT)
    return read_config(MelSpec, stated)


def _table(settings: Config, key: str) -> Mapping[str, Any]:
    table = settings.get(key, {})
    if not isinstance(table, Mapping):
        raise VoiceError(f"settings: {key} is not a table", _HINT)
    return table
