"""`tts train` and `tts export`: a corpus → a run → a voice."""

import os
from math import inf
from pathlib import Path
from typing import Annotated

import typer

from ttscli.cli.completion import complete_part, complete_trainer
from ttscli.cli.extras import needs
from ttscli.cli.options import within
from ttscli.cli.trials import trial
from ttscli.precision import Precision

_UNBOUNDED = within(0, inf)


def train(
    architecture: Annotated[
        str,
        typer.Argument(metavar="TRAINER", help="speedyspeech, melgan …: `tts plugins list`.", autocompletion=complete_trainer),
    ],
    folder: Annotated[Path, typer.Option("--data", metavar="DIR", help="The corpus.")],
    out: Annotated[Path, typer.Option(metavar="RUN", help="Folder of the run. If there is one, it is continued.")],
    recipe: Annotated[
        str | None, typer.Option(metavar="NAME", help="A recipe of the plugin, or a .toml file; fast, or the run's own.")
    ] = None,
    max_minutes: Annotated[
        float,
        typer.Option(
            metavar="MINUTES", help="End when the run has lasted so long in all.", callback=_UNBOUNDED, show_default=False
        ),
    ] = inf,
    max_steps: Annotated[int, typer.Option(metavar="N", min=0, help="End after so many steps in all.", show_default=False)] = 2
    ** 62,
    resume: Annotated[
        bool | None, typer.Option("--resume/--no-resume", help="Insist on a run to continue, or on there being none.")
    ] = None,
    init_from: Annotated[
        str | None,
        typer.Option(
            metavar="VOICE[:PART]",
            help="Begin with these weights; or a run, or a .safetensors file.",
            autocompletion=complete_part,
        ),
    ] = None,
    mels: Annotated[str, typer.Option(metavar="NAME", help="Mels of `tts corpus predict` instead of the corpus's own.")] = "",
    learning_rate: Annotated[
        float | None, typer.Option(metavar="X", help="Instead of the recipe's: 0 to 1.", callback=within(0, 1))
    ] = None,
    changes: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Instead of the recipe's, such as network.channels=96.")
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(help="Of the first weights and of the batches; 0, or the run's own.", callback=within(0, 2**32 - 1)),
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "cpu",
    devices: Annotated[int, typer.Option(metavar="N", min=1, help="Processes side by side, each with batches of its own.")] = 1,
    precision: Annotated[Precision, typer.Option(help="Of the layers that bear it; bf16-mixed is for GPUs.")] = "32-true",
    samples_every: Annotated[
        float,
        typer.Option(metavar="MINUTES", help="Let a held-out sentence be heard and seen; 0: never.", callback=_UNBOUNDED),
    ] = 30.0,
) -> None:
    """Train a network on a corpus. Needs the extra [train]; Ctrl-C leaves a checkpoint.

    What is in RUN is continued, with its own recipe and seed, exactly where it was. --init-from is for a run that begins.
    """
    from ttscli.device import resolve_device

    device = resolve_device(device)
    with needs("train"):
        from ttscli.training.runs import Plan, start

    plan = Plan(
        trainer=architecture,
        corpus=folder,
        out=out,
        recipe=recipe,
        seed=seed,
        resume=resume,
        init_from=init_from,
        learning_rate=learning_rate,
        changes=tuple(changes or ()),
        mels=mels,
        device=device,
        devices=devices,
        precision=precision,
        samples_every_s=60 * samples_every or float("inf"),
    )
    start(plan).train(max_minutes, max_steps)


def export(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN...", help="Runs of `tts train`; the first of a kind is the default.")
    ],
    folder: Annotated[Path, typer.Option("--out", metavar="DIR", help="The voice; its name is the voice's.")],
    language: Annotated[str | None, typer.Option(help="BCP 47 tag, if not the corpus's.")] = None,
    licence: Annotated[str | None, typer.Option(help="Of the weights, an SPDX expression, if not the corpus's.")] = None,
    description: Annotated[str, typer.Option(help="One line.")] = "",
    names: Annotated[
        list[str] | None, typer.Option("--name", metavar="RUN=PART", help="What the part of a run is called.")
    ] = None,
) -> None:
    """Make a voice folder of finished runs, with a model card.

    A part is called by its architecture, and a second one of the same by its run, too. A README.md that is there is left alone.
    """
    with needs("train"):
        from ttscli.training.export import export as write

    called = dict(_name(text) for text in names or [])
    voice = write(runs, folder, language, licence, description, called)
    # Without a separator it would be a name, which only voices at their usual places have.
    place = str(folder) if folder.name != str(folder) else os.path.join(".", folder)  # noqa: PTH118 - Path drops the dot
    typer.echo(f"{voice.folder}: try it: {trial(voice, place)}", err=True)


def _name(text: str) -> tuple[Path, str]:
    run, equals, name = text.rpartition("=")
    if not equals or not run or not name:
        raise typer.BadParameter(f"{text!r} is not RUN=PART", param_hint="--name")
    return Path(run), name
