"""A .nemo archive → its configuration and its weights. Nothing is unpacked to disk, and nothing in it is ever executed.

It is a tar file, in newer releases plain and in older ones compressed, with two members that matter: model_config.yaml and
model_weights.ckpt. Its `_target_`s name classes of its authors' program; here they are texts like any other.
"""

import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from lzma import LZMAError
from pathlib import Path
from typing import Any

from torch import Tensor

from ttscli.errors import VoiceError
from ttscli.nn.checkpoint import read_checkpoint_bytes, state_dict
from ttscli.settings import read_settings

_LARGEST = {"model_config.yaml": 2**20, "model_weights.ckpt": 2**30}
"""Bytes; what is larger is not what it says."""
_MOST_MEMBERS = 100
_HINT = "give an archive as published, talknet_durs.nemo, talknet_pitch.nemo or talknet_spect.nemo"


@dataclass(frozen=True)
class Archive:
    """What an archive holds: its file's name, its configuration as it stands there, and its tensors."""

    source: str
    settings: Mapping[str, Any]
    tensors: Mapping[str, Tensor]

    def setting(self, *keys: str) -> Any:
        """The value at a path of keys, or None. One that refers to another, "${model.d_char}", is followed there."""
        value = self._at(keys)
        if _is_reference(value):  # an archive holds what stands under "model" while its authors' program runs
            value = self._at(tuple(value[2:-1].removeprefix("model.").split(".")))
        return None if _is_reference(value) else value

    def _at(self, keys: tuple[str, ...]) -> Any:
        value: Any = self.settings
        for key in keys:
            value = value.get(key) if isinstance(value, Mapping) else None
        return value


def _is_reference(value: object) -> bool:
    return isinstance(value, str) and value.startswith("${")


def read_archive(path: Path) -> Archive:
    """Read one archive.

    Raises:
        VoiceError: it cannot be read, is damaged, holds links, or lacks one of the two members.
    """
    try:
        with tarfile.open(path, "r:*") as archive:
            members = _members(archive, str(path))
    except (tarfile.TarError, zlib.error, LZMAError, EOFError) as error:
        raise VoiceError(f"{path}: damaged, or no .nemo archive", _HINT) from error
    except OSError as error:
        raise VoiceError(f"{path}: cannot be read: {error.strerror or error}", _HINT) from error
    for name in _LARGEST:
        if name not in members:
            raise VoiceError(f"{path}: has no {name}", _HINT)
    weights = read_checkpoint_bytes(members["model_weights.ckpt"], f"{path}: model_weights.ckpt")
    settings = _settings(members["model_config.yaml"], f"{path}: model_config.yaml")
    return Archive(str(path), settings, state_dict(weights, f"{path}: model_weights.ckpt"))


def _members(archive: tarfile.TarFile, source: str) -> dict[str, bytes]:
    """The members that matter, by their last name."""
    found: dict[str, bytes] = {}
    for number, member in enumerate(archive):
        name = Path(member.name).name
        if number >= _MOST_MEMBERS or not (member.isreg() or member.isdir()) or name in found:
            raise VoiceError(f"{source}: {member.name}: no member of a .nemo archive", _HINT)
        if member.size > _LARGEST.get(name, max(_LARGEST.values())):
            raise VoiceError(f"{source}: {member.name}: {member.size} bytes are too many", _HINT)
        if name in _LARGEST and (file := archive.extractfile(member)) is not None:
            found[name] = file.read()
    return found


def _settings(content: bytes, source: str) -> Mapping[str, Any]:
    try:
        return read_settings(content.decode(), source)
    except UnicodeDecodeError as error:
        raise VoiceError(f"{source}: not text in UTF-8", _HINT) from error
    except VoiceError as error:
        raise VoiceError(str(error), _HINT) from error
