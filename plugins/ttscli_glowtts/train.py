"""Training of Glow-TTS.

Kim et al., "Glow-TTS", 2020, arXiv:2005.11129, section 3.1 and appendix A.1.
Differs from it: the corpus's own durations may take the place of the search, which spares a small budget the time in which the
search still finds wrong ones; with `mel_weight` there is a third loss, of the mels that would be spoken, so that a CPU's hours
make them clear; the learning rate is the house's schedule, and the norm of the gradient is clipped, not its values; what
speaks is a running average of the weights; mels are made of samples without dither.

Letters: B batch, N symbols, M mel bins, T frames.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, NamedTuple, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from ttscli.errors import InputError, UsageError
from ttscli.nn.weight_norm import weight_normed
from ttscli.training.batches import in_order, padded, shuffled
from ttscli.training.corpus import Corpus, Utterance
from ttscli.training.processes import unwrapped
from ttscli.training.recipe import Recipe
from ttscli.training.trainer import AcousticTrainer
from ttscli_glowtts.config import glow_tts_config
from ttscli_glowtts.losses import duration_loss, likelihood_loss, mel_distance
from ttscli_glowtts.network import Alignment, GlowTts


@dataclass(frozen=True)
class TrainingConfig:
    """The [network.training] table of a recipe.

    Attributes:
        alignment: where durations come from: "search" for the likeliest under the network itself, "corpus" for the corpus's own.
        mel_weight: of the distance between recordings and the mels that the prior's means alone decode to.
    """

    alignment: Literal["search", "corpus"] = "search"
    mel_weight: float = 0.0


class Batch(NamedTuple):
    """Padded utterances: ids, durations int64 (B, N); lengths, n_frames int64 (B,); mels (B, M, T)."""

    ids: Tensor
    lengths: Tensor
    mels: Tensor
    n_frames: Tensor
    durations: Tensor


class GlowTtsTrainer(AcousticTrainer):
    architecture: ClassVar[str] = "glow-tts"
    network: GlowTts

    def __init__(self, recipe: Recipe, corpus: Corpus, symbols: list[str], network: GlowTts) -> None:
        super().__init__(recipe, corpus, symbols, network)
        self.training = recipe.training(TrainingConfig)

    @classmethod
    def build(cls, recipe: Recipe, corpus: Corpus) -> Self:
        """Make an untrained network for every symbol of the corpus, its normalisations initialised on the first batch.

        Raises:
            InputError: the corpus has nothing to learn from.
            UsageError: the recipe is for several speakers.
        """
        trainer = cls._untrained(recipe, corpus)
        first = next(trainer.batches(seed=0))
        trainer.network.decoder.initialise(first.mels, first.n_frames)
        return trainer

    @classmethod
    def reopen(cls, description: Mapping[str, Any], corpus: Corpus) -> Self:
        """As Trainer.reopen; nothing is initialised, and there need be nothing to learn from."""
        corpus.speak_with(description["text"]["symbols"])
        return cls._untrained(Recipe.of_run(description), corpus)

    @classmethod
    def _untrained(cls, recipe: Recipe, corpus: Corpus) -> Self:
        symbols = corpus.table()
        config = glow_tts_config(recipe.sizes(), len(symbols), corpus.mel_spec.n_mels)
        if config.n_speakers > 1:
            hint = "leave n_speakers and speaker_channels out of the recipe"
            raise UsageError(f"glow-tts: {config.n_speakers} speakers, but a corpus does not say who speaks", hint)
        network = GlowTts(config)
        return cls(recipe, corpus, symbols, weight_normed(network, is_normed))

    def batches(self, seed: int, first: int = 0) -> Iterator[Batch]:
        """Batches of at most recipe.batch frames (padding included), alike in length."""
        utterances = [u for u in self.corpus.training_of(self._step, self.recipe.batch) if self._can_be_aligned(u)]
        if not utterances:
            raise InputError(f"{self.corpus.features.parent}: no utterance to learn from has as many frames as symbols")
        for batch in shuffled(utterances, self.recipe.batch, seed, first):
            yield self.collate(batch)

    def validation_batches(self) -> Iterator[Batch]:
        """The held-out utterances."""
        for batch in in_order([u for u in self.corpus.validation if self._can_be_aligned(u)], self.recipe.batch):
            yield self.collate(batch)

    @property
    def _step(self) -> int:
        return self.network.config.squeeze

    def _can_be_aligned(self, utterance: Utterance) -> bool:
        """Every symbol needs a frame if the network is to find it."""
        return self.training.alignment == "corpus" or len(utterance.symbols) <= utterance.n_frames // self._step * self._step

    def collate(self, utterances: Sequence[Utterance]) -> Batch:
        """Pad utterances to the longest of them."""
        mels = padded([self.corpus.mel(u) for u in utterances])
        needed = self.training.alignment == "corpus"  # durations need not even be known for a search
        return Batch(
            ids=padded([self.ids(u) for u in utterances]),
            lengths=torch.tensor([len(u.symbols) for u in utterances]),
            mels=mels.transpose(1, 2),  # (B, T, M) → (B, M, T)
            n_frames=torch.tensor([u.n_frames for u in utterances]),
            durations=padded([np.array(u.durations if needed else u.durations_or_zeros) for u in utterances]),
        )

    def losses(self, network: nn.Module, batch: Batch) -> dict[str, Tensor]:
        """Negative log-likelihood and duration loss, unit weights, and what the recipe adds to them."""
        alignment = self._align(network, batch)
        losses = {"likelihood": likelihood_loss(alignment), "durations": duration_loss(alignment, batch.lengths)}
        total = losses["likelihood"] + losses["durations"]
        if self.training.mel_weight:
            losses["mel"] = mel_distance(_decoded(network, alignment.mean, alignment), batch.mels, alignment.n_frames)
            total = total + self.training.mel_weight * losses["mel"]
        return losses | {"total": total}

    def _align(self, network: nn.Module, batch: Batch) -> Alignment:
        durations = batch.durations if self.training.alignment == "corpus" else None
        alignment: Alignment = network(batch.ids, batch.lengths, batch.mels, batch.n_frames, durations)
        return alignment

    @torch.inference_mode()
    def teacher_forced(self, network: nn.Module, utterances: Sequence[Utterance]) -> list[NDArray[np.float32]]:
        """As AcousticTrainer.teacher_forced, along the alignment that the network learns from; InputError if there is none.

        A latent is neither drawn, which would part the mel from the recording, nor that of the recording, which would give its
        very mel back, but the recording's own as near to its mean as those that the network speaks with.
        """
        mels = []
        for utterance in utterances:
            batch = self._lengthened(self.collate([utterance]))
            try:
                alignment = self._align(network, batch)
            except InputError as error:
                raise InputError(f"{utterance.identity}: {error}", error.hint) from error
            latents = alignment.mean + self.network.config.temperature * (alignment.latents - alignment.mean)
            mels.append(_decoded(network, latents, alignment)[0, :, : utterance.n_frames].T.numpy())  # (M, T) → (T, M)
        return mels

    def _lengthened(self, batch: Batch) -> Batch:
        """Hold the last frame of one utterance until the frames fill the decoder's steps."""
        missing = -int(batch.n_frames) % self._step
        durations = batch.durations.clone()
        durations[:, -1] += missing
        mels = functional.pad(batch.mels, (0, missing), mode="replicate")
        return batch._replace(mels=mels, n_frames=batch.n_frames + missing, durations=durations)

    def config(self) -> dict[str, Any]:
        """Everything of GlowTtsConfig that is not implied by the voice."""
        return self.recipe.sizes()


def _decoded(network: nn.Module, latents: Tensor, alignment: Alignment) -> Tensor:
    """The mels of latents that are aligned so: (B, M, T) → the same."""
    decoder = unwrapped(network, GlowTts).decoder
    return decoder.inverse(latents, alignment.n_frames, decoder.unmixings())


def is_normed(name: str) -> bool:
    """Whether the authors' program trains this convolution with weight norm."""
    return ".coupling.start" in name or ".coupling.stack." in name
