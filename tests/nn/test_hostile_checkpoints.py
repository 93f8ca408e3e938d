"""Checkpoints that are meant to do harm, or came to harm: none is obeyed, each is refused with one error, and soon."""

import io
import os
import pickle
import random
import warnings
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.nn.checkpoints import (
    FLOATS,
    REBUILD,
    REFERENCES,
    around,
    assembled,
    number,
    reference_bytes,
    rewritten,
    saved,
    storage,
    string,
    tensor,
)
from ttscli.errors import VoiceError
from ttscli.nn.checkpoint import read_checkpoint_bytes
from ttscli.nn.unpickle import Inert

BOTH = pytest.mark.parametrize("legacy", [False, True])


class Calls:
    """Pickles as a call of `function`."""

    def __init__(self, function: Callable[..., object], *arguments: object, state: object = None) -> None:
        self.call = (function, arguments, state)

    def __reduce__(self) -> Any:
        return self.call


def refused(data: bytes, inert: tuple[str, ...] = ("glow.*", "torch.nn.*")) -> str:
    with pytest.raises(VoiceError) as caught:
        read_checkpoint_bytes(data, "it", inert)
    assert str(caught.value).startswith("it: ")
    assert caught.value.exit_code == 4
    return str(caught.value)


def crimes(marker: Path) -> dict[str, object]:
    command, code = f"touch {marker}", f"open({str(marker)!r}, 'w')"
    return {
        "os.system": Calls(os.system, command),
        "eval": Calls(eval, code),
        "exec": Calls(exec, code),
        "getattr": Calls(getattr, OrderedDict, "fromkeys"),
        "open": Calls(open, str(marker), "w"),
        "import": Calls(__import__, "antigravity"),
        "map": Calls(map, eval, [code]),
        "torch.load": Calls(torch.load, str(marker)),
        "torch.hub": Calls(torch.hub.load, "a", "b"),
        "setattr": Calls(OrderedDict, state=(None, {"__class__": Calls(eval, code)})),
        "in the optimizer": {"model": {"a": torch.ones(1)}, "optimizer": {"param_groups": [{"lr": Calls(eval, code)}]}},
        "in a set": {"a": {1}, "b": Calls(set, Calls(eval, code))},
        "as a key": {"a": Calls(OrderedDict, [(Calls(str, "a"), 1)])},
    }


@BOTH
@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
@pytest.mark.parametrize("name", crimes(Path("marker")))
def test_no_call_is_made(name: str, protocol: int, legacy: bool, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    fault = refused(around(pickle.dumps(crimes(marker)[name], protocol), legacy))
    assert "holds more than data" in fault
    assert not marker.exists()


SIX = {"0": torch.arange(6.0)}
SYSTEM = "cposix\nsystem\n"
ASSEMBLED = {
    "global with a path": "cos\npath.os.system\n(X\x04\x00\x00\x00truetR",
    "attribute of a class": "ccollections\nOrderedDict.fromkeys\n(]tR",
    "instance": "(X\x04\x00\x00\x00trueios\nsystem\n",
    "object": "(cos\nsystem\nX\x04\x00\x00\x00trueo",
    "extension": "\x82\x01",
    "text of a persistent id": "P1\n",
    "system as a module": f"({string('module')}{SYSTEM}NNtQ",
    "a function of tensors called with text": f"{REBUILD}({string('true')}tR",
    "attributes of a class": "ctorch.nn\nModule\n}X\x08\x00\x00\x00__init__Nsb",
    "attributes of a function": f"{REBUILD}}}X\x0c\x00\x00\x00__defaults__Nsb",
    "a list that is built": "]}b",
    "a call of text": f"{string('system')})R",
    "a call of an inert object": "cglow\nWaveGlow\n)R)R",
    "items of a text": f"{string('a')}(Ne",
    "a key that cannot be hashed": "}]Ns",
    "a key that is nested": "}" + "(" * 3 + "t" * 3 + "Ns",
    "memory of nothing": "h\x07",
    "place of a memory, far away": "Nr\xff\xff\xff\xff0",
    "nothing on the stack": "t",
    "two results": "NN",
    "a storage of another name": storage(key=string("../0")),
    "a storage too large": storage(2**31 - 1),
    "a storage too small": storage(5),
    "a storage of another type": storage(type_="ctorch\nDoubleStorage\n"),
    "a storage of no type": storage(type_="N"),
    "a storage of negative size": storage(-1),
    "a storage that is none": f"({string('shortage')}{FLOATS}NtQ",
    "a view beyond": storage(more=f"({string('1')}{number(4)}{number(3)}t"),
    "a view before": storage(more=f"({string('1')}{number(-1)}{number(3)}t"),
    "a tensor too large": tensor((7,), (1,)),
    "a tensor beyond": tensor((5,), (1,), offset=2),
    "a tensor before": tensor((2,), (1,), offset=-1),
    "steps too large": tensor((2, 2), (5, 1)),
    "steps of nothing": tensor((2**30,), (0,)),
    "steps that meet": tensor((3, 3), (1, 1)),
    "steps backwards": tensor((2,), (-1,), offset=3),
    "a size below zero": tensor((-1,), (1,)),
    "sizes that overflow": tensor((2**31 - 1,) * 8, (0,) * 8),
    "more sizes than steps": tensor((2, 3), (1,)),
    "a tensor of itself": tensor((2,), (1,), of=tensor((6,), (1,))),
}


@BOTH
@pytest.mark.parametrize("name", ASSEMBLED)
def test_no_assembled_pickle_is_taken(name: str, legacy: bool) -> None:
    refused(around(assembled(ASSEMBLED[name]), legacy, SIX))


@BOTH
def test_what_is_assembled_well_is_read(legacy: bool) -> None:
    """So that the others are refused for what is wrong with them. Torch 0.3 knew views of storages."""
    view = storage(more=f"({string('1')}{number(1)}{number(5)}t")
    for text, wanted in ((tensor((2, 2), (3, 1), 1), [[1, 2], [4, 5]]), (tensor((2,), (2,), 2, of=view), [3, 5])):
        assert read_checkpoint_bytes(around(assembled(text), legacy, SIX), "it").tolist() == wanted


@BOTH
def test_what_is_inert_takes_all_and_does_nothing(legacy: bool) -> None:
    made = read_checkpoint_bytes(
        around(assembled("cglow\nWaveGlow\n(K\x01t\x81}" + string("a") + "K\x02sb"), legacy), "it", ["glow.*"]
    )
    assert isinstance(made, Inert)
    assert (made.name, made.state) == ("glow.WaveGlow", {"a": 2})


@BOTH
def test_a_tensor_cannot_be_shown_without_end(legacy: bool) -> None:
    views = "".join(tensor((6,), (1,), of="h\x01") for _ in range(10_000))
    refused(around(assembled(f"{storage()}q\x010](" + views + "e"), legacy, {"0": torch.arange(6.0)}))


@BOTH
def test_deep_nesting_is_read_or_refused(legacy: bool) -> None:
    data = around(assembled("]" * 200_000 + "a" * 199_999), legacy)
    assert isinstance(read_checkpoint_bytes(data, "it"), list)
    refused(around(assembled("}" + ")" + "\x85" * 200_000 + "Ns"), legacy))
    refused(around(b"\x80\x02" + b"]0" * 2_000_000 + b"N.", legacy))


def test_archives_that_torch_does_not_write() -> None:
    data = saved({"a": torch.zeros(100_000)})
    refused(rewritten(data, {}, zipfile.ZIP_DEFLATED))
    refused(rewritten(data, {"data/0": None}))
    refused(rewritten(data, {"data/0": b"short"}))
    refused(rewritten(data, {"byteorder": b"middle"}))
    for name in ("other/data.pkl", "archive/data.pkl", "/data.pkl"):
        file = io.BytesIO(data)
        with zipfile.ZipFile(file, "a") as archive, warnings.catch_warnings(action="ignore"):
            archive.writestr(name, b"N.")
        refused(file.getvalue())


def test_an_archive_whose_entries_are_one() -> None:
    """The same bytes under many names: a small file that would be a large one."""
    data = bytearray(saved({str(i): torch.zeros(1000) + i for i in range(20)}))
    places = [place for place in range(len(data)) if data[place : place + 4] == b"PK\x01\x02"]
    first = next(place for place in places if b"data/0" in data[place : place + 80])
    for place in places:
        if b"/data/" in data[place : place + 80]:
            data[place + 42 : place + 46] = data[first + 42 : first + 46]
    refused(bytes(data))


@pytest.mark.parametrize("name", REFERENCES)
def test_damage(name: str) -> None:
    """Truncated, flipped, torn: one kind of error, or plain data."""
    data, dice = reference_bytes(name), random.Random(name)
    for n_trials in range(25):
        broken = bytearray(data)
        if n_trials % 5 == 0:
            del broken[dice.randrange(len(data)) :]
        elif n_trials % 5 == 1:
            start = dice.randrange(len(data))
            del broken[start : start + dice.randrange(1, 5000)]
        else:
            near = len(data) if n_trials % 5 == 2 else min(len(data), 60_000)  # where the pickle is
            for _ in range(dice.randrange(1, 20)):
                broken[dice.randrange(near)] ^= 1 << dice.randrange(8)
        try:
            read_checkpoint_bytes(bytes(broken), "it", ("glow.*", "glow_old.*", "torch.nn.*"))
        except VoiceError as error:
            assert str(error).startswith("it: ")


def test_noise_is_no_checkpoint() -> None:
    dice = random.Random(0)
    for size in (0, 1, 2, 100, 10_000):
        noise = dice.randbytes(size)
        for start in (b"", b"PK", b"PK\x03\x04", b"\x80\x02", saved(torch.ones(3), legacy=True)[:40]):
            refused(start + noise)
