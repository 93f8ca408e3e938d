"""`tts eval`: measure a voice, and lay its pairs side by side for the ear."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ttscli.cli.completion import complete_model, complete_vocoder, complete_voice
from ttscli.cli.extras import needs
from ttscli.cli.tables import print_json, print_table

if TYPE_CHECKING:
    from ttscli.evaluation.recogniser import Recogniser


def evaluate(
    voice: Annotated[
        str,
        typer.Argument(metavar="VOICE", help="A voice of `tts voices list`, or its folder.", autocompletion=complete_voice),
    ],
    text: Annotated[Path, typer.Option("--text", metavar="FILE", help="Sentences, one a line.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Sounds, scores.json and index.html.")],
    model: Annotated[
        str | None,
        typer.Option("--model", "-m", metavar="NAME", help="Only this model of the voice.", autocompletion=complete_model),
    ] = None,
    vocoder: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only this vocoder.", autocompletion=complete_vocoder)
    ] = None,
    against: Annotated[
        Path | None, typer.Option(metavar="CORPUS", help="Compare with its recordings of the same sentences.")
    ] = None,
    recogniser: Annotated[Path | None, typer.Option(metavar="PATH", help="Folder of a Whisper model for CTranslate2.")] = None,
    wer: Annotated[bool, typer.Option("--wer/--no-wer", help="Let a recogniser listen.")] = True,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Speak sentences with every pair of a voice: word errors, distances from recordings, speed. Needs the extra [eval]."""
    from ttscli import library
    from ttscli.cli.reading import read_text
    from ttscli.errors import InputError, OutputError
    from ttscli.whole_file import write_whole

    found = library.find(voice)
    texts = [line.strip() for line in read_text(str(text)).splitlines() if line.strip()]
    if not texts:
        raise InputError(f"{text}: no sentences in it", "write one a line")
    with needs("eval"):
        from ttscli.evaluation.evaluate import Evaluation, pairs, row, summary
        from ttscli.evaluation.page import COLUMNS, figure, page

    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{out}: cannot be made: {error.strerror}") from error
    listener = _listener(recogniser, found.language) if wer else None
    evaluation = Evaluation(texts, out, listener, against)
    spoken = {pair.name: list(evaluation.speak(found, pair, device)) for pair in pairs(found, model, vocoder)}
    summaries: dict[str, dict[str, Any]] = {name: summary(sentences) for name, sentences in spoken.items()}
    scores = {
        "voice": found.name,
        "pairs": [{"pair": n, **summaries[n], "spoken": [row(s) for s in sentences]} for n, sentences in spoken.items()],
    }
    write_whole(out / "scores.json", json.dumps({"version": 1, **scores}, ensure_ascii=False, indent=1) + "\n")
    write_whole(out / "index.html", page(f"Voice {found.name}", summaries, spoken))
    if as_json:
        print_json(scores)
    else:
        heads = ["pair", *(head for head, _ in COLUMNS.values())]
        print_table(heads, [[name, *(figure(summaries[name][key]) for key in COLUMNS)] for name in spoken])
    typer.echo(f"{out / 'index.html'}: listen and compare", err=True)


def _listener(folder: Path | None, language: str) -> "Recogniser":
    with needs("eval"):
        from ttscli.evaluation.recogniser import Whisper

    return Whisper(folder, language)
