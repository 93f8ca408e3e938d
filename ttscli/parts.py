"""Which of a voice's networks speak: names on the command line → parts. Loads none of them."""

from ttscli import library, registry
from ttscli.errors import VoiceError
from ttscli.voice import Part, Voice


def choose_model(voice: Voice, name: str | None) -> tuple[Voice, Part]:
    """Return the acoustic or text-to-wave part called `name`, with the voice that owns it.

    Args:
        voice: the voice that speaks.
        name: PART, VOICE:PART of another voice, or None for the voice's first.

    Raises:
        VoiceError: no part or voice has that name, the voice has no model at all, or the other voice cannot be read.
    """
    owner, name = _owner(voice, name)
    models = owner.acoustic + owner.text_to_wave
    for part in models:
        if name in (None, part.name):
            return owner, part
    if name is None:
        raise VoiceError(f"voice {owner.name} has no model", "name one of another voice: --model VOICE:PART")
    known = ", ".join(part.name for part in models) or "none"
    raise VoiceError(f"{name}: voice {owner.name} has no model of this name", f"it has: {known}")


def choose_vocoder(voice: Voice, name: str | None) -> tuple[Voice | None, Part]:
    """Return the vocoder called `name`, with the voice that owns it; args and errors as choose_model.

    `name` may also be that of a plugin that needs no weights: then nobody owns the part, and it takes the mels that it is given.
    """
    owner, name = _owner(voice, name)
    if name is None and not owner.vocoder:
        raise VoiceError(f"voice {owner.name} has no vocoder", "name one: --vocoder griffin-lim, or VOICE:PART")
    for part in owner.vocoder:
        if name in (None, part.name):
            return owner, part
    if name is not None and any(plugin.name == name for plugin in registry.available(registry.VOCODERS)):
        return None, Part("vocoder", name, name, None, "", {})
    known = ", ".join(part.name for part in owner.vocoder) or "none"
    raise VoiceError(f"{name}: no vocoder has this name", f"voice {owner.name} has: {known}")


def _owner(voice: Voice, name: str | None) -> tuple[Voice, str | None]:
    """Split VOICE:PART; a bare name belongs to `voice`."""
    if name is None or ":" not in name:
        return voice, name
    other, _, part = name.partition(":")
    if not other or not part:
        raise VoiceError(f"{name}: not VOICE:PART", "tts models list names both")
    return library.find(other), part
