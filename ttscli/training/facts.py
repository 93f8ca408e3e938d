"""What a run should remember of where and on what it was made."""

import os
import platform
import subprocess
from pathlib import Path
from typing import Any

import torch

from ttscli import __version__
from ttscli.training.corpus import Corpus


def facts(trainer: str, recipe: str, corpus: Corpus, device: str, devices: int) -> dict[str, Any]:
    """The facts, for run.json: names of trainer and recipe, the corpus, the machine, the program."""
    frames = sum(u.n_frames for u in corpus.utterances)
    return {
        "trainer": trainer,
        "recipe_name": recipe,
        "corpus": {
            "name": corpus.features.parent.resolve().name,
            "utterances": len(corpus.utterances),
            "hours": round(frames * corpus.mel_spec.hop_samples / corpus.mel_spec.sample_rate_hz / 3600, 3),
            "language": corpus.about.language,
            "licence": corpus.about.licence,
            "origin": corpus.about.origin,
        },
        "machine": machine(device, devices),
        "program": f"ttscli {__version__}{commit()}",
    }


def machine(device: str, devices: int) -> str:
    """What does the work, in words."""
    several = f"{devices} x " if devices > 1 else ""
    if device.startswith("cuda") and torch.cuda.is_available():
        return f"{several}{torch.cuda.get_device_name(torch.device(device))}, torch {torch.__version__}"
    return f"{several}{torch.get_num_threads()} of {os.cpu_count()} CPU cores ({platform.machine()}), torch {torch.__version__}"


def commit() -> str:
    """Name the commit of a checkout, with "+" if it is changed, as ", commit abc"; nothing of an installed program."""
    here = Path(__file__).parents[2]
    if not (here / ".git").exists():
        return ""
    try:
        done = subprocess.run(
            ["git", "-C", str(here), "describe", "--always", "--dirty=+"], capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return f", commit {done.stdout.strip()}"
