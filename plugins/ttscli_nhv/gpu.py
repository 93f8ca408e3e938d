"""The filter estimator in torch, as a runtime of the plugin: for GPUs, and for whole batches."""

from collections.abc import Sequence
from pathlib import Path

import torch

from ttscli.contract import Frames
from ttscli.nn.devices import torch_device
from ttscli.nn.weights import load_weights
from ttscli_nhv.config import NhvConfig
from ttscli_nhv.estimate import Filters
from ttscli_nhv.network import FilterEstimator


class TorchEstimator:
    """A filter estimator on a torch device.

    Raises:
        DeviceError: the device is not there.
        VoiceError: the weights are not this network's.
    """

    def __init__(self, weights: Path, config: NhvConfig, device: str) -> None:
        self.device = torch_device(device)
        self.network = FilterEstimator(config)
        load_weights(self.network, weights)
        self.network.to(self.device).eval()

    @torch.inference_mode()
    def filters(self, mels: Sequence[Frames]) -> list[Filters]:
        """Estimate the filters of each mel, float32 (M, T)."""
        n_frames = torch.tensor([mel.shape[1] for mel in mels], device=self.device)
        frames = [torch.from_numpy(mel.T) for mel in mels]
        batch = torch.nn.utils.rnn.pad_sequence(frames, batch_first=True).to(self.device)
        estimated = [part.float().cpu().numpy() for part in self.network(batch.transpose(1, 2), n_frames)]
        return [Filters(*(part[i, : mel.shape[1]] for part in estimated)) for i, mel in enumerate(mels)]
