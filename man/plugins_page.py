"""tts-plugins(7): how a stranger writes a plugin; the contract's own words, and a whole distribution that the tests install."""

from collections.abc import Iterator
from pathlib import Path

from man import common
from man.declarations import aliases, classes, declared
from man.troff import bold, escape, italic, paragraphs, section, tagged, verbatim
from ttscli import registry

_ROOT = Path(__file__).parent.parent
_CONTRACT = _ROOT / "ttscli" / "contract.py"
SIXTH = _ROOT / "tests" / "fixtures" / "sixth_plugin"

_DESCRIPTION = """\
A plugin is a Python distribution with entry points. Those that come with the program come in through the same
door as yours, and nothing in the program names any of them. Nothing is inherited (but for trainers) and
nothing registered: a class or function keeps the promises below, and a line of pyproject.toml names it. The
name of the entry point is what users type.

Values that cross from one part to another are plain numpy: no framework's tensors, devices or gradients. A
plugin is imported only when somebody speaks with it, so that frameworks may be imported at the top of its
module; the package's own __init__ imports nothing. One that cannot be imported takes nothing down: it is one
line that names its distribution and the cure. Two plugins of one name are an error that names both.
"""
_KINDS = {
    registry.ACOUSTIC_MODELS: "A class like AcousticModel: symbols into mels.",
    registry.VOCODERS: "A class like Vocoder: mels into samples.",
    registry.TEXT_TO_WAVE: "A class like TextToWave: symbols into samples.",
    registry.ALPHABETS: "A function like Alphabet: words into symbols.",
    registry.IMPORTERS: "A function like Importer: published checkpoints into a part of a voice. Optional.",
    registry.TRAINERS: "A subclass of Trainer: a corpus into weights. Optional.",
    registry.VOICES: "A package that holds voice folders.",
}
_CONTROLS = """\
A model names in controls what of SpeechOptions it obeys. What it does not name is refused before it is asked,
never ignored; but a temperature and a seed may be given to any model. Random numbers come from the seed, for
each utterance anew.
"""
_EASILY_BROKEN = """\
Padding inside a batch must not change a result. Everything works for one symbol, for one frame and for two
thousand symbols. Durations are whole numbers that add up exactly. A wrong file, key or tensor is a VoiceError
that names it, and a device that is not there a DeviceError, both of ttscli.errors.

ttscli.testing checks what can be checked without hearing, with any weights, random ones included. After pip install .:

\b
tts plugins list
tts plugins check beep
tts say -v beep -o hello.wav 'Hello.'
"""
EXAMPLE_FILES = (
    "pyproject.toml",
    "ttscli_beep/model.py",
    "ttscli_beep/vocoder.py",
    "ttscli_beep/voices/beep/voice.toml",
    "tests/test_contract.py",
)


def plugins_page() -> Iterator[str]:
    """tts-plugins(7)."""
    yield from common.head("tts-plugins", 7, "how plugins of tts(1) are written")
    yield from section("DESCRIPTION", paragraphs(_DESCRIPTION))
    yield from section("ENTRY POINTS", (line for group in registry.KINDS for line in tagged(bold(group), _KINDS[group])))
    yield from section("VALUES", _values())
    yield from section("PROMISES", _promises())
    yield from section("CONTROLS", paragraphs(_CONTROLS))
    yield from section("IMPORTERS", _importers())
    yield from section("TRAINERS", _trainers())
    yield from section("TESTS", paragraphs(_EASILY_BROKEN))
    yield from section("EXIT STATUS", common.exit_status())
    yield from section("ENVIRONMENT", common.environment([]))
    yield from section("FILES", common.files("tts-plugins"))
    yield from section("EXAMPLES", _example())
    yield from section("SEE ALSO", common.see_also([("tts-plugins", 1), ("tts-voices", 1), ("tts-train", 1), ("tts", 1)]))


def _values() -> Iterator[str]:
    yield escape("Of ttscli.contract, and MelSpec of ttscli.melspec:")
    yield from aliases(_CONTRACT)
    contract = classes(_CONTRACT)
    for name in ("SpeechOptions", "Mel", "Wave"):
        yield from declared(contract[name])
    yield from declared(classes(_ROOT / "ttscli" / "melspec.py")["MelSpec"])


def _promises() -> Iterator[str]:
    contract = classes(_CONTRACT)
    for name in ("AcousticModel", "Vocoder", "TextToWave", "Alphabet"):
        yield from declared(contract[name])


def _importers() -> Iterator[str]:
    yield escape("Of ttscli.importing. An importer has the name of the plugin that loads what it makes.")
    importing = classes(_ROOT / "ttscli" / "importing.py")
    for name in ("Importer", "Imported"):
        yield from declared(importing[name])


def _trainers() -> Iterator[str]:
    text = """\
Of ttscli.training.trainer and .recipe; what must be written of it. AcousticTrainer and SymbolTrainer, beside it, are good
beginnings. A trainer needs the extra [train]; recipes are TOML files in a folder of the plugin's package."""
    yield from paragraphs(text)
    trainer = classes(_ROOT / "ttscli" / "training" / "trainer.py")
    yield from declared(trainer["Trainer"], only_abstract=True)
    recipe = classes(_ROOT / "ttscli" / "training" / "recipe.py")
    yield from declared(recipe["Recipe"], only_abstract=True)


def _example() -> Iterator[str]:
    yield from paragraphs("A whole distribution, ttscli-beep, which speaks a tone for each letter: copy it to begin your own.")
    for name in EXAMPLE_FILES:
        yield from (".PP", italic(name), ".PP", ".RS 2")
        yield from (*verbatim((SIXTH / name).read_text(encoding="utf-8").splitlines()), ".RE")
