"""The files of a run, each written whole or not at all: what was there before stays when the disk is full."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

from ttscli.errors import OutputError
from ttscli.nn.weights import to_safetensors
from ttscli.whole_file import told, unfinished, write_whole

LAST = "last.pt"
WEIGHTS = "weights.safetensors"
LOG = "log.jsonl"
DESCRIPTION = "run.json"
_HINT = "make room; the run goes on from its last checkpoint"


def is_run(folder: Path) -> bool:
    """Whether `folder` is that of a run, rather than of a voice, or of nothing."""
    return (folder / DESCRIPTION).is_file()


def write_state(folder: Path, state: Mapping[str, Any]) -> None:
    """Write last.pt, from which a run goes on; OutputError if that fails."""
    path = folder / LAST
    try:
        with told(path, _HINT), unfinished(path) as new:
            torch.save(dict(state), new)
    except RuntimeError as error:  # torch.save's, for a full disk
        reason = str(error).partition("\n")[0]
        raise OutputError(f"{path}: cannot be written: {reason}", _HINT) from error


def write_weights(folder: Path, network: nn.Module) -> None:
    """Write weights.safetensors in float32; OutputError if that fails."""
    write_whole(folder / WEIGHTS, to_safetensors(network, torch.float32), _HINT)


def write_description(folder: Path, description: Mapping[str, Any]) -> None:
    """Write run.json; OutputError if that fails."""
    write_whole(folder / DESCRIPTION, json.dumps(description, ensure_ascii=False), _HINT)


def append_row(folder: Path, row: Mapping[str, Any]) -> None:
    """Append to log.jsonl; OutputError if that fails."""
    with told(folder / LOG, _HINT), open(folder / LOG, "a", encoding="utf-8") as log:
        log.write(json.dumps(row) + "\n")


def losses_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The losses in a row of the log, which also says when they were."""
    return {name: value for name, value in row.items() if name not in ("kind", "step", "seconds")}
