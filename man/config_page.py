"""tts-config(5): the preferences, from the same tables that the program reads them by."""

from collections.abc import Iterator
from typing import Any

from man import commands, common
from man.troff import bold, italic, paragraphs, section, tagged, verbatim
from ttscli.cli import config

_DESCRIPTION = """\
Whoever always gives the same options writes them down once, in a TOML file. A key is the long name of an
option of tts say or tts batch, without its dashes; hyphens may be underscores. A value is a text, a number,
true or false, as the option takes it.

What stands at the top is for every command that has the option; what stands below [say] or [batch] is for
that command, and goes before what stands at the top. A key that is no option is an error that names the file
and the key nearest to it; so is a value that the option refuses. Commands that do not speak do not read these
files.

A preferred format, or raw, gives way to the name of a file. What goes with another option, as gap with --join and
recogniser with --verify, waits until that is given, and a preferred vocoder while the model takes none.
"""
_PRECEDENCE = """\
Of several that say something, the first in this list holds:

\b
1. the command line
2. the environment variable, where the option has one
3. the project's file, .tts.toml, in the current folder or the nearest one above that has it
4. your own file, config.toml
5. the option's default

tts config list prints each option with its value and its source; tts config path prints the names of both
files.
"""
EXAMPLE = """\
voice = "heart"
speed = 1.1
sentence-pause = 0.4

[batch]
format = "flac"
jobs = 2
"""
USER_FILES = {
    "$XDG_CONFIG_HOME/ttscli/config.toml, else ~/.config/ttscli/config.toml": "Your own file, on Linux.",
    "~/Library/Application Support/ttscli/config.toml": "Your own file, on macOS.",
    r"%LOCALAPPDATA%\ttscli\config.toml": "Your own file, on Windows.",
    ".tts.toml": "The project's file.",
}


def config_page(root: Any) -> Iterator[str]:
    """tts-config(5)."""
    yield from common.head("tts-config", 5, "preferences of the programs of tts(1)")
    yield from section("SYNOPSIS", [italic("~/.config/ttscli/config.toml"), ".br", italic(".tts.toml")])
    yield from section("DESCRIPTION", paragraphs(_DESCRIPTION))
    yield from section("PRECEDENCE", paragraphs(_PRECEDENCE))
    yield from section("KEYS", _keys(root))
    yield from section("EXIT STATUS", common.exit_status())
    yield from section("ENVIRONMENT", common.environment(_variables(root)))
    yield from section("FILES", (line for path, text in USER_FILES.items() for line in tagged(italic(path), text)))
    yield from section("EXAMPLES", _example())
    yield from section("SEE ALSO", common.see_also([("tts-config", 1), ("tts-say", 1), ("tts-batch", 1), ("tts", 1)]))


def _example() -> Iterator[str]:
    yield from paragraphs("A project that is read slowly, and whose batches are FLAC files, made by two processes:")
    yield from (".PP", *verbatim(EXAMPLE.splitlines()))


def _keys(root: Any) -> Iterator[str]:
    for key, (param, users) in _table(root).items():
        value = "true|false" if param.is_flag else commands.placeholder(param)
        only = "" if len(users) == len(config.COMMANDS) else f" Only of tts {users[0]}."
        variable = f" Environment: {param.envvar}." if param.envvar else ""
        yield from tagged(rf"{bold(key)} = {italic(value)}", f"{commands.option_help(param)}{only}{variable}")


def _variables(root: Any) -> list[tuple[str, str]]:
    return [(str(param.envvar), f"--{key}") for key, (param, _) in _table(root).items() if param.envvar]


def _table(root: Any) -> dict[str, tuple[Any, list[str]]]:
    """Key → its option, and the commands that have it."""
    context = root.make_context("tts", [], resilient_parsing=True)
    table: dict[str, tuple[Any, list[str]]] = {}
    for command, keys in config.options_of(context).items():
        named = {param.name: param for param in root.commands[command].params}
        for key, name in keys.items():
            table.setdefault(key, (named[name], []))[1].append(command)
    return dict(sorted(table.items()))
