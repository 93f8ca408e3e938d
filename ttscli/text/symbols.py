"""Symbols ↔ ids, as a voice numbers them, and where it wants spaces, marks at the ends and blanks."""

from collections.abc import Sequence

import numpy as np

from ttscli.contract import Ids
from ttscli.text.pauses import PAUSES
from ttscli.voice import Marks, TextSettings

MARKS = PAUSES + "-"
"""Punctuation in the eyes of TextSettings.marks."""


def place_marks(symbols: Sequence[str], marks: Marks) -> tuple[str, ...]:
    """Set the spaces before and after marks of punctuation as a voice wants them; see TextSettings.marks."""
    placed: list[str] = []
    for symbol in symbols:
        if placed:
            borders = " " not in (placed[-1], symbol) and (placed[-1] in MARKS) != (symbol in MARKS)
            if marks == "attached" and symbol in MARKS and placed[-1] == " ":
                placed.pop()
            elif marks == "apart" and borders:
                placed.append(" ")
        placed.append(symbol)
    return tuple(placed)


class SymbolTable:
    """The symbol table of one voice, with its marks at start and end and its blanks."""

    def __init__(self, settings: TextSettings) -> None:
        self.settings = settings
        self._ids = {symbol: number for number, symbol in enumerate(settings.symbols)}

    def __contains__(self, symbol: str) -> bool:
        return symbol in self._ids

    def ids(self, symbols: Sequence[str]) -> Ids:
        """Number `symbols`, all of them in the table: int64 (n_symbols,). Raises KeyError for one that is not."""
        return np.array([self._ids[symbol] for symbol in symbols], np.int64)

    def dress(self, symbols: Sequence[str], begins: bool = True, ends: bool = True) -> tuple[str, ...]:
        """Set the voice's spaces, blanks, start and end around and between `symbols`; `place` tells where they come to stand.

        Without a start or an end where a sentence does not begin or end, so that the voice neither breathes nor falls there.
        """
        start, end, blank = self.settings.start, self.settings.end, self.settings.blank
        padded = [" ", *symbols, " "] if self.settings.padded else symbols
        inner = [s for symbol in padded for s in (symbol, blank)][:-1] if blank else padded
        return (*([start] if start and begins else []), *inner, *([end] if end and ends else []))

    def place(self, number: int, begins: bool = True) -> int:
        """Return where the symbol of this `number` stands after `dress`."""
        return (number + self.settings.padded) * (2 if self.settings.blank else 1) + bool(self.settings.start and begins)
