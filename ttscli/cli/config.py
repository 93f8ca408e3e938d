"""`tts config`: what the options of the commands that speak are when they are not given, and who says so."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Annotated, Any

import typer

from ttscli.cli import preferences
from ttscli.cli.tables import print_json, print_row, print_table

app = typer.Typer(help="Show the preferences, and where each comes from.", invoke_without_command=True)

COMMANDS = ("say", "batch")
_PERSONAL = {
    "text",
    "file",
    "outputs",
    "inputs",
    "timings_files",
    "join",
    "dry_run",
    "force",
    "lexicon",
    "explain",
    "as_json",
    "help",
}
"""What is given anew each time, and no preference."""


@dataclass(frozen=True)
class _Row:
    command: str
    option: str
    value: Any
    source: str


@app.callback()
def bare(context: typer.Context) -> None:
    """List them if no more is asked for."""
    if context.invoked_subcommand is None:
        list_(context)


@app.command("list")
def list_(context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List every option with its value and source: default, an environment variable, or a file."""
    root = context.find_root()
    found = preferences.preferences(options_of(root))
    root.default_map = preferences.default_map(found)
    rows = [row for command in COMMANDS for row in _rows(root, command, found)]
    if as_json:
        print_json({"config": [asdict(row) for row in rows]})
        return
    print_table(["command", "option", "value", "source"], [[r.command, r.option, _shown(r.value), r.source] for r in rows])


@app.command()
def path() -> None:
    """Print the files that preferences may stand in, the strongest last."""
    for file in preferences.files():
        print_row([str(file)])


def options_of(root: Any) -> dict[str, dict[str, str]]:
    """Name the options that may be preferred: command → option → parameter; `root` is the context of the program."""
    return {command: {option: parameter.name for option, parameter in _options(root, command)} for command in COMMANDS}


def _options(root: Any, command: str) -> Iterator[tuple[str, Any]]:
    for parameter in root.command.commands[command].params:
        names = [name for name in parameter.opts if name.startswith("--")]
        if names and parameter.name not in _PERSONAL:
            yield names[0].removeprefix("--"), parameter


def _rows(root: Any, command: str, found: list[preferences.Preference]) -> Iterator[_Row]:
    files = {preference.parameter: preference.file for preference in found if preference.command == command}
    inner = root.command.commands[command].make_context(command, [], parent=root, resilient_parsing=True)
    for option, parameter in _options(root, command):
        source = {"ENVIRONMENT": parameter.envvar, "DEFAULT_MAP": files.get(parameter.name)}
        origin = inner.get_parameter_source(parameter.name)
        yield _Row(command, option, inner.params[parameter.name], str(source.get(origin.name) or "default"))


def _shown(value: Any) -> str:
    return "-" if value is None else str(value)
