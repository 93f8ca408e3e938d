"""Files of torch.save for the tests of their readers: the published ones, and such as no torch would write."""

import io
import pickle
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import torch

from tests.parity.reference import reference

REFERENCES = (
    "clarinet/student.pth",
    "clarinet/student_dataparallel.pth",
    "clarinet/teacher.pth",
    "clarinet/text2wave.pth",
    "glow_tts/plain/checkpoint.pth",
    "glow_tts/speaker/checkpoint.pth",
    "melgan/melgan_official.pt",
    "melgan/melgan_seungwonpark_v01.pt",
    "melgan/melgan_seungwonpark_v03.pt",
    "speedyspeech/checkpoint.pth",
    "speedyspeech/teacher_checkpoint.pth",
    "talknet/talknet_durs.nemo",
    "talknet/talknet_pitch.nemo",
    "talknet/talknet_spect.nemo",
    "waveglow/checkpoint.pt",
    "waveglow/waveglow_old_pickled.pt",
    "waveglow/waveglow_pickled.pt",
    "waveglow/waveglow_pickled_zip.pt",
)

FLOATS = "ctorch\nFloatStorage\n"
REBUILD = "ctorch._utils\n_rebuild_tensor_v2\n"


def reference_bytes(name: str) -> bytes:
    """The file of torch.save called `name`, or that which lies in the archive of this name."""
    path = reference(str(Path(name).parent)) / Path(name).name
    if path.suffix != ".nemo":
        return path.read_bytes()
    with tarfile.open(path) as archive:
        [member] = [member for member in archive.getmembers() if member.name.endswith(".ckpt")]
        file = archive.extractfile(member)
        assert file is not None
        return file.read()


def saved(content: object, legacy: bool = False, protocol: int = 2) -> bytes:
    """As torch saves it."""
    file = io.BytesIO()
    torch.save(content, file, pickle_protocol=protocol, _use_new_zipfile_serialization=not legacy)
    return file.getvalue()


def rewritten(data: bytes, change: Mapping[str, bytes | None], compression: int = zipfile.ZIP_STORED) -> bytes:
    """The archive `data` with entries (by the end of their name) changed, or left out."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", compression) as new:
        for entry in old.infolist():
            content = next((c for end, c in change.items() if entry.filename.endswith(end)), old.read(entry))
            if content is not None:
                new.writestr(entry.filename, content)
    return file.getvalue()


def pickle_of(data: bytes) -> bytes:
    """The pickle in the archive `data`."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        [name] = [name for name in archive.namelist() if name.endswith("data.pkl")]
        return archive.read(name)


def around(content: bytes, legacy: bool, stored: Mapping[str, torch.Tensor] | None = None) -> bytes:
    """A file of either container around a pickle and the storages that it names."""
    stored = stored or {}
    if legacy:
        head = (0x1950A86A20F9469CFC6C, 1001, {"protocol_version": 1001, "little_endian": True, "type_sizes": {}})
        storages = b"".join(len(flat).to_bytes(8, "little") + flat.numpy().tobytes() for flat in stored.values())
        return b"".join(pickle.dumps(part, 2) for part in head) + content + pickle.dumps(list(stored), 2) + storages
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", content)
        for key, flat in stored.items():
            archive.writestr(f"archive/data/{key}", flat.numpy().tobytes())
    return file.getvalue()


def assembled(text: str) -> bytes:
    """A pickle of protocol 2 whose opcodes are written out, one character a byte."""
    return b"\x80\x02" + text.encode("latin1") + b"."


def number(value: int) -> str:
    return "J" + value.to_bytes(4, "little", signed=True).decode("latin1")


def string(text: str) -> str:
    return "X" + len(text).to_bytes(4, "little").decode("latin1") + text


def storage(n_elements: int = 6, type_: str = FLOATS, key: str = string("0"), more: str = "") -> str:
    return f"({string('storage')}{type_}{key}{string('cpu')}{number(n_elements)}{more}tQ"


def tensor(shape: tuple[int, ...], strides: tuple[int, ...], offset: int = 0, of: str | None = None) -> str:
    sizes, steps = ("(" + "".join(map(number, numbers)) + "t" for numbers in (shape, strides))
    return f"{REBUILD}({of or storage()}{number(offset)}{sizes}{steps}\x89ccollections\nOrderedDict\n)RtR"
