"""`tts models`: the networks of every installed voice, and which of them fit each other. Loads neither numpy nor torch."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from ttscli.cli.tables import print_json, print_table

if TYPE_CHECKING:
    from ttscli.registry import Plugin
    from ttscli.voice import Part, Voice

app = typer.Typer(help="List the models and vocoders of every voice.", invoke_without_command=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@dataclass(frozen=True)
class _Row:
    """One part; `voice` is None for a vocoder plugin that any voice may use, `bytes` where there is no file of weights."""

    voice: str | None
    name: str
    kind: str
    architecture: str
    bytes: int | None
    default: bool


@app.callback()
def bare(context: typer.Context) -> None:
    """List them if no more is asked for."""
    if context.invoked_subcommand is None:
        list_()


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List every part of every installed voice, then the vocoders that any voice may use."""
    rows = list(_rows())
    if as_json:
        print_json({"models": [vars(row) for row in rows]})
        return
    cells = [
        [row.voice or "-", row.name, row.kind, row.architecture, _size(row.bytes), "default" if row.default else "-"]
        for row in rows
    ]
    print_table(["voice", "part", "kind", "architecture", "size", "default"], cells)


@app.command()
def pairs(as_json: Json = False) -> None:
    """List every model with every vocoder, and the numbers in which their mels differ where they do not fit."""
    parts = list(installed_parts())
    made = [
        {
            "model": f"{owner.folder.name}:{model.name}",
            "vocoder": f"{other.folder.name}:{vocoder.name}",
            "differences": owner.mel_spec.differences(other.mel_spec),
        }
        for owner, model in parts
        if model.kind == "acoustic"
        for other, vocoder in parts
        if vocoder.kind == "vocoder"
    ]
    if as_json:
        print_json({"pairs": made})
        return
    rows = [[str(pair["model"]), str(pair["vocoder"]), ", ".join(pair["differences"]) or "fits"] for pair in made]
    print_table(["model", "vocoder", ""], rows)


def installed_parts() -> "Iterator[tuple[Voice, Part]]":
    """Yield every part of every voice that can be read."""
    from ttscli import library
    from ttscli.voice import Voice

    for voice in library.installed():
        if isinstance(voice, Voice):
            yield from ((voice, part) for part in voice.parts)


def plugin_vocoders() -> "list[Plugin]":
    """The vocoder plugins for which no voice brings weights: such as need none.

    Whether a plugin needs weights is known only to its code, which costs seconds to import; that nobody ships weights
    for it is known from metadata, and says the same of all but a plugin whose voice is not installed.
    """
    from ttscli import registry

    weighty = {part.architecture for _, part in installed_parts() if part.kind == "vocoder" and part.weights is not None}
    return [plugin for plugin in registry.available(registry.VOCODERS) if plugin.name not in weighty]


def _rows() -> Iterator[_Row]:
    first: set[tuple[str, str]] = set()
    for voice, part in installed_parts():
        name = voice.folder.name
        # A text-to-wave model is the default of a voice without acoustic models only.
        role = "vocoder" if part.kind == "vocoder" else "model"
        is_default = (name, role) not in first
        first.add((name, role))
        yield _Row(name, part.name, part.kind.replace("_", "-"), part.architecture, _bytes(part), is_default)
    for plugin in plugin_vocoders():
        yield _Row(None, plugin.name, "vocoder", plugin.name, None, default=False)


def _bytes(part: "Part") -> int | None:
    """Size of the part's weights; None where it has none or they are missing, which `tts doctor` tells apart."""
    try:
        return None if part.weights is None else part.weights.stat().st_size
    except OSError:
        return None


def _size(n_bytes: int | None) -> str:
    return "-" if n_bytes is None else f"{n_bytes / 1e6:.1f} MB"
