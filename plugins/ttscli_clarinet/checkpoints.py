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
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ttscli.contract import Config
from ttscli.errors import VoiceError
from ttscli.importing import Imported
from ttscli.nn.checkpoint import expect, read_checkpoint, state_dict
from ttscli.nn.weight_norm import fuse
from ttscli.settings import config_of, mel_spec_of, require_agreement, stated
from ttscli_clarinet.config import ClariNetConfig, Kind, clarinet_config
from ttscli_clarinet.frontend import PUBLISHED_MEL
from ttscli_clarinet.layout import Sizes, upsample_strides, upsampler_tensors, wavenet_sizes, wavenet_tensors
from ttscli_clarinet.student import Student
from ttscli_clarinet.teacher import Teacher
from ttscli_clarinet.text_to_wave_checkpoints import is_text_to_wave, read_text_to_wave

_UPSAMPLER = "upsample_conv"
_WORDS = {
    "num_layers": "layers",
    "num_blocks": "cycles",
    "num_blocks_student": "cycles",
    "kernel_size": "kernel",
    "front_channels": "front_kernel",
    "cin_channels": "n_mels",
    "upsample_scales": "upsample_strides",
    "hop": "hop_samples",
}
_TOLD = ("dilation_base", "temperature")
"""What only settings can tell."""
_EARLY_STUDENT = (6, 6, 6, 24)
_EARLY_LAYERS, _LAYERS = 6, 10


@dataclass(frozen=True)
class File:
    """A checkpoint: its path, and its tensors with weight norm fused, under their published names."""

    source: str
    state: dict[str, Tensor]


def importer(files: Sequence[Path], settings: Config) -> Imported:
    """Read a published vocoder or text-to-wave model; keeps the promise of ttscli.importing.Importer.

    `settings` are the authors' configuration, with tables "teacher" and "student", or fields of ClariNetConfig and MelSpec.
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
    return File(str(path), fuse(state_dict(content, str(path), *(["state_dict"] if inside else [])), str(path)))


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


def _told(settings: Config, kind: Kind) -> dict[str, Any]:
    """What settings say of a network and its mels, their table `kind` above all; VoiceError if a value is of another type."""
    told = stated(settings, _WORDS, [kind], ClariNetConfig)
    if isinstance(told.get("cycles"), int):
        told["cycles"] = [told["cycles"]]
    config_of(ClariNetConfig, told)  # only to see its types
    return told


def _teacher(file: File, settings: Config) -> Imported:
    sizes, strides, tensors = _teacher_parts(file)
    guess = (_EARLY_LAYERS if sizes.kernel == 3 else _LAYERS, sizes.kernel)
    return _imported("teacher", [sizes], strides, guess, tensors, _told(settings, "teacher"), file.source)


def _student(teacher: File, student: File, settings: Config) -> Imported:
    of_upsampler = {key: value for key, value in _told(settings, "teacher").items() if key == "upsample_strides"}
    of_teacher, strides, tensors = _teacher_parts(teacher)
    # Only its upsampler is used, but a file that is no whole teacher is not to be trusted with that.
    _imported("teacher", [of_teacher], strides, (1, 2), tensors, {}, teacher.source)
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
    return _imported("student", sizes, strides, guess, tensors, _told(settings, "student") | of_upsampler, student.source)


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


def _imported(
    kind: Kind,
    sizes: Sequence[Sizes],
    strides: list[int],
    guess: tuple[int, int],
    tensors: Mapping[str, Tensor],
    told: Mapping[str, Any],
    source: str,
) -> Imported:
    """Make a part of tensors under our names; `guess`: layers a cycle and the base of their dilation, unless they are told."""
    found = asdict(sizes[0])
    counts = [size.n_blocks for size in sizes]
    mels = {"n_mels": found.pop("condition_channels"), "hop_samples": math.prod(strides)}
    del found["n_blocks"]
    found |= {"kind": kind, "group": 1, "upsample_strides": strides}
    require_agreement(told, found | mels, source)
    follows = counts[0] // max(1, told["cycles"][0]) if told.get("cycles") else guess[0]
    layers = told.get("layers", follows)
    if layers < 1 or any(count % layers for count in counts):
        reason = f"{counts} blocks are no multiples of {layers} layers a cycle"
        raise VoiceError(f"{source}: {reason}", "state num_layers, after which the dilation begins again")
    found |= {"cycles": [count // layers for count in counts], "layers": layers}
    require_agreement(told, found, source)
    table = {"dilation_base": guess[1]} | {key: told[key] for key in _TOLD if key in told} | found
    mel_spec = mel_spec_of({**asdict(PUBLISHED_MEL), **told, **mels})
    with torch.device("meta"):
        config = clarinet_config(table, mel_spec)
        network = Teacher(config) if kind == "teacher" else Student(config)
    return Imported("vocoder", expect(tensors, network, source), table, mel_spec)


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {f"{prefix}.{name}": tensor for name, tensor in tensors.items()}
