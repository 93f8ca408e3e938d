"""Other programs' spellings, answered with ours: Coqui's command is called `tts` too, and hands remember.

Known are those of Piper, Coqui TTS, espeak-ng, the `say` of macOS, hibari and marmalade-tts. What is in nobody's table stays as
it is, so that the answer is the whole line.
"""

import shlex
from collections.abc import Callable, Sequence
from pathlib import PurePath

from ttscli.audio import formats

_USUAL_WORDS_PER_MINUTE = 175
"""Of espeak-ng and macOS; our speed 1."""

_OPTIONS: dict[str, Callable[[str], list[str]]] = {
    "--text": lambda value: [value],
    "--out_path": lambda value: ["-o", value],
    "--output_path": lambda value: ["-o", value],
    "--output_file": lambda value: ["-o", value],
    "-w": lambda value: ["-o", value],
    "--input_file": lambda value: ["-f", value],
    "-f": lambda value: ["-o" if PurePath(value).suffix in formats.EXTENSIONS else "-f", value],  # -o in Piper
    "--model": lambda value: _model(value),
    "-m": lambda value: ["--input-format", "ssml", value] if value.startswith("<") else _model(value),  # SSML in espeak-ng
    "--model_name": lambda value: ["--model", PurePath(value).name],
    "--vocoder_name": lambda value: ["--vocoder", PurePath(value).name],
    "--length_scale": lambda value: ["-s", _ratio(1, value)],
    "--noise_scale": lambda value: ["--temperature", value],
    "-r": lambda value: ["-s", _ratio(value, _USUAL_WORDS_PER_MINUTE)],
    "--rate": lambda value: ["-s", _ratio(value, _USUAL_WORDS_PER_MINUTE)],
    "--sentence_silence": lambda value: ["--sentence-pause", value],
    "--speaker_idx": lambda value: ["--speaker", value],
    "--use_cuda": lambda value: ["--device", "cpu" if value.lower() == "false" else "cuda"],
    "--srt": lambda value: ["--timings", value],
    "--vtt": lambda value: ["--timings", value],
    "-b": lambda value: [],  # an encoding: ours is always UTF-8
}
_FLAGS: dict[str, list[str]] = {
    "--cuda": ["--device", "cuda"],
    "--pipe_out": ["-o", "-"],
    "--stdout": ["-o", "-"],
    "--stdin": ["-"],
    "--output_raw": ["-o", "-", "--raw"],
    "--play": ["-p"],
    "--no_play": [],
    "--print_path": [],
}
_COMMANDS = {
    "--list_models": "tts models list",
    "--list_voices": "tts voices list",
    "--list_speaker_idxs": "tts voices list",
    "--voices": "tts voices list",
    "--phonemes": "tts g2p",
    "--ipa": "tts g2p",
    "--batch": "tts batch FILE -d DIR",
    "--output_dir": "tts batch FILE -d DIR",
}
SPEAKING = ("say", "batch")


def is_foreign(option: str) -> bool:
    """Whether another program has `option`; ours may have it too, with another command."""
    name = _plain(option)
    return name in _OPTIONS or name in _FLAGS or name in _COMMANDS


def our_name(option: str) -> str | None:
    """Return the option of ours that says what another program's `option` says, whichever commands have it."""
    name = _plain(option)
    words = _OPTIONS[name]("") if name in _OPTIONS else _FLAGS.get(name, [])
    return next((word for word in words if word.startswith("-")), None)


def translation(arguments: Sequence[str]) -> str:
    """Return our command line for another program's `arguments`."""
    command, rest = ("say", list(arguments)) if arguments[0] not in SPEAKING else (arguments[0], list(arguments[1:]))
    ours: list[str] = []
    while rest:
        word = rest.pop(0)
        option, equals, value = word.partition("=")
        name = _plain(option)
        if name in _COMMANDS:
            return _COMMANDS[name]
        if name in _OPTIONS:
            ours += _OPTIONS[name](value if equals else (rest.pop(0) if rest else ""))
        else:
            ours += _FLAGS.get(name, [word])
    return f"tts {command} {shlex.join(ours)}".rstrip()


def _plain(option: str) -> str:
    """Hyphens or underscores: their programs are not of one mind either."""
    return f"--{option[2:].replace('-', '_')}" if option.startswith("--") else option


def _model(value: str) -> list[str]:
    """Piper's models are voices, in a file each."""
    return ["-v", PurePath(value).stem] if value.endswith(".onnx") else ["-m", value]


def _ratio(number: float | str, by: float | str) -> str:
    try:
        return f"{float(number) / float(by):.3g}"
    except (ValueError, ZeroDivisionError):
        return "1"
