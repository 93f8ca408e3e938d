"""`tts say`: speak a text to the loudspeaker, a file or a pipe."""

import os
import stat
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from ttscli.audio import formats
from ttscli.cli import faults
from ttscli.cli.options import Speech, speaking
from ttscli.cli.reading import given_texts
from ttscli.errors import UsageError

if TYPE_CHECKING:
    from ttscli.audio.play import Loudspeaker
    from ttscli.audio.stream import AudioStream
    from ttscli.audio.writer import AudioFile
    from ttscli.contract import AudioChunk
    from ttscli.timings import TimingsFile

    Sink: TypeAlias = AudioFile | AudioStream | Loudspeaker | TimingsFile

Format = Annotated[
    str | None, typer.Option("--format", "-F", metavar="|".join(formats.FORMATS), help="Instead of the extension's.")
]
NoClobber = Annotated[bool, typer.Option("--no-clobber", help="Leave files alone that exist already.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No warnings.")]


@speaking
def say(
    context: typer.Context,
    speech: Speech,
    text: Annotated[list[str] | None, typer.Argument(metavar="TEXT", help="What to say; - is standard input.")] = None,
    file: Annotated[
        list[str] | None, typer.Option("--file", "-f", metavar="PATH", help="Say a file; - is standard input.")
    ] = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="PATH", help="Write a file; - is standard output. Without it: aloud.")
    ] = None,
    format_name: Format = None,
    raw: Annotated[bool, typer.Option("--raw", help="Write bare samples, s16le: -F raw.")] = False,
    play: Annotated[bool, typer.Option("--play", "-p", help="Aloud, besides -o.")] = False,
    timings: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="Write when each word sounds: .json, .srt, .vtt or .TextGrid."),
    ] = None,
    no_clobber: NoClobber = False,
    force: Annotated[bool, typer.Option("--force", help="Write audio even to a terminal.")] = False,
    quiet: Quiet = False,
) -> None:
    """Speak TEXT, files or standard input.

    \b
    tts say "Hello."                      aloud
    tts say -f chapter.txt -o speech.flac
    echo Hello. | tts say -o - | aplay    a pipe, sentence by sentence
    """  # noqa: D301  \b keeps the lines as they are
    texts = given_texts(text or [], file or [])
    if texts is None:
        typer.echo(context.get_usage(), err=True)
        raise UsageError("nothing to say", f'{context.command_path} "Hello.", or --help')
    chosen = _chosen_format(format_name, raw)
    with ExitStack() as stack:
        sinks = _sinks(output, chosen, play, not no_clobber, force) + _notes(timings)
        for sink in sinks:
            stack.enter_context(sink)
        if output is None and not quiet:
            _hint_at_redirection()
        unspoken = deliver(speech, speech.synthesizer().speak(texts, speech.options()), sinks)
    warn_of(unspoken, quiet)


def deliver(speech: Speech, chunks: "Iterable[AudioChunk]", sinks: "Iterable[Sink]") -> dict[str, None]:
    """Send every chunk to every sink, as it comes; returns the symbols that the voice could not speak."""
    from ttscli.audio.pcm import louder

    unspoken: dict[str, None] = {}
    for chunk in louder(chunks, speech.volume):
        unspoken.update(dict.fromkeys(lost.text for lost in chunk.segment.unspoken))
        for sink in sinks:
            sink.write(chunk)
    return unspoken


def warn_of(unspoken: Iterable[str], quiet: bool) -> None:
    """Name what was not spoken, once, at the end."""
    if unspoken and not quiet:
        faults.tell(f"warning: the voice cannot speak, and left out: {' '.join(unspoken)}")


def _chosen_format(format_name: str | None, raw: bool) -> str | None:
    if raw and format_name not in (None, formats.RAW):
        raise UsageError(f"--raw and --format {format_name}: they disagree", "leave one out")
    return formats.RAW if raw else format_name and formats.checked(format_name)


def _sinks(output: str | None, format_name: str | None, play: bool, clobber: bool, force: bool) -> "list[Sink]":
    """Choose where the sound goes; the modules load late, as they import numpy, which is to see --threads first."""
    sinks: list[Sink] = []
    if output == "-":
        from ttscli.audio.stream import AudioStream

        sinks.append(AudioStream(format_name or formats.WAV, force))
    elif output is not None:
        path = Path(output)
        chosen = formats.of_file(path, format_name)
        from ttscli.audio.writer import AudioFile

        sinks.append(AudioFile(path, chosen, clobber))
    if play or output is None:
        from ttscli.audio.play import Loudspeaker

        sinks.append(Loudspeaker())
    return sinks


def _notes(timings: Path | None) -> "list[Sink]":
    if timings is None:
        return []
    from ttscli.timings import TimingsFile

    return [TimingsFile(timings)]


def _hint_at_redirection() -> None:
    if sys.stdout is None:
        return
    kind = os.fstat(sys.stdout.fileno()).st_mode
    if stat.S_ISREG(kind) or stat.S_ISFIFO(kind):
        faults.tell("playing aloud; nothing is written to standard output", "to write there: -o -")
