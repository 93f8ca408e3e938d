"""Where voices are kept: list them, find one by name or path. Imports neither numpy nor torch."""

import difflib
import importlib
import os
from collections.abc import Iterator
from pathlib import Path

import platformdirs

from ttscli import registry
from ttscli.errors import VoiceError
from ttscli.registry import Plugin
from ttscli.telling import tell
from ttscli.voice import FILE_NAME, Voice

DEFAULT_VOICE = "heart"
SEARCH_PATH_VARIABLE = "TTSCLI_VOICES"


def find(name_or_path: str) -> Voice:
    """Return the voice at a path, else the first of that name on the search path.

    Raises:
        VoiceError: there is none, or it cannot be read.
    """
    if os.sep in name_or_path or name_or_path in (".", ".."):
        return Voice.read(_expanded(name_or_path))
    known = list(folders())
    for folder in known:
        if folder.name == name_or_path:
            return Voice.read(folder)
    names = sorted({folder.name for folder in known})
    near = difflib.get_close_matches(name_or_path, names, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(names) or 'none'}"
    raise VoiceError(f"{name_or_path}: no voice has this name", f"{hint} (tts voices list)")


def installed() -> Iterator[Voice | VoiceError]:
    """Yield every voice on the search path; in place of one that cannot be read, the reason.

    Of those that have one name, the first alone is yielded.
    """
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
        try:
            children = sorted(place.iterdir())
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            tell(f"{place} is passed over: {error.strerror or error}")
            continue
        yield from (child for child in children if _is_voice(child))


def _is_voice(folder: Path) -> bool:
    try:
        return (folder / FILE_NAME).is_file()
    except OSError:
        return True  # for all that one can see; who reads it is told why it cannot be had


def search_path() -> list[Path]:
    """The folders that hold voices: TTSCLI_VOICES, the user's own, installed packs, the bundled ones."""
    listed = os.environ.get(SEARCH_PATH_VARIABLE, "")
    return [
        *(_expanded(entry) for entry in listed.split(os.pathsep) if entry),
        user_voices(),
        *_packs(),
        *_bundled(),
    ]


def _expanded(path: str) -> Path:
    return Path(os.path.expanduser(path))  # noqa: PTH111 - Path.expanduser raises where nobody has the name after ~


def user_voices() -> Path:
    """The folder for voices that the user adds."""
    return platformdirs.user_data_path("ttscli", appauthor=False) / "voices"


def pack_folders(pack: Plugin) -> list[Path]:
    """The folders of a voice pack, which is a package; whatever it raises while it is imported is raised."""
    return [Path(folder) for folder in importlib.import_module(pack.value).__path__]


def _packs() -> Iterator[Path]:
    for plugin in registry.available(registry.VOICES):
        try:
            yield from pack_folders(plugin)
        except Exception as error:  # a pack may raise anything while it is imported
            tell(f"voice pack {plugin.distribution} is passed over: {str(error) or type(error).__name__}")


def _bundled() -> Iterator[Path]:
    package = Path(__file__).parent
    yield package / "_voices"
    yield package.parent / "voices"
