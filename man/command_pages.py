"""tts(1), and a page for each command of the first level."""

from collections.abc import Iterator
from typing import Any

from man import commands, common
from man.examples import EXAMPLES
from man.troff import bold, escape, paragraphs, section, tagged

_DESCRIPTION = """\
tts speaks text with small neural voices that run on this machine: no network, no GPU needed. Text comes from
the arguments, from files (-f) or from standard input; sound goes to the loudspeaker, to a file (-o) or to
standard output.

Standard output carries data alone, standard error messages alone: one line that says what is wrong and why,
and one that says what to do. A file appears whole or not at all.

What an option is when it is not given: an environment variable, the project's .tts.toml and your own
config.toml may say, in this order; see tts-config(5). Other voices, models and vocoders come as plugins; see
tts-plugins(7).
"""
_MORE = (("tts-config", 5), ("tts-plugins", 7))


def main_page(root: Any) -> Iterator[str]:
    """tts(1)."""
    yield from common.head("tts", 1, "neural text to speech")
    yield from section(
        "SYNOPSIS", [rf"{bold('tts')} \fICOMMAND\fR [\fIOPTIONS\fR] [\fIARGS\fR]", ".br", r"\fBtts \-\-version\fR"]
    )
    yield from section("DESCRIPTION", paragraphs(_DESCRIPTION))
    yield from section("OPTIONS", commands.options(root))
    yield from section("COMMANDS", _listed(root))
    yield from _end("tts", root, [])
    pages = [(f"tts-{name}", 1) for name in commands.below(root)]
    yield from section("SEE ALSO", common.see_also([*pages, *_MORE, ("espeak-ng", 1), ("aplay", 1), ("ffmpeg", 1)]))


def command_page(name: str, command: Any) -> Iterator[str]:
    """tts-NAME(1); the commands of a group are its sections."""
    leaves = list(commands.leaves(f"tts {name}", command))
    yield from common.head(f"tts-{name}", 1, _summary(command))
    synopses = [commands.synopsis(path, leaf) for path, leaf in leaves]
    yield from section("SYNOPSIS", "\n.br\n".join(synopses).splitlines())
    yield from section("DESCRIPTION", commands.description(command))
    if commands.below(command):
        yield from section("COMMANDS", _subsections(leaves))
    else:
        yield from section("OPTIONS", commands.options(command))
    yield from _end(name, command, [line for _, leaf in leaves for line in commands.examples(leaf)])
    yield from section("SEE ALSO", common.see_also([("tts", 1), *_MORE]))


def _end(name: str, command: Any, lines: list[str]) -> Iterator[str]:
    yield from section("EXIT STATUS", common.exit_status())
    yield from section("ENVIRONMENT", common.environment(_variables(command)))
    yield from section("FILES", common.files(name))
    yield from section("EXAMPLES", common.examples(EXAMPLES.get(name, ()), lines))


def _listed(root: Any) -> Iterator[str]:
    for name, command in commands.below(root).items():
        inner = ", ".join(commands.below(command))
        yield from tagged(rf"{bold(f'tts-{name}')}(1)", f"{_summary(command)}{f' Commands: {inner}.' if inner else ''}")


def _subsections(leaves: list[tuple[str, Any]]) -> Iterator[str]:
    for path, leaf in leaves:
        yield f".SS {escape(path)}"
        yield from commands.description(leaf)
        yield from commands.options(leaf)


def _variables(command: Any) -> list[tuple[str, str]]:
    """(variable, option) of each option that a variable may stand for, in order, each once."""
    options = [param for _, leaf in commands.leaves("", command) for param in commands.params(leaf, "option") if param.envvar]
    return list(dict.fromkeys((str(param.envvar), param.opts[0]) for param in options))


def _summary(command: Any) -> str:
    """The first sentence of its help."""
    first = " ".join((command.help or "").split("\n\n")[0].split())
    return first.split(". ")[0].rstrip(".") + "."
