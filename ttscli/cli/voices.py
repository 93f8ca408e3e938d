"""`tts voices`: which voices there are, what one of them is, and where they are kept. Listing loads neither numpy nor torch."""

from typing import TYPE_CHECKING, Annotated

import typer

from ttscli.cli.completion import complete_voice
from ttscli.cli.tables import print_json, print_row, print_table
from ttscli.cli.voices_import import import_
from ttscli.telling import tell

if TYPE_CHECKING:
    from ttscli.voice import Part, Voice

app = typer.Typer(help="List the voices, show one, say where they are kept, import published ones.", invoke_without_command=True)
app.command("import")(import_)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="A voice, or the path of one.", autocompletion=complete_voice)]


@app.callback()
def bare(context: typer.Context) -> None:
    """List them if no more is asked for."""
    if context.invoked_subcommand is None:
        list_()


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List the voices that can be spoken with."""
    from ttscli import library
    from ttscli.voice import Voice

    found = list(library.installed())
    voices = [voice for voice in found if isinstance(voice, Voice)]
    if as_json:
        print_json({"voices": [_summary(voice) for voice in voices]})
    else:
        print_table(["voice", "language", "models", "vocoders", "licence", "description"], [_row(voice) for voice in voices])
    for error in found:
        if not isinstance(error, Voice):
            tell(str(error), error.hint)


@app.command()
def show(name: Name, as_json: Json = False) -> None:
    """Show all that is known of a voice."""
    from dataclasses import asdict

    from ttscli import library

    voice = library.find(name)
    if as_json:
        print_json({"voice": {**_summary(voice), "mel": asdict(voice.mel_spec), "parts": _parts(voice)}})
        return
    rows = [
        ["name", voice.name],
        ["language", voice.language],
        ["licence", voice.licence],
        ["description", voice.description],
        ["folder", str(voice.folder)],
        ["alphabet", f"{voice.text.alphabet}, {len(voice.text.symbols)} symbols" if voice.text else "-"],
        ["mel", ", ".join(f"{key} {value:g}" for key, value in asdict(voice.mel_spec).items())],
    ]
    rows += [[str(part["kind"]), f"{part['name']} ({part['architecture']}, {part['weights']})"] for part in _parts(voice)]
    print_table(["", ""], rows)


@app.command()
def path(name: Annotated[str | None, typer.Argument(metavar="NAME", autocompletion=complete_voice)] = None) -> None:
    """Print the folder of a voice; without NAME, the folders that are searched, the first first."""
    from ttscli import library

    folders = library.search_path() if name is None else [library.find(name).folder.resolve()]
    for folder in folders:
        print_row([str(folder)])


def _row(voice: "Voice") -> list[str]:
    models, vocoders = _names(voice.acoustic + voice.text_to_wave), _names(voice.vocoder)
    return [voice.folder.name, voice.language, models, vocoders, voice.licence, voice.description]


def _summary(voice: "Voice") -> dict[str, object]:
    return {
        "name": voice.folder.name,
        "language": voice.language,
        "licence": voice.licence,
        "description": voice.description,
        "folder": str(voice.folder),
        "models": [part.name for part in voice.acoustic + voice.text_to_wave],
        "vocoders": [part.name for part in voice.vocoder],
    }


def _parts(voice: "Voice") -> list[dict[str, object]]:
    return [
        {
            "kind": part.kind.replace("_", "-"),
            "name": part.name,
            "architecture": part.architecture,
            "weights": "no weights" if part.weights is None else part.weights.name,
            "sha256": part.sha256,
        }
        for part in voice.parts
    ]


def _names(parts: "tuple[Part, ...]") -> str:
    return ", ".join(part.name for part in parts) or "-"
