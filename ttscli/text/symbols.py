"""Symbols ↔ ids, as a voice numbers them."""

from collections.abc import Sequence

import numpy as np

from ttscli.contract import Ids
from ttscli.voice import TextSettings


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

    def dress(self, symbols: Sequence[str]) -> tuple[str, ...]:
        """Set the voice's start, end and blanks around and between `symbols`."""
        start, end, blank = self.settings.start, self.settings.end, self.settings.blank
        inner = [s for symbol in symbols for s in (symbol, blank)][:-1] if blank else list(symbols)
        return (*([start] if start else []), *inner, *([end] if end else []))
