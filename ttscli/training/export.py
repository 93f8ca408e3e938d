"""Runs → a voice folder: voice.toml, weights in float16, and a model card to be filled in."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ttscli.errors import InputError, UsageError
from ttscli.nn.weights import read_weights, save_weights
from ttscli.voice import FILE_NAME, Voice
from ttscli.voice_toml import voice_toml

_KINDS = ("acoustic", "vocoder", "text_to_wave")


def export(runs: Sequence[Path], folder: Path, language: str, licence: str, description: str = "") -> Voice:
    """Write a voice from finished runs; the first run of a kind becomes that kind's default part.

    Args:
        runs: run folders that agree in their mels, at least one of them acoustic or text-to-wave.
        folder: the voice; its name is the voice's name.
        language: BCP 47 tag.
        licence: of the weights.
        description: one line.

    Raises:
        InputError: a folder is not a finished run.
        UsageError: the runs do not fit each other.
    """
    descriptions = [describe(run) for run in runs]
    _require_fitting(runs, descriptions)
    text = next((d["text"] for d in descriptions if d["text"]), None)
    if text is None:
        raise UsageError("no run knows an alphabet", "export an acoustic model with the vocoder")
    folder.mkdir(parents=True, exist_ok=True)
    head = {"name": folder.resolve().name, "language": language, "licence": licence, "description": description}
    parts = [_part(run, d, folder) for run, d in zip(runs, descriptions, strict=True)]
    unfinished = folder / (FILE_NAME + ".part")
    unfinished.write_text(voice_toml(head, descriptions[0]["mel"], text, parts), encoding="utf-8")
    unfinished.replace(folder / FILE_NAME)
    return Voice.read(folder)


def _require_fitting(runs: Sequence[Path], descriptions: Sequence[Mapping[str, Any]]) -> None:
    architectures = [description["architecture"] for description in descriptions]
    for run, description in zip(runs, descriptions, strict=True):
        if description["kind"] not in _KINDS:
            raise UsageError(f"{run}: a {description['kind']} is no part of a voice", "export what speaks")
        if architectures.count(description["architecture"]) > 1:
            raise UsageError(f"{run}: {description['architecture']} twice", "a voice has one part of each architecture")
        if description["mel"] != descriptions[0]["mel"]:
            raise UsageError(f"{run}: its mels are not those of {runs[0]}", "export runs of one corpus together")


def describe(run: Path) -> dict[str, Any]:
    """Read what a run says of itself; InputError if it is none."""
    hint = "name a folder that tts train made"
    try:
        description = dict(json.loads((run / "run.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise InputError(f"{run}: not a training run: {error}", hint) from error
    if missing := sorted({"architecture", "kind", "config", "text", "mel", "recipe"} - description.keys()):
        raise InputError(f"{run}: not a training run: {missing[0]} is missing from run.json", hint)
    return {"trainer": description["architecture"], **description}  # early runs name no trainer


def _part(run: Path, description: Mapping[str, Any], folder: Path) -> tuple[str, dict[str, Any]]:
    """Copy the weights as float16; return (kind, table)."""
    weights = folder / f"{description['architecture']}.safetensors"
    save_weights(read_weights(run / "weights.safetensors"), weights)
    table = {
        "name": description["architecture"],
        "architecture": description["architecture"],
        "weights": weights.name,
        "sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
        "config": description["config"],
    }
    return description["kind"], table
