"""Device names → torch devices."""

import torch

from ttscli.errors import DeviceError


def torch_device(name: str) -> torch.device:
    """Return the device called "cpu", "cuda" or "cuda:N".

    Raises:
        DeviceError: torch cannot use it, or knows no such name.
    """
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise DeviceError(f"{name}: not a device that torch knows", "devices are cpu, cuda and cuda:N") from error
    if device.type == "cuda":
        if not torch.backends.cuda.is_built():
            raise DeviceError(f"{name}: this torch was built without CUDA", "install a CUDA build of torch, or use --device cpu")
        if not torch.cuda.is_available():
            raise DeviceError(f"{name}: torch finds no usable CUDA device", "use --device cpu")
        if (device.index or 0) >= torch.cuda.device_count():
            raise DeviceError(f"{name}: not there: torch sees {torch.cuda.device_count()} CUDA devices", "use --device cpu")
    return device
