"""The student in torch, as a runtime of the plugin: for GPUs, and for whole batches."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from ttscli.contract import Ids, Mel
from ttscli.nn.devices import torch_device
from ttscli.nn.weights import fill, read_weights, shape_of
from ttscli_speedyspeech.config import StudentConfig
from ttscli_speedyspeech.student import MelStudent, round_durations


class TorchRuntime:
    """A student on a torch device.

    Raises:
        DeviceError: the device is not there.
        VoiceError: the weights are not this network's.
    """

    def __init__(self, weights: Path, config: StudentConfig, device: str) -> None:
        self.device = torch_device(device)
        tensors = read_weights(weights)
        n_symbols, _ = shape_of(tensors, "student.encoder.prenet.0.weight", 2, str(weights))
        self.network = MelStudent(replace(config, n_symbols=n_symbols))
        fill(self.network, tensors, str(weights))
        self.network.to(self.device).eval()

    @torch.inference_mode()
    def mels(self, batch: Sequence[Ids], pace: float) -> list[Mel]:
        """Speak each utterance of `batch`; as AcousticModel.mels."""
        student = self.network.student
        lengths = torch.tensor([len(ids) for ids in batch], device=self.device)
        closing = student.config.closing_pads
        items = [torch.from_numpy(np.pad(ids, (0, closing))) for ids in batch]
        ids = torch.nn.utils.rnn.pad_sequence(items, batch_first=True).to(self.device)
        encoded = student.encoder(ids, lengths + closing)
        durations = round_durations(student.duration_predictor(encoded, lengths + closing), lengths, pace)
        mels = self.network.log_mel(student.decode(encoded, durations)).transpose(1, 2)  # (B, T, M) → (B, M, T)
        frames, held = mels.float().cpu().numpy(), durations.cpu().numpy()
        ends = durations.sum(1).tolist()
        return [Mel(np.ascontiguousarray(frames[i, :, :n]), held[i, : len(batch[i])]) for i, n in enumerate(ends)]
