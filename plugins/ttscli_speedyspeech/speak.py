"""The student in numpy, for speaking on a CPU without loading torch. Equal to student.py, which explains it; a test holds that.

Letters: N symbols, T frames, C channels. One utterance at a time, so nothing is padded.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ttscli.contract import Durations, Frames, Ids, Mel
from ttscli.nn.lite import Affine, Array, Conv, Tensors, each, relu
from ttscli_speedyspeech.config import StudentConfig


@dataclass(frozen=True)
class _Unit:
    """Convolution, ReLU, batch norm, then zeros where the convolution does not reach, normalised too."""

    conv: Conv
    norm: Affine

    def __call__(self, x: Array) -> Array:
        """(T, C) → (T, C)."""
        y = np.tile(self.norm.shift, (len(x), 1))
        if len(x) > self.conv.span:
            before = self.conv.span // 2
            y[before : before + len(x) - self.conv.span] += relu(self.conv(x)) * self.norm.scale
        return y


def _residual(x: Array, units: list[_Unit]) -> Array:
    y = x
    for unit in units:
        y = unit(y)
    return x + y


class LiteStudent:
    """A student with the statistics of its mels.

    Raises:
        KeyError: a tensor is missing or unknown, naming it.
        ValueError: a tensor has another shape, naming it.
    """

    def __init__(self, tensors: Tensors, config: StudentConfig) -> None:
        self.config = config
        n_mels, channels = config.n_mels, config.channels
        self.mean, self.deviation = tensors.take("mean", n_mels), tensors.take("deviation", n_mels)
        self._load_encoder(tensors, "student.encoder")
        at = "student.duration_predictor.layers"
        self.predictor = [_units(tensors, f"{at}.{i}", 1, channels, kernel, 1) for i, kernel in enumerate((4, 3, 1))]
        self.predictor_last = tensors.conv(f"{at}.3", channels, 1)
        self._load_decoder(tensors, "student.decoder")
        tensors.finish()

    def _load_encoder(self, tensors: Tensors, at: str) -> None:
        n, channels, kernel = self.config.convs_per_block, self.config.channels, self.config.encoder_kernel
        self.embedding = tensors.take(f"{at}.prenet.0.weight", -1, channels)
        self.prenet = tensors.conv(f"{at}.prenet.1", channels, channels)
        self.encoder = [
            _units(tensors, f"{at}.res_blocks.{i}", n, channels, kernel, dilation)
            for i, dilation in enumerate(self.config.encoder_dilations)
        ]
        self.encoder_post1 = tensors.conv(f"{at}.post_net1.0", channels, channels)
        self.encoder_norm = tensors.norm(f"{at}.post_net2.1", channels)
        self.encoder_post2 = tensors.conv(f"{at}.post_net2.2", channels, channels)

    def _load_decoder(self, tensors: Tensors, at: str) -> None:
        n, channels, kernel = self.config.convs_per_block, self.config.channels, self.config.decoder_kernel
        self.decoder = [
            _units(tensors, f"{at}.res_blocks.{i}", n, channels, kernel, dilation)
            for i, dilation in enumerate(self.config.decoder_dilations)
        ]
        self.decoder_post1 = tensors.conv(f"{at}.post_net1.0", channels, channels)
        self.decoder_last_block = _units(tensors, f"{at}.post_net2.0", n, channels, kernel, 1)
        self.decoder_post2 = tensors.conv(f"{at}.post_net2.1", channels, self.config.n_outputs)

    def mels(self, batch: Sequence[Ids], pace: float) -> list[Mel]:
        """Speak each utterance of `batch`; as AcousticModel.mels."""
        return each(lambda ids: self._mel(ids, pace), batch)

    def _mel(self, ids: Ids, pace: float) -> Mel:
        encoded = self.encode(np.pad(ids, (0, self.config.closing_pads)))
        durations = self.durations(encoded, pace)
        durations[len(ids) :] = 0
        return Mel(self.decode(encoded, durations), durations[: len(ids)])

    def encode(self, ids: Ids) -> Array:
        """(N,) → (N, C)."""
        e = relu(self.prenet(self.embedding[ids]))
        x = e
        for units in self.encoder:
            x = _residual(x, units)
        return self.encoder_post2(self.encoder_norm(relu(self.encoder_post1(x) + e)))

    def durations(self, encoded: Array, pace: float) -> Durations:
        """(N, C) → int64 (N,), frames, at least 1 each."""
        x = encoded
        for units in self.predictor:
            x = _residual(x, units)
        return np.round(np.maximum(np.exp(self.predictor_last(x)[:, 0]) / np.float32(pace), 1)).astype(np.int64)

    def decode(self, encoded: Array, durations: Durations) -> Frames:
        """(N, C), (N,) → log mel float32 (n_mels, T)."""
        expanded = np.repeat(encoded, durations, axis=0)
        expanded += frame_positions(durations, self.config)
        x = expanded
        for units in self.decoder:
            x = _residual(x, units)
        x = _residual(self.decoder_post1(x) + expanded, self.decoder_last_block)
        mel = self.decoder_post2(x)[:, : self.config.n_mels] * self.deviation + self.mean
        return np.ascontiguousarray(mel.T)  # (T, M) → (M, T)


def _units(tensors: Tensors, at: str, n: int, channels: int, kernel: int, dilation: int) -> list[_Unit]:
    return [
        _Unit(
            tensors.conv(f"{at}.blocks.{j}.0", channels, channels, kernel, dilation),
            tensors.norm(f"{at}.blocks.{j}.3", channels),
        )
        for j in range(n)
    ]


def frame_positions(durations: Durations, config: StudentConfig) -> Array:
    """The positional term of every frame, as positional.frame_positions: float32 (T, C)."""
    channels, mode = config.channels, config.positions
    frames = np.arange(int(durations.sum()))
    stops = np.repeat(np.cumsum(durations), durations)
    since = frames - stops + np.repeat(durations, durations)
    published = np.power(10, np.power(4, np.arange(0, channels, 2, dtype=np.float32) / channels))
    if mode == "none":
        return np.zeros((len(frames), channels), np.float32)
    if mode in ("utterance", "standard"):
        return _waves(frames, published)
    if mode == "reset":
        return _waves(since, published)
    half = channels // 2
    vaswani = np.power(np.float32(1e4), np.arange(0, half, 2, dtype=np.float32) / half)
    return np.concatenate([_waves(since, vaswani), _waves(stops - 1 - frames, vaswani)], axis=1)


def _waves(positions: NDArray[np.int64], denominators: Array) -> Array:
    angles = positions[:, None].astype(np.float32) / denominators
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(len(positions), -1)  # (T, C/2, 2) → (T, C)
