"""How an item of a batch is spoken: all but its text that shapes the sound."""

import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from ttscli import __version__, library, registry
from ttscli.contract import SpeechOptions
from ttscli.device import resolve_device
from ttscli.parts import choose_model, choose_vocoder
from ttscli.synthesizer import Synthesizer
from ttscli.text.frontend import Pauses
from ttscli.text.lexicon import Sound
from ttscli.voice import Part, Voice


@dataclass(frozen=True)
class Manner:
    """A voice and the way it speaks; names as on the command line, `lexicon` a word and its sound each."""

    voice: str
    model: str | None
    vocoder: str | None
    device: str
    pauses: Pauses
    options: SpeechOptions
    volume_db: float
    lexicon: tuple[tuple[str, Sound], ...] = ()

    def synthesizer(self) -> Synthesizer:
        """Load the voice; errors as Synthesizer.for_voice."""
        device = resolve_device(self.device)
        voice = library.find(self.voice)
        return Synthesizer.for_voice(voice, self.model, self.vocoder, device, self.pauses, dict(self.lexicon))

    def usual(self) -> "Manner":
        """Return the manner that has the same synthesizer and asks nothing of it."""
        return replace(self, options=SpeechOptions(), volume_db=0.0)

    def fingerprint(self) -> str:
        """Return a text that differs where the sound may, but for the device; nothing is loaded. Errors as in `synthesizer`."""
        voice = library.find(self.voice)
        owner, model = choose_model(voice, self.model)
        parts = [_part(owner, model)]
        if model.kind == "acoustic":
            giver, vocoder = choose_vocoder(voice, self.vocoder)
            parts.append(_part(giver, vocoder))
        text = owner.spelling()
        spelling = [owner.language, asdict(text), _makers(registry.ALPHABETS, text.alphabet)]
        facts = [__version__, spelling, parts, asdict(self.pauses), asdict(self.options), self.volume_db, self.lexicon]
        return json.dumps(facts, sort_keys=True, default=str)


def _part(owner: Voice | None, part: Part) -> list[Any]:
    makers = _makers(registry.GROUPS[part.kind], part.architecture)
    return [part.architecture, makers, part.sha256, dict(part.config), owner and asdict(owner.mel_spec)]


def _makers(group: str, name: str) -> list[tuple[str, str]]:
    """Who brings a plugin: name and version of the distribution."""
    return [(plugin.distribution, plugin.version) for plugin in registry.available(group) if plugin.name == name]
