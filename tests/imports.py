"""Published checkpoints of every architecture, and what can be wrong with them, for the tests of imports."""

import io
import os
import random
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from tests.parity.reference import reference
from ttscli.nn.checkpoint import Inert, read_checkpoint_bytes
from ttscli.settings import read_settings


@dataclass(frozen=True)
class Case:
    """Files that make a voice together, by their names in the reference material, and the settings that lie beside them."""

    architecture: str
    files: tuple[str, ...]
    settings: str | None = None

    def __str__(self) -> str:
        return f"{self.architecture}-{Path(self.files[-1]).stem}"

    def paths(self) -> list[Path]:
        return [found(name) for name in self.files]

    def settings_path(self) -> Path | None:
        return None if self.settings is None else found(self.settings)

    def config(self) -> dict[str, Any]:
        path = self.settings_path()
        return {} if path is None else read_settings(path.read_text(encoding="utf-8"), str(path))


def found(name: str) -> Path:
    folder, _, file = name.rpartition("/")
    return reference(folder) / file


SPEEDYSPEECH, GLOW, WAVEGLOW, CLARINET = "speedyspeech/", "glow_tts/", "waveglow/", "clarinet/"
CASES = (
    Case("speedyspeech", (SPEEDYSPEECH + "checkpoint.pth",), SPEEDYSPEECH + "config.json"),
    Case("speedyspeech-teacher", (SPEEDYSPEECH + "teacher_checkpoint.pth",), SPEEDYSPEECH + "config.json"),
    Case("melgan", ("melgan/melgan_official.pt",)),
    Case("melgan", ("melgan/melgan_seungwonpark_v01.pt",), "melgan/config.json"),
    Case("melgan", ("melgan/melgan_seungwonpark_v03.pt",)),
    Case("talknet", ("talknet/talknet_durs.nemo", "talknet/talknet_pitch.nemo", "talknet/talknet_spect.nemo")),
    Case("glow-tts", (GLOW + "plain/checkpoint.pth",), GLOW + "plain/config.json"),
    Case("glow-tts", (GLOW + "speaker/checkpoint.pth",), GLOW + "speaker/config.json"),
    Case("waveglow", (WAVEGLOW + "checkpoint.pt",), WAVEGLOW + "config.json"),
    Case("waveglow", (WAVEGLOW + "waveglow_pickled.pt",), WAVEGLOW + "config.json"),
    Case("waveglow", (WAVEGLOW + "waveglow_old_pickled.pt",), WAVEGLOW + "config.json"),
    Case("waveglow", (WAVEGLOW + "waveglow_pickled_zip.pt",), WAVEGLOW + "config.json"),
    Case("clarinet", (CLARINET + "teacher.pth",), CLARINET + "config.json"),
    Case("clarinet", (CLARINET + "teacher.pth", CLARINET + "student.pth"), CLARINET + "config.json"),
    Case("clarinet", (CLARINET + "teacher.pth", CLARINET + "student_dataparallel.pth"), CLARINET + "config.json"),
    Case("clarinet", (CLARINET + "text2wave.pth",), CLARINET + "text2wave_config.json"),
)


class Crime:
    """Makes a folder called `marker` when it is unpickled by something that obeys."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.marker),)


def truncated(data: bytes, dice: random.Random) -> bytes:
    return data[: dice.randrange(len(data))]


def flipped(data: bytes, dice: random.Random) -> bytes:
    """Some bits of it, mostly near the start, where the containers and pickles are."""
    broken = bytearray(data)
    for _ in range(5):
        broken[dice.randrange(min(len(data), dice.choice((2000, 50_000, len(data)))))] ^= 1 << dice.randrange(8)
    return bytes(broken)


def without_a_tensor(data: bytes, dice: random.Random) -> bytes:
    def drop(state: dict[str, Tensor]) -> None:
        del state[dice.choice([name for name in state if not name.endswith(OPTIONAL)])]

    return altered(data, drop)


def with_a_tensor(data: bytes, dice: random.Random) -> bytes:
    return altered(data, lambda state: state.update({"surplus.weight": torch.ones(3)}))


def reshaped(data: bytes, dice: random.Random) -> bytes:
    def lengthen(state: dict[str, Tensor]) -> None:
        name = dice.choice([name for name in state if not name.endswith(OPTIONAL)])
        state[name] = torch.ones(*state[name].shape, 2)

    return altered(data, lengthen)


def not_finite(data: bytes, dice: random.Random) -> bytes:
    def spoil(state: dict[str, Tensor]) -> None:
        name = dice.choice([name for name, tensor in state.items() if tensor.is_floating_point() and not name.endswith(OPTIONAL)])
        state[name] = torch.full_like(state[name], float("nan"))

    return altered(data, spoil)


OPTIONAL = (".window", ".fb", "mel_basis", "mel_inverse", "forward_basis", "inverse_basis")
"""Buffers of front ends, which importers may leave out."""
FAULTS: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "truncated": truncated,
    "without a tensor": without_a_tensor,
    "with a tensor": with_a_tensor,
    "reshaped": reshaped,
    "not finite": not_finite,
}


def hostile(data: bytes, marker: Path) -> bytes:
    """As it was, but with a crime beside, or among, the tensors."""
    return altered(data, lambda state: state.update({"surplus.weight": Crime(marker)}))  # type: ignore[dict-item]


def altered(data: bytes, change: Callable[[dict[str, Tensor]], None]) -> bytes:
    """The file, or the one in the archive, with its state dict changed."""
    if tarfile.is_tarfile(io.BytesIO(data)):
        return _altered_archive(data, change)
    content = read_checkpoint_bytes(data, "it", ("glow.*", "glow_old.*", "torch.nn.*"))
    state = next((content[key] for key in ("state_dict", "model", "model_g") if key in content), content)
    assert not isinstance(state, Inert), "a whole module cannot be written again"
    change(state)
    return _written(content)


def _written(content: Any) -> bytes:
    file = io.BytesIO()
    plain = {key: value for key, value in content.items() if key != "optimizer"}
    torch.save(plain, file)
    return file.getvalue()


def _altered_archive(data: bytes, change: Callable[[dict[str, Tensor]], None]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(data)) as old, tarfile.open(fileobj=file, mode="w") as new:
        for member in old.getmembers():
            inside = old.extractfile(member)
            content = inside.read() if inside else b""
            if member.name.endswith(".ckpt"):
                content = altered(content, change)
                member.size = len(content)
            new.addfile(member, io.BytesIO(content))
    return file.getvalue()
