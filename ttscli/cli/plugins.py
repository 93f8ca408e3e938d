"""`tts plugins`: which plugins there are, and whether they keep their promises. Listing them imports none."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from ttscli.cli.completion import complete_plugin
from ttscli.cli.findings import Finding, report
from ttscli.cli.tables import print_json, print_table

if TYPE_CHECKING:
    from ttscli.registry import Plugin

app = typer.Typer(help="List the plugins, or check that they keep their promises.", invoke_without_command=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.callback()
def bare(context: typer.Context) -> None:
    """List them if no more is asked for."""
    if context.invoked_subcommand is None:
        list_()


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List the installed plugins of every kind, without importing any."""
    from ttscli import registry

    plugins = _installed()
    if as_json:
        print_json({"plugins": [{**vars(plugin), "kind": registry.KINDS[plugin.group]} for plugin in plugins]})
        return
    rows = [
        [plugin.name, registry.KINDS[plugin.group], f"{plugin.distribution} {plugin.version}", plugin.value] for plugin in plugins
    ]
    print_table(["plugin", "kind", "distribution", "code"], rows)


@app.command()
def check(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Only the plugins of this name.", autocompletion=complete_plugin)
    ] = None,
    as_json: Json = False,
) -> None:
    """Import each plugin, and hold it to the contract with the weights of the installed voices.

    A model that no voice uses is imported only. One broken plugin does not keep the others from being checked.
    """
    from ttscli.cli.plugin_checks import findings
    from ttscli.errors import UsageError, VoiceError

    plugins = [plugin for plugin in _installed() if name in (None, plugin.name)]
    if not plugins:
        raise UsageError(f"{name}: no plugin has this name", "tts plugins list names them")
    broken = report(_all(findings(plugin) for plugin in plugins), as_json)
    if broken:
        raise VoiceError(f"plugins: {len(broken)} of the checks failed")


def _installed() -> "list[Plugin]":
    from ttscli import registry

    return [plugin for group in registry.KINDS for plugin in registry.available(group)]


def _all(lists: Iterator[Iterator[Finding]]) -> Iterator[Finding]:
    for findings in lists:
        yield from findings
