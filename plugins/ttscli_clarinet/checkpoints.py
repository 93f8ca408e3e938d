"""The published files of ClariNet → our config and weights. Read as data: nothing in a file is ever executed.

    teacher.pth                 a vocoder that speaks sample by sample
    teacher.pth, student.pth    one that speaks at once: the flows are the student's, the upsampler is the teacher's
    text2wave.pth               text to wave; see text_to_wave_checkpoints.py

Sizes are read off the shapes. How many layers a cycle has and how fast their dilation grows no shape tells: settings may, and
what they do not say is as in the public program, whose teachers have powers of the kernel and whose students powers of 2; early
ones of both had cycles of 6 layers and powers of 3.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ttscli.config import read_config
from ttscli.contract import Config
from ttscli.errors import VoiceError
from ttscli.importing import Imported
from ttscli.nn.checkpoint import expect, read_checkpoint, state_dict
from ttscli.nn.weight_norm import fuse
from ttscli_clarinet.config import Kind, clarinet_config
from ttscli_clarinet.frontend import PUBLISHED_MEL
from ttscli_clarinet.layout import Sizes, upsample_strides, upsampler_tensors, wavenet_sizes, wavenet_tensors
from ttscli_clarinet.student import Student
from ttscli_clarinet.teacher import Teacher
from ttscli_clarinet.text_to_wave_checkpoints import is_text_to_wave, read_text_to_wave

_UPSAMPLER = "upsample_conv"
_OUR_NAMES = {
    "num_layers": "layers",
    "num_blocks": "cycles",
    "num_blocks_student": "cycles",
    "kernel_size": "kernel",
    "front_channels": "front_kernel",
    "cin_channels": "condition_channels",
    "upsample_scales": "upsample_strides",
    "sample_rate": "sample_rate_hz",
    "hop": "hop_samples",
}
_EARLY_STUDENT = (6, 6, 6, 24)
_EARLY_LAYERS, _LAYERS = 6, 10


@dataclass(frozen=True)
class File:
    """A checkpoint: its path, and its tensors with weight norm fused, under their published names."""

    source: str
    state: dict[str, Tensor]


@dataclass(frozen=True)
class Stated:
    """What settings say of a network, under the authors' names or ours; 0 or empty where they say nothing.

    Attributes:
        cycles: of the teacher, or of each flow.
        The others: as in ClariNetConfig and MelSpec; what shapes tell must agree with them.
    """

    cycles: tuple[int, ...] = ()
    layers: int = 0
    dilation_base: int = 0
    upsample_strides: tuple[int, ...] = ()
    condition_channels: int = 0
    residual_channels: int = 0
    gate_channels: int = 0
    skip_channels: int = 0
    kernel: int = 0
    front_kernel: int = 0
    sample_rate_hz: int = 0
    hop_samples: int = 0

    @classmethod
    def read(cls, settings: Config, kind: Kind) -> "Stated":
        """Take what is known out of `settings` and its table `kind`; VoiceError if a value is of another type."""
        inner = settings.get(kind, {})
        table = {**settings, **(inner if isinstance(inner, Mapping) else {})}
        named = {_OUR_NAMES.get(key, key): value for key, value in table.items()}
        if isinstance(named.get("cycles"), int):
            named["cycles"] = [named["cycles"]]
        return read_config(cls, {field.name: named[field.name] for field in fields(cls) if field.name in named})

    def require(self, found: Mapping[str, object], source: str) -> None:
        """Refuse a file whose shapes say something else."""
        for name, value in found.items():
            if (stated := getattr(self, name)) and stated != value:
                raise VoiceError(f"{source}: {name} is {value} by its tensors, not {stated} as stated")


def importer(files: Sequence[Path], settings: Config) -> Imported:
    """Read a published vocoder or text-to-wave model; keeps the promise of ttscli.importing.Importer.

    `settings` are the authors' configuration, with tables "teacher" and "student", or plain keys of Stated.
    """
    found: dict[str, list[File]] = {"teacher": [], "student": [], "text_to_wave": []}
    for path in files:
        file = _read(path)
        found[_kind(file)].append(file)
    match found["text_to_wave"], found["teacher"], found["student"]:
        case [file], [], []:
            return read_text_to_wave(file.state, settings, file.source)
        case [], [teacher], []:
            return _teacher(teacher, settings)
        case [], [teacher], [student]:
            return _student(teacher, student, settings)
        case [], [], [student]:
            reason = "a student without its teacher cannot sound: the teacher's file holds what upsamples the mel"
            raise VoiceError(f"{student.source}: {reason}", "give both files")
    counts = ", ".join(f"{len(some)} of a {kind.replace('_', '-')}" for kind, some in found.items())
    raise VoiceError(f"clarinet: files given: {counts}", "give a teacher, a teacher and its student, or a text-to-wave model")


def _read(path: Path) -> File:
    """Read a file; VoiceError if it is missing, damaged, hostile or no checkpoint of tensors."""
    content: Any = read_checkpoint(path)
    inside = isinstance(content, Mapping) and "state_dict" in content
    state = state_dict(content, str(path), *(["state_dict"] if inside else []))
    try:
        plain = fuse({re.sub(r"^(module\.)+", "", name): tensor for name, tensor in state.items()})
    except VoiceError as error:
        raise VoiceError(f"{path}: {error}") from error
    for name, tensor in plain.items():
        if not bool(torch.isfinite(tensor).all()):
            raise VoiceError(f"{path}: tensor {name} has a direction of length 0")
    return File(str(path), plain)


def _kind(file: File) -> str:
    if is_text_to_wave(file.state):
        return "text_to_wave"
    if any(name.startswith("iafs.") for name in file.state):
        return "student"
    if any(name.startswith("res_blocks.") for name in file.state):
        return "teacher"
    raise VoiceError(f"{file.source}: not of ClariNet: it has neither res_blocks.* nor iafs.*")


def _teacher_parts(file: File) -> tuple[Sizes, list[int], dict[str, Tensor]]:
    """The sizes of a teacher, the strides of its upsampler, and its tensors under our names."""
    upsampler = upsampler_tensors(file.state, _UPSAMPLER)
    strides = upsample_strides(file.state, _UPSAMPLER, file.source)
    wavenet = {name: tensor for name, tensor in file.state.items() if not name.startswith(f"{_UPSAMPLER}.")}
    sizes = wavenet_sizes(wavenet, file.source)
    return sizes, strides, _under("upsampler", upsampler) | _under("wavenet", wavenet_tensors(wavenet))


def _teacher(file: File, settings: Config) -> Imported:
    stated = Stated.read(settings, "teacher")
    sizes, strides, tensors = _teacher_parts(file)
    guess = (_EARLY_LAYERS if sizes.kernel == 3 else _LAYERS, sizes.kernel)
    return _imported("teacher", [sizes], strides, _repeating(stated, [sizes], guess), tensors, stated, file.source)


def _student(teacher: File, student: File, settings: Config) -> Imported:
    stated = replace(Stated.read(settings, "student"), upsample_strides=Stated.read(settings, "teacher").upsample_strides)
    of_teacher, strides, tensors = _teacher_parts(teacher)
    # Only its upsampler is used, but a file that is no whole teacher is not to be trusted with that.
    _imported("teacher", [of_teacher], strides, (1, 2), tensors, Stated(), teacher.source)
    tensors = {name: tensor for name, tensor in tensors.items() if name.startswith("upsampler.")}
    flows = _flows(student)
    sizes = [wavenet_sizes(flow, f"{student.source}: flow {j}") for j, flow in enumerate(flows)]
    for j, flow in enumerate(flows):
        tensors |= _under(f"flows.{j}", wavenet_tensors(flow))
    if sizes[0].condition_channels != of_teacher.condition_channels:
        bands = f"{sizes[0].condition_channels} mel bins, {teacher.source} {of_teacher.condition_channels}"
        raise VoiceError(f"{student.source}: has {bands}: it is another teacher's")
    early = tuple(size.n_blocks for size in sizes) == _EARLY_STUDENT
    guess = (_EARLY_LAYERS, 3) if early else (_LAYERS, 2)
    return _imported("student", sizes, strides, _repeating(stated, sizes, guess), tensors, stated, student.source)


def _flows(student: File) -> list[dict[str, Tensor]]:
    """The tensors of each flow, in order; VoiceError if a number is missing or a tensor is in no flow."""
    flows: dict[int, dict[str, Tensor]] = {}
    for name, tensor in student.state.items():
        match = re.fullmatch(r"iafs\.(\d{1,4})\.(.+)", name)
        if match is None:
            raise VoiceError(f"{student.source}: tensor {name} has no place in a student")
        flows.setdefault(int(match[1]), {})[match[2]] = tensor
    if sorted(flows) != list(range(len(flows))):
        raise VoiceError(f"{student.source}: flows {sorted(flows)}: some are missing")
    return [flows[j] for j in range(len(flows))]


def _repeating(stated: Stated, sizes: Sequence[Sizes], guess: tuple[int, int]) -> tuple[int, int]:
    """Layers a cycle and dilation base: what is stated, else what follows from it, else the guess."""
    layers, base = guess
    if stated.cycles:
        layers = sizes[0].n_blocks // stated.cycles[0] if stated.cycles[0] > 0 else 0
    return stated.layers or layers, stated.dilation_base or base


def _imported(
    kind: Kind,
    sizes: Sequence[Sizes],
    strides: list[int],
    repeating: tuple[int, int],
    tensors: Mapping[str, Tensor],
    stated: Stated,
    source: str,
) -> Imported:
    layers, base = repeating
    found = asdict(sizes[0])
    del found["n_blocks"]
    hop_samples = math.prod(strides)
    stated.require(found | {"upsample_strides": tuple(strides), "hop_samples": hop_samples}, source)
    counts = [size.n_blocks for size in sizes]
    if layers < 1 or any(count % layers for count in counts):
        reason = f"{counts} blocks are no multiples of {layers} layers a cycle"
        raise VoiceError(f"{source}: {reason}", "state num_layers, after which the dilation begins again")
    cycles = [count // layers for count in counts]
    stated.require({"cycles": tuple(cycles)}, source)
    rate = stated.sample_rate_hz or PUBLISHED_MEL.sample_rate_hz
    n_mels = found.pop("condition_channels")
    mel_spec = replace(PUBLISHED_MEL, sample_rate_hz=rate, hop_samples=hop_samples, n_mels=n_mels)
    table = {"kind": kind, "upsample_strides": strides, "cycles": cycles, "layers": layers, "dilation_base": base, **found}
    with torch.device("meta"):
        config = clarinet_config(table, mel_spec)
        network = Teacher(config) if kind == "teacher" else Student(config)
    return Imported("vocoder", expect(tensors, network, source), table, mel_spec)


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {f"{prefix}.{name}": tensor for name, tensor in tensors.items()}
