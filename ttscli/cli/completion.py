"""What the shell offers after -v, --model, --format …. Reads metadata alone: a Tab must not wait for numpy or torch."""

from collections.abc import Iterator

import typer

Offer = tuple[str, str]
"""A value and the line that the shell shows beside it."""


def complete_voice(incomplete: str) -> list[Offer]:
    """Offer the names of the installed voices."""
    from ttscli import library
    from ttscli.voice import Voice

    voices = (voice for voice in library.installed() if isinstance(voice, Voice))
    return _matching(((voice.folder.name, f"{voice.language}, {voice.description}") for voice in voices), incomplete)


def complete_model(ctx: typer.Context, incomplete: str) -> list[Offer]:
    """Offer the models of the voice that the line names already, then VOICE:PART of the others."""
    return _matching(_parts(_voice_of(ctx), ("acoustic", "text_to_wave")), incomplete)


def complete_vocoder(ctx: typer.Context, incomplete: str) -> list[Offer]:
    """Offer the vocoders of the voice that the line names already, those without weights, then VOICE:PART of the others."""
    return _matching(_vocoders(_voice_of(ctx)), incomplete)


def complete_part(incomplete: str) -> list[Offer]:
    """Offer VOICE:PART of every voice."""
    return _matching(_parts("", ("acoustic", "text_to_wave", "vocoder")), incomplete)


def complete_format(incomplete: str) -> list[Offer]:
    """Offer the audio formats."""
    from ttscli.audio import formats

    endings = {name: " ".join(end for end, of in formats.EXTENSIONS.items() if of == name) for name in formats.FORMATS}
    return _matching(iter(endings.items()), incomplete)


def complete_plugin(incomplete: str) -> list[Offer]:
    """Offer the names of the plugins of every kind."""
    from ttscli import registry

    plugins = (plugin for group in registry.KINDS for plugin in registry.available(group))
    return _matching(((plugin.name, registry.KINDS[plugin.group]) for plugin in plugins), incomplete)


def complete_importer(incomplete: str) -> list[Offer]:
    """Offer the architectures whose published checkpoints can be imported."""
    from ttscli import registry

    return _named(registry.IMPORTERS, incomplete)


def complete_trainer(incomplete: str) -> list[Offer]:
    """Offer what `tts train` can train."""
    from ttscli import registry

    return _named(registry.TRAINERS, incomplete)


def complete_alphabet(incomplete: str) -> list[Offer]:
    """Offer the names of the alphabets."""
    from ttscli import registry

    return _named(registry.ALPHABETS, incomplete)


def complete_word(incomplete: str) -> list[Offer]:
    """Offer the words of the lexicons."""
    from ttscli.cli import lexicons
    from ttscli.text.lexicon import read

    words = (item for path in lexicons.existing() for item in read(path).items())
    return _matching(((word, str(sound)) for word, sound in words), incomplete)


def _voice_of(ctx: typer.Context) -> str:
    from ttscli import library

    return str(ctx.params.get("voice") or library.DEFAULT_VOICE)


def _named(group: str, incomplete: str) -> list[Offer]:
    from ttscli import registry

    return _matching(((plugin.name, plugin.distribution) for plugin in registry.available(group)), incomplete)


def _vocoders(chosen: str) -> Iterator[Offer]:
    from ttscli.cli.models import plugin_vocoders

    yield from _parts(chosen, ("vocoder",))
    for plugin in plugin_vocoders():
        yield plugin.name, f"plugin of {plugin.distribution}"


def _parts(chosen: str, kinds: tuple[str, ...]) -> Iterator[Offer]:
    from ttscli.cli.models import installed_parts

    for voice, part in installed_parts():
        if part.kind in kinds:
            name = part.name if voice.folder.name == chosen else f"{voice.folder.name}:{part.name}"
            yield name, f"{part.architecture} of {voice.folder.name}"


def _matching(offers: Iterator[Offer], incomplete: str) -> list[Offer]:
    """The offers that begin with what is typed, each once."""
    unique: dict[str, str] = {}
    for value, help_line in offers:
        if value.startswith(incomplete):
            unique.setdefault(value, help_line)
    return list(unique.items())
