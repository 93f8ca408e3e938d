"""`tts say`: speak a text to the loudspeaker, a file or a pipe."""

import os
import stat
import sys
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias, TypeVar

import typer

from ttscli.audio import formats
from ttscli.cli.completion import complete_format
from ttscli.cli.ledger import Ledger, tell_disobeyed
from ttscli.cli.options import Emoji, InputFormat, Speech, speaking
from ttscli.cli.preferences import preferred
from ttscli.cli.progress import SpeakingBar, is_seen
from ttscli.cli.reading import comes_whole, given_passages, require_apart
from ttscli.errors import UsageError
from ttscli.telling import tell

if TYPE_CHECKING:
    from ttscli.audio.play import Loudspeaker
    from ttscli.audio.stream import AudioStream
    from ttscli.audio.writer import AudioFile
    from ttscli.cli.trace import Explanation, JsonReport
    from ttscli.contract import AudioChunk
    from ttscli.text.passages import Passage
    from ttscli.timings import TimingsFile

    Sink: TypeAlias = AudioFile | AudioStream | Loudspeaker | TimingsFile | Explanation | JsonReport | SpeakingBar

Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        "-F",
        metavar="|".join(formats.FORMATS),
        help="Instead of the extension's.",
        autocompletion=complete_format,
    ),
]
NoClobber = Annotated[bool, typer.Option("--no-clobber", help="Leave files alone that exist already.")]
_Path = TypeVar("_Path", str, Path)
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No warnings.")]


@speaking
def say(
    context: typer.Context,
    speech: Speech,
    text: Annotated[list[str] | None, typer.Argument(metavar="TEXT", help="What to say; - is standard input.")] = None,
    file: Annotated[
        list[str] | None, typer.Option("--file", "-f", metavar="PATH", help="Say a file; - is standard input.")
    ] = None,
    input_format: InputFormat = None,
    emoji: Emoji = "drop",
    outputs: Annotated[
        list[str] | None,
        typer.Option("--output", "-o", metavar="PATH", help="Write a file; - is standard output. Without it: aloud."),
    ] = None,
    format_name: Format = None,
    raw: Annotated[bool, typer.Option("--raw", help="Write bare samples, s16le: -F raw.")] = False,
    play: Annotated[bool, typer.Option("--play", "-p", help="Aloud, besides -o.")] = False,
    timings_files: Annotated[
        list[Path] | None,
        typer.Option("--timings", metavar="PATH", help="Write when each word sounds: .json, .srt, .vtt or .TextGrid."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail, with exit code 7, if anything is not spoken.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Print what becomes of each sentence, on standard error.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the same as JSON on standard output, if no audio goes there.")
    ] = False,
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
    output, timings = _one("--output", outputs), _one("--timings", timings_files)
    passages: Iterable[Passage] | None = given_passages(text or [], file or [], input_format, emoji)
    if passages is None:
        typer.echo(context.get_usage(), err=True)
        raise UsageError("nothing to say", f'{context.command_path} "Hello.", or --help')
    if as_json and output == "-":
        raise UsageError("--json and -o -: both want standard output", "write the audio into a file, or leave --json out")
    require_apart(file or [], [Path(path) for path in (output, timings) if path not in (None, "-")])
    chosen = _chosen_format(context, output, format_name, raw)
    ledger = Ledger()
    with ExitStack() as stack:
        sinks = _sinks(output, chosen, play, not no_clobber, force) + _notes(timings, not no_clobber, explain, as_json)
        if output not in (None, "-") and not play and not explain and is_seen(quiet):
            passages, bar = _with_bar(passages, comes_whole(text or [], file or []))
            sinks.append(bar)
        for sink in sinks:
            stack.enter_context(sink)
        if output is None and not quiet and not as_json:
            _hint_at_redirection()
        synthesizer = speech.synthesizer()
        deliver(speech, synthesizer.speak(passages, speech.options()), sinks, ledger)
    tell_disobeyed(synthesizer.disobeyed, quiet)
    ledger.close(quiet, strict)


def deliver(speech: Speech, chunks: "Iterable[AudioChunk]", sinks: "Iterable[Sink]", ledger: Ledger) -> None:
    """Send every chunk to every sink, as it comes."""
    from ttscli.audio.pcm import louder

    for chunk in louder(chunks, speech.volume):
        ledger.take(chunk.segment.unspoken)
        for sink in sinks:
            sink.write(chunk)


def _one(option: str, given: Sequence[_Path] | None) -> _Path | None:
    """Return the value of an option that makes a file; of two, one would be lost without a word."""
    if given and len(given) > 1:
        raise UsageError(f"{option}: given {len(given)} times, for {' and '.join(map(str, given))}", "give it once")
    return given[0] if given else None


def _chosen_format(context: typer.Context, output: str | None, format_name: str | None, raw: bool) -> str:
    named = format_name and formats.checked(format_name)
    asked, usual = (None, named) if preferred(context, "format_name") else (named, None)
    if raw and preferred(context, "raw"):
        usual = formats.RAW
    elif raw:
        if asked not in (None, formats.RAW):
            raise UsageError(f"--raw and --format {format_name}: they disagree", "leave one out")
        asked = formats.RAW
    if output in (None, "-"):
        return asked or usual or formats.WAV
    return formats.of_file(Path(output), asked, usual)


def _sinks(output: str | None, format_name: str, play: bool, clobber: bool, force: bool) -> "list[Sink]":
    """Choose where the sound goes; the modules load late, as they import numpy, which is to see --threads first."""
    sinks: list[Sink] = []
    if output == "-":
        from ttscli.audio.stream import AudioStream

        sinks.append(AudioStream(format_name, force))
    elif output is not None:
        from ttscli.audio.writer import AudioFile

        sinks.append(AudioFile(Path(output), format_name, clobber))
    if play or output is None:
        from ttscli.audio.play import Loudspeaker

        sinks.append(Loudspeaker())
    return sinks


def _notes(timings: Path | None, clobber: bool, explain: bool, as_json: bool) -> "list[Sink]":
    sinks: list[Sink] = []
    if timings is not None:
        from ttscli.timings import TimingsFile

        sinks.append(TimingsFile(timings, clobber))
    if explain or as_json:
        from ttscli.cli.trace import Explanation, JsonReport

        sinks += [Explanation()] * explain + [JsonReport()] * as_json
    return sinks


def _with_bar(passages: "Iterable[Passage]", whole: bool) -> "tuple[Iterable[Passage], SpeakingBar]":
    """Return the text again, and a bar that knows how long it is, if it is all there."""
    if not whole:
        return passages, SpeakingBar(None)
    passages = list(passages)
    return passages, SpeakingBar(sum(len(passage.text) for passage in passages))


def _hint_at_redirection() -> None:
    if sys.stdout is None:
        return
    kind = os.fstat(sys.stdout.fileno()).st_mode
    if stat.S_ISREG(kind) or stat.S_ISFIFO(kind):
        tell("playing aloud; nothing is written to standard output", "to write there: -o -")
