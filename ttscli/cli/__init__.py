"""Assembles the command line, and turns whatever ends a command into one line and an exit code.

To add a command, write ttscli/cli/NAME.py and one line below:

    app.add_typer(name.app, name="name")        name.app = typer.Typer(help=…): a command with commands of its own
    app.command()(name.name)                    a function: a plain command; its docstring is its help

A command's module imports typer and light modules of ours at its top and the rest inside its functions, so that `tts --help`
loads neither numpy nor torch. It raises TtsError for a user's mistake and prints data alone on standard output; warnings go
through ttscli.telling.tell.
"""

import os
import signal
import sys
from io import TextIOWrapper
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from ttscli import __version__
from ttscli.cli import (
    batch,
    config,
    corpus,
    doctor,
    evaluate,
    g2p,
    lexicon,
    models,
    normalize,
    plugins,
    preferences,
    say,
    train,
    voices,
)
from ttscli.cli.bash_words import whole_words
from ttscli.cli.faults import report

app = typer.Typer(
    rich_markup_mode=None,  # with it, every start would pay for importing rich
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"ttscli {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def tts(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Neural speech on your own machine.

    \b
    tts say "Hello."                      aloud
    tts say -f chapter.txt -o speech.flac
    tts batch lines.txt -d out            a file for each line
    """  # noqa: D301  \b keeps the lines as they are
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
    if context.invoked_subcommand in config.COMMANDS:
        context.default_map = preferences.default_map(preferences.preferences(config.options_of(context)))


app.command()(say.say)
app.command()(batch.batch)
app.add_typer(voices.app, name="voices")
app.add_typer(models.app, name="models")
app.add_typer(plugins.app, name="plugins")
app.command()(normalize.normalize)
app.command()(g2p.g2p)
app.add_typer(lexicon.app, name="lexicon")
app.command()(doctor.doctor)
app.add_typer(config.app, name="config")
app.add_typer(corpus.app, name="corpus")
app.command()(train.train)
app.command()(train.export)
app.command("eval")(evaluate.evaluate)


def main() -> None:
    """Run the command line of this process, and leave with its exit code."""
    arguments = sys.argv[1:]
    _write_utf8()
    signal.signal(signal.SIGTERM, _terminate)
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:  # nohup lets it be ignored
        signal.signal(signal.SIGHUP, _terminate)
    try:
        code = _run(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()  # here, so that a fault of it is told
    except SystemExit as fault:
        code = fault.code if isinstance(fault.code, int) else 1
    except BaseException as fault:
        code = report(fault, arguments)
    _finish_stdout()
    sys.exit(code)


def _write_utf8() -> None:
    """Let files and pipes have UTF-8, as is expected of what is read, and a terminal what it can show.

    What cannot be encoded, such as half a character in a file's name, is escaped: a locale is no reason to fail.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")


def _run(arguments: list[str]) -> int:
    program = "ttscli" if Path(sys.argv[0]).stem == "ttscli" else "tts"
    command = typer.main.get_command(app)
    if f"_{program.upper()}_COMPLETE" in os.environ:
        with whole_words():
            command.main(arguments, program)
    # Not command.main: it has exit codes of its own for a closed pipe and for a wrong command line.
    try:
        with command.make_context(program, list(arguments)) as context:
            command.invoke(context)
    except typer.Exit as done:
        return done.exit_code
    return 0


def _terminate(number: int, frame: FrameType | None) -> None:
    """Leave as by an exception, so that unfinished files are removed."""
    raise SystemExit(128 + number)


def _finish_stdout() -> None:
    """Write what is left, and let what cannot be written rest: Python would try once more at exit, and complain."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except (OSError, KeyboardInterrupt):  # full, closed, or its reader sleeps and the user will not wait
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
