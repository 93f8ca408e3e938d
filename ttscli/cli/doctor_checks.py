"""What `tts doctor` looks at. A "fail" is what the default voice cannot speak without; all else is at most a "warn"."""

import os
import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from ttscli import __version__, library, registry
from ttscli.cli import preferences
from ttscli.cli.findings import Finding, Status
from ttscli.cli.plugin_checks import import_finding
from ttscli.device import cuda_devices
from ttscli.errors import DeviceError, OutputError, TtsError, VoiceError
from ttscli.voice import Voice

_PACKAGES = ("torch", "numpy", "soundfile", "phonemizer", "espeakng-loader", "safetensors", "typer", "rich")
_FORMATS = {"WAV", "FLAC", "OGG", "MP3"}
_REINSTALL = "pip install --force-reinstall {}"


def findings(options: preferences.Options) -> Iterator[Finding]:
    """Look at everything, the cheap things first; `options` are those that may be preferred."""
    yield Finding("ok", "ttscli", f"{__version__}, Python {platform.python_version()}, {platform.platform()}")
    yield from _packages()
    yield _espeak()
    yield _sound()
    yield _formats()
    yield _gpu()
    yield from _folders()
    default = _default_voice(options)
    yield from _voices(default)
    yield from _plugins(default)


def _default_voice(options: preferences.Options) -> Voice | TtsError:
    """The voice that `tts say` speaks with when none is named, or why it cannot."""
    try:
        preferred = preferences.default_map(preferences.preferences(options)).get("say", {})
        return library.find(os.environ.get("TTSCLI_VOICE") or preferred.get("voice") or library.DEFAULT_VOICE)
    except TtsError as error:
        return error


def _packages() -> Iterator[Finding]:
    found: list[str] = []
    for name in _PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            yield Finding("fail", "packages", f"{name} is missing", f"pip install {name}", VoiceError.exit_code)
    yield Finding("ok", "packages", ", ".join(found))


def _espeak() -> Finding:
    try:
        from ttscli.text.phonemes import phonemes

        symbols = phonemes("hello", "en-US")
    except Exception as error:
        # ctypes, phonemizer and the loader each raise errors of their own, and a check must not end the check-up.
        cure = _REINSTALL.format("espeakng-loader phonemizer")
        return Finding("fail", "espeak-ng", f"cannot be used: {error}", cure, VoiceError.exit_code)
    return Finding("ok", "espeak-ng", f"hello is {''.join(symbols)}")


def _sound() -> Finding:
    from ttscli.audio.players import find_player

    try:
        find_player()
    except DeviceError as error:
        cure = "install a player such as aplay, or PortAudio and `pip install 'ttscli[play]'`, or write a file: -o speech.wav"
        return Finding("warn", "sound", str(error), cure)
    return Finding("ok", "sound", "there is something to play with")


def _formats() -> Finding:
    try:
        import soundfile

        known = set(soundfile.available_formats())
    except Exception as error:
        # The package loads the C library libsndfile while it is imported.
        cure = _REINSTALL.format("soundfile")
        return Finding("fail", "formats", f"soundfile cannot be used: {error}", cure, OutputError.exit_code)
    if missing := sorted(_FORMATS - known):
        cure = _REINSTALL.format("soundfile")
        return Finding("warn", "formats", f"libsndfile cannot write {', '.join(missing)}", cure)
    return Finding("ok", "formats", ", ".join(sorted(_FORMATS)))


def _gpu() -> Finding:
    count = cuda_devices()
    if not count:
        return Finding("ok", "GPU", "no CUDA device: the CPU speaks")
    from ttscli.nn.devices import torch_device

    try:
        torch_device("cuda")
    except DeviceError as error:
        return Finding("warn", "GPU", f"{count} CUDA devices, but the CPU speaks: {error}", error.hint or "")
    return Finding("ok", "GPU", f"{count} CUDA devices, and torch can use them")


def _folders() -> Iterator[Finding]:
    """Where the program writes of itself; there is no cache."""
    own = {"own voices": library.user_voices(), "preferences": preferences.user_file("config.toml").parent}
    for what, folder in own.items():
        there = next(place for place in (folder, *folder.parents) if place.exists())
        if there.is_dir() and os.access(there, os.W_OK):
            yield Finding("ok", what, str(folder))
        else:
            why = "is not writable" if there.is_dir() else "is no folder"
            cure = f"repair {there}, or choose another place: XDG_DATA_HOME, XDG_CONFIG_HOME"
            yield Finding("warn", what, f"{folder}: cannot be written: {there} {why}", cure)


def _voices(default: Voice | TtsError) -> Iterator[Finding]:
    """The default voice first, then the others."""
    if isinstance(default, TtsError):
        yield Finding("fail", "default voice", str(default), default.hint or "", VoiceError.exit_code)
    else:
        yield _voice(default, "fail")
    for voice in library.installed():
        if isinstance(voice, VoiceError):
            yield Finding("warn", "voice", str(voice), voice.hint or "repair or remove its folder")
        elif isinstance(default, TtsError) or voice.folder != default.folder:
            yield _voice(voice, "warn")


def _voice(voice: Voice, if_damaged: Status) -> Finding:
    what = f"voice {voice.folder.name}"
    try:
        for part in voice.parts:
            part.verified_weights()
    except VoiceError as error:
        return Finding(if_damaged, what, str(error), error.hint or "", error.exit_code)
    return Finding("ok", what, f"{len(voice.parts)} parts, checksums hold, {voice.folder}")


def _plugins(default: Voice | TtsError) -> Iterator[Finding]:
    """Those that work are one line together; each that does not has its own.

    Trainers are left to `tts plugins check`: nobody speaks with them, and importing what they need takes seconds.
    """
    needed = set() if isinstance(default, TtsError) else _needed_plugins(default)
    works: list[str] = []
    for group in registry.KINDS:
        for plugin in registry.available(group):
            if group in (registry.VOICES, registry.TRAINERS):
                continue
            finding = import_finding(plugin)
            if finding.status == "ok":
                works.append(plugin.name)
            elif finding.status == "fail" and (group, plugin.name) not in needed:
                yield Finding("warn", finding.what, finding.detail, finding.cure)
            else:
                yield finding
    yield Finding("ok", "plugins", ", ".join(dict.fromkeys(works)))


def _needed_plugins(voice: Voice) -> set[tuple[str, str]]:
    """(group, name) of the plugins that a voice speaks with."""
    needed = {(registry.ALPHABETS, voice.text.alphabet)} if voice.text else set()
    models = voice.acoustic + voice.text_to_wave
    return needed | {(registry.GROUPS[part.kind], part.architecture) for part in models[:1] + voice.vocoder[:1]}
