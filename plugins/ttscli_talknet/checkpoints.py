"""The three archives published with TalkNet → a part of ours.

Which archive is which is told by its tensors, and so are all sizes. What tensors cannot say (dilations, the mean of f0, the mels,
the vocabulary) is in the archives' own configuration; what is not there either is as published. A model into which its program
had joined the two others has their tensors beside its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ttscli.contract import Config
from ttscli.errors import VoiceError
from ttscli.importing import Imported
from ttscli.nn.checkpoint import expect
from ttscli_talknet.archives import Archive, read_archive
from ttscli_talknet.blocks import network_of, tensor_names
from ttscli_talknet.config import NETWORKS, TalkNetConfig, talknet_config, talknet_table
from ttscli_talknet.network import Networks
from ttscli_talknet.settings import mel_spec_of, number, stack_fields, text_of

_JOINED = ("_durs_model.", "_pitch_model.")
_FRONT_END = "preprocessor."
_TABLES = {"durs": "durations", "pitch": "pitch", "spect": "spectrogram"}
_HINT = "give the three archives as published: talknet_durs.nemo, talknet_pitch.nemo and talknet_spect.nemo"


def importer(files: Sequence[Path], settings: Config) -> Imported:
    """As ttscli.importing.Importer.

    `settings` may have tables durs, pitch and spect, configurations as in the archives, and go before those; and keys of our own.
    """
    stated = {key: settings[key] for key in _TABLES if key in settings}
    archives = _with_settings(_networks([part for path in files for part in _parts(read_archive(path))]), stated)
    mel_spec = mel_spec_of(archives["spectrogram"])
    table: dict[str, object] = {key: number(archives["pitch"], key) for key in ("f0_mean", "f0_std")}
    table = {key: value for key, value in table.items() if value is not None}
    for name, archive in archives.items():
        table |= {f"{name}_{key}": value for key, value in stack_fields(archive).items()}
    table |= {key: value for key, value in settings.items() if key not in stated}
    text = text_of(archives.values())
    config = talknet_config(table, mel_spec, n_symbols=len(text.symbols))
    return Imported("acoustic", _tensors(archives, config), talknet_table(config), mel_spec, text)


def _parts(archive: Archive) -> list[Archive]:
    """An archive without its front end, and apart from it what its program had joined to it, which has no configuration."""
    groups = {prefix: dict[str, Tensor]() for prefix in ("", *_JOINED)}
    for name, tensor in archive.tensors.items():
        prefix = next((prefix for prefix in _JOINED if name.startswith(prefix)), "")
        if not name.removeprefix(prefix).startswith(_FRONT_END):
            groups[prefix][name.removeprefix(prefix)] = tensor
    joined = [Archive(f"{archive.source}: {prefix}*", {}, groups[prefix]) for prefix in _JOINED if groups[prefix]]
    return [replace(archive, tensors=groups[""]), *joined]


def _networks(parts: Sequence[Archive]) -> dict[str, Archive]:
    """Which archive is which; one of its own goes before one that was joined to another."""
    found: dict[str, Archive] = {}
    for part in sorted(parts, key=lambda part: not part.settings):
        name = network_of(part.tensors)
        if not name:
            raise VoiceError(f"{part.source}: none of TalkNet's three networks", _HINT)
        if name in found and part.settings:
            raise VoiceError(f"{part.source}: another network of {name} beside {found[name].source}", _HINT)
        found.setdefault(name, part)
    for name in NETWORKS:
        if name not in found:
            raise VoiceError(f"talknet: no archive has the network of {name}", _HINT)
    return {name: found[name] for name in NETWORKS}


def _with_settings(archives: Mapping[str, Archive], settings: Config) -> dict[str, Archive]:
    stated: dict[str, Archive] = dict(archives)
    for key, table in settings.items():
        if not isinstance(table, Mapping):
            raise VoiceError(f"talknet: settings.{key}: not a table", "its keys are those of the archive's model_config.yaml")
        archive = archives[_TABLES[key]]
        stated[_TABLES[key]] = replace(archive, settings={**archive.settings, **table})
    return stated


def _tensors(archives: Mapping[str, Archive], config: TalkNetConfig) -> dict[str, NDArray[np.generic]]:
    """All tensors under our names, after a comparison with networks that take up no memory."""
    with torch.device("meta"):
        wanted = Networks(config)
    tensors: dict[str, NDArray[np.generic]] = {}
    for network, archive in archives.items():
        ours = dict(tensor_names(network, getattr(config, network)))
        for name in sorted(ours.keys() ^ archive.tensors.keys()):
            fault = "is missing" if name in ours else "has no place in this architecture"
            raise VoiceError(f"{archive.source}: tensor {name} {fault}", _HINT)
        renamed = {ours[name]: tensor for name, tensor in archive.tensors.items()}
        checked = expect(renamed, wanted.get_submodule(network), archive.source)
        tensors |= {f"{network}.{name}": array for name, array in checked.items()}
    return tensors
