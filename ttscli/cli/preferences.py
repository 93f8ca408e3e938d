"""What the user prefers, written down once: two TOML files whose keys are the long names of options.

voice = "heart"        for every command that speaks
sentence-pause = 0.4

[batch]                for one command
format = "flac"

The project's file goes before the user's own; the environment goes before both, and the command line before all.
"""

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from ttscli.errors import UsageError

PROJECT_FILE = ".tts.toml"

Options = Mapping[str, Mapping[str, str]]
"""Command → long name of an option (without its dashes) → name of its parameter."""


@dataclass(frozen=True)
class Preference:
    """One line of a file; the value as it would be typed, so that an option takes and refuses the same."""

    command: str
    parameter: str
    value: str
    file: Path


def files() -> list[Path]:
    """Where preferences may stand: the user's file, then the project's, in this folder or the nearest one above."""
    return [user_file("config.toml"), project_file(PROJECT_FILE)]


def user_file(name: str) -> Path:
    """Return the path of a file among the user's own."""
    return platformdirs.user_config_path("ttscli", appauthor=False) / name


def project_file(name: str) -> Path:
    """Return the path of a project's file: in this folder or the nearest one above that has it, else in this folder."""
    try:
        folder = Path.cwd()
    except FileNotFoundError:  # somebody has removed it, and nothing can be in it
        return Path(name)
    near = (place / name for place in (folder, *folder.parents))
    return next(filter(is_seen, near), folder / name)


def is_seen(file: Path) -> bool:
    """Whether a file is there; one in a folder into which one may not look counts as none."""
    return os.path.isfile(file)  # noqa: PTH113 - Path.is_file raises there


def preferences(options: Options) -> list[Preference]:
    """Read the files that are there, later ones win.

    Raises:
        UsageError: one is no TOML, or a key is no option, naming the file.
    """
    found: dict[tuple[str, str], Preference] = {}
    for file in files():
        for preference in _read(file, options):
            found[preference.command, preference.parameter] = preference
    return list(found.values())


def default_map(found: list[Preference]) -> dict[str, dict[str, str]]:
    """As a Click context takes it: command → parameter → value."""
    table: dict[str, dict[str, str]] = {}
    for preference in found:
        table.setdefault(preference.command, {})[preference.parameter] = preference.value
    return table


def preferred(context: Any, parameter: str) -> bool:
    """Whether a value is of a file or the environment: it then gives way to what was typed, and waits where it is of no use."""
    source = context.get_parameter_source(parameter)
    return source is not None and source.name in ("DEFAULT_MAP", "ENVIRONMENT")


def _read(file: Path, options: Options) -> Iterator[Preference]:
    table = _table(file)
    common = {name: value for name, value in table.items() if name not in options}
    for name in common:
        _require_known(file, name, {option for names in options.values() for option in names} | options.keys())
    for command, names in options.items():
        own = table.get(command, {})
        if not isinstance(own, dict):
            raise UsageError(f"{file}: {command}: must be a table", f"write [{command}], and its options below")
        for name in own:
            _require_known(file, name, names.keys(), f"{command}.")
        for name, value in {**common, **own}.items():
            if _option(name) in names:
                yield Preference(command, names[_option(name)], _plain(file, name, value), file)


def _table(file: Path) -> dict[str, Any]:
    if not is_seen(file):
        return {}
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: not a TOML file: {error}") from error


def _option(name: str) -> str:
    return name.replace("_", "-")


def _require_known(file: Path, name: str, known: Any, where: str = "") -> None:
    if _option(name) not in known:
        near = difflib.get_close_matches(_option(name), known, n=1)
        hint = f"did you mean {near[0]}?" if near else "its keys are long names of options of tts say and tts batch"
        raise UsageError(f"{file}: {where}{name}: no such option", hint)


def _plain(file: Path, name: str, value: Any) -> str:
    if not isinstance(value, str | int | float | bool):
        raise UsageError(f"{file}: {name}: must be a text, a number, true or false")
    return str(value)
