"""Starting and using runs by the name of their architecture."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from ttscli import registry
from ttscli.errors import UsageError, VoiceError
from ttscli.melspec import MelSpec
from ttscli.nn.weights import load_weights
from ttscli.precision import Precision
from ttscli.telling import tell
from ttscli.training.beginning import Beginning, spell_alike
from ttscli.training.checkpoints import LAST
from ttscli.training.corpus import Corpus, mel_file
from ttscli.training.export import describe, weights_of
from ttscli.training.facts import facts
from ttscli.training.loop import Run
from ttscli.training.recipe import Recipe
from ttscli.training.trainer import AcousticTrainer, Trainer, differing_sizes

T = TypeVar("T", bound=Trainer)


@dataclass(frozen=True)
class Plan:
    """What a run is to be.

    Attributes:
        trainer: name of the trainer.
        corpus: folder of what it learns from.
        out: folder of the run.
        recipe, seed: None for those that the run began with; of a new run, "fast" and 0.
        resume: True: there must be a run to continue; False: there must be none; None: it is continued if there is one.
        init_from: what Beginning.find finds; looked at by a new run only.
        learning_rate: instead of the recipe's.
        changes: to the recipe, as ttscli.training.recipe.changed takes them.
        mels: name of predicted mels; "" for those that the run began with; of a new run, the corpus's own.
        device, devices, precision, samples_every_s: as in Run.
    """

    trainer: str
    corpus: Path
    out: Path
    recipe: str | None = None
    seed: int | None = None
    resume: bool | None = None
    init_from: str | None = None
    learning_rate: float | None = None
    changes: tuple[str, ...] = ()
    mels: str = ""
    device: str = "cpu"
    devices: int = 1
    precision: Precision = "32-true"
    samples_every_s: float = math.inf


def start(plan: Plan) -> Run:
    """Begin a run, or continue the one in `plan.out`.

    Raises:
        UsageError: there is no such recipe, or a run where there should be none, or none where there should be one.
        InputError: `plan.corpus` is not a corpus.
        VoiceError: there is no such trainer, or `plan.init_from` does not fit the recipe's network.
    """
    cls: type[Trainer] = registry.load(registry.TRAINERS, plan.trainer)
    before = _before(plan, cls)
    name, recipe = _recipe(plan, cls, before)
    seed = plan.seed if plan.seed is not None else int(before["seed"]) if before else 0
    beginning = Beginning.find(plan.init_from, cls) if plan.init_from and not before else None
    mels = plan.mels or (before or {}).get("mels", "")
    corpus = Corpus(plan.corpus, MelSpec(), mel_file(mels))  # may take an hour: after all that is soon found wrong
    if before:
        _spell_alike(corpus, before["text"], str(plan.out))
    elif beginning:
        _spell_alike(corpus, beginning.text, beginning.source)
    torch.manual_seed(seed)
    trainer = cls.build(recipe, corpus)
    if beginning:
        _begin(trainer, beginning)
    known = facts(plan.trainer, name, corpus, plan.device, plan.devices) | {"mels": mels}
    return Run(trainer, plan.out, seed, plan.device, plan.precision, plan.devices, plan.samples_every_s, known)


def _before(plan: Plan, cls: type[Trainer]) -> dict[str, Any] | None:
    """What the run to be continued says of itself; None for a new one."""
    if not (plan.out / LAST).exists():
        if plan.resume:
            raise UsageError(f"{plan.out}: no run to continue", "leave --resume out to begin one")
        return None
    if plan.resume is False:
        raise UsageError(f"{plan.out}: there is a run already", "name another --out, or continue it without --no-resume")
    before = describe(plan.out)
    # An early run names neither trainer nor recipe: `describe` says its architecture instead, which several trainers may share.
    if before["trainer"] != plan.trainer and ("recipe_name" in before or before["architecture"] != cls.architecture):
        raise UsageError(f"{plan.out}: a run of {before['trainer']}", "continue as it began, or name another --out")
    return before


def _recipe(plan: Plan, cls: type[Trainer], before: Mapping[str, Any] | None) -> tuple[str, Recipe]:
    """The name of the recipe, and the recipe with what the plan changes in it."""
    if before and plan.recipe is None:
        name, recipe = str(before.get("recipe_name", "")), Recipe.of_run(before, plan.changes)
    else:
        name = plan.recipe or "fast"
        recipe = cls.read_recipe(name, plan.changes)
    return name, recipe if plan.learning_rate is None else replace(recipe, learning_rate=plan.learning_rate)


def _spell_alike(corpus: Corpus, text: Mapping[str, Any], source: str) -> None:
    if left_out := spell_alike(corpus, text, source):
        tell(f"{left_out} utterances are left out: {source} does not know all their symbols")


def _begin(trainer: Trainer, beginning: Beginning) -> None:
    try:
        trainer.begin(beginning.tensors, beginning.source)
    except VoiceError as error:
        its = differing_sizes(beginning.config, trainer.config()) if beginning.config else ""
        raise VoiceError(str(error), f"give the network its sizes{its and f': {its}'}") from error


def trainer_of(run: Path) -> type[Trainer]:
    """The trainer of a run.

    Raises:
        InputError: `run` is none.
        VoiceError: its trainer is not installed.
    """
    cls: type[Trainer] = registry.load(registry.TRAINERS, describe(run)["trainer"])
    return cls


def reopen(cls: type[T], run: Path, corpus: Corpus) -> T:
    """Make the network of a run of trainer `cls` anew, with its averaged weights, to use it on `corpus`.

    Raises:
        InputError: `run` is none, or has no weights yet.
        VoiceError: its weights are damaged.
    """
    trainer = cls.reopen(describe(run), corpus)
    load_weights(trainer.network, weights_of(run))
    return trainer


def predict_mels(run: Path, folder: Path, name: str, count: int) -> int:
    """Write the mels that the acoustic model of `run` makes of the first `count` utterances of a corpus; return how many.

    Raises:
        UsageError: the run is of no acoustic model, or knows other symbols than the corpus.
    """
    description, cls = describe(run), trainer_of(run)
    if not issubclass(cls, AcousticTrainer):
        raise UsageError(f"{run}: {description['trainer']} makes no mels", "name a run of an acoustic model")
    corpus = Corpus(folder, MelSpec(**description["mel"]))
    everything = len(corpus.utterances)
    trainer = reopen(cls, run, corpus)
    if len(corpus.utterances) < everything:  # a mel file has the utterances in order, without gaps
        raise UsageError(f"{run}: has not learned all symbols of {folder}", "train it on this corpus")
    network = trainer.network.eval()
    utterances = corpus.utterances[:count]

    def mels() -> Iterator[NDArray[np.float32]]:
        for utterance in utterances:
            yield from trainer.teacher_forced(network, [utterance])

    corpus.write_mels(mel_file(name), mels())
    return len(utterances)
