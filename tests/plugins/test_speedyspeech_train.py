"""Training of the student; that it learns, and goes on where it was, is tested with every trainer in tests/training."""

from pathlib import Path

import torch
from lightning_fabric import Fabric
from torch import nn

from tests.training.miniature import write_corpus
from tests.training.small import trainer
from ttscli.melspec import MelSpec
from ttscli.training.corpus import Corpus


def test_a_silent_channel_is_not_magnified_when_it_wakes(tmp_path: Path) -> None:
    learner = trainer("speedyspeech", Corpus(write_corpus(tmp_path / "corpus"), MelSpec()))
    conv = [module for module in learner.network.modules() if isinstance(module, nn.Conv1d)][1]  # the first is the prenet's
    norm = next(module for module in learner.network.modules() if isinstance(module, nn.BatchNorm1d))
    assert conv.bias is not None and norm.running_var is not None
    with torch.no_grad():
        conv.bias[0] = -1e3
        norm.running_var[0] = 0
    learner.network.train()
    learner.step(Fabric(accelerator="cpu", devices=1), learner.network, learner.optimizers(), next(learner.batches(seed=0)))
    woken = torch.zeros(1, conv.out_channels, 1)
    woken[0, 0] = 1
    assert norm.running_var.min() > 0
    assert (norm.eval()(woken) - norm(torch.zeros_like(woken))).abs().max() < 11 * norm.weight[0].abs()
