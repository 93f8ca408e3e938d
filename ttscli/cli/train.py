"""`tts train` and `tts export`: a corpus → a run → a voice."""

from pathlib import Path
from typing import Annotated

import typer

from ttscli.cli.extras import needs


def train(
    architecture: Annotated[str, typer.Argument(metavar="ARCHITECTURE", help="speedyspeech, melgan, nhv …")],
    folder: Annotated[Path, typer.Option("--data", metavar="DIR", help="The corpus.")],
    out: Annotated[Path, typer.Option(metavar="RUN", help="Folder of the run. If there is one, it is continued.")],
    recipe: Annotated[str, typer.Option(metavar="NAME", help="A recipe of the plugin, or a .toml file.")] = "fast",
    max_minutes: Annotated[float, typer.Option(min=0, help="End when the run has lasted so long in all.")] = float("inf"),
    max_steps: Annotated[int, typer.Option(min=0, help="End after so many steps in all.")] = 2**62,
    init_from: Annotated[Path | None, typer.Option(metavar="FILE", help="Begin with these weights (.safetensors).")] = None,
    mels: Annotated[str, typer.Option(metavar="NAME", help="Mels of `tts corpus predict` instead of the corpus's own.")] = "",
    learning_rate: Annotated[float | None, typer.Option(min=0, help="Instead of the recipe's.")] = None,
    seed: Annotated[int, typer.Option(help="Of the first weights and of the batches.")] = 0,
    device: Annotated[str, typer.Option(help="cpu, cuda or cuda:N.")] = "cpu",
    precision: Annotated[str, typer.Option(help="32-true, bf16-mixed …")] = "32-true",
) -> None:
    """Train a network on a corpus. Needs the extra [train]; Ctrl-C leaves a checkpoint."""
    from ttscli.device import resolve_device

    device = resolve_device(device)
    with needs("train"):
        from ttscli.training.runs import start

    run = start(architecture, folder, out, recipe, seed, device, precision, mels, init_from, learning_rate)
    run.train(max_minutes, max_steps)


def export(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN...", help="Runs of `tts train`; the first of a kind is the default.")
    ],
    folder: Annotated[Path, typer.Option("--out", metavar="DIR", help="The voice; its name is the voice's.")],
    language: Annotated[str, typer.Option(help="BCP 47 tag.")] = "en-US",
    licence: Annotated[str, typer.Option(help="Of the weights, an SPDX expression.")] = "CC0-1.0",
    description: Annotated[str, typer.Option(help="One line.")] = "",
) -> None:
    """Make a voice folder of finished runs."""
    with needs("train"):
        from ttscli.training.export import export as write

    voice = write(runs, folder, language, licence, description)
    typer.echo(f"{voice.folder}: try it: tts say -v {voice.folder} 'Hello.'", err=True)
