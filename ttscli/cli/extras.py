"""Commands that need more than speaking does."""

from collections.abc import Iterator
from contextlib import contextmanager

from ttscli.errors import UsageError


@contextmanager
def needs(extra: str) -> Iterator[None]:
    """Around imports: turn a missing package into a UsageError that names the extra which brings it."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise UsageError(f"{error.name}: this command needs it", f"pip install 'ttscli[{extra}]'") from error
