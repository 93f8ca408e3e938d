"""`tts corpus`: make something to train on, look whether it is fit, and find out what training needs to know of it."""

from pathlib import Path
from typing import Annotated

import typer

from ttscli.cli.corpus_check import check
from ttscli.cli.extras import needs

app = typer.Typer(help="Make, check and align what `tts train` learns from.", no_args_is_help=True)
app.command()(check)

Folder = Annotated[Path, typer.Option("--data", metavar="DIR", help="The corpus.")]


@app.command()
def make(
    texts: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Text, one sentence a line.")],
    folder: Annotated[Path, typer.Option("--out", metavar="DIR", help="The corpus; made if it is not there.")],
    jobs: Annotated[int, typer.Option("-j", "--jobs", min=1, help="Processes.")] = 2,
) -> None:
    """Let another speaker read sentences: audio, durations and pitch. Needs the extra [corpus]."""
    with needs("corpus"):
        from ttscli.training.synthetic import make_corpus
    from ttscli.cli.decoding import decode
    from ttscli.cli.reading import read_bytes
    from ttscli.text.normalize import normalize

    lines = [line.strip() for path in texts for line in decode(read_bytes(str(path)), str(path)).splitlines()]
    made = make_corpus([spoken for line in lines if (spoken := normalize(line, "en-US"))], folder, jobs=jobs)
    typer.echo(f"{made} sentences in {folder}", err=True)


@app.command()
def drills(
    count: Annotated[int, typer.Option("-n", min=1, help="How many.")] = 1600,
    seed: Annotated[int, typer.Option(help="Same seed, same sentences.")] = 1,
) -> None:
    """Print sentences that prose lacks: numbers, dates, letters, lists, single words."""
    from ttscli.training.drills import drills as sentences

    for sentence in sentences(count, seed):
        typer.echo(sentence)


@app.command()
def align(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The corpus.")],
    run: Annotated[Path, typer.Option("--with", metavar="RUN", help="A run of speedyspeech-teacher or talknet-aligner.")],
    textgrids: Annotated[Path | None, typer.Option("--textgrid", metavar="DIR", help="Write TextGrids for Praat, too.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Align again; the old alignments are kept beside.")] = False,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "cpu",
) -> None:
    """Find out how long each symbol of a corpus lasts, and its pitch: alignments.jsonl. Needs the extra [train].

    Prints a row for each item that is left out; exit code 7 if there are any.
    """
    from ttscli.device import resolve_device

    device = resolve_device(device)
    with needs("train"):
        from ttscli.training.align import Aligning
    from ttscli.cli.tables import print_row
    from ttscli.errors import PartialError
    from ttscli.training.metadata import Flaw

    aligned = left_out = 0
    for outcome in Aligning(run, folder, replace, device).write(textgrids):
        if isinstance(outcome, Flaw):
            left_out += 1
            print_row(["left-out", outcome.identity, outcome.kind, outcome.detail])
        else:
            aligned += 1
    summary = f"{folder}: {aligned} utterances aligned"
    if left_out:
        raise PartialError(f"{summary}, {left_out} left out", "training goes without them")
    typer.echo(summary, err=True)


@app.command()
def predict(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run of `tts train`, of an acoustic model.")],
    folder: Folder,
    name: Annotated[str, typer.Option(help="What `tts train --mels` calls the result.")] = "predicted",
    count: Annotated[int, typer.Option("-n", min=1, help="How many utterances.")] = 3000,
) -> None:
    """Write the mels that an acoustic model makes of a corpus, for a vocoder to go on learning from."""
    with needs("train"):
        from ttscli.training.runs import predict_mels

    typer.echo(f"{predict_mels(run, folder, name, count)} utterances", err=True)
