import pytest

from ttscli import device
from ttscli.device import resolve_device
from ttscli.errors import DeviceError, UsageError


def with_gpus(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "cuda_devices", lambda: count)


@pytest.mark.parametrize(
    ("name", "gpus", "resolved"),
    [("auto", 0, "cpu"), ("auto", 1, "cuda"), ("cpu", 2, "cpu"), ("cuda", 1, "cuda"), ("cuda:1", 2, "cuda:1")],
)
def test_names(name: str, gpus: int, resolved: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with_gpus(gpus, monkeypatch)
    assert resolve_device(name) == resolved


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
    assert device.cuda_devices() == 0
