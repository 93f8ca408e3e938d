"""What `tts plugins check` does with one plugin: import it, then run ttscli.testing with what the installed voices give it."""

from collections.abc import Callable, Iterator

from ttscli import library, registry
from ttscli.cli.findings import Finding
from ttscli.cli.models import installed_parts
from ttscli.contract import AcousticModel, TextToWave, Vocoder
from ttscli.errors import TtsError, VoiceError
from ttscli.melspec import MelSpec
from ttscli.registry import Plugin
from ttscli.testing import check_acoustic_model, check_alphabet, check_text_to_wave, check_vocoder
from ttscli.voice import FILE_NAME, Part, Voice


def findings(plugin: Plugin) -> Iterator[Finding]:
    """Check `plugin`: one finding if it has no weights or cannot be imported, else one for each part that it runs."""
    what = f"{registry.KINDS[plugin.group]} {plugin.name}"
    if plugin.group == registry.VOICES:
        yield _outcome(what, lambda: _check_pack(plugin))
    elif plugin.group in registry.GROUPS.values():
        yield from _model_findings(plugin, what)
    else:
        yield import_finding(plugin)


def import_finding(plugin: Plugin) -> Finding:
    """Only import `plugin` and, for an alphabet, spell a line with it."""
    what = f"{registry.KINDS[plugin.group]} {plugin.name}"
    if plugin.group == registry.TRAINERS:
        return _trainer_finding(plugin, what)
    if plugin.group == registry.ALPHABETS:
        return _outcome(what, lambda: _check_alphabet(plugin))
    return _outcome(what, lambda: _import(plugin))


def _model_findings(plugin: Plugin, what: str) -> Iterator[Finding]:
    imported = _outcome(what, lambda: _import(plugin))
    if imported.status == "fail":
        yield imported
        return
    runs = (plugin.group, plugin.name)
    parts = [(voice, part) for voice, part in installed_parts() if (registry.GROUPS[part.kind], part.architecture) == runs]
    for voice, part in parts:
        yield _outcome(f"{what} ({voice.folder.name}:{part.name})", _part_check(plugin, voice, part))
    if not parts and plugin.group == registry.VOCODERS:
        yield _outcome(what, lambda: _check_without_voice(plugin))
    elif not parts:
        yield Finding("ok", what, "imported; no voice uses it")


def _check_without_voice(plugin: Plugin) -> str:
    """A vocoder that no voice brings weights for is checked as `--vocoder NAME` would use it."""
    try:
        vocoder = registry.vocoder(plugin.name).load(None, {}, MelSpec(), "cpu")
    except VoiceError:
        return "imported; no voice has weights for it"
    return _check_vocoder(vocoder)


def _part_check(plugin: Plugin, voice: Voice, part: Part) -> Callable[[], str]:
    """Load `part` and hold it to the contract, when called."""

    def check() -> str:
        weights = part.verified_weights()
        loaded: AcousticModel | Vocoder | TextToWave
        if plugin.group == registry.VOCODERS:
            loaded = registry.vocoder(plugin.name).load(weights, part.config, voice.mel_spec, "cpu")
            return _check_vocoder(loaded)
        if plugin.group == registry.ACOUSTIC_MODELS:
            loaded = registry.acoustic_model(plugin.name).load(weights, part.config, voice.mel_spec, "cpu")
            check_acoustic_model(loaded, len(voice.spelling().symbols))
        else:
            loaded = registry.text_to_wave(plugin.name).load(weights, part.config, voice.mel_spec, "cpu")
            check_text_to_wave(loaded, len(voice.spelling().symbols))
        return "keeps its promises"

    return check


def _check_vocoder(vocoder: Vocoder) -> str:
    check_vocoder(vocoder)
    return "keeps its promises"


def _check_alphabet(plugin: Plugin) -> str:
    check_alphabet(registry.alphabet(plugin.name), "en-US")
    return "keeps its promises"


def _check_pack(plugin: Plugin) -> str:
    folders = library.pack_folders(plugin)
    voices = [Voice.read(path.parent) for folder in folders for path in sorted(folder.glob(f"*/{FILE_NAME}"))]
    if not voices:
        raise VoiceError(f"no voice in {', '.join(map(str, folders))}", f"pip uninstall {plugin.distribution}")
    return f"holds {', '.join(voice.folder.name for voice in voices)}"


def _import(plugin: Plugin) -> str:
    registry.load(plugin.group, plugin.name)
    return "imported"


def _trainer_finding(plugin: Plugin, what: str) -> Finding:
    """A trainer may need packages that speaking does not: then it is passed over, not broken."""
    try:
        return Finding("ok", what, _import(plugin))
    except VoiceError as error:
        if isinstance(error.__cause__, ModuleNotFoundError):
            return Finding("warn", what, f"cannot train: {error.__cause__}", "pip install 'ttscli[train]'")
        return Finding("fail", what, str(error), error.hint or "", error.exit_code)


def _outcome(what: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding("ok", what, check())
    except TtsError as error:
        return Finding("fail", what, str(error), error.hint or "", error.exit_code)
    except AssertionError as error:
        return Finding("fail", what, f"breaks a promise: {error}", exit_code=VoiceError.exit_code)
    except Exception as error:
        # A plugin may raise anything; the other plugins are checked all the same.
        return Finding("fail", what, f"{type(error).__name__}: {error}", exit_code=VoiceError.exit_code)
