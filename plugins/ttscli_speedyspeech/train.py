"""Training of SpeedySpeech's student: losses of the paper's section 2.2, and pitch beside the mel.

Letters: B batch, N symbols, T frames, M mel bins.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from ttscli.config import read_config
from ttscli.nn.lengths import length_mask
from ttscli.training.batches import padded
from ttscli.training.corpus import Corpus, Utterance
from ttscli.training.recipe import Recipe
from ttscli.training.trainer import AcousticTrainer
from ttscli_speedyspeech.config import StudentConfig
from ttscli_speedyspeech.losses import duration_huber, masked_l1, ssim_loss
from ttscli_speedyspeech.student import MelStudent


class Batch(NamedTuple):
    """Padded utterances: ids, durations int64 (B, N); lengths, n_frames int64 (B,); mels (B, T, M), log_f0, voiced (B, T)."""

    ids: Tensor
    durations: Tensor
    lengths: Tensor
    n_frames: Tensor
    mels: Tensor
    log_f0: Tensor
    voiced: Tensor


class SpeedySpeechTrainer(AcousticTrainer):
    architecture: ClassVar[str] = "speedyspeech"
    network: MelStudent

    @classmethod
    def build(cls, recipe: Recipe, corpus: Corpus) -> "SpeedySpeechTrainer":
        """Make an untrained student whose alphabet is every symbol of the corpus, after the padding symbol."""
        symbols = corpus.table()
        config = read_config(StudentConfig, recipe.network, n_symbols=len(symbols), n_mels=corpus.mel_spec.n_mels)
        network = MelStudent(config)
        mean, deviation = corpus.mel_statistics()
        network.mean.copy_(torch.from_numpy(mean))
        network.deviation.copy_(torch.from_numpy(deviation))
        return cls(recipe, corpus, symbols, network)

    def collate(self, utterances: Sequence[Utterance]) -> Batch:
        """Pad utterances to the longest of them."""
        f0 = [np.array(self.corpus.f0_hz[u.frames]) for u in utterances]
        return Batch(
            ids=padded([self.ids(u) for u in utterances]),
            durations=padded([np.array(u.durations) for u in utterances]),
            lengths=torch.tensor([len(u.symbols) for u in utterances]),
            n_frames=torch.tensor([u.n_frames for u in utterances]),
            mels=padded([self.corpus.mel(u) for u in utterances]),
            log_f0=padded([np.log(np.maximum(f, 1.0)) for f in f0]),
            voiced=padded([(f > 0).astype(np.float32) for f in f0]),
        )

    def losses(self, network: nn.Module, batch: Batch) -> dict[str, Tensor]:
        """L1 + SSIM + Huber of the durations, unit weights; with pitch, 0.3 L1 of log f0 and 0.2 cross entropy of voicing."""
        outputs, log_durations = network(batch.ids, batch.durations, batch.lengths)
        target = self.network.standardise(batch.mels)
        n_mels = target.shape[-1]
        losses = {
            "l1": masked_l1(outputs[..., :n_mels], target, batch.n_frames),
            "ssim": ssim_loss(outputs[..., :n_mels], target, batch.n_frames),
            "durations": duration_huber(log_durations, batch.durations, batch.lengths),
        }
        losses["total"] = torch.stack(list(losses.values())).sum()
        if self.network.student.config.pitch:
            losses |= _pitch_losses(outputs[..., n_mels:], batch)
            losses["total"] = losses["total"] + 0.3 * losses["f0"] + 0.2 * losses["voicing"]
        return losses

    @torch.inference_mode()
    def teacher_forced(self, network: nn.Module, utterances: Sequence[Utterance]) -> list[NDArray[np.float32]]:
        """As AcousticTrainer.teacher_forced."""
        mels = []
        for utterance in utterances:
            batch = self.collate([utterance])
            outputs, _ = network(batch.ids, batch.durations, batch.lengths)
            mels.append(self.network.log_mel(outputs)[0].numpy())
        return mels

    def config(self) -> dict[str, Any]:
        """Everything of StudentConfig that is not implied by the voice."""
        return dict(self.recipe.network)


def _pitch_losses(outputs: Tensor, batch: Batch) -> dict[str, Tensor]:
    """Outputs (B, T, 2): log f0, in deviations from 200 Hz that make it as large as a mel bin, and the logit of voicing."""
    inside = length_mask(batch.n_frames, outputs.shape[1])
    f0_error = (outputs[..., 0] - (batch.log_f0 - np.log(200)) * 4).abs()
    voicing = F.binary_cross_entropy_with_logits(outputs[..., 1], batch.voiced, reduction="none")
    return {
        "f0": (f0_error * batch.voiced).sum() / batch.voiced.sum().clamp(min=1),
        "voicing": (voicing * inside).sum() / inside.sum(),
    }
