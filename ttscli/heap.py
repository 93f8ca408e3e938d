"""Memory that is free, given back to the system.

The C library keeps it for later; and sentences, whose arrays are of ever new lengths, leave ever new holes in it. Without this a
process that speaks for hours would hold more and more.
"""

import ctypes
import sys
from collections.abc import Callable
from functools import cache

_GLIBC = "libc.so.6"


def give_back() -> None:
    """Give back what the C library holds free; do nothing where it is another than glibc, which alone has a function for it."""
    if trim := _malloc_trim():
        trim(0)


@cache
def _malloc_trim() -> Callable[[int], int] | None:
    if sys.platform != "linux":
        return None
    try:
        trim: Callable[[int], int] = ctypes.CDLL(_GLIBC).malloc_trim
    except (OSError, AttributeError):
        return None
    return trim
