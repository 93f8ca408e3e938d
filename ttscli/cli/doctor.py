"""`tts doctor`: is everything there that speaking needs? Each line is a finding with its cure."""

from typing import Annotated

import typer

from ttscli.cli.config import options_of
from ttscli.cli.findings import report

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def doctor(context: typer.Context, as_json: Json = False) -> None:
    """Check the installation: packages, espeak-ng, sound, GPU, voices and plugins.

    Exits with 0 unless something fails that speaking needs.
    """
    from ttscli.cli.doctor_checks import findings

    if failed := report(findings(options_of(context.find_root())), as_json):
        raise typer.Exit(failed[0].exit_code)
