"""Training of TalkNet's aligner, from recordings and what is said in them; the durations of the corpus are not looked at.

Letters: B batch, N symbols, T frames, M mel bins.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from ttscli.config import read_config
from ttscli.training.batches import padded
from ttscli.training.corpus import Corpus, Utterance
from ttscli.training.recipe import Recipe
from ttscli.training.trainer import AligningTrainer, Alignment, take_statistics
from ttscli_talknet.aligner import Aligner, AlignerConfig, hear
from ttscli_talknet.alignment import best_path, without_blanks


class AlignerBatch(NamedTuple):
    """Padded utterances: ids int64 (B, N), lengths int64 (B,), mels (B, M, T), n_frames int64 (B,)."""

    ids: Tensor
    lengths: Tensor
    mels: Tensor
    n_frames: Tensor


class AlignerTrainer(AligningTrainer):
    architecture: ClassVar[str] = "talknet-aligner"
    kind: ClassVar[str] = "aligner"
    recipes: ClassVar[str] = "aligner_recipes"
    network: Aligner

    @classmethod
    def build(cls, recipe: Recipe, corpus: Corpus) -> "AlignerTrainer":
        """Make an untrained recogniser of every symbol of the corpus."""
        symbols = corpus.symbols()
        network = Aligner(read_config(AlignerConfig, recipe.network, n_symbols=len(symbols), n_mels=corpus.mel_spec.n_mels))
        take_statistics(network, corpus)
        return cls(recipe, corpus, symbols, network)

    def align(self, network: nn.Module, utterance: Utterance) -> Alignment:
        """By the best path; what lies between two symbols is parted among them."""
        assert isinstance(network, Aligner)
        batch = self.collate([utterance])
        ids = batch.ids[0].numpy()
        heard = hear(network, batch.mels[0].to(network.mean.device))
        durations = without_blanks(best_path(heard, ids, network.config.n_symbols))
        return Alignment(durations, np.exp(heard[:, ids]))

    def collate(self, utterances: Sequence[Utterance]) -> AlignerBatch:
        """Pad utterances to the longest of them."""
        mels = padded([self.corpus.mel(u) for u in utterances])
        return AlignerBatch(
            ids=padded([self.ids(u) for u in utterances]),
            lengths=torch.tensor([len(u.symbols) for u in utterances]),
            mels=mels.transpose(1, 2).contiguous(),  # (B, T, M) → (B, M, T)
            n_frames=torch.tensor([u.n_frames for u in utterances]),
        )

    def losses(self, network: nn.Module, batch: AlignerBatch) -> dict[str, Tensor]:
        """CTC, a symbol; an utterance that is too short for its symbols counts for nothing."""
        log_probabilities = network(batch.mels, batch.n_frames).transpose(0, 1)  # (B, T, K) → (T, B, K)
        blank = self.network.config.n_symbols
        total = functional.ctc_loss(log_probabilities, batch.ids, batch.n_frames, batch.lengths, blank=blank, zero_infinity=True)
        return {"total": total}

    def config(self) -> dict[str, Any]:
        """Everything of AlignerConfig that the symbols and mels do not imply."""
        return dict(self.recipe.network)

    def text(self) -> dict[str, Any]:
        """The symbols, by class."""
        return {"symbols": self.symbols}
