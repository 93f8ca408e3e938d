"""Published checkpoints of SpeedySpeech: what is read from them, and that nothing strange gets through."""

import pickle
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from ttscli.errors import VoiceError
from ttscli_speedyspeech.checkpoints import read_student, read_teacher
from ttscli_speedyspeech.config import StudentConfig
from ttscli_speedyspeech.student import Student
from ttscli_speedyspeech.teacher import Teacher, TeacherConfig

STUDENT = StudentConfig(
    n_symbols=9, n_mels=5, channels=6, encoder_kernel=2, decoder_kernel=3, encoder_dilations=(1, 2), decoder_dilations=(1, 4, 2)
)
TEACHER = TeacherConfig(
    n_symbols=9,
    n_mels=5,
    channels=6,
    gate_channels=7,
    attention_channels=4,
    kernel=2,
    text_dilations=(1, 3),
    audio_dilations=(1,),
    decoder_dilations=(2, 1, 1),
)
# What the caller states: dilations alone.
STATED = StudentConfig(encoder_dilations=STUDENT.encoder_dilations, decoder_dilations=STUDENT.decoder_dilations)
State = dict[str, Any]


def state() -> State:
    torch.manual_seed(0)
    return dict(Student(STUDENT).state_dict())


def saved(path: Path, tensors: object, zipped: bool = True) -> Path:
    """A file of the published form."""
    content = {"epoch": 1, "step": 2, "state_dict": tensors, "optimizer": {}, "git_commit": "0"}
    torch.save(content, path, _use_new_zipfile_serialization=zipped)
    return path


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("prefix", ["", "module."])
def test_student(tmp_path: Path, zipped: bool, prefix: str) -> None:
    published = OrderedDict((prefix + name, tensor) for name, tensor in state().items())
    published[f"{prefix}collate.stft.mel_basis"] = torch.ones(5, 3)
    config, tensors = read_student(saved(tmp_path / "student.pth", published, zipped), STATED)
    assert config == STUDENT
    assert tensors.keys() == state().keys()
    assert all(np.array_equal(tensors[name], tensor) for name, tensor in state().items())


def test_teacher(tmp_path: Path) -> None:
    stated = TeacherConfig(text_dilations=(1, 3), audio_dilations=(1,), decoder_dilations=(2, 1, 1))
    path = saved(tmp_path / "teacher.pth", Teacher(TEACHER).state_dict())
    config, tensors = read_teacher(path, stated)
    assert config == TEACHER
    assert tensors.keys() == Teacher(TEACHER).state_dict().keys()
    with pytest.raises(VoiceError, match=r"text dilations ask for"):
        read_teacher(path)
    with pytest.raises(VoiceError, match=r"encoder\.prenet\.0\.weight is missing"):
        read_student(path)


def test_a_student_of_another_depth_than_stated(tmp_path: Path) -> None:
    path = saved(tmp_path / "student.pth", state())
    with pytest.raises(VoiceError, match=r"2 layers encoder\.res_blocks\.\*, but the encoder dilations ask for 13"):
        read_student(path)


def _without(name: str) -> Callable[[State], None]:
    return lambda tensors: tensors.pop(name)


def _with(name: str, value: Any) -> Callable[[State], None]:
    return lambda tensors: tensors.update({name: value})


BIAS = "encoder.post_net1.0.bias"


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (_without(BIAS), f"{BIAS} is missing"),
        (_without("decoder.post_net2.1.weight"), "decoder.post_net2.1.weight is missing"),
        (_with("encoder.extra", torch.ones(1)), "encoder.extra has no place"),
        (_with(BIAS, torch.ones(7)), "shape"),
        (_with("encoder.prenet.0.weight", torch.ones(9)), "shape"),
        (_with("encoder.prenet.0.weight", torch.ones(9, 0)), "shape"),
        (_with("encoder.prenet.0.weight", torch.ones(9, 7)), "odd"),
        (_with(BIAS, torch.full((6,), float("nan"))), "not finite"),
        (_with(BIAS, torch.ones(6, dtype=torch.int64)), "type"),
        (_with(BIAS, torch.ones(6, dtype=torch.complex64)), "more than data"),
        (_with(BIAS, "words"), "not a tensor"),
        (_with(BIAS, torch.ones(6).to_sparse()), "more than data"),
        (_with(BIAS, torch.ones(1).expand(6)), "damaged"),
    ],
)
def test_wrong_tensors_are_named(tmp_path: Path, harm: Callable[[State], None], message: str) -> None:
    tensors = state()
    harm(tensors)
    with pytest.raises(VoiceError, match=message):
        read_student(saved(tmp_path / "student.pth", tensors), STATED)


class _Hostile:
    """Writes a file when it is unpickled."""

    def __init__(self, trap: Path) -> None:
        self.trap = trap

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.trap,))


@pytest.mark.parametrize("zipped", [True, False])
def test_nothing_in_a_file_is_run(tmp_path: Path, zipped: bool) -> None:
    trap = tmp_path / "trap"
    path = saved(tmp_path / "student.pth", state() | {"x": _Hostile(trap)}, zipped)
    with pytest.raises(VoiceError, match="holds more than data: "):
        read_student(path, STATED)
    plain = tmp_path / "plain.pth"
    plain.write_bytes(pickle.dumps(_Hostile(trap)))
    with pytest.raises(VoiceError):
        read_student(plain, STATED)
    assert not trap.exists()


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.9, 0.999])
def test_truncated_files(tmp_path: Path, zipped: bool, share: float) -> None:
    path = saved(tmp_path / "student.pth", state(), zipped)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(VoiceError):
        read_student(path, STATED)


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", pickle.dumps([1, 2]), pickle.dumps({"state_dict": 3})])
def test_other_files(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "student.pth"
    path.write_bytes(content)
    with pytest.raises(VoiceError):
        read_student(path)


@pytest.mark.parametrize("content", [[1], {"state_dict": 3}, {"epoch": 1}, torch.ones(3)])
def test_other_contents(tmp_path: Path, content: object) -> None:
    torch.save(content, tmp_path / "student.pth")
    with pytest.raises(VoiceError, match="state_dict"):
        read_student(tmp_path / "student.pth")


def test_a_compressed_archive_is_refused_unread(tmp_path: Path) -> None:
    path, bomb = saved(tmp_path / "student.pth", state()), tmp_path / "bomb.pth"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            target.writestr(entry.filename, source.read(entry))
    with pytest.raises(VoiceError, match="damaged"):
        read_student(bomb, STATED)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="no such file"):
        read_student(tmp_path / "nowhere.pth")


def test_half_precision_is_upcast(tmp_path: Path) -> None:
    halves: dict[str, Tensor] = {
        name: tensor.half() if tensor.is_floating_point() else tensor for name, tensor in state().items()
    }
    _, tensors = read_student(saved(tmp_path / "student.pth", state() | halves), STATED)
    assert tensors[BIAS].dtype == np.float32
