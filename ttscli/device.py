"""Which device to run on. Asks the graphics driver itself, so that choosing the CPU costs no import of torch."""

import ctypes
import sys

from ttscli.errors import DeviceError, UsageError


def resolve_device(name: str) -> str:
    """Turn "auto", "cpu", "cuda" or "cuda:N" into a device that is there.

    "auto" is "cuda" where there is a GPU, else "cpu". A GPU that was asked for by name is never replaced by the CPU.

    Raises:
        UsageError: `name` is none of these.
        DeviceError: the GPU is not there.
    """
    if name == "auto":
        return "cuda" if cuda_devices() else "cpu"
    if name == "cpu":
        return name
    kind, _, number = name.partition(":")
    if kind != "cuda" or (":" in name and not number.isdecimal()):
        raise UsageError(f"{name}: not a device", "devices are auto, cpu, cuda and cuda:N")
    count = cuda_devices()
    if int(number or 0) >= count:
        raise DeviceError(f"{name}: not there: the driver knows {count} CUDA devices", "use --device cpu")
    return name


def cuda_devices() -> int:
    """Count the CUDA devices that the driver offers; 0 without a driver."""
    try:
        driver = ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return 0
    count = ctypes.c_int(0)
    if driver.cuInit(0) != 0 or driver.cuDeviceGetCount(ctypes.byref(count)) != 0:
        return 0
    return count.value
