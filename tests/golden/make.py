"""Writes golden.npz: what tiny networks with seeded weights made when they were known to be right.

Run it only when a change of the audio is intended: python -m tests.golden.make
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from ttscli.contract import SpeechOptions
from ttscli.melspec import MelSpec
from ttscli.nn.weights import save_weights
from ttscli_griffinlim.model import GriffinLim
from ttscli_nhv.config import NhvConfig
from ttscli_nhv.model import NeuralHomomorphicVocoder
from ttscli_nhv.network import FilterEstimator
from ttscli_speedyspeech.config import StudentConfig
from ttscli_speedyspeech.model import SpeedySpeech
from ttscli_speedyspeech.student import MelStudent

GOLDEN = Path(__file__).with_name("golden.npz")
SPEC = MelSpec()
_STUDENT = {"channels": 16, "encoder_dilations": [1, 2], "decoder_dilations": [1, 2, 4], "positions": "ends"}
_VOCODER = {"channels": 16, "dilations": [1, 2]}


def outputs() -> dict[str, NDArray[Any]]:
    """Mel and durations of a student, and the samples that each vocoder makes of that mel."""
    options = SpeechOptions(seed=3)
    with TemporaryDirectory() as folder:
        torch.manual_seed(0)
        student, estimator = Path(folder) / "student.safetensors", Path(folder) / "estimator.safetensors"
        _save(MelStudent(StudentConfig(20, 80, 16, 4, 4, (1, 2), (1, 2, 4), 2, "ends")), student)
        _save(FilterEstimator(NhvConfig(channels=16, dilations=(1, 2))), estimator)
        ids = np.arange(1, 19)
        [mel] = SpeedySpeech.load(student, _STUDENT, SPEC, "cpu").mels([ids], options)
        [nhv] = NeuralHomomorphicVocoder.load(estimator, _VOCODER, SPEC, "cpu").waves([mel.frames], options)
    [griffin_lim] = GriffinLim.load(None, {"iterations": 8}, SPEC, "cpu").waves([mel.frames], options)
    return {"mel": mel.frames, "durations": np.asarray(mel.durations), "nhv": nhv, "griffin_lim": griffin_lim}


def _save(network: nn.Module, path: Path) -> None:
    """Give the statistics of batch norms values that matter, as training would."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm1d) and module.running_mean is not None and module.running_var is not None:
            module.running_mean.normal_(0, 0.2)
            module.running_var.uniform_(0.5, 2)
    save_weights(network, path, torch.float32)


if __name__ == "__main__":
    np.savez_compressed(GOLDEN, **outputs())  # type: ignore[arg-type]
