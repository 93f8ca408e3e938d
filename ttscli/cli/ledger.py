"""What of the input was not spoken: kept while it is spoken, told at the end."""

from typing import TYPE_CHECKING

from ttscli.cli import faults
from ttscli.cli.decoding import STDIN
from ttscli.errors import PartialError

if TYPE_CHECKING:
    from ttscli.contract import AudioChunk, Place

_TOLD = 10


class Ledger:
    """Takes chunks, and keeps what is unspoken of them: each thing with its first place and how often it came."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[Place, int]] = {}

    def take(self, chunk: "AudioChunk") -> None:
        """Note what is unspoken of one chunk."""
        for lost in chunk.segment.unspoken:
            place, number = self._found.get(lost.text, (lost.place, 0))
            self._found[lost.text] = (place, number + 1)

    def close(self, quiet: bool, strict: bool) -> None:
        """Tell what was not spoken, in one line; PartialError instead if all was to be spoken, by `strict`."""
        if not self._found:
            return
        things = [
            f"{text} ({shown_place(place)}{f', {number} times' if number > 1 else ''})"
            for text, (place, number) in list(self._found.items())[:_TOLD]
        ]
        more = len(self._found) - len(things)
        message = f"not spoken: {', '.join(things)}{f' and {more} more' if more else ''}"
        if strict:
            raise PartialError(message, "all else is; without --strict this is a warning")
        if not quiet:
            faults.tell(f"warning: {message}")


def shown_place(place: "Place") -> str:
    """How a message names a place in the input."""
    where = f"{place.line}:{place.column}"
    return f"{place.source}:{where}" if place.source not in ("", STDIN) else where
