"""Training of TalkNet: its three networks side by side, each on the true durations and pitch of a corpus.

Beliaev and Ginsburg, "TalkNet 2", 2021, arXiv:2104.08189. Differs from it: the three are trained in one run. They share no
weights, the gradient of each is clipped by itself, and the optimizer treats every weight alone, so that each learns as if it were
alone. What speaks is a running average of the weights.

There are no blanks between the symbols: in the paper they are where an aligner finds the silences, but a corpus of ours says of
every symbol how long it lasts, and its silences are those of the spaces, the marks of punctuation and the two ends.

Letters: B batch, N symbols, T frames, M mel bins.
"""

import math
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch
from lightning_fabric import Fabric
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim import Optimizer

from ttscli.nn.lengths import length_mask
from ttscli.training.batches import padded
from ttscli.training.corpus import Corpus, Utterance
from ttscli.training.recipe import Recipe
from ttscli.training.trainer import AcousticTrainer
from ttscli_talknet.config import TalkNetConfig, talknet_config
from ttscli_talknet.losses import duration_loss, durations_within, mel_loss, pitch_losses
from ttscli_talknet.network import Networks, whole_frames
from ttscli_talknet.pitch import Register


class Batch(NamedTuple):
    """Padded utterances: ids, durations int64 (B, N); lengths int64 (B,), symbols; mels (B, M, T); f0_hz (B, T), 0 = unvoiced."""

    ids: Tensor
    durations: Tensor
    lengths: Tensor
    mels: Tensor
    f0_hz: Tensor


class TalkNetTrainer(AcousticTrainer):
    architecture: ClassVar[str] = "talknet"
    network: Networks

    @classmethod
    def build(cls, recipe: Recipe, corpus: Corpus) -> "TalkNetTrainer":
        """Make untrained networks whose alphabet is every symbol of the corpus, after the padding symbol."""
        symbols = corpus.table()
        pitch = pitch_statistics(corpus)
        f0 = {"f0_mean": pitch.mean_hz, "f0_std": pitch.std_hz}
        config = talknet_config(recipe.network, corpus.mel_spec, n_symbols=len(symbols), **f0)
        return cls(recipe, corpus, symbols, Networks(config))

    def collate(self, utterances: Sequence[Utterance]) -> Batch:
        """Pad utterances to the longest of them."""
        mels = padded([self.corpus.mel(u) for u in utterances])
        return Batch(
            ids=padded([self.ids(u) for u in utterances]),
            durations=padded([np.array(u.durations) for u in utterances]),
            lengths=torch.tensor([len(u.symbols) for u in utterances]),
            mels=mels.transpose(1, 2).contiguous(),  # (B, T, M) → (B, M, T)
            f0_hz=padded([np.array(self.corpus.f0_hz[u.frames]) for u in utterances]),
        )

    def losses(self, network: nn.Module, batch: Batch) -> dict[str, Tensor]:
        """The sum of the paper's losses, with unit weights; and what tells how far each network has got."""
        outputs = network(batch.ids, batch.lengths, batch.durations, batch.f0_hz)
        symbols = length_mask(batch.lengths, batch.ids.shape[1])
        frames = length_mask(batch.durations.sum(1), batch.f0_hz.shape[1])
        durations = duration_loss(outputs.log_durations, batch.durations, symbols)
        pitch = pitch_losses(outputs.unvoiced, outputs.body, batch.f0_hz, frames, self.network.register)
        mel = mel_loss(outputs.mels, batch.mels, frames)
        spoken = whole_frames(outputs.log_durations, batch.lengths)
        return {
            "total": durations + pitch.voicing + pitch.body + mel,
            "durations": durations,
            "voicing": pitch.voicing,
            "f0": pitch.body,
            "mel": mel,
            "exact_percent": durations_within(spoken, batch.durations, symbols, 0),
            "voicing_accuracy": pitch.accuracy,
            "f0_mae_hz": pitch.mae_hz,
        }

    def step(self, fabric: Fabric, network: nn.Module, optimizers: list[Optimizer], batch: Batch) -> dict[str, float]:
        """As Trainer.step, with the gradient of each network clipped by itself."""
        [optimizer] = optimizers
        optimizer.zero_grad(set_to_none=True)
        losses = self.losses(network, batch)
        fabric.backward(losses["total"])
        # Clips nothing, but takes off the factor that gradients have under 16-mixed, which can be done once a step.
        fabric.clip_gradients(network, optimizer, max_norm=math.inf, error_if_nonfinite=False)
        for part in self.network.children():
            torch.nn.utils.clip_grad_norm_(part.parameters(), self.recipe.clip)
        optimizer.step()
        return {name: float(loss.detach()) for name, loss in losses.items()}

    @torch.inference_mode()
    def teacher_forced(self, network: nn.Module, utterances: Sequence[Utterance]) -> list[NDArray[np.float32]]:
        """As AcousticTrainer.teacher_forced, at the true pitch too."""
        mels = []
        for utterance in utterances:
            batch = self.collate([utterance])
            outputs = network(batch.ids, batch.lengths, batch.durations, batch.f0_hz)
            mels.append(outputs.mels[0].T.numpy())  # (M, T) → (T, M)
        return mels

    def config(self) -> dict[str, Any]:
        """Everything of TalkNetConfig that is not implied by the voice."""
        pitch = self.network.register
        return dict(self.recipe.network) | {"f0_mean": pitch.mean_hz, "f0_std": pitch.std_hz}


def pitch_statistics(corpus: Corpus) -> Register:
    """Where the voice of a corpus lies: at least 1 Hz of deviation, and the published voice's register if nothing is voiced."""
    voiced = corpus.f0_hz[corpus.f0_hz > 0].astype(np.float64)
    if len(voiced) == 0:
        return Register(TalkNetConfig.f0_mean, TalkNetConfig.f0_std)
    return Register(float(voiced.mean()), max(1.0, float(voiced.std())))
