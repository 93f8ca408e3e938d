"""The files published with SpeedySpeech: a student's or a teacher's `.pth` → configuration and weights.

They are pickles, read with torch's restricted reader only. Nothing in them is trusted: every tensor must have the name, shape and
memory that the architecture gives it, or the file is refused. Sizes and numbers of layers come from the shapes; what shapes
cannot say (dilations, positions, frames per symbol) comes from a configuration that the caller states.
"""

import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from ttscli.errors import VoiceError
from ttscli_speedyspeech.config import StudentConfig
from ttscli_speedyspeech.student import Student
from ttscli_speedyspeech.teacher import Teacher, TeacherConfig

State = dict[str, Tensor]

_HINT = "give a checkpoint as published with SpeedySpeech, and the dilations that it was trained with"


def read_student(path: Path, stated: StudentConfig | None = None) -> tuple[StudentConfig, State]:
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
    shapes = _Shapes(path, _read(path))
    n_symbols, channels = shapes.of("encoder.prenet.0.weight", 2)
    n_outputs = shapes.of("decoder.post_net2.1.weight", 3)[0]
    config = replace(
        stated,
        n_symbols=n_symbols,
        channels=channels,
        n_mels=n_outputs - (stated.n_outputs - stated.n_mels),
        encoder_kernel=shapes.of("encoder.res_blocks.0.blocks.0.0.weight", 3)[2],
        decoder_kernel=shapes.of("decoder.res_blocks.0.blocks.0.0.weight", 3)[2],
        convs_per_block=shapes.count("encoder.res_blocks.0.blocks."),
    )
    shapes.must(config.n_mels >= 1 and channels % 2 == 0, f"{n_outputs} outputs, {channels} channels: too few or odd")
    shapes.must_have("encoder.res_blocks.", len(stated.encoder_dilations), "encoder dilations")
    shapes.must_have("decoder.res_blocks.", len(stated.decoder_dilations), "decoder dilations")
    with torch.device("meta"):
        wanted = Student(config)
    return config, shapes.checked(wanted)


def read_teacher(path: Path, stated: TeacherConfig | None = None) -> tuple[TeacherConfig, State]:
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
    shapes = _Shapes(path, _read(path))
    n_symbols, channels = shapes.of("txt_encoder.embedding.weight", 2)
    gate_channels, _, kernel = shapes.of("audio_decoder.layers.0.filter.weight", 3)
    config = replace(
        stated,
        n_symbols=n_symbols,
        channels=channels,
        gate_channels=gate_channels,
        kernel=kernel,
        n_mels=shapes.of("audio_encoder.layers.0.weight", 3)[1],
        attention_channels=shapes.of("attention.fc_query.weight", 3)[0],
    )
    shapes.must(channels % 2 == 0, f"{channels} channels: odd")
    shapes.must_have("txt_encoder.layers.", len(stated.text_dilations) + 2, "text dilations")
    shapes.must_have("audio_encoder.layers.", len(stated.audio_dilations) + 1, "audio dilations")
    shapes.must_have("audio_decoder.layers.", len(stated.decoder_dilations) + 4, "decoder dilations")
    with torch.device("meta"):
        wanted = Teacher(config)
    return config, shapes.checked(wanted)


class _Shapes:
    """The tensors of one file, and what their names and shapes tell."""

    def __init__(self, path: Path, state: State) -> None:
        self.path, self.state = path, state

    def of(self, name: str, n_axes: int) -> tuple[int, ...]:
        """The shape of one tensor, which must have `n_axes` axes, none of them empty."""
        self.must(name in self.state, f"tensor {name} is missing")
        shape = tuple(self.state[name].shape)
        self.must(len(shape) == n_axes and 0 not in shape, f"tensor {name} has shape {shape}, not {n_axes} axes")
        return shape

    def count(self, prefix: str) -> int:
        """How many different words follow `prefix` in the tensors' names."""
        return len({name.removeprefix(prefix).split(".")[0] for name in self.state if name.startswith(prefix)})

    def must_have(self, prefix: str, n: int, what: str) -> None:
        """Refuse the file if `prefix` is not followed by n different words."""
        found = self.count(prefix)
        self.must(found == n, f"{found} layers {prefix}*, but the {what} ask for {n}")

    def must(self, condition: bool, fault: str) -> None:
        """Refuse the file for `fault` unless `condition`."""
        if not condition:
            raise VoiceError(f"{self.path}: {fault}", _HINT)

    def checked(self, wanted: nn.Module) -> State:
        """The state dict, if it is exactly what `wanted` has, in finite float32."""
        expected = wanted.state_dict()
        for name in sorted(expected.keys() ^ self.state.keys()):
            fault = "is missing" if name in expected else "has no place in this architecture"
            raise VoiceError(f"{self.path}: tensor {name} {fault}", _HINT)
        return {name: self._checked(name, expected[name]) for name in expected}

    def _checked(self, name: str, expected: Tensor) -> Tensor:
        tensor = self.state[name]
        shape, type_ = tuple(tensor.shape), tensor.dtype
        fits = tensor.is_floating_point() == expected.is_floating_point() and not tensor.is_complex()
        self.must(shape == tuple(expected.shape), f"tensor {name} has shape {shape}, not {tuple(expected.shape)}")
        self.must(fits, f"tensor {name} has type {type_}, not {expected.dtype}")
        self.must(bool(torch.isfinite(tensor).all()), f"tensor {name} has values that are not finite")
        return tensor.to(expected.dtype).contiguous()


def _read(path: Path) -> State:
    """The file's state dict by plain names; the batch maker's buffers (collate.*) are left out."""
    _refuse_compressed(path)
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise VoiceError(f"{path}: cannot be read: {error.strerror or error}", _HINT) from error
    except Exception as error:  # a hostile pickle can raise anything; whatever it is, the file is of no use
        raise VoiceError(f"{path}: not a checkpoint that can be read safely", _HINT) from error
    state = content.get("state_dict") if isinstance(content, Mapping) else None
    if not isinstance(state, Mapping):
        raise VoiceError(f"{path}: has no state_dict", _HINT)
    plain = {name.removeprefix("module."): tensor for name, tensor in state.items() if isinstance(name, str)}
    kept = {name: tensor for name, tensor in plain.items() if not name.startswith("collate.")}
    _refuse_strange(path, kept.items())
    return kept


def _refuse_compressed(path: Path) -> None:
    """What torch.save makes is not compressed; a compressed archive could grow to any size in memory."""
    if not zipfile.is_zipfile(path):
        return  # the older form, or not there, or damaged: torch.load will tell
    try:
        with zipfile.ZipFile(path) as archive:
            compressed = any(entry.compress_type != zipfile.ZIP_STORED for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise VoiceError(f"{path}: damaged", _HINT) from error
    if compressed:
        raise VoiceError(f"{path}: a compressed archive, not a checkpoint", _HINT)


def _refuse_strange(path: Path, items: Iterable[tuple[str, object]]) -> None:
    """Only plain tensors that own as much memory as they show may pass."""
    for name, tensor in items:
        plain = isinstance(tensor, Tensor) and tensor.layout == torch.strided and tensor.device.type == "cpu"
        if (
            not plain
            or not isinstance(tensor, Tensor)
            or tensor.numel() * tensor.element_size() > tensor.untyped_storage().nbytes()
        ):
            raise VoiceError(f"{path}: {name} is not a plain tensor", _HINT)
