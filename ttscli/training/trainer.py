"""What a plugin promises so that the training loop can train it."""

import copy
import tomllib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from importlib.resources import files
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Self, TypeVar

import numpy as np
import torch
from lightning_fabric import Fabric
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer

from ttscli.config import read_config
from ttscli.errors import UsageError
from ttscli.training.batches import in_order, shuffled
from ttscli.training.corpus import Corpus, Utterance
from ttscli.training.spelling import END, START

T = TypeVar("T")


@dataclass(frozen=True)
class Recipe:
    """Hyper-parameters of a run, from a TOML file of the plugin.

    Attributes:
        network: the network's own configuration.
        learning_rate: peak, reached after `warmup_steps`; falls linearly to `final_share` of it at the end of the run.
        decay_from: share of the run after which it begins to fall.
        weight_decay, betas: of AdamW.
        clip: gradient norm.
        ema: decay of the running average of the weights, which is what speaks.
        batch: utterances or clips a step.
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
    def read(cls, trainer: "type[Trainer]", name: str, changes: Sequence[str] = ()) -> "Recipe":
        """Read a recipe that the trainer's plugin brings, or a TOML file of the user's.

        Args:
            trainer: whose recipe it is.
            name: of the recipe, or a path that ends in .toml.
            changes: as `changed` takes them.

        Raises:
            UsageError: there is none of that name, it is not a TOML file, a change is none, or a number is out of range.
            VoiceError: a key of it is unknown, or its value of another type.
        """
        folder = files(trainer.__module__.partition(".")[0]) / trainer.recipes
        path = Path(name) if name.endswith(".toml") else folder / f"{name}.toml"
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            known = ", ".join(
                sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))
            )
            raise UsageError(f"{name}: no recipe of this name", f"there are: {known}; or give a .toml file") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UsageError(f"{name}: not a TOML file: {error}") from error
        return cls._of_table(changed(table, changes), name)

    @classmethod
    def of_run(cls, description: Mapping[str, Any], changes: Sequence[str] = ()) -> "Recipe":
        """The recipe in what a run says of itself, without what its trainer has added, and with `changes`."""
        table = {field.name: description["recipe"][field.name] for field in fields(Recipe)}
        return cls._of_table(changed(table, changes), "the run's recipe")

    @classmethod
    def _of_table(cls, table: Mapping[str, Any], name: str) -> "Recipe":
        network = table.get("network", {})
        if not isinstance(network, dict):
            raise UsageError(f"{name}: network must be a table")
        recipe = read_config(cls, {key: value for key, value in table.items() if key != "network"}, network=network)
        if wrong := [f"{key} {getattr(recipe, key)}" for key, fine in _RANGES.items() if not fine(getattr(recipe, key))]:
            raise UsageError(f"{name}: out of range: {', '.join(wrong)}")
        return recipe

    def training(self, cls: type[T], table: str = "training") -> T:
        """Read what [network] holds for training alone, its inner table of this name, as the dataclass `cls`.

        Raises:
            VoiceError: a key of it is unknown, or its value of another type.
        """
        return read_config(cls, self.network.get(table, {}))

    def sizes(self, training: str = "training") -> dict[str, Any]:
        """What of [network] the network itself is made of: all but the inner table of this name."""
        return {key: value for key, value in self.network.items() if key != training}

    def rate(self, step: int, progress: float) -> float:
        """The learning rate at `step`, with `progress` in [0, 1] through the run."""
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


_RANGES: Mapping[str, Callable[[Any], bool]] = {
    "learning_rate": lambda rate: rate >= 0,
    "warmup_steps": lambda steps: steps >= 1,
    "decay_from": lambda share: 0 <= share < 1,
    "betas": lambda betas: len(betas) == 2 and all(0 <= beta < 1 for beta in betas),
    "ema": lambda decay: 0 <= decay < 1,
    "batch": lambda size: size >= 1,
}


class Trainer(ABC):
    """A network, its data and its losses. One optimizer; override `optimizers` and `step` for an adversary.

    Attributes:
        architecture: name of the plugin that speaks with the network; also the trainer's own.
        kind: "acoustic", "vocoder" or "text_to_wave": what the trained network is in a voice. Another kind is no part of one.
        recipes: folder of its recipes in the plugin's package.
        network: what is trained, averaged and exported.
        recipe: hyper-parameters.
        corpus: what it learns from.
    """

    architecture: ClassVar[str]
    kind: ClassVar[str]
    recipes: ClassVar[str] = "recipes"
    network: nn.Module
    recipe: Recipe
    corpus: Corpus

    @classmethod
    @abstractmethod
    def build(cls, recipe: Recipe, corpus: Corpus) -> Self:
        """Make an untrained network for `corpus`."""

    @abstractmethod
    def batches(self, seed: int, first: int = 0) -> Iterator[Any]:
        """Yield training batches without end, from number `first` on. Batch n depends on `seed` and n alone.

        So a run that was interrupted goes on with the batches that it would have seen.

        Raises:
            InputError: the corpus has nothing to make a batch of.
        """

    @abstractmethod
    def validation_batches(self) -> Iterator[Any]:
        """Yield the same few batches each time."""

    @abstractmethod
    def losses(self, network: nn.Module, batch: Any) -> dict[str, Tensor]:
        """Compute the losses of `network` (ours, wrapped or averaged) on one batch: "total" is what is minimised."""

    @abstractmethod
    def config(self) -> dict[str, Any]:
        """The part's `config` table in voice.toml."""

    def text(self) -> dict[str, Any]:
        """The voice's [text] table; empty if the network sees no symbols."""
        return {}

    @classmethod
    def reopen(cls, description: Mapping[str, Any], corpus: Corpus) -> Self:
        """Make the network of an earlier run for another `corpus`; its weights are not read yet.

        Args:
            description: what `describe` said of that run.
            corpus: takes over the run's symbols; utterances with others are left out.
        """
        if symbols := description["text"].get("symbols"):
            corpus.speak_with(symbols)
        return cls.build(Recipe.of_run(description), corpus)

    @property
    def companions(self) -> Mapping[str, nn.Module]:
        """Networks that learn beside `network` and are kept in a checkpoint, but neither averaged nor exported."""
        return {}

    def describe(self) -> dict[str, Any]:
        """Everything that a voice folder needs to know, and the recipe."""
        return {
            "architecture": self.architecture,
            "kind": self.kind,
            "config": self.config(),
            "text": self.text(),
            "mel": asdict(self.corpus.mel_spec),
            "recipe": asdict(self.recipe),
        }

    def optimizers(self) -> list[Optimizer]:
        """The optimizers, in the order in which `step` uses them."""
        recipe = self.recipe
        return [AdamW(self.network.parameters(), recipe.learning_rate, recipe.betas, weight_decay=recipe.weight_decay)]

    def step(self, fabric: Fabric, network: nn.Module, optimizers: list[Optimizer], batch: Any) -> dict[str, float]:
        """Learn from one batch; return the losses as numbers."""
        [optimizer] = optimizers
        optimizer.zero_grad(set_to_none=True)
        losses = self.losses(network, batch)
        fabric.backward(losses["total"])
        torch.nn.utils.clip_grad_norm_(network.parameters(), self.recipe.clip)
        optimizer.step()
        return {name: float(loss.detach()) for name, loss in losses.items()}


class Alignment(NamedTuple):
    """What is heard where in a recording: int64 (n_symbols,), frames, which sum to n_frames; and a picture of how sure that is.

    Attributes:
        attention: float32 (n_frames, n_symbols), in [0, 1].
    """

    durations: NDArray[np.int64]
    attention: NDArray[np.float32]


class SymbolTrainer(Trainer):
    """A trainer whose network reads or writes symbols, and learns from batches of whole utterances."""

    def __init__(self, recipe: Recipe, corpus: Corpus, symbols: list[str], network: nn.Module) -> None:
        """Take an untrained network whose symbols have the ids of their places in `symbols`."""
        self.recipe, self.corpus, self.symbols, self.network = recipe, corpus, symbols, network
        self._ids = {symbol: number for number, symbol in enumerate(symbols)}

    def ids(self, utterance: Utterance) -> NDArray[np.int64]:
        """The symbols of one utterance: int64 (n_symbols,)."""
        return np.array([self._ids[symbol] for symbol in utterance.symbols])

    def batches(self, seed: int, first: int = 0) -> Iterator[Any]:
        """Batches of at most recipe.batch frames (padding included), alike in length."""
        utterances = self.corpus.training_of(range(1, self.recipe.batch + 1))
        for batch in shuffled(utterances, self.recipe.batch, seed, first):
            yield self.collate(batch)

    def validation_batches(self) -> Iterator[Any]:
        """The held-out utterances."""
        for batch in in_order(self.corpus.validation, self.recipe.batch):
            yield self.collate(batch)

    @abstractmethod
    def collate(self, utterances: Sequence[Utterance]) -> Any:
        """Pad utterances to the longest of them."""


class AligningTrainer(SymbolTrainer):
    """A trainer whose network finds out how long each symbol of a recording lasts. It is no part of a voice."""

    @abstractmethod
    def align(self, network: nn.Module, utterance: Utterance) -> Alignment:
        """Align one recording of the corpus.

        Raises:
            InputError: it cannot say what it is said to say, naming why.
        """


class AcousticTrainer(SymbolTrainer):
    """A trainer whose network turns symbols into mels."""

    kind: ClassVar[str] = "acoustic"

    def text(self) -> dict[str, Any]:
        """The corpus's alphabet and symbols."""
        return spelling_of(self.corpus, self.symbols)

    @abstractmethod
    def teacher_forced(self, network: nn.Module, utterances: Sequence[Utterance]) -> list[NDArray[np.float32]]:
        """The network's own mels of `utterances` at their true durations: float32 (n_frames, n_mels) each.

        A vocoder that goes on learning from these sounds better behind this network.
        """


def spelling_of(corpus: Corpus, symbols: Sequence[str]) -> dict[str, Any]:
    """The [text] table of a voice that spells as `corpus` does, with `symbols` by their ids."""
    return {"alphabet": corpus.about.alphabet, "symbols": list(symbols), "start": START, "end": END}
