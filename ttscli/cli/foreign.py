"""Other programs' spellings, answered with ours: Coqui's command is called `tts` too, and hands remember."""

import shlex
from collections.abc import Callable, Sequence

_OPTIONS: dict[str, Callable[[str], list[str]] | list[str]] = {
    "--text": lambda value: [value],
    "--out_path": lambda value: ["-o", value],
    "--output_path": lambda value: ["-o", value],
    "--output_file": lambda value: ["-o", value],
    "--input_file": lambda value: ["-f", value],
    "--length_scale": lambda value: ["-s", _inverse(value)],
    "--sentence_silence": lambda value: ["--sentence-pause", value],
    "--model_name": lambda value: [],
    "--vocoder_name": lambda value: [],
    "--use_cuda": lambda value: ["--device", "cuda"],
    "--cuda": ["--device", "cuda"],
    "--pipe_out": ["-o", "-"],
    "--stdout": ["-o", "-"],
    "--output_raw": ["-o", "-", "--raw"],
}
_COMMANDS = {"--list_models": "tts models list", "--list_voices": "tts voices list", "--list_speaker_idxs": "tts voices list"}


def translation(arguments: Sequence[str]) -> str | None:
    """Return our command line for another program's `arguments`; None if nothing in them is known."""
    ours: list[str] = []
    text: list[str] = []
    known = False
    rest = list(arguments)
    while rest:
        name, equals, value = rest.pop(0).partition("=")
        name = name.replace("-", "_").replace("__", "--", 1)
        if name in _COMMANDS:
            return _COMMANDS[name]
        option = _OPTIONS.get(name)
        known = known or option is not None
        if callable(option):
            value = value if equals else (rest.pop(0) if rest else "")
            (text if name == "--text" else ours).extend(option(value))
        elif option is not None:
            ours += option
    return f"tts say {shlex.join(text + ours)}".rstrip() if known else None


def _inverse(value: str) -> str:
    try:
        return f"{1 / float(value):.3g}"
    except (ValueError, ZeroDivisionError):
        return "1"
