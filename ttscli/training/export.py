"""Runs → a voice folder: voice.toml, weights in float16, and a model card with what is known."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ttscli import registry
from ttscli.errors import InputError, UsageError
from ttscli.nn.weights import read_weights, save_weights
from ttscli.training import card
from ttscli.training.checkpoints import DESCRIPTION, WEIGHTS
from ttscli.voice import FILE_NAME, Voice
from ttscli.voice_toml import voice_toml
from ttscli.whole_file import write_whole


def export(
    runs: Sequence[Path],
    folder: Path,
    language: str | None = None,
    licence: str | None = None,
    description: str = "",
    names: Mapping[Path, str] | None = None,
) -> Voice:
    """Write a voice from finished runs; the first run of a kind becomes that kind's default part.

    Args:
        runs: run folders that agree in their mels, and those that read in their symbols.
        folder: the voice; its name is the voice's name. A README.md that is there already is left alone.
        language: BCP 47 tag; None for that of the first run's corpus.
        licence: of the weights; None for that of the first run's corpus, if it is known.
        description: one line.
        names: what the parts of some runs are called; else a part is called by its architecture, and a further one of the same by
            its run, too.

    Raises:
        InputError: a folder is not a finished run.
        UsageError: the runs do not fit each other, or two parts would have one name.
        OutputError: a file cannot be written.
    """
    descriptions = [describe(run) for run in runs]
    text = _common_text(runs, descriptions)
    called = _names(runs, descriptions, names or {})
    folder.mkdir(parents=True, exist_ok=True)
    corpus = descriptions[0].get("corpus", {})
    head = {
        "name": folder.resolve().name,
        "language": language or corpus.get("language") or "en-US",
        "licence": licence or corpus.get("licence") or "LicenseRef-unknown",
        "description": description,
    }
    parts = [_part(*part, folder) for part in zip(runs, descriptions, called, strict=True)]
    write_whole(folder / FILE_NAME, voice_toml(head, descriptions[0]["mel"], text, parts))
    voice = Voice.read(folder)
    if not (folder / card.FILE_NAME).exists():
        trained = map(card.Trained, called, runs, descriptions)
        write_whole(folder / card.FILE_NAME, card.model_card(voice, [*trained]))
    return voice


def _common_text(runs: Sequence[Path], descriptions: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The [text] table of runs that go together, if any of them reads; UsageError or InputError if they do not."""
    reader: tuple[Path, Mapping[str, Any]] | None = None
    for run, description in zip(runs, descriptions, strict=True):
        if description["kind"] not in registry.GROUPS:
            raise UsageError(f"{run}: a run of {description['trainer']}, which is no part of a voice", "export what speaks")
        weights_of(run)  # before anything is written
        if description["mel"] != descriptions[0]["mel"]:
            raise UsageError(f"{run}: its mels are not those of {runs[0]}", "export runs of one corpus together")
        if description["text"]:
            reader = reader or (run, description["text"])
            if description["text"] != reader[1]:
                raise UsageError(
                    f"{run}: its symbols are not those of {reader[0]}", "a voice spells in one way: export two voices"
                )
    return reader[1] if reader else None


def _names(runs: Sequence[Path], descriptions: Sequence[Mapping[str, Any]], given: Mapping[Path, str]) -> list[str]:
    """What each part is called; they are all different, for weights are files of that name."""
    if strangers := sorted(str(run) for run in given if run not in runs):
        raise UsageError(f"{strangers[0]}: named, but not among the runs")
    called: list[str] = []
    for run, description in zip(runs, descriptions, strict=True):
        usual = description["architecture"]
        name = given.get(run) or (f"{usual}-{run.resolve().name}" if usual in called else usual)
        if name in called or Path(name).name != name:
            raise UsageError(f"{run}: no other part may be called {name}", f"name it: --name {run}=NAME")
        called.append(name)
    return called


def describe(run: Path) -> dict[str, Any]:
    """Read what a run says of itself; InputError if it is none."""
    hint = "name a folder that tts train made"
    try:
        description = dict(json.loads((run / DESCRIPTION).read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError(f"{run}: not a training run: {DESCRIPTION}: {error.strerror}", hint) from error
    except (ValueError, TypeError) as error:
        raise InputError(f"{run}: not a training run: {error}", hint) from error
    if missing := sorted({"architecture", "kind", "config", "text", "mel", "recipe"} - description.keys()):
        raise InputError(f"{run}: not a training run: {missing[0]} is missing from run.json", hint)
    return {"trainer": description["architecture"], **description}  # early runs name no trainer


def weights_of(run: Path) -> Path:
    """The weights that a run has learned; InputError if it has not saved any yet."""
    if not (run / WEIGHTS).is_file():
        raise InputError(f"{run}: has not saved any weights yet", "it does every ten minutes, and when it ends")
    return run / WEIGHTS


def _part(run: Path, description: Mapping[str, Any], name: str, folder: Path) -> tuple[str, dict[str, Any]]:
    """Copy the weights as float16; return (kind, table)."""
    weights = folder / f"{name}.safetensors"
    save_weights(read_weights(weights_of(run)), weights)
    table = {
        "name": name,
        "architecture": description["architecture"],
        "weights": weights.name,
        "sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
        "config": description["config"],
    }
    return description["kind"], table
