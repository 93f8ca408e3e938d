"""Commands of the program → their synopsis and options. Reads Typer's own description of them, so the two cannot disagree."""

from collections.abc import Iterator
from typing import Any

import typer

from man.troff import bold, escape, is_verbatim, italic, lines_of, paragraphs, tagged
from ttscli.cli import app

_NO_LIMIT = 1e12
"""A default beyond this is how an option says that it limits nothing."""


def program() -> Any:
    """The root of the tree of commands."""
    return typer.main.get_command(app)


def below(group: Any) -> dict[str, Any]:
    """The commands of a group by name, in the order of the program's own help; none of a plain command."""
    commands = getattr(group, "commands", {})
    return {name: command for name, command in commands.items() if not command.hidden}


def leaves(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    """Each command that does something, with its path, such as "tts voices list"."""
    inner = below(command)
    if not inner:
        yield path, command
    for name, child in inner.items():
        yield from leaves(f"{path} {name}", child)


def synopsis(path: str, command: Any) -> str:
    """Such as `tts voices show [OPTIONS] NAME`."""
    arguments = "".join(f" {italic(placeholder(param))}" for param in params(command, "argument"))
    return rf"{bold(path)} [\fIOPTIONS\fR]{arguments}"


def description(command: Any) -> Iterator[str]:
    """What it does, without the examples."""
    yield from paragraphs("\n\n".join(part for part in _help_of(command) if not is_verbatim(part)))


def examples(command: Any) -> list[str]:
    """The lines that its help gives as examples."""
    return [line.strip() for part in _help_of(command) if is_verbatim(part) for line in lines_of(part)]


def options(command: Any) -> Iterator[str]:
    """Its arguments and options, each with its help."""
    for param in (*params(command, "argument"), *params(command, "option")):
        if text := option_help(param):
            yield from tagged(_spelling(param), text)


def params(command: Any, kind: str) -> list[Any]:
    """Its parameters of a kind, "argument" or "option", but for hidden ones."""
    return [param for param in command.params if param.param_type_name == kind and not getattr(param, "hidden", False)]


def placeholder(param: Any) -> str:
    """What is given in its place; not Typer's own word, whose form changes from version to version."""
    choices = getattr(param.type, "choices", None)
    name = param.metavar or ("|".join(map(str, choices)) if choices else param.name.upper())
    if param.nargs == -1 and "..." not in name:
        name += "..."
    optional = param.param_type_name == "argument" and not param.required and not name.startswith("[")
    return f"[{name}]" if optional else name


def option_help(param: Any) -> str:
    """What it does, and what holds without it."""
    text = param.help or ""
    default = param.default
    if not getattr(param, "show_default", False) or isinstance(default, bool) or not isinstance(default, str | int | float):
        return text
    if isinstance(default, str):
        return f"{text} Default: {default}." if default else text
    return f"{text} Default: {'no limit' if default > _NO_LIMIT else f'{default:g}'}."


def _help_of(command: Any) -> list[str]:
    return [part for part in (command.help or "").split("\f")[0].split("\n\n") if part.strip()]


def _spelling(param: Any) -> str:
    """Such as `-o, --output PATH`, the names in bold."""
    value = escape(placeholder(param))
    if param.param_type_name == "argument":
        return rf"\fI{value}\fR"
    names = ", ".join(bold(name) for name in (*param.opts, *param.secondary_opts))
    return names if param.is_flag else rf"{names} \fI{value}\fR"
