"""Runs → a voice folder: voice.toml, weights in float16, and a model card to be filled in."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ttscli.errors import InputError, UsageError
from ttscli.nn.weights import read_weights, save_weights
from ttscli.voice import FILE_NAME, Voice


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
    mel = descriptions[0]["mel"]
    for run, description_ in zip(runs, descriptions, strict=True):
        if description_["mel"] != mel:
            raise UsageError(f"{run}: its mels are not those of {runs[0]}", "export runs of one corpus together")
    text = next((d["text"] for d in descriptions if d["text"]), None)
    if text is None:
        raise UsageError("no run knows an alphabet", "export an acoustic model with the vocoder")
    folder.mkdir(parents=True, exist_ok=True)
    head = {"name": folder.name, "language": language, "licence": licence, "description": description}
    parts = [_part(run, d, folder) for run, d in zip(runs, descriptions, strict=True)]
    unfinished = folder / (FILE_NAME + ".part")
    unfinished.write_text(_toml(head, mel, text, parts), encoding="utf-8")
    unfinished.replace(folder / FILE_NAME)
    return Voice.read(folder)


def describe(run: Path) -> dict[str, Any]:
    """Read what a run says of itself; InputError if it is none."""
    try:
        return dict(json.loads((run / "run.json").read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise InputError(f"{run}: not a training run: {error}", "name a folder that tts train made") from error


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


def _toml(
    head: Mapping[str, Any], mel: Mapping[str, Any], text: Mapping[str, Any], parts: Sequence[tuple[str, dict[str, Any]]]
) -> str:
    """A JSON value of the kinds that occur here (strings, numbers, booleans, lists) is a TOML value too."""
    lines = _assignments(head)
    lines += ["", "[mel]", *_assignments(mel), "", "[text]", *_assignments(text)]
    for kind, part in parts:
        config = part.pop("config")
        lines += ["", f"[[{kind}]]", *_assignments(part), f"[{kind}.config]", *_assignments(config)]
    return "\n".join(lines) + "\n"


def _assignments(table: Mapping[str, Any]) -> list[str]:
    return [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in table.items()]
