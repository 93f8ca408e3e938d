"""Trainers of the smallest networks that there can be."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch

from tests.plugins import clarinet_text_to_wave, glowtts_networks, talknet_networks
from ttscli.training.corpus import Corpus
from ttscli.training.recipe import Recipe
from ttscli.training.trainer import Trainer
from ttscli_clarinet.text_to_wave_train import TextToWaveTrainer
from ttscli_clarinet.train import StudentTrainer
from ttscli_glowtts.train import GlowTtsTrainer
from ttscli_melgan.train import MelGanTrainer
from ttscli_nhv.train import NhvTrainer
from ttscli_speedyspeech.teacher_train import TeacherTrainer
from ttscli_speedyspeech.train import SpeedySpeechTrainer
from ttscli_talknet.aligner_train import AlignerTrainer
from ttscli_talknet.train import TalkNetTrainer
from ttscli_waveglow.train import WaveGlowTrainer

STUDENT = {
    "channels": 16,
    "encoder_kernel": 3,
    "decoder_kernel": 3,
    "encoder_dilations": [1],
    "decoder_dilations": [1, 2],
    "convs_per_block": 1,
    "positions": "ends",
    "pitch": True,
}
NHV = {"fft_samples": 512, "channels": 16, "dilations": [1, 2]}
MELGAN = {
    "width": 32,
    "residual_units": 1,
    "adversary": {"from_step": 2, "spectral_weight": 0.5, "scales": 2, "width": 8, "widest": 32},
}
SPOKEN = {"training": {"alignment": "corpus", "mel_weight": 1.0}}
WAVEGLOW = {
    "stack": "separable",
    "group": 64,
    "early_channels": 16,
    "n_flows": 3,
    "channels": 16,
    "n_layers": 2,
    "training": {"spectral_weight": 1.0},
}
FLOWS = {
    "cycles": [1, 1],
    "layers": 2,
    "residual_channels": 8,
    "gate_channels": 8,
    "skip_channels": 8,
    "front_kernel": 2,
    "group": 32,
    "temperature": 0.1,
    "training": {"clip_frames": 8, "kl_weight": 0.0},
}
ALIGNER = {"filters": [8, 8, 8], "repeats": [1, 1, 1], "kernels": [3, 3, 1], "dilations": [1, 1, 1], "dropout": 0.2}
TEACHER = {"channels": 8, "gate_channels": 10, "attention_channels": 6}
# Architecture → trainer, network, what a step learns from, a learning rate at which so small a network gets somewhere.
SMALL: dict[str, tuple[type[Trainer], Mapping[str, Any], int, float]] = {
    "speedyspeech": (SpeedySpeechTrainer, STUDENT, 200, 5e-3),
    "speedyspeech-teacher": (TeacherTrainer, TEACHER, 2, 2e-3),
    "glow-tts": (GlowTtsTrainer, glowtts_networks.SMALL | SPOKEN, 200, 5e-3),
    "talknet": (TalkNetTrainer, talknet_networks.SMALL | {"dropout": 0.2}, 200, 5e-3),
    "clarinet-text-to-wave": (TextToWaveTrainer, clarinet_text_to_wave.TRAINED | {"dropout": 0.2}, 200, 5e-3),
    "talknet-aligner": (AlignerTrainer, ALIGNER, 200, 5e-3),
    "nhv": (NhvTrainer, NHV, 2, 5e-3),
    "melgan": (MelGanTrainer, MELGAN, 1, 2e-3),
    "clarinet": (StudentTrainer, FLOWS, 1, 5e-3),
    "waveglow": (WaveGlowTrainer, WAVEGLOW, 1, 5e-3),
}


def assert_weighs(stft: Callable[[float], float]) -> None:
    """Assert that the loss "stft" grows with its recipe's convergence_weight, which it is a function of, in a straight line."""
    none, once, fourfold = (stft(weight) for weight in (0.0, 1.0, 4.0))
    assert once - none > 0.1
    assert fourfold - none == pytest.approx(4 * (once - none), rel=1e-4)


def trainer(name: str, corpus: Corpus, seed: int = 0, **network: Any) -> Trainer:
    cls, sizes, batch, rate = SMALL[name]
    torch.manual_seed(seed)
    return cls.build(Recipe({**sizes, **network}, learning_rate=rate, warmup_steps=2, batch=batch, ema=0.5), corpus)
