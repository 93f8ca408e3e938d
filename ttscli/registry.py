"""Name → plugin, by entry points; the only file that touches them. Nothing of a plugin is imported until it is asked for."""

import functools
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from importlib_metadata import EntryPoint, EntryPoints, entry_points

from ttscli.errors import VoiceError

if TYPE_CHECKING:
    from ttscli.contract import AcousticModel, Alphabet, TextToWave, Vocoder
    from ttscli.importing import Importer

ACOUSTIC_MODELS = "ttscli.acoustic_models"
VOCODERS = "ttscli.vocoders"
TEXT_TO_WAVE = "ttscli.text_to_wave"
ALPHABETS = "ttscli.alphabets"
IMPORTERS = "ttscli.importers"
TRAINERS = "ttscli.trainers"
VOICES = "ttscli.voices"

GROUPS = {"acoustic": ACOUSTIC_MODELS, "text_to_wave": TEXT_TO_WAVE, "vocoder": VOCODERS}
"""What a part is in a voice → the plugins that run it."""
KINDS = {
    ACOUSTIC_MODELS: "acoustic model",
    VOCODERS: "vocoder",
    TEXT_TO_WAVE: "text-to-wave model",
    ALPHABETS: "alphabet",
    IMPORTERS: "importer",
    TRAINERS: "trainer",
    VOICES: "voice pack",
}


@dataclass(frozen=True)
class Plugin:
    """One entry point: what it is called, where it lives, which distribution brought it."""

    group: str
    name: str
    value: str
    distribution: str
    version: str


def available(group: str) -> list[Plugin]:
    """List the plugins of `group` by name, without importing any."""
    return sorted((_describe(point) for point in _points().select(group=group)), key=lambda p: (p.name, p.distribution))


def acoustic_model(name: str) -> "type[AcousticModel]":
    """Return the acoustic model class called `name`; VoiceError if there is none, or if it cannot be had."""
    return cast("type[AcousticModel]", load(ACOUSTIC_MODELS, name))


def vocoder(name: str) -> "type[Vocoder]":
    """Return the vocoder class called `name`; errors as acoustic_model."""
    return cast("type[Vocoder]", load(VOCODERS, name))


def text_to_wave(name: str) -> "type[TextToWave]":
    """Return the text-to-wave class called `name`; errors as acoustic_model."""
    return cast("type[TextToWave]", load(TEXT_TO_WAVE, name))


def alphabet(name: str) -> "Alphabet":
    """Return the alphabet called `name`; errors as acoustic_model."""
    return cast("Alphabet", load(ALPHABETS, name))


def importer(name: str) -> "Importer":
    """Return the importer of the architecture called `name`; errors as acoustic_model."""
    return cast("Importer", load(IMPORTERS, name))


def load(group: str, name: str) -> Any:
    """Import what the entry point `name` of `group` stands for.

    Raises:
        VoiceError: no plugin has that name, two distributions claim it, or importing the plugin failed.
    """
    point = _only(group, name)
    try:
        return point.load()
    except Exception as error:  # and no SystemExit: that is what signals raise
        # A plugin may raise anything while it is imported; the user must learn whose it is and how to be rid of it.
        plugin = _describe(point)
        raise VoiceError(
            f"plugin {name}: the {KINDS[group]} of {plugin.distribution} {plugin.version} cannot be imported: {error}",
            f"repair it, or remove it with: pip uninstall {plugin.distribution}",
        ) from error


def _only(group: str, name: str) -> EntryPoint:
    points: list[EntryPoint] = list(_points().select(group=group, name=name))
    if not points:
        known = ", ".join(plugin.name for plugin in available(group)) or "none"
        raise VoiceError(f"{name}: no {KINDS[group]} has this name", f"there are: {known}")
    if len(set(_distributions(points))) > 1:
        raise VoiceError(
            f"plugin {name}: {' and '.join(_distributions(points))} both bring a {KINDS[group]} of this name",
            "uninstall one of them",
        )
    return points[0]


def _points() -> EntryPoints:
    return _points_on(tuple(sys.path))


@functools.cache
def _points_on(path: tuple[str, ...]) -> EntryPoints:
    """Every entry point that is installed on `path`; kept, because each look opens the metadata of every distribution."""
    return entry_points()


def _distributions(points: list[EntryPoint]) -> Iterator[str]:
    return (_describe(point).distribution for point in points)


def _describe(point: EntryPoint) -> Plugin:
    name, version = (point.dist.name, point.dist.version) if point.dist else ("an unknown distribution", "")
    return Plugin(point.group, point.name, point.value, name, version)
