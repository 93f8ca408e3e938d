"""`tts voices import`: checkpoints that others have published → a voice of the user's own."""

import stat
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ttscli.cli.completion import complete_importer
from ttscli.cli.trials import trial

if TYPE_CHECKING:
    from ttscli.voice import Voice


def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Checkpoints that belong together, in any order.")],
    name: Annotated[str, typer.Option(metavar="VOICE", help="What the voice will be called.")],
    architecture: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="What the files are; else every importer is tried.", autocompletion=complete_importer),
    ] = None,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What is known about them: their authors' JSON, TOML or YAML.")
    ] = None,
    language: Annotated[str, typer.Option(help="BCP 47 tag.")] = "en-US",
    licence: Annotated[str, typer.Option(help="Of the weights, an SPDX expression.")] = "LicenseRef-unknown",
    description: Annotated[str, typer.Option(help="One line.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace a voice of this name.")] = False,
) -> None:
    """Make a voice of published checkpoints, which are read as data: nothing in them is executed."""
    from ttscli import library
    from ttscli.importing import import_voice

    folder = library.user_voices() / _free(name, force)
    _require_files(files)
    settings = _settings(config)
    architecture = architecture or _recognised(files, settings)
    voice = import_voice(files, architecture, settings, folder, language, licence, description, force)
    typer.echo(f"{voice.folder}: {architecture}; {_next_step(voice)}", err=True)


def _free(name: str, force: bool) -> str:
    """A name is that of a folder, and what stands before the colon of VOICE:PART; of two voices of a name only one is found."""
    from ttscli import library
    from ttscli.errors import UsageError

    if not name or name.startswith(".") or any(sign in "/\\:" or not sign.isprintable() for sign in name):
        raise UsageError(f"{name!r}: no name for a voice", "one word without / \\ and :")
    taken = next((folder for folder in library.folders() if folder.name == name), None)
    if taken is not None and not force:
        raise UsageError(f"{name}: there is a voice of this name: {taken}", "choose another name, or insist with --force")
    return name


def _require_files(files: list[Path]) -> None:
    from ttscli.errors import InputError

    for file in files:
        try:
            what = None if stat.S_ISREG(file.stat().st_mode) else "not a file"
        except OSError as error:
            what = f"cannot be read: {error.strerror}"
        if what:
            raise InputError(f"{file}: {what}", "give files as they were published")


def _settings(path: Path | None) -> dict[str, Any]:
    from ttscli.errors import InputError
    from ttscli.settings import read_settings

    if path is None:
        return {}
    try:
        return read_settings(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error


def _recognised(files: list[Path], settings: dict[str, Any]) -> str:
    """The only architecture whose importer takes the files."""
    from ttscli import registry
    from ttscli.errors import TtsError, UsageError, VoiceError
    from ttscli.importing import read_published

    takers: list[str] = []
    faults: dict[str, list[TtsError]] = {}
    for plugin in registry.available(registry.IMPORTERS):
        try:
            read_published(files, plugin.name, settings)
            takers.append(plugin.name)
        except TtsError as error:
            faults.setdefault(str(error), []).append(error)
    if len(takers) == 1:
        return takers[0]
    if takers:
        raise UsageError(f"{files[0]}: {' and '.join(takers)} take it", "say which with --architecture")
    alike = max(faults.values(), key=len, default=[])
    if len(alike) > sum(map(len, faults.values())) / 2:  # what most say is no matter of architecture: the file cannot be read
        raise alike[0]
    known = ", ".join(plugin.name for plugin in registry.available(registry.IMPORTERS))
    raise VoiceError(f"{files[0]}: no importer takes it", f"name one with --architecture to hear why: {known}")


def _next_step(voice: "Voice") -> str:
    name, parts = voice.folder.name, [part.name for part in voice.acoustic + voice.vocoder]
    more = f"; tts models pairs names what fits {name}:{parts[0]}" if parts else ""
    return f"try it: {trial(voice, name)}{more}"
