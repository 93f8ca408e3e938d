import sys
from pathlib import Path

import pytest

from ttscli import heap

_HOLES, _HOLE_BYTES = 2_000, 100_000


def _resident_bytes() -> int:
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * 4096


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc, and glibc alone can do it")
def test_holes_are_given_back() -> None:
    """Every other of many pieces is freed: none of them lies at the end, from where the C library would give it back itself."""
    pieces = [bytearray(b"x") * _HOLE_BYTES for _ in range(2 * _HOLES)]
    del pieces[::2]
    before = _resident_bytes()
    heap.give_back()
    assert before - _resident_bytes() > 0.8 * _HOLES * _HOLE_BYTES
    assert len(pieces) == _HOLES


@pytest.mark.parametrize(
    ("name", "value"), [("sys.platform", "darwin"), ("_GLIBC", "no-such-library.so"), ("ctypes.CDLL", lambda _: object())]
)
def test_another_c_library_is_left_alone(name: str, value: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"ttscli.heap.{name}", value)
    heap._malloc_trim.cache_clear()
    heap.give_back()
    assert heap._malloc_trim() is None
    heap._malloc_trim.cache_clear()
