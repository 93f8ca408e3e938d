"""How a voice that was just made can be heard."""

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ttscli.voice import Voice


def trial(voice: "Voice", name: str) -> str:
    """Return a command line that speaks with what a voice has; `name` is what ttscli.library finds it by."""
    if voice.text_to_wave or (voice.acoustic and voice.vocoder):
        return f"tts say -v {shlex.quote(name)} 'Hello.'"
    if voice.acoustic:
        return f"tts say -v {shlex.quote(name)} --vocoder griffin-lim 'Hello.'"
    return f"tts say --vocoder {shlex.quote(f'{name}:{voice.vocoder[0].name}')} 'Hello.'"
