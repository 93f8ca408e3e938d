"""Training of SpeedySpeech's student, on durations that are known.

Vainer and Dušek, "SpeedySpeech", 2020, arXiv:2008.03802, section 2.2, and the program published with it. What differs:

- AdamW, and a rate that falls in a line; there Adam, and a rate that is halved when the validation loss stands still.
- Batches of so many frames, of utterances alike in length; there of 64 utterances.
- What speaks is a running average of the weights.
- Mels are standardised bin by bin, by the statistics of the corpus; there by one mean and one deviation.
- Every utterance of a batch has its own borders (student.py).
- Batch norm counts no channel as still (_LEAST_VARIANCE).
- With `pitch`, log f0 and voicing are learned beside the mel.

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
from torch.nn import functional as F
from torch.optim import Optimizer

from ttscli.config import read_config
from ttscli.nn.lengths import length_mask, masked_mean
from ttscli.training.batches import padded
from ttscli.training.corpus import Corpus, Utterance
from ttscli.training.recipe import Recipe
from ttscli.training.trainer import AcousticTrainer, take_statistics
from ttscli_speedyspeech.config import StudentConfig
from ttscli_speedyspeech.losses import duration_huber, masked_l1, ssim_loss
from ttscli_speedyspeech.student import MelStudent

_F0_CENTRE_HZ = 200.0  # where the output for f0 is 0; that a voice lies elsewhere is soon learnt
_F0_SCALE = 4.0  # ln f0 of a voice moves by about a quarter: four times that is as large as a standardised bin of the mel
_LEAST_VARIANCE = 0.01
"""Of a channel behind a ReLU, as batch norm counts it. Many fall silent for thousands of steps; counted as 0, the first rare
sound that wakes one would be magnified three hundred times in every layer."""
_F0_WEIGHT, _VOICING_WEIGHT = 0.3, 0.2  # less than 1, the weight of the mel: pitch is learnt for the mel's sake


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
        take_statistics(network, corpus)
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

    def step(self, fabric: Fabric, network: nn.Module, optimizers: list[Optimizer], batch: Batch) -> dict[str, float]:
        """As Trainer.step; no channel counts as stiller than _LEAST_VARIANCE."""
        losses = super().step(fabric, network, optimizers, batch)
        for module in self.network.modules():
            if isinstance(module, nn.BatchNorm1d) and module.running_var is not None:
                module.running_var.clamp_(min=_LEAST_VARIANCE)
        return losses

    def losses(self, network: nn.Module, batch: Batch) -> dict[str, Tensor]:
        """L1 + SSIM + Huber of the durations, unit weights; with pitch, and less, L1 of log f0 and cross entropy of voicing."""
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
            losses["total"] = losses["total"] + _F0_WEIGHT * losses["f0"] + _VOICING_WEIGHT * losses["voicing"]
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
    """Of outputs (B, T, 2): _F0_SCALE * ln(f0 / _F0_CENTRE_HZ), and the logit of voicing."""
    wanted = _F0_SCALE * (batch.log_f0 - math.log(_F0_CENTRE_HZ))
    voicing = F.binary_cross_entropy_with_logits(outputs[..., 1], batch.voiced, reduction="none")
    return {
        "f0": masked_mean((outputs[..., 0] - wanted).abs(), batch.voiced > 0),
        "voicing": masked_mean(voicing, length_mask(batch.n_frames, outputs.shape[1])),
    }
