"""Published checkpoints of an architecture → a voice of ours: what an importer promises, and the folder that is made of it."""

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from ttscli import registry
from ttscli.contract import Config
from ttscli.errors import TtsError, UsageError, VoiceError
from ttscli.melspec import MelSpec
from ttscli.voice import FILE_NAME, Kind, TextSettings, Voice
from ttscli.voice_toml import voice_toml
from ttscli.whole_file import told

UNKNOWN_LICENCE = "LicenseRef-unknown"


@dataclass(frozen=True)
class Imported:
    """What an importer makes of published files: one part of a voice.

    Attributes:
        kind: what the part is in a voice.
        tensors: under the names that the plugin's `load` expects; written to a safetensors file as they are.
        config: the part's `config` table.
        mel_spec: the mels that it was trained on; of a text-to-wave model, only its sample rate is heard.
        text: how the voice must spell; None for a vocoder.
    """

    kind: Kind
    tensors: Mapping[str, NDArray[np.generic]]
    config: Config
    mel_spec: MelSpec
    text: TextSettings | None = None


class Importer(Protocol):
    """Published files of an architecture → a part that the plugin of the same name loads."""

    def __call__(self, files: Sequence[Path], settings: Config) -> Imported:
        """Read the files. They are told apart by content, in any order; nothing in them is ever executed.

        Args:
            files: checkpoints as their authors' programs write them.
            settings: what the user states about them: the authors' own configuration, or a flat table of its keys or of ours,
                each of which is heard; empty if nothing. What neither it nor the files say is as published. ttscli.settings
                makes fields of it.

        Raises:
            VoiceError: a file is missing, damaged, hostile, of another architecture, or does not fit the others or the settings,
                naming the file and the tensor or key.
        """


def read_published(files: Sequence[Path], architecture: str, settings: Config) -> Imported:
    """Call the importer called `architecture`; VoiceError if there is none, else errors as its own."""
    importer = registry.importer(architecture)
    try:
        return importer(files, settings)
    except TtsError:
        raise
    except Exception as error:  # a file from outside may be wrong in a way of which its importer did not think
        names = ", ".join(map(str, files))
        raise VoiceError(f"{names}: cannot be imported as {architecture}: {type(error).__name__}: {error}") from error


def import_voice(
    files: Sequence[Path],
    architecture: str,
    settings: Config,
    folder: Path,
    language: str = "en-US",
    licence: str = UNKNOWN_LICENCE,
    description: str = "",
    force: bool = False,
) -> Voice:
    """Make a voice of published files: all of the folder, or nothing of it.

    Args:
        files: checkpoints, in any order.
        architecture: what they are; the importer and the plugin have this name.
        settings: what is known about them, as Importer takes it.
        folder: the voice; its name is the voice's name.
        language: BCP 47 tag.
        licence: of the weights, an SPDX expression.
        description: one line.
        force: whether a voice that is there already is replaced.

    Returns:
        The voice, which its plugin has loaded once.

    Raises:
        UsageError: the folder is there already.
        VoiceError: there is no such importer, the files or the settings are not what it takes, or the plugin cannot load what it
            made of them.
        OutputError: the folder cannot be written.
    """
    if folder.exists() and not force:
        raise UsageError(f"{folder}: there is a voice of this name", "choose another name, or replace it with --force")
    imported = read_published(files, architecture, settings)
    head = {"name": folder.name, "language": language, "licence": licence, "description": description}
    with told(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        # One level deeper than voices lie, so that nobody lists it while it is unfinished.
        with tempfile.TemporaryDirectory(prefix=".import-", dir=folder.parent) as workshop:
            unfinished = Path(workshop) / folder.name
            _write(unfinished, architecture, imported, head)
            _load(Voice.read(unfinished))
            _put_in_place(unfinished, folder, Path(workshop) / "replaced")
    return Voice.read(folder)


def _write(folder: Path, architecture: str, imported: Imported, head: Mapping[str, object]) -> None:
    folder.mkdir()
    weights = folder / f"{architecture}.safetensors"
    data = save(dict(imported.tensors))
    weights.write_bytes(data)
    part = {
        "name": architecture,
        "architecture": architecture,
        "weights": weights.name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "config": imported.config,
    }
    text = None if imported.text is None else asdict(imported.text)
    toml = voice_toml(head, asdict(imported.mel_spec), text, [(imported.kind, part)])
    (folder / FILE_NAME).write_text(toml, encoding="utf-8")


def _put_in_place(new: Path, folder: Path, replaced: Path) -> None:
    """Rename `new` to `folder`; what is there already becomes `replaced`, or stays where it is if that fails."""
    replaces = folder.exists()
    if replaces:
        folder.rename(replaced)
    try:
        new.rename(folder)
    except OSError:
        if replaces:
            replaced.rename(folder)
        raise


def _load(voice: Voice) -> None:
    """Fetch all that it speaks with, once."""
    if voice.text is not None:
        registry.alphabet(voice.text.alphabet)
    [part] = voice.parts
    plugin = registry.load(registry.GROUPS[part.kind], part.architecture)
    plugin.load(part.verified_weights(), part.config, voice.mel_spec, "cpu")
