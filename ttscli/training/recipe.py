"""Hyper-parameters of a run: a TOML file, and changes to it."""

import copy
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

from ttscli.config import read_config
from ttscli.errors import UsageError

T = TypeVar("T")


@dataclass(frozen=True)
class Recipe:
    """Hyper-parameters of a run, from a TOML file of the plugin.

    Attributes:
        network: the network's own configuration.
        learning_rate: peak, reached after `warmup_steps`; falls linearly to `final_share` of it at the end of the run.
        decay_from: share of the run after which it begins to fall.
        weight_decay, betas: of AdamW.
        clip: largest norm of the gradient, which is shortened to it.
        ema: decay of the running average of the weights, which is what speaks.
        batch: what a step learns from: frames (padding included), utterances or clips, as the trainer counts.
    """

    network: Mapping[str, Any]
    learning_rate: float = 1.5e-3
    warmup_steps: int = 300
    decay_from: float = 0.2
    final_share: float = 0.03
    weight_decay: float = 0.01
    betas: tuple[float, float] = (0.9, 0.98)
    clip: float = 1.0
    ema: float = 0.998
    batch: int = 8

    @classmethod
    def read(cls, folder: Traversable, name: str, changes: Sequence[str] = ()) -> "Recipe":
        """Read a recipe of those in `folder`, or a TOML file of the user's.

        Args:
            folder: of TOML files.
            name: of one of them without its ending, or a path that ends in .toml.
            changes: as `changed` takes them.

        Raises:
            UsageError: there is none of that name, it is not a TOML file, a change is none, or a number is out of range.
            VoiceError: a key of it is unknown, or its value of another type.
        """
        path = Path(name) if name.endswith(".toml") else folder / f"{name}.toml"
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            known = sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))
            hint = f"there are: {', '.join(known)}; or give a .toml file"
            raise UsageError(f"{name}: no recipe of this name", hint) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UsageError(f"{name}: not a TOML file: {error}") from error
        return cls._of_table(changed(table, changes), name)

    @classmethod
    def of_run(cls, description: Mapping[str, Any], changes: Sequence[str] = ()) -> "Recipe":
        """The recipe in what a run says of itself, without what its trainer has added, and with `changes`."""
        said = description["recipe"]
        table = {field.name: said[field.name] for field in fields(Recipe) if field.name in said}  # early ones had fewer fields
        return cls._of_table(changed(table, changes), "the run's recipe")

    @classmethod
    def _of_table(cls, table: Mapping[str, Any], name: str) -> "Recipe":
        network = table.get("network", {})
        if not isinstance(network, dict):
            raise UsageError(f"{name}: network must be a table")
        recipe = read_config(cls, {key: value for key, value in table.items() if key != "network"}, network=network)
        for key, (wanted, fits) in _RANGES.items():
            if not fits(value := getattr(recipe, key)):
                raise UsageError(f"{name}: out of range: {key} {value}: it must be {wanted}")
        return recipe

    def training(self, cls: type[T], table: str = "training") -> T:
        """Read what [network] holds for training alone, its inner table of this name, as the dataclass `cls`.

        Raises:
            UsageError: it is no table.
            VoiceError: a key of it is unknown, or its value of another type.
        """
        inner = self.network.get(table, {})
        if not isinstance(inner, Mapping):
            raise UsageError(f"network.{table}: {inner} is no table of a recipe", f"set its keys: network.{table}.KEY=VALUE")
        return read_config(cls, inner)

    def sizes(self, training: str = "training") -> dict[str, Any]:
        """What of [network] the network itself is made of: all but the inner table of this name."""
        return {key: value for key, value in self.network.items() if key != training}

    def rate(self, step: int, progress: float, batches_per_step: int = 1) -> float:
        """The learning rate at `step`, with `progress` in [0, 1] through the run.

        batches_per_step: as many as there are processes, for recipes that count epochs.
        """
        warm = min(1.0, (step + 1) / self.warmup_steps)
        fall = max(0.0, progress - self.decay_from) / (1 - self.decay_from)
        return self.learning_rate * warm * (1 - (1 - self.final_share) * min(1.0, fall))


def changed(table: Mapping[str, Any], changes: Sequence[str]) -> dict[str, Any]:
    """Return a copy of `table` with `changes` to it, each KEY=VALUE, such as network.training.alignment=search.

    A value is read as TOML, and is a string where it is none. Raises UsageError for what is no change.
    """
    result = copy.deepcopy(dict(table))
    for change in changes:
        path, equals, text = change.partition("=")
        *tables, key = path.strip().split(".")
        if not equals or not key:
            raise UsageError(f"{change}: not a change of a recipe", "write KEY=VALUE, such as network.channels=128")
        inner = result
        for name in tables:
            inner = inner.setdefault(name, {})
            if not isinstance(inner, dict):
                raise UsageError(f"{change}: {name} is no table of the recipe")
        try:
            inner[key] = tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            inner[key] = text
    return result


_LARGEST_BATCH = 1_000_000
"""Of frames three hours of sound, of which no machine's memory holds all that a network makes; clips are longer still."""
_RANGES: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "learning_rate": ("0 or more", lambda rate: rate >= 0),
    "warmup_steps": ("1 or more", lambda steps: steps >= 1),
    "decay_from": ("0 or more, below 1", lambda share: 0 <= share < 1),
    "final_share": ("0 to 1", lambda share: 0 <= share <= 1),
    "weight_decay": ("0 or more", lambda decay: decay >= 0),
    "betas": ("two of 0 or more, below 1", lambda betas: len(betas) == 2 and all(0 <= beta < 1 for beta in betas)),
    "clip": ("above 0", lambda norm: norm > 0),
    "ema": ("0 or more, below 1", lambda decay: 0 <= decay < 1),
    "batch": (f"1 to {_LARGEST_BATCH:,}", lambda size: 1 <= size <= _LARGEST_BATCH),
}
"""What a number must be, in words and as a test."""
