"""The files published with SpeedySpeech, a student's or a teacher's `.pth` → configuration and weights. Nothing in them is run.

Sizes and numbers of layers come from the shapes; what shapes cannot say (dilations, positions, frames per symbol, mels) comes
from settings, in the words of the published program or in ours, and else is as published.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from ttscli.contract import Config
from ttscli.errors import VoiceError
from ttscli.importing import Imported
from ttscli.nn.checkpoint import Shapes, expect, read_checkpoint, state_dict
from ttscli.settings import config_of, mel_spec_of, require_agreement, stated
from ttscli.voice import TextSettings
from ttscli_speedyspeech.config import StudentConfig
from ttscli_speedyspeech.scale import Scale
from ttscli_speedyspeech.student import Student
from ttscli_speedyspeech.teacher import Teacher, TeacherConfig
from ttscli_speedyspeech.text import CLOSING_PADS, text_settings

Arrays = dict[str, NDArray[np.generic]]

_HINT = "give a checkpoint as published with SpeedySpeech, and the dilations that it was trained with"
_WORDS = {
    "enc_kernel_size": "encoder_kernel",
    "dec_kernel_size": "decoder_kernel",
    "enc_dilations": "encoder_dilations",
    "dec_dilations": "decoder_dilations",
    "pos_enc": "positions",
    "hidden_channels": "gate_channels",
    "kernel_size": "kernel",
    "att_hidden_channels": "attention_channels",
    "w": "frames_per_symbol",
    "dilations_txt_enc": "text_dilations",
    "dilations_audio_enc": "audio_dilations",
    "dilations_dec": "decoder_dilations",
    "spec_mean": "mean",
    "spec_std": "deviation",
    "spec_min": "low",
    "spec_max": "high",
    "alphabet": "alphabet",
}
"""What the published program calls a field of ours, and the alphabet."""
_POSITIONS = (("ours", "utterance"), (None, "none"), (False, "none"))
"""What it calls positions, as a value of `pos_enc`, and we."""


def student_importer(files: Sequence[Path], settings: Config) -> Imported:
    """Read a student; keeps the promise of ttscli.importing.Importer.

    `settings`: tables `student`, with dilations and positions, and `stft`, with mels and their statistics, as the published
    program calls them; or fields of StudentConfig, MelSpec and Scale. `alphabet`: the symbols, if not the published ones.
    """
    path = _only(files)
    told = _told(settings, "student", StudentConfig) | {"closing_pads": CLOSING_PADS}
    config, arrays = read_student(path, config_of(StudentConfig, told))
    require_agreement(told, asdict(config), str(path))
    scale = config_of(Scale, told)
    arrays = {f"student.{name}": array for name, array in arrays.items()}
    arrays["mean"] = np.full(config.n_mels, scale.mean, np.float32)
    arrays["deviation"] = np.full(config.n_mels, scale.deviation, np.float32)
    return Imported("acoustic", arrays, _table(config), mel_spec_of({"n_mels": config.n_mels} | told), _text(path, told, config))


def teacher_importer(files: Sequence[Path], settings: Config) -> Imported:
    """Read a teacher, as student_importer; its table is `teacher`."""
    path = _only(files)
    told = _told(settings, "teacher", TeacherConfig)
    config, arrays = read_teacher(path, config_of(TeacherConfig, told))
    require_agreement(told, asdict(config), str(path))
    scale = config_of(Scale, told)
    arrays = {f"teacher.{name}": array for name, array in arrays.items()}
    arrays["low"], arrays["high"] = np.asarray(scale.low, np.float32), np.asarray(scale.high, np.float32)
    return Imported("acoustic", arrays, _table(config), mel_spec_of({"n_mels": config.n_mels} | told), _text(path, told, config))


def read_student(path: Path, stated: StudentConfig | None = None) -> tuple[StudentConfig, Arrays]:
    """Read a student.

    Args:
        path: the published file, or one of its form.
        stated: gives the dilations, the positions and the pitch; the published ones if None. The rest comes from the file.

    Returns:
        The student's configuration, and its state dict (strictly what Student(configuration) has).

    Raises:
        VoiceError: the file cannot be read, is damaged, or is not a student with as many layers as `stated`.
    """
    stated = stated or StudentConfig()
    shapes = _Shapes.read(path)
    n_symbols, channels = shapes.of("encoder.prenet.0.weight", 2)
    n_outputs = shapes.of("decoder.post_net2.1.weight", 3)[0]
    shapes.must(channels % 2 == 0, f"{channels} channels: odd")
    config = replace(
        stated,
        n_symbols=n_symbols,
        channels=channels,
        n_mels=n_outputs - (stated.n_outputs - stated.n_mels),
        encoder_kernel=shapes.of("encoder.res_blocks.0.blocks.0.0.weight", 3)[2],
        decoder_kernel=shapes.of("decoder.res_blocks.0.blocks.0.0.weight", 3)[2],
        convs_per_block=shapes.count("encoder.res_blocks.0.blocks."),
    )
    shapes.must(config.n_mels >= 1, f"{n_outputs} outputs: too few")
    shapes.must_have("encoder.res_blocks.", len(stated.encoder_dilations), "encoder dilations")
    shapes.must_have("decoder.res_blocks.", len(stated.decoder_dilations), "decoder dilations")
    with torch.device("meta"):
        return config, expect(shapes.state, Student(config), str(path))


def read_teacher(path: Path, stated: TeacherConfig | None = None) -> tuple[TeacherConfig, Arrays]:
    """Read a teacher.

    Args:
        path: a file of the published form.
        stated: gives the dilations, the frames per symbol and the noise; the published ones if None. The rest comes from the
            file.

    Returns:
        The teacher's configuration, and its state dict (strictly what Teacher(configuration) has).

    Raises:
        VoiceError: the file cannot be read, is damaged, or is not a teacher with as many layers as `stated`.
    """
    stated = stated or TeacherConfig()
    shapes = _Shapes.read(path)
    n_symbols, channels = shapes.of("txt_encoder.embedding.weight", 2)
    gate_channels, _, kernel = shapes.of("audio_decoder.layers.0.filter.weight", 3)
    shapes.must(channels % 2 == 0, f"{channels} channels: odd")
    config = replace(
        stated,
        n_symbols=n_symbols,
        channels=channels,
        gate_channels=gate_channels,
        kernel=kernel,
        n_mels=shapes.of("audio_encoder.layers.0.weight", 3)[1],
        attention_channels=shapes.of("attention.fc_query.weight", 3)[0],
    )
    shapes.must_have("txt_encoder.layers.", len(stated.text_dilations) + 2, "text dilations")
    shapes.must_have("audio_encoder.layers.", len(stated.audio_dilations) + 1, "audio dilations")
    shapes.must_have("audio_decoder.layers.", len(stated.decoder_dilations) + 4, "decoder dilations")
    with torch.device("meta"):
        return config, expect(shapes.state, Teacher(config), str(path))


class _Shapes(Shapes):
    """What the tensors of one file tell, and must."""

    @classmethod
    def read(cls, path: Path) -> "_Shapes":
        """Those of a file, without the front end, which the published program keeps in the student, too."""
        state = state_dict(read_checkpoint(path), str(path), "state_dict")
        return cls({name: tensor for name, tensor in state.items() if not name.startswith("collate.")}, str(path))

    def must_have(self, prefix: str, n: int, what: str) -> None:
        """Refuse the file if `prefix` is not followed by n different words."""
        found = self.count(prefix)
        self.must(found == n, f"{found} layers {prefix}*, but the {what} ask for {n}")

    def must(self, condition: bool, fault: str) -> None:
        """Refuse the file for `fault` unless `condition`."""
        if not condition:
            raise VoiceError(f"{self.source}: {fault}", _HINT)


def _only(files: Sequence[Path]) -> Path:
    if len(files) != 1:
        raise VoiceError(f"speedyspeech: {len(files)} files given: a published network is one", "give its checkpoint alone")
    return files[0]


def _told(settings: Config, section: str, cls: type) -> dict[str, object]:
    """What settings say of the dataclass `cls`, of mels and of their statistics, under our names."""
    told = stated(settings, _WORDS, ["stft", "mel", section], Scale, cls)
    for theirs, ours in _POSITIONS:
        if told.get("positions", "") == theirs:
            told["positions"] = ours
    return told


def _table(config: StudentConfig | TeacherConfig) -> dict[str, object]:
    return {name: value for name, value in asdict(config).items() if name not in ("n_symbols", "n_mels")}


def _text(path: Path, told: Config, config: StudentConfig | TeacherConfig) -> TextSettings:
    symbols = told.get("alphabet")
    text = text_settings(config.n_symbols, tuple(map(str, symbols)) if isinstance(symbols, list) else None)
    if text is None:
        raise VoiceError(f"{path}: it has {config.n_symbols} symbols, not as the alphabets known here", "state its `alphabet`")
    return text
