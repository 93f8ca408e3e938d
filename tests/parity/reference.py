"""Where the reference vectors are: arrays that the published programs made, and small checkpoints of theirs."""

import os
from pathlib import Path

_TESTS = Path(__file__).parent.parent


def reference(name: str) -> Path:
    """Return the folder of vectors called `name`, such as "melgan".

    Looked for in TTSCLI_REFERENCE, then in ../shared/reference beside the repository, then in tests/reference.
    """
    roots = [_TESTS.parent.parent / "shared" / "reference", _TESTS / "reference"]
    if given := os.environ.get("TTSCLI_REFERENCE"):
        roots.insert(0, Path(given))
    for root in roots:
        if any((root / name).rglob("vectors.npz")):
            return root / name
    raise FileNotFoundError(f"no reference vectors of {name} in {', '.join(map(str, roots))}")
