"""What a user states about published files, in the words of their authors or in ours → fields of our dataclasses."""

import json
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import fields
from difflib import get_close_matches
from typing import Any, TypeVar

import yaml

from ttscli.config import read_config
from ttscli.errors import VoiceError
from ttscli.melspec import MelSpec

T = TypeVar("T")

_FRONT_END = {
    "sampling_rate": "sample_rate_hz",
    "sample_rate": "sample_rate_hz",
    "n_fft": "fft_samples",
    "filter_length": "fft_samples",
    "hop_length": "hop_samples",
    "hop_size": "hop_samples",
    "win_length": "window_samples",
    "win_size": "window_samples",
    "n_mel_channels": "n_mels",
    "n_mel": "n_mels",
    "mel_fmin": "low_hz",
    "mel_fmax": "high_hz",
    "clip_val": "floor",
}
"""What the authors of most programs call the fields of MelSpec."""
_HINT = "give the configuration that its authors publish"


class _Yaml(yaml.SafeLoader):
    """With the numbers of YAML 1.2: PyYAML's own must have a dot and a sign in the exponent, so that 1e-5 would be a word."""


_Yaml.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)[eE][-+]?\d+$"), list("-+.0123456789")
)


def read_settings(text: str, source: str) -> dict[str, Any]:
    """Read JSON, TOML or YAML, whichever `text` is, as plain data.

    Raises:
        VoiceError: it is none of them, or no table of named values; `source` is what is named first.
    """
    for parse in (json.loads, tomllib.loads, _documents):
        try:
            table = parse(text)
        except (ValueError, yaml.YAMLError, RecursionError):
            continue
        if isinstance(table, dict) and all(isinstance(key, str) for key in table):
            return table
    raise VoiceError(f"{source}: not a table of settings in JSON, TOML or YAML", _HINT)


def _documents(text: str) -> dict[str, Any]:
    """All tables of a YAML file as one, as the programs of MelGAN write them: later ones count before earlier ones."""
    tables = [table for table in yaml.load_all(text, _Yaml) if table is not None]
    if not tables or not all(isinstance(table, dict) for table in tables):
        raise ValueError("not a table")
    return {key: value for table in tables for key, value in table.items()}


def stated(
    settings: Mapping[str, object], words: Mapping[str, str], sections: Collection[str], *classes: type
) -> dict[str, object]:
    """What settings say of the fields of `classes` and of MelSpec, under our names; values are not checked yet.

    Args:
        settings: the authors' configuration, or a flat table of its keys or of ours.
        words: what its authors call a field; those of a front end, which all share, are known.
        sections: its inner tables that are heard. Their keys count as if they stood outside, and before those; of two sections,
            the later one's.
        classes: dataclasses.

    Raises:
        VoiceError: a section is no table, or the settings are a flat table and have a key that says nothing here.
    """
    meaning = {field.name: field.name for cls in (MelSpec, *classes) for field in fields(cls)} | _FRONT_END | dict(words)
    table = _flattened(settings, sections)
    # A whole configuration is about much besides; in a flat table every key is meant, and a misspelt one would go unheard.
    if not any(isinstance(value, Mapping) for value in settings.values()):
        for key in sorted(table.keys() - meaning.keys()):
            close = get_close_matches(key, meaning, 1)
            raise VoiceError(f"settings: {key}: there is no such key", f"did you mean {close[0]}?" if close else _HINT)
    return {meaning[key]: value for key, value in table.items() if key in meaning}


def _flattened(settings: Mapping[str, object], sections: Collection[str]) -> dict[str, object]:
    table = {key: value for key, value in settings.items() if not isinstance(value, Mapping)}
    for name in (name for name in sections if name in settings):
        section = settings[name]
        if not isinstance(section, Mapping):
            raise VoiceError(f"settings: {name} is not a table", _HINT)
        table |= _flattened(section, sections)
    return table


def config_of(cls: type[T], told: Mapping[str, object]) -> T:
    """What is `told` of the dataclass `cls`, and for the rest its defaults; VoiceError if a value is of another type."""
    own = {field.name for field in fields(cls)}  # type: ignore[arg-type]
    return read_config(cls, {name: value for name, value in told.items() if name in own})


def mel_spec_of(told: Mapping[str, object]) -> MelSpec:
    """As config_of; an upper end of the mels that is null means half of the sample rate, wherever that is told."""
    if told.get("high_hz", "") is None:
        rate = told.get("sample_rate_hz", MelSpec.sample_rate_hz)
        told = {**told, "high_hz": rate / 2 if isinstance(rate, int) else MelSpec.high_hz}
    return config_of(MelSpec, told)


def require_agreement(told: Mapping[str, object], found: Mapping[str, object], source: str) -> None:
    """Refuse a file whose tensors say something else than settings do; VoiceError names the first of what was `found`."""
    for name, value in found.items():
        one, other = (list(of_one) if isinstance(of_one, tuple) else of_one for of_one in (value, told.get(name, value)))
        if one != other:
            raise VoiceError(f"{source}: {name} is {one} by its tensors, not {other} as stated", _HINT)
