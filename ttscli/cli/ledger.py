"""What of the input was not spoken, or not as it asks: kept while it is spoken, told at the end."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from ttscli.cli.decoding import STDIN
from ttscli.errors import PartialError
from ttscli.telling import tell

if TYPE_CHECKING:
    from ttscli.contract import Control, Place, Unspoken

_TOLD = 10


class Ledger:
    """Keeps what is unspoken: each thing with its first place and how often it came."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[Place, int]] = {}

    def take(self, unspoken: "Iterable[Unspoken]") -> None:
        """Note what is unspoken of one segment."""
        for lost in unspoken:
            place, number = self._found.get(lost.text, (lost.place, 0))
            self._found[lost.text] = (place, number + 1)

    @property
    def message(self) -> str:
        """What was not spoken, in one line; "" if all was."""
        if not self._found:
            return ""
        things = [
            f"{text} ({shown_place(place)}{f', {number} times' if number > 1 else ''})"
            for text, (place, number) in list(self._found.items())[:_TOLD]
        ]
        more = len(self._found) - len(things)
        return f"not spoken: {', '.join(things)}{f' and {more} more' if more else ''}"

    def close(self, quiet: bool, strict: bool) -> None:
        """Tell what was not spoken; PartialError instead if all was to be spoken, by `strict`."""
        message = self.message
        if message and strict:
            raise PartialError(message, "all else is; without --strict this is a warning")
        if message and not quiet:
            tell(f"warning: {message}")


def tell_disobeyed(controls: "Collection[Control]", quiet: bool) -> None:
    """Tell which wishes of the text no model could obey."""
    if controls and not quiet:
        from ttscli.synthesizer import called

        names = ", ".join(sorted(map(called, controls)))
        tell(f"warning: the text asks for what the model cannot do, and is spoken without it: {names}")


def shown_place(place: "Place") -> str:
    """How a message names a place in the input."""
    where = f"{place.line}:{place.column}"
    return f"{place.source}:{where}" if place.source not in ("", STDIN) else where
