"""What a user states about a published checkpoint: the authors' config.json, or a flat table of its keys or of ours."""

from typing import Any

from ttscli.contract import Config
from ttscli.settings import stated
from ttscli_glowtts.config import GlowTtsConfig

# Keys of the authors' config.json → keys of GlowTtsConfig, and what else is heard.
_WORDS = {
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
    **{key: key for key in ("hidden_channels", "add_blank", "cmudict_path", "text_cleaners")},
}
# How they say "none" → how we do.
_NONE = (("window", None, -1), ("reach", None, -1), ("n_speakers", 0, 1))


def told(settings: Config) -> dict[str, Any]:
    """What is stated of GlowTtsConfig and of the mels, under our names; as ttscli.settings.stated."""
    found = stated(settings, _WORDS, ["model", "data"], GlowTtsConfig)
    for key in ("channels", "flow_channels"):
        if found.get(key) is None and "hidden_channels" in found:
            found[key] = found["hidden_channels"]
    return {key: next((ours for k, none, ours in _NONE if (k, none) == (key, v)), v) for key, v in found.items()}
