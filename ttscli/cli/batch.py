"""`tts batch`: many texts, a file for each."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ttscli.cli import faults
from ttscli.cli.batch_items import Item, Naming, Source, collect
from ttscli.cli.options import Speech, speaking, within
from ttscli.cli.say import Format, NoClobber, Quiet, deliver, warn_of
from ttscli.errors import InputError, OutputError, PartialError, TtsError

if TYPE_CHECKING:
    from ttscli.contract import AudioChunk

_CPU_BATCH, _GPU_BATCH = 8, 16


@speaking
def batch(
    speech: Speech,
    inputs: Annotated[list[str], typer.Argument(metavar="FILE", help="Texts; - is standard input.")],
    folder: Annotated[Path, typer.Option("--output-dir", "-d", metavar="DIR", help="Where the files go; made if need be.")],
    source: Annotated[
        Source, typer.Option("--from", help="A file for each line, or for each FILE.", show_default=True)
    ] = "lines",
    name: Annotated[
        str | None,
        typer.Option(metavar="TEMPLATE", help="Made of {stem} and {index}, from 0; usual: {stem}-{index:04} for lines, {stem}."),
    ] = None,
    format_name: Format = None,
    batch_size: Annotated[
        int | None,
        typer.Option(
            metavar="N", help=f"Sentences at once; usual: {_CPU_BATCH}, on a GPU {_GPU_BATCH}.", callback=within(1, 1024)
        ),
    ] = None,
    no_clobber: NoClobber = False,
    quiet: Quiet = False,
) -> None:
    """Make an audio file of each line, or of each FILE.

    A blank line makes no file, but counts. What fails is told, and the rest goes on. --no-clobber makes only what is missing.

    \b
    tts batch lines.txt -d out                       out/lines-0000.wav …
    tts batch chapters/*.txt -d out --from files -F flac
    """  # noqa: D301  \b keeps the lines as they are
    items, unreadable = collect(inputs, source, Naming.chosen(folder, name, source, format_name))
    for error in unreadable:
        faults.tell(str(error), error.hint)
    wanted = [item for item in items if not (no_clobber and item.path.exists())]
    failed = len(unreadable)
    if wanted:
        _make_folder(folder)
        run = _Run(speech, batch_size or _usual_batch(speech), clobber=not no_clobber)
        with _progress(len(wanted), quiet) as run.finished:
            run.make(wanted)
        warn_of(run.unspoken, quiet)
        failed += run.failed
    if failed:
        raise PartialError(f"{failed} of {len(items) + len(unreadable)} items failed")
    if not items:
        raise InputError("the text is empty", "give it a word")


class _Run:
    """One pass over the items of a batch.

    Attributes:
        finished: called after each item with what went wrong, or None.
        failed: how many items went wrong.
        unspoken: symbols that the voice could not speak.
    """

    def __init__(self, speech: Speech, batch_size: int, clobber: bool) -> None:
        self.finished: Callable[[str | None], None] = lambda trouble: None
        self.failed = 0
        self.unspoken: dict[str, None] = {}
        self._speech = speech
        self._synthesizer = speech.synthesizer()
        self._batch_size = batch_size
        self._clobber = clobber

    def make(self, items: Sequence[Item]) -> None:
        """Make every item; what goes wrong with one is told and leaves the others alone."""
        while items:
            items = self._make_together(items)

    def _make_together(self, items: Sequence[Item]) -> Sequence[Item]:
        """Make items in one stream; a fault breaks the stream, and then the rest is returned."""
        taken = done = 0

        def texts() -> Iterator[str]:
            nonlocal taken
            for taken, item in enumerate(items, 1):  # noqa: B007  read outside
                yield item.text

        stream = self._synthesizer.speak_all(texts(), self._speech.options(), self._batch_size)
        try:
            for index, group in groupby(stream, itemgetter(0)):
                self._tell_silent(items[done:index])
                done = index
                self._write(items[index], (chunk for _, chunk in group))
                done = index + 1
            self._tell_silent(items[done:])
            return []
        except Exception:
            # It may be any of those that were under way: each gets a stream of its own, so that only the bad one fails.
            for item in items[done:taken]:
                self._make_alone(item)
            return items[taken:]

    def _make_alone(self, item: Item) -> None:
        try:
            self._write(item, self._synthesizer.speak(item.text, self._speech.options()))
        except TtsError as error:
            self._fail(item, str(error))
        except Exception as error:
            self._fail(item, f"internal fault: {type(error).__name__}: {error}")

    def _write(self, item: Item, chunks: "Iterator[AudioChunk]") -> None:
        """Write one file; a fault of the output is the item's own and is told, any other is raised."""
        from ttscli.audio.writer import AudioFile

        first = next(chunks)
        try:
            with AudioFile(item.path, item.path.suffix[1:], self._clobber) as file:
                self.unspoken.update(deliver(self._speech, chain([first], chunks), [file]))
        except OutputError as error:
            self._fail(item, str(error))
        else:
            self.finished(None)

    def _tell_silent(self, items: Iterable[Item]) -> None:
        for item in items:
            self._fail(item, "nothing in it can be spoken")

    def _fail(self, item: Item, why: str) -> None:
        self.failed += 1
        self.finished(f"{item.origin}: {why}")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be made: {error.strerror}") from error


def _usual_batch(speech: Speech) -> int:
    from ttscli.device import resolve_device

    return _CPU_BATCH if resolve_device(speech.device) == "cpu" else _GPU_BATCH


@contextmanager
def _progress(total: int, quiet: bool) -> Iterator[Callable[[str | None], None]]:
    """Yield what to call after each item: it tells trouble and, on a terminal, moves a bar."""
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield lambda trouble: faults.tell(trouble) if trouble else None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, refresh_per_second=10) as bar:
        task = bar.add_task("tts batch", total=total)

        def finished(trouble: str | None) -> None:
            if trouble:
                bar.console.print(f"tts: {trouble}", markup=False, highlight=False, soft_wrap=True)
            bar.advance(task)

        yield finished
