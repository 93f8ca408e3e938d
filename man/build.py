"""Writes man/tts.1 from the program itself, so that the two cannot disagree.

python man/build.py           write it
python man/build.py --check   fail if it is stale
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from ttscli import __version__
from ttscli.cli import app

PAGE = Path(__file__).parent / "tts.1"

_NO_LIMIT = 1e12
"""A default beyond this is how an option says that it limits nothing."""

_DESCRIPTION = """\
.B tts
speaks text with small neural voices that run on this machine.
Text comes from the arguments, from files (\\fB-f\\fR) or from standard input;
sound goes to the loudspeaker, to a file (\\fB-o\\fR) or to standard output.
.PP
.nf
tts say "Hello, world."
tts say -f letter.txt -o letter.mp3
echo "It is done." | tts say -v heart -o - > done.wav
.fi
"""

_AFTER = """\
.SH ENVIRONMENT
.TP
.B TTSCLI_VOICE
The voice to speak with when none is named.
.TP
.B TTSCLI_MODEL, TTSCLI_VOCODER, TTSCLI_SPEED
Instead of the options of these names.
.TP
.B TTSCLI_VOICES
Folders that hold voices, separated as in \\fBPATH\\fR; searched before all others.
.TP
.B TTSCLI_DEVICE
Where to compute when no \\fB--device\\fR is given: auto, cpu, cuda or cuda:N.
.TP
.B TTSCLI_DEBUG
When set, an error comes with its traceback.
.TP
.B NO_COLOR, FORCE_COLOR, COLUMNS
As usual.
.TP
.B CUDA_VISIBLE_DEVICES, OMP_NUM_THREADS
Which GPUs are seen, and how many threads the CPU uses.
.SH FILES
.TP
.I ~/.local/share/ttscli/voices
Your own voices (\\fBXDG_DATA_HOME\\fR is obeyed; other systems have other folders: \\fBtts voices path\\fR).
.TP
.I VOICE/voice.toml
Everything that is needed to speak with a voice.
.TP
.I ~/.config/ttscli/config.toml, .tts.toml
Preferences: long names of options with their values, as in \fBspeed = 1.2\fR; what stands below \fB[batch]\fR is for that command
alone. \fI.tts.toml\fR, in the current folder or above, goes before your own file; the environment goes before both. \fBtts config
list\fR names the source of each value.
.TP
.I ~/.config/ttscli/lexicon.tsv, .tts.lexicon.tsv
How words are spoken: lines of a word, a tab, and phonemes or \\fB=\\fRanother spelling; \\fBtts lexicon\\fR writes them.
The project's, in the current folder or above, goes before your own, and \\fB--lexicon\\fR before both.
.SH EXIT STATUS
.TP
.B 0
Done.
.TP
.B 1
A fault of the program.
.TP
.B 2
Wrong usage.
.TP
.B 3
The text is missing, unreadable or empty.
.TP
.B 4
A voice, model or plugin is missing, damaged or does not fit another.
.TP
.B 5
A GPU or sound device is not there.
.TP
.B 6
The output cannot be written.
.TP
.B 7
Some items of a batch failed, or something was not spoken (\\fB--strict\\fR); all else is done.
.TP
.B 8
Kept for the network, which this version never uses.
.TP
.B 130
Interrupted.
.TP
.B 141
The reader of a pipe went away.
.TP
.B 143
Terminated.
.SH EXAMPLES
.TP
Speak a file, a little faster, to an MP3:
tts say -f book.txt --speed 1.2 -o book.mp3
.TP
One file for each line:
tts batch lines.txt -d spoken
.TP
Another vocoder:
tts say --vocoder griffin-lim "Hello."
.TP
See what the front end makes of a text:
tts normalize "Dr. Smith paid $5." && tts g2p "Dr. Smith paid $5."
.TP
Say how a name is spoken:
tts lexicon add Siobhan --like "shivawn"
.TP
Names of the installed voices, for a script:
tts voices list | cut -f1
.TP
Let the shell complete commands and voices:
tts --install-completion
.SH SEE ALSO
.BR espeak-ng (1),
.BR aplay (1),
.BR ffmpeg (1)
"""


def page() -> str:
    """Return the manual page as troff."""
    root = typer.main.get_command(app)
    lines = [
        f'.TH TTS 1 "" "ttscli {__version__}" "User Commands"',
        ".SH NAME",
        r"tts \- neural text to speech",
        ".SH SYNOPSIS",
        r".B tts",
        r"[\fIOPTIONS\fR] \fICOMMAND\fR [\fIARGS\fR]",
        ".SH DESCRIPTION",
        _DESCRIPTION.rstrip(),
        ".SH OPTIONS",
        *_options(root),
        ".SH COMMANDS",
        *_commands("tts", root),
        _AFTER,
    ]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Write the page, or compare it."""
    made = page()
    if "--check" not in arguments:
        PAGE.write_text(made, encoding="utf-8")
        return 0
    if PAGE.read_text(encoding="utf-8") == made:
        return 0
    print(f"{PAGE.name} is stale: run `make man`", file=sys.stderr)
    return 1


def _commands(path: str, group: Any) -> Iterator[str]:
    """Each command below `group`, in the order of the program's own help."""
    for name, command in group.commands.items():
        if command.hidden:
            continue
        if hasattr(command, "commands"):
            yield from _commands(f"{path} {name}", command)
            continue
        yield f".SS {_escape(f'{path} {name}')}{_arguments(command)}"
        yield from _paragraphs(command.help or "")
        yield from _options(command)


def _arguments(command: Any) -> str:
    return "".join(f" {_escape(_value(param))}" for param in _params(command, "argument"))


def _options(command: Any) -> Iterator[str]:
    for param in (*_params(command, "argument"), *_params(command, "option")):
        if param.param_type_name == "argument" and not param.help:
            continue
        yield ".TP"
        yield _spelling(param)
        yield from _paragraphs(_help(param))


def _params(command: Any, kind: str) -> list[Any]:
    return [param for param in command.params if param.param_type_name == kind and not getattr(param, "hidden", False)]


def _spelling(param: Any) -> str:
    """Such as `-o, --output PATH`, the names in bold."""
    value = _escape(_value(param))
    if param.param_type_name == "argument":
        return rf"\fI{value}\fR"
    names = ", ".join(rf"\fB{_escape(name)}\fR" for name in (*param.opts, *param.secondary_opts))
    return names if param.is_flag else rf"{names} \fI{value}\fR"


def _value(param: Any) -> str:
    """The placeholder of what is given; not Typer's own, whose form changes from version to version."""
    name = param.metavar or param.name.upper()
    if param.nargs == -1 and "..." not in name:
        name += "..."
    optional = param.param_type_name == "argument" and not param.required and not name.startswith("[")
    return f"[{name}]" if optional else name


def _help(param: Any) -> str:
    text = param.help or ""
    default = param.default
    if not getattr(param, "show_default", False) or isinstance(default, bool) or not isinstance(default, str | int | float):
        return text
    if isinstance(default, str):
        return f"{text} Default: {default}." if default else text
    return f"{text} Default: {'no limit' if default > _NO_LIMIT else f'{default:g}'}."


def _paragraphs(text: str) -> Iterator[str]:
    """Paragraphs as Typer's help knows them: one that begins with a backspace keeps its lines, a form feed ends the text."""
    for number, paragraph in enumerate(part for part in text.split("\f")[0].split("\n\n") if part.strip()):
        if number:
            yield ".PP"
        if paragraph.lstrip("\n").startswith("\b"):
            yield ".nf"
            yield from (_escape(line) for line in paragraph.replace("\b", "").splitlines() if line.strip())
            yield ".fi"
        else:
            yield _escape(" ".join(paragraph.split()))


def _escape(text: str) -> str:
    """Keep troff from reading signs as its own: a hyphen would become a dash, a line that begins with a dot a request."""
    text = text.replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{text}" if text.startswith((".", "'")) else text


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
