"""Starting and using runs by the name of their architecture."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from ttscli import registry
from ttscli.errors import UsageError
from ttscli.melspec import MelSpec
from ttscli.nn.weights import load_weights
from ttscli.training.corpus import Corpus, mel_file
from ttscli.training.export import describe
from ttscli.training.loop import Run
from ttscli.training.trainer import AcousticTrainer, Recipe, Trainer


def start(
    architecture: str,
    folder: Path,
    out: Path,
    recipe: str,
    seed: int,
    device: str,
    precision: str,
    mels: str = "",
    init_from: Path | None = None,
    learning_rate: float | None = None,
) -> Run:
    """Begin a run of `architecture` on the corpus at `folder`, or continue the one at `out`.

    Raises:
        UsageError: there is no such trainer or recipe.
        InputError: `folder` is not a corpus.
        VoiceError: `init_from` does not fit the recipe's network.
    """
    cls: type[Trainer] = registry.load(registry.TRAINERS, architecture)
    settings = Recipe.read(cls, recipe)
    if learning_rate is not None:
        settings = replace(settings, learning_rate=learning_rate)
    torch.manual_seed(seed)
    trainer = cls.build(settings, Corpus(folder, MelSpec(), mel_file(mels)))
    if init_from is not None:
        load_weights(trainer.network, init_from)
    return Run(trainer, out, seed, device, precision)


def reopen(run: Path, corpus: Corpus) -> Trainer:
    """Make the network of a run anew, with its averaged weights, to use it on `corpus`.

    Raises:
        InputError: `run` is none.
        UsageError: its trainer is not installed.
        VoiceError: its weights are damaged.
    """
    description = describe(run)
    cls: type[Trainer] = registry.load(registry.TRAINERS, description["trainer"])
    trainer = cls.reopen(description, corpus)
    load_weights(trainer.network, run / "weights.safetensors")
    return trainer


def predict_mels(run: Path, folder: Path, name: str, count: int) -> int:
    """Write the mels that the acoustic model of `run` makes of the first `count` utterances of a corpus; return how many.

    Raises:
        UsageError: the run is of no acoustic model, or knows other symbols than the corpus.
    """
    description = describe(run)
    if description["kind"] != "acoustic":
        raise UsageError(f"{run}: {description['architecture']} makes no mels", "name a run of an acoustic model")
    corpus = Corpus(folder, MelSpec(**description["mel"]))
    everything = len(corpus.utterances)
    trainer = reopen(run, corpus)
    assert isinstance(trainer, AcousticTrainer)
    if len(corpus.utterances) < everything:  # a mel file has the utterances in order, without gaps
        raise UsageError(f"{run}: has not learned all symbols of {folder}", "train it on this corpus")
    network = trainer.network.eval()
    utterances = corpus.utterances[:count]

    def mels() -> Iterator[NDArray[np.float32]]:
        for utterance in utterances:
            yield from trainer.teacher_forced(network, [utterance])

    corpus.write_mels(mel_file(name), mels())
    return len(utterances)
