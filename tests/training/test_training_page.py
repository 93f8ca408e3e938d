"""Every command in docs/training.md is one that the program takes, of trainers and with recipes that there are."""

import re
import shlex

import pytest
import typer
import typer.core

from tests.conftest import REPOSITORY
from ttscli import registry
from ttscli.cli import app

PAGE = (REPOSITORY / "docs" / "training.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = [line for block in BLOCKS for line in block.replace("\\\n", " ").splitlines() if line.startswith("tts ")]


def parsed(words: list[str]) -> dict[str, object]:
    """The parameters of a command, read as the program reads them, without running it."""
    command = typer.main.get_command(app)
    context = command.make_context("tts", words, resilient_parsing=True)
    while isinstance(command, typer.core.TyperGroup):
        _, found, words = command.resolve_command(context, words)
        assert found is not None
        command = found
    return dict(command.make_context("tts", list(words)).params)


@pytest.mark.parametrize("line", COMMANDS)
def test_the_program_takes_the_command(line: str) -> None:
    words = shlex.split(line)[1:]
    if "TRAINER" in words:
        words[words.index("TRAINER")] = "nhv"
    parameters = parsed(words)
    if words[0] == "train":
        trainer = registry.load(registry.TRAINERS, str(parameters["architecture"]))
        changes = parameters["changes"] or ()
        assert isinstance(changes, tuple)
        trainer.read_recipe(str(parameters["recipe"] or "fast"), changes)


def test_every_trainer_is_on_the_page() -> None:
    names = {plugin.name for plugin in registry.available(registry.TRAINERS)}
    assert {name for name in names if f"`{name}`" not in PAGE and f"train {name} " not in PAGE} == set()
