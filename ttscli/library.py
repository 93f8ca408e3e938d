"""Where voices are kept: list them, find one by name or path. Imports neither numpy nor torch."""

import difflib
import os
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import platformdirs

from ttscli import registry
from ttscli.errors import UsageError, VoiceError
from ttscli.voice import FILE_NAME, Voice

DEFAULT_VOICE = "heart"
SEARCH_PATH_VARIABLE = "TTSCLI_VOICES"


def find(name_or_path: str) -> Voice:
    """Return the voice at a path, else the first of that name on the search path.

    Raises:
        UsageError: there is none.
        VoiceError: it is there and cannot be read.
    """
    if os.sep in name_or_path or name_or_path in (".", ".."):
        return Voice.read(Path(name_or_path).expanduser())
    for folder in folders():
        if folder.name == name_or_path:
            return Voice.read(folder)
    names = sorted({folder.name for folder in folders()})
    near = difflib.get_close_matches(name_or_path, names, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(names) or 'none'}"
    raise UsageError(f"{name_or_path}: no voice has this name", f"{hint} (tts voices list)")


def installed() -> Iterator[Voice | VoiceError]:
    """Yield every voice on the search path; in place of one that cannot be read, the reason. Hidden ones are left out."""
    seen: set[str] = set()
    for folder in folders():
        if folder.name in seen:
            continue
        seen.add(folder.name)
        try:
            yield Voice.read(folder)
        except VoiceError as error:
            yield error


def folders() -> Iterator[Path]:
    """Yield the folder of every voice, in the order in which names are looked up."""
    for place in search_path():
        if place.is_dir():
            yield from sorted(child for child in place.iterdir() if (child / FILE_NAME).is_file())


def search_path() -> list[Path]:
    """The folders that hold voices: TTSCLI_VOICES, the user's own, installed packs, the bundled ones."""
    listed = os.environ.get(SEARCH_PATH_VARIABLE, "")
    return [
        *(Path(entry).expanduser() for entry in listed.split(os.pathsep) if entry),
        user_voices(),
        *_packs(),
        *_bundled(),
    ]


def user_voices() -> Path:
    """The folder for voices that the user adds."""
    return platformdirs.user_data_path("ttscli", appauthor=False) / "voices"


def _packs() -> Iterator[Path]:
    for plugin in registry.available(registry.VOICES):
        try:
            yield Path(str(files(plugin.value)))
        except (ModuleNotFoundError, TypeError) as error:
            sys.stderr.write(f"tts: voice pack {plugin.distribution} is passed over: {error}\n")


def _bundled() -> Iterator[Path]:
    package = Path(__file__).parent
    yield package / "_voices"
    yield package.parent / "voices"
