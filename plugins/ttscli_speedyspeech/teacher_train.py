"""Training of SpeedySpeech's teacher, and its use: durations of recordings.

Paper: Vainer and Dušek, "SpeedySpeech", 2020, section 2.3. What differs:

- Frames per symbol, which places the diagonal, is the mean of the corpus at hand; the published 6.42 is that of LJ Speech.
- Durations are read one utterance at a time, so that the padding of a batch has no say in them.

Letters: B batch, N symbols, T frames, M mel bands.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import count
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from ttscli.config import read_config
from ttscli.training.corpus import Corpus, Utterance
from ttscli.training.recipe import Recipe
from ttscli.training.trainer import AligningTrainer, Alignment
from ttscli_speedyspeech.augment import Augmentation, augment
from ttscli_speedyspeech.durations import durations
from ttscli_speedyspeech.losses import guided_attention, masked_l1
from ttscli_speedyspeech.scale import Scale
from ttscli_speedyspeech.schedule import NoamRecipe
from ttscli_speedyspeech.teacher import Teacher, TeacherConfig

GUIDE_WIDTH = 0.3
"""Sigma of the guided attention: how far from the diagonal attention is free, as a share of the utterance."""


class TeacherBatch(NamedTuple):
    """Padded utterances: ids int64 (B, N), n_symbols int64 (B,), mels in [0, 1] (B, T, M), n_frames int64 (B,)."""

    ids: Tensor
    n_symbols: Tensor
    mels: Tensor
    n_frames: Tensor


def teacher_losses(
    network: nn.Module,
    batch: TeacherBatch,
    chance: torch.Generator | None = None,
    augmentation: Augmentation | None = None,
) -> dict[str, Tensor]:
    """Losses of one batch.

    Args:
        network: a Teacher, perhaps wrapped.
        batch: what to learn from.
        chance: where damage and attention noise come from; None for neither, to validate.
        augmentation: how much damage; the published one if None.

    Returns:
        Scalars: "l1" of the predicted mels, "guided" of the attention, and their sum "total".
    """
    heard = batch.mels
    if chance is not None:
        heard = augment(network, batch.ids, batch.n_symbols, heard, augmentation or Augmentation(), chance)
    predicted, attention = network(batch.ids, batch.n_symbols, heard, chance)
    l1 = masked_l1(predicted, batch.mels, batch.n_frames)
    guided = guided_attention(attention, batch.n_frames, batch.n_symbols, GUIDE_WIDTH)
    return {"l1": l1, "guided": guided, "total": l1 + guided}


def read_alignment(teacher: Teacher, ids: Tensor, mel: Tensor) -> Alignment:
    """How long each symbol of one recording lasts: ids int64 (N,), mel (T, M) in [0, 1]."""
    _, attention = teacher.align(ids[None], mel[None], window=1)
    attended = attention[0].cpu().numpy()
    return Alignment(durations(attended), attended)


class TeacherTrainer(AligningTrainer):
    """Of the corpus it uses symbols and mels only, and the durations no further than for the length of an utterance."""

    architecture: ClassVar[str] = "speedyspeech-teacher"
    kind: ClassVar[str] = "teacher"
    recipes: ClassVar[str] = "teacher_recipes"
    network: Teacher

    def __init__(self, recipe: NoamRecipe, corpus: Corpus, symbols: list[str], network: Teacher) -> None:
        super().__init__(recipe, corpus, symbols, network)
        self.scale = Scale(low=float(np.log(corpus.mel_spec.floor)))
        self._chance = torch.Generator().manual_seed(0)

    @classmethod
    def build(cls, recipe: Recipe, corpus: Corpus) -> Self:
        """Make an untrained teacher whose alphabet is every symbol of the corpus, after the padding symbol.

        Raises:
            InputError: the corpus has nothing to learn from.
        """
        training = corpus.training_of()
        return cls._untrained(recipe, corpus, sum(u.n_frames for u in training) / sum(len(u.symbols) for u in training))

    @classmethod
    def reopen(cls, description: Mapping[str, Any], corpus: Corpus) -> Self:
        """As Trainer.reopen, at the tempo of the corpus that the teacher learned from; this one may be a single recording."""
        corpus.speak_with(description["text"]["symbols"])
        return cls._untrained(Recipe.of_run(description), corpus, float(description["config"]["frames_per_symbol"]))

    @classmethod
    def _untrained(cls, recipe: Recipe, corpus: Corpus, frames_per_symbol: float) -> Self:
        symbols = corpus.table()
        sizes = {"n_symbols": len(symbols), "n_mels": corpus.mel_spec.n_mels, "frames_per_symbol": frames_per_symbol}
        config = read_config(TeacherConfig, recipe.network, **sizes)
        settings = {field.name: getattr(recipe, field.name) for field in fields(Recipe)}
        batches_per_epoch = max(1, -(-len(corpus.training) // recipe.batch))
        return cls(NoamRecipe(**settings, batches_per_epoch=batches_per_epoch), corpus, symbols, Teacher(config))

    def align(self, network: nn.Module, utterance: Utterance) -> Alignment:
        """By the attention of the teacher, symbol after symbol."""
        assert isinstance(network, Teacher)
        device = next(network.parameters()).device
        ids = torch.from_numpy(self.ids(utterance)).to(device)
        return read_alignment(network, ids, self._mel(utterance).to(device))

    def batches(self, seed: int, first: int = 0) -> Iterator[TeacherBatch]:
        """Batches of recipe.batch utterances in random order, epoch after epoch; each also seeds the damage done to it."""
        utterances = self.corpus.training_of()
        per_epoch = -(-len(utterances) // self.recipe.batch)
        for epoch in count(first // per_epoch):
            order = np.random.default_rng([seed, epoch]).permutation(len(utterances))
            for number in range(first % per_epoch, per_epoch):
                chosen = order[number * self.recipe.batch : (number + 1) * self.recipe.batch]
                damage = np.random.default_rng([seed, epoch, number])
                self._chance.manual_seed(int(damage.integers(2**62)))
                yield self.collate([utterances[i] for i in chosen])
            first = 0

    def validation_batches(self) -> Iterator[TeacherBatch]:
        """The held-out utterances."""
        utterances = self.corpus.validation
        for start in range(0, len(utterances), self.recipe.batch):
            yield self.collate(utterances[start : start + self.recipe.batch])

    def collate(self, utterances: Sequence[Utterance]) -> TeacherBatch:
        """Pad utterances to the longest of them."""
        ids = [torch.from_numpy(self.ids(u)) for u in utterances]
        mels = [self._mel(u) for u in utterances]
        return TeacherBatch(
            ids=pad_sequence(ids, batch_first=True),
            n_symbols=torch.tensor([len(item) for item in ids]),
            mels=pad_sequence(mels, batch_first=True),
            n_frames=torch.tensor([len(mel) for mel in mels]),
        )

    def _mel(self, utterance: Utterance) -> Tensor:
        """One utterance's mel in [0, 1]: (T, M)."""
        return self.scale.unit(torch.from_numpy(self.corpus.mel(utterance)))

    def losses(self, network: nn.Module, batch: TeacherBatch) -> dict[str, Tensor]:
        """As teacher_losses; without damage and noise when `network` is not in training mode."""
        return teacher_losses(network, batch, self._chance if network.training else None)

    def config(self) -> dict[str, Any]:
        """Everything of TeacherConfig that the symbols and mels do not imply."""
        return dict(self.recipe.network) | {"frames_per_symbol": self.network.config.frames_per_symbol}

    def text(self) -> dict[str, Any]:
        """The symbols, by id."""
        return {"symbols": self.symbols}
