"""Which device to run on, on how many processors. Asks the graphics driver itself: choosing the CPU costs no import of torch."""

import ctypes
import importlib.util
import os
import re
import sys
from pathlib import Path

from ttscli.errors import DeviceError, UsageError


def resolve_device(name: str) -> str:
    """Turn "auto", "cpu", "cuda" or "cuda:N" into a device that is there.

    "auto" is "cuda" where there is a GPU that the installed torch can use, else "cpu". A GPU that was asked for by name is never
    replaced by the CPU.

    Raises:
        UsageError: `name` is none of these.
        DeviceError: the GPU is not there.
    """
    if name == "auto":
        return "cuda" if cuda_devices() and 0 < torch_cuda() <= driver_cuda() else "cpu"
    if name == "cpu":
        return name
    kind, _, number = name.partition(":")
    if kind != "cuda" or (":" in name and not number.isdecimal()):
        raise UsageError(f"{name}: not a device", "devices are auto, cpu, cuda and cuda:N")
    count = cuda_devices()
    if int(number or 0) >= count:
        raise DeviceError(f"{name}: not there: the driver knows {count} CUDA devices", "use --device cpu")
    return name


def processors() -> int:
    """How many processors this process may use, which may be fewer than there are."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def cuda_devices() -> int:
    """Count the CUDA devices that the driver offers; 0 without a driver."""
    return _ask_driver("cuDeviceGetCount")


def driver_cuda() -> int:
    """Return the major version of CUDA that the driver runs, with all minor ones; 0 without a driver."""
    return _ask_driver("cuDriverGetVersion") // 1000


def torch_cuda() -> int:
    """Return the major version of CUDA that the installed torch is built for, as its version.py says; 0 if for none."""
    found = importlib.util.find_spec("torch")  # finds, and imports nothing
    if found is None or found.origin is None:
        return 0
    stated = re.search(r"^cuda\b.*= '(\d+)", Path(found.origin).with_name("version.py").read_text(), re.MULTILINE)
    return int(stated[1]) if stated else 0


def _ask_driver(question: str) -> int:
    try:
        driver = ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return 0
    answer = ctypes.c_int(0)
    if driver.cuInit(0) != 0 or driver[question](ctypes.byref(answer)) != 0:
        return 0
    return answer.value
