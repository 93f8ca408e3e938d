import importlib.machinery
import importlib.util
import os
import sys
from pathlib import Path

import pytest
import torch

from ttscli import device
from ttscli.device import resolve_device
from ttscli.errors import DeviceError, UsageError


def with_gpus(count: int, monkeypatch: pytest.MonkeyPatch, torch_cuda: int = 12, driver_cuda: int = 12) -> None:
    monkeypatch.setattr(device, "cuda_devices", lambda: count)
    monkeypatch.setattr(device, "torch_cuda", lambda: torch_cuda)
    monkeypatch.setattr(device, "driver_cuda", lambda: driver_cuda)


@pytest.mark.parametrize(
    ("name", "gpus", "resolved"),
    [("auto", 0, "cpu"), ("auto", 1, "cuda"), ("cpu", 2, "cpu"), ("cuda", 1, "cuda"), ("cuda:1", 2, "cuda:1")],
)
def test_names(name: str, gpus: int, resolved: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with_gpus(gpus, monkeypatch)
    assert resolve_device(name) == resolved


@pytest.mark.parametrize(
    ("torch_cuda", "driver_cuda", "resolved"), [(0, 13, "cpu"), (13, 12, "cpu"), (12, 13, "cuda"), (13, 13, "cuda")]
)
def test_auto_takes_no_gpu_that_torch_cannot_use(
    torch_cuda: int, driver_cuda: int, resolved: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_gpus(1, monkeypatch, torch_cuda, driver_cuda)
    assert resolve_device("auto") == resolved


def test_what_torch_is_built_for() -> None:
    assert device.torch_cuda() == int((torch.version.cuda or "0").partition(".")[0])


@pytest.mark.parametrize(("line", "major"), [("cuda: Optional[str] = '13.0'", 13), ("cuda = '9.2'", 9), ("cuda = None", 0)])
def test_builds_of_torch(line: str, major: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "version.py").write_text(f"__version__ = '2.0'\n{line}\nhip: Optional[str] = '6.4'\n")
    found = importlib.machinery.ModuleSpec("torch", None, origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: found)
    assert device.torch_cuda() == major


@pytest.mark.parametrize(("name", "gpus"), [("cuda", 0), ("cuda:1", 1), ("cuda:7", 2)])
def test_a_gpu_that_was_asked_for_is_never_replaced(name: str, gpus: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with_gpus(gpus, monkeypatch)
    with pytest.raises(DeviceError, match=f"^{name}: not there: the driver knows {gpus}"):
        resolve_device(name)


@pytest.mark.parametrize("name", ["", "gpu", "cuda:", "cuda:x", "cuda:-1", "CPU", "cpu:0", "cuda:²"])
def test_other_names_are_wrong_usage(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with_gpus(1, monkeypatch)
    with pytest.raises(UsageError, match="not a device"):
        resolve_device(name)


def test_no_driver_is_no_device(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise OSError(name)

    monkeypatch.setattr("ctypes.CDLL", missing)
    assert device.cuda_devices() == device.driver_cuda() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process is bound to no processors")
def test_processors_are_those_that_the_process_is_bound_to() -> None:
    bound = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(bound)})
        assert device.processors() == 1
    finally:
        os.sched_setaffinity(0, bound)
    assert device.processors() == len(bound)
