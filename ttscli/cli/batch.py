"""`tts batch`: many texts, a file for each."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ttscli.cli.batch_engine import EngineName
from ttscli.cli.batch_inputs import Source
from ttscli.cli.options import Emoji, InputFormat, Speech, speaking, within
from ttscli.cli.preferences import preferred
from ttscli.cli.reading import require_apart
from ttscli.cli.say import Format, NoClobber, Quiet
from ttscli.errors import UsageError

if TYPE_CHECKING:
    from ttscli.batch.verify import Verification

_CPU_BATCH, _GPU_BATCH = 8, 16
_GAP_S = 1.0
_WER_PERCENT, _TRIES = 30.0, 3
"""Whisper base hears 38 of 40 good sentences of the bundled voice, 1 to 15 words long, without an error, the worst with 17 %."""


@speaking
def batch(
    context: typer.Context,
    speech: Speech,
    inputs: Annotated[
        list[str], typer.Argument(metavar="INPUT", help="Files, folders with texts in them, patterns; - is standard input.")
    ],
    folder: Annotated[Path, typer.Option("--output-dir", "-d", metavar="DIR", help="Where the files go; made if need be.")],
    source: Annotated[
        Source,
        typer.Option(
            "--from",
            help="What an INPUT holds: an item a line, one item (files), or a table. auto: .csv, .tsv and .jsonl are tables, "
            "Markdown and SSML are one item, all else has an item a line.",
            show_default=True,
        ),
    ] = "auto",
    input_format: InputFormat = None,
    emoji: Emoji = "drop",
    name: Annotated[
        str | None,
        typer.Option(
            metavar="TEMPLATE",
            help="Made of {stem}, {index} (from 0), {id} and {hash}; usual: {stem}-{index:04} for lines, {stem} for files, "
            "{id} for rows that have one.",
        ),
    ] = None,
    format_name: Format = None,
    join: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="Then join all in one file, with chapter marks: inside of .flac, .ogg, .opus and .mp3, and beside it as "
            ".ffmetadata for ffmpeg and mpv.",
        ),
    ] = None,
    gap: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", help=f"Silence between two items of --join; usual: {_GAP_S:g}.", callback=within(0, 600)),
    ] = None,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", metavar="N", help="Processes; the files are the same.", callback=within(1, 4096))
    ] = 1,
    engine: Annotated[
        EngineName,
        typer.Option(help="Processes on this machine, or on those of a Ray cluster; needs the extra [ray].", show_default=True),
    ] = "local",
    ray_address: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="HOST:PORT of the cluster, or auto for this machine's; without it RAY_ADDRESS, else one of its own, here.",
        ),
    ] = None,
    batch_size: Annotated[
        int | None,
        typer.Option(
            metavar="N", help=f"Sentences at once; usual: {_CPU_BATCH}, on a GPU {_GPU_BATCH}.", callback=within(1, 1024)
        ),
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="What was made, a JSON line each; usual: .ttscli-manifest.jsonl in DIR."),
    ] = None,
    no_resume: Annotated[bool, typer.Option("--no-resume", help="Make all, not only what is missing or changed.")] = False,
    no_clobber: NoClobber = False,
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="Stop at the first item that fails.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="An item of which anything is not spoken fails.")] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Let a recogniser listen; what it does not understand is spoken again, and told.")
    ] = False,
    verify_wer: Annotated[
        float | None,
        typer.Option(
            metavar="PERCENT", help=f"The most word errors that pass; usual: {_WER_PERCENT:g}.", callback=within(0, 100)
        ),
    ] = None,
    verify_tries: Annotated[
        int | None, typer.Option(metavar="N", help=f"Speak an item so often at most; usual: {_TRIES}.", callback=within(1, 100))
    ] = None,
    recogniser: Annotated[Path | None, typer.Option(metavar="PATH", help="Folder of a Whisper model for CTranslate2.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Print what would be made, and why; make nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    quiet: Quiet = False,
) -> None:
    """Make an audio file of each line, file or row of a table, and only of what is new or changed since the last time.

    What fails is told, and the rest goes on. After an interruption the same command goes on where it was.

    Tables (.csv, .tsv with a header; .jsonl) have the fields text, id, voice, speed and output; all but text may be missing.

    \b
    tts batch lines.txt -d out                       out/lines-0000.wav …
    tts batch book/ -d out --from files -F flac -j 4 --join book.mp3
    tts batch prompts.jsonl -d out --dry-run
    """  # noqa: D301  \b keeps the lines as they are
    if as_json and not dry_run:
        raise UsageError("--json: goes with --dry-run", "the manifest is JSON too: .ttscli-manifest.jsonl in the output folder")
    if join is None:
        _refuse(context, "--join", "gap")
    if engine != "ray":
        _refuse(context, "--engine ray", "ray_address")
    if not verify:
        _refuse(context, "--verify", "recogniser", "verify_wer", "verify_tries")
    from ttscli.batch.items import Naming
    from ttscli.batch.manifest import FILE_NAME
    from ttscli.cli.batch_entries import Reading
    from ttscli.cli.batch_run import Run, Wishes, collect, joint_of

    wishes = Wishes(
        speech=speech,
        reading=Reading(source, input_format, emoji),
        folder=folder,
        manifest=manifest or folder / FILE_NAME,
        engine=engine,
        ray_address=ray_address,
        jobs=jobs,
        batch_size=batch_size or _usual_batch(speech, engine),
        resume=not no_resume,
        clobber=not no_clobber,
        fail_fast=fail_fast,
        strict=strict,
        verification=_verification(recogniser, verify_wer, verify_tries) if verify else None,
        quiet=quiet,
    )
    asked, usual = (None, format_name) if preferred(context, "format_name") else (format_name, None)
    items, failed = collect(wishes, inputs, Naming.chosen(folder, name, asked, usual))
    joint = None if join is None else joint_of(items, join, _GAP_S if gap is None else gap)
    outputs = [wishes.manifest, *(item.path for item in items), *([] if joint is None else [joint.path, joint.sidecar])]
    require_apart(inputs, outputs)
    run = Run(wishes, items, joint, failed)
    if dry_run:
        run.print_due(as_json)
    else:
        run.make()
    run.end()


def _refuse(context: typer.Context, needed: str, *parameters: str) -> None:
    """Refuse what does nothing without the option that is needed; a preference may wait until that is given."""
    for parameter in parameters:
        if context.params[parameter] is not None and not preferred(context, parameter):
            raise UsageError(f"--{parameter.replace('_', '-')}: goes with {needed}")


def _verification(recogniser: Path | None, percent: float | None, tries: int | None) -> "Verification":
    from ttscli.batch.verify import Verification

    return Verification(recogniser, (_WER_PERCENT if percent is None else percent) / 100, tries or _TRIES)


def _usual_batch(speech: Speech, engine: EngineName) -> int:
    from ttscli.device import resolve_device

    # A cluster's GPUs are none of this machine's.
    device = speech.device if engine == "ray" else resolve_device(speech.device)
    return _GPU_BATCH if device.startswith("cuda") else _CPU_BATCH
