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
        if not torch.cuda.is_available():
            hint = "install a build of torch with CUDA for this driver, or use --device cpu"
            raise DeviceError(f"{name}: torch finds no CUDA device that it can use", hint)
        if (device.index or 0) >= torch.cuda.device_count():
            raise DeviceError(f"{name}: not there: torch sees {torch.cuda.device_count()} CUDA devices", "use --device cpu")
    return device
