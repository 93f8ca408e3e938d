"""Pages with a part that a program writes, between <!-- MARK --> and <!-- /MARK -->; and what such a part says of the machine."""

import platform
import re
from collections.abc import Sequence
from pathlib import Path

_CPU = re.compile(r"^model name\s*:\s*(.*)$", re.MULTILINE)


def between(page: Path, mark: str) -> str:
    """Read the part; ValueError if the page has not both marks once."""
    _, inside, _ = _split(page, mark)
    return inside


def replace(page: Path, mark: str, lines: Sequence[str]) -> None:
    """Write the part anew; ValueError as above."""
    before, _, after = _split(page, mark)
    page.write_text("\n".join([before, *lines, after]), encoding="utf-8")


def cpu_name() -> str:
    """What the processor calls itself."""
    info = Path("/proc/cpuinfo")
    found = _CPU.search(info.read_text(encoding="utf-8")) if info.is_file() else None
    return found[1] if found else platform.processor() or platform.machine()


def _split(page: Path, mark: str) -> tuple[str, str, str]:
    first, last = f"<!-- {mark} -->", f"<!-- /{mark} -->"
    before, rest = page.read_text(encoding="utf-8").split(first)
    inside, after = rest.split(last)
    return before + first, inside, last + after
