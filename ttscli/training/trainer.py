"""What a plugin promises so that the training loop can train it."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from importlib.resources import files
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
import torch
from lightning_fabric import Fabric
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer

from ttscli.nn.weight_norm import fuse, split
from ttscli.nn.weights import fill
from ttscli.training.batches import in_order, shuffled
from ttscli.training.corpus import Corpus, Utterance
from ttscli.training.recipe import Recipe
from ttscli.training.spelling import END, START


class Trainer(ABC):
    """A network, its data and its losses. One optimizer; override `optimizers` and `step` for an adversary.

    Attributes:
        architecture: name of the plugin that speaks with the network; several trainers may share it.
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
    def read_recipe(cls, name: str, changes: Sequence[str] = ()) -> Recipe:
        """Read a recipe that the trainer's plugin brings, or a TOML file of the user's; as Recipe.read."""
        return Recipe.read(files(cls.__module__.partition(".")[0]) / cls.recipes, name, changes)

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

    def begin(self, weights: Mapping[str, Tensor], source: str) -> None:
        """Copy the weights of a voice or a run into `network`; VoiceError, naming `source`, if they do not fit."""
        fill(self.network, split(fuse(weights, source), self.network), source)

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
        fabric.clip_gradients(network, optimizer, max_norm=self.recipe.clip, error_if_nonfinite=False)
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
        utterances = self.corpus.training_of(most=self.recipe.batch)
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


def take_statistics(network: nn.Module, corpus: Corpus) -> None:
    """Fill the buffers `mean` and `deviation` of an untrained network, float32 (n_mels,), with those of a corpus's log mels."""
    for name, values in zip(("mean", "deviation"), corpus.mel_statistics(), strict=True):
        network.get_buffer(name).copy_(torch.from_numpy(values))


def differing_sizes(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """What the one of two `config` tables has otherwise than the other, for people; "" if they agree.

    Floats are no sizes of a network.
    """
    keys = sorted(one.keys() | other.keys())
    pairs = [(key, one.get(key, "its default"), other.get(key, "its default")) for key in keys]
    return ", ".join(f"{key} {a}, not {b}" for key, a, b in pairs if a != b and float not in (type(a), type(b)))


def spelling_of(corpus: Corpus, symbols: Sequence[str]) -> dict[str, Any]:
    """The [text] table of a voice that spells as `corpus` does, with `symbols` by their ids."""
    return {"alphabet": corpus.about.alphabet, "symbols": list(symbols), "start": START, "end": END}
