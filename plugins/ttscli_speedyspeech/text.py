"""The alphabets of the published SpeedySpeech: ARPAbet with stress, or letters.

Paper: Vainer and Dušek, "SpeedySpeech", 2020, and the program published with it. What differs:

- Pronunciations come from g2p_en there, and from our own front end here.
- Which characters `clean` drops is known from cases only; see _BEFORE_BRACKET.

Letters: B batch, N symbols.
"""

import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from ttscli.voice import TextSettings

PADDING = "<pad>"
UNKNOWN = "<unk>"

_ARPABET = """
    AA0 AA1 AA2 AE0 AE1 AE2 AH0 AH1 AH2 AO0 AO1 AO2 AW0 AW1 AW2 AY0 AY1 AY2 B CH D DH EH0 EH1 EH2 ER0 ER1 ER2 EY0 EY1 EY2 F G HH
    IH0 IH1 IH2 IY0 IY1 IY2 JH K L M N NG OW0 OW1 OW2 OY0 OY1 OY2 P R S SH T TH UH0 UH1 UH2 UW UW0 UW1 UW2 V W Y Z ZH
"""

PHONEMES: tuple[str, ...] = (PADDING, UNKNOWN, *_ARPABET.split(), " ", ".", ",", "?", "!", "\\-")
"""Id → symbol of the published weights. The last one was meant as a hyphen and never occurs: a hyphen is unknown."""

GRAPHEMES: tuple[str, ...] = (PADDING, UNKNOWN, *"abcdefghijklmnopqrstuvwxyz", *" '\",.:?!")
"""Id → letter, of a mode of the published program for which no weights were published."""

CLOSING_PADS = 5
"""Padding ids that the published program appends to a batch before it speaks, so that ends are not cut off."""

# The published pattern is a character class that ends too early. What it means is: one character that is not in it, followed by
# a bracket. Known not to be in it are digits, $ and #; the rest of the class is taken to be what the alphabets are made of.
_BEFORE_BRACKET = re.compile(r"""[^a-z '",.:?!\-\[\]]\]""")


def clean(text: str) -> str:
    """Lower-case `text` and drop what the published program drops: a foreign character and the closing bracket after it."""
    return _BEFORE_BRACKET.sub("", text.lower())


def ids(symbols: Iterable[str], alphabet: Sequence[str]) -> NDArray[np.int64]:
    """Symbols → their ids in `alphabet`: int64 (n_symbols,); a symbol that is not in it gets the id of UNKNOWN."""
    numbers = {symbol: number for number, symbol in enumerate(alphabet)}
    unknown = numbers[UNKNOWN]
    return np.array([numbers.get(symbol, unknown) for symbol in symbols], dtype=np.int64)


def text_settings(n_symbols: int, alphabet: Sequence[str] | None = None) -> TextSettings | None:
    """How a voice of so many symbols spells, by `alphabet` or one of the published ones; None if that has another number.

    g2p_en sets a space between all tokens, and so before marks of punctuation.
    """
    for known in (PHONEMES, GRAPHEMES) if alphabet is None else (alphabet,):
        if len(known) == n_symbols == len(set(known)):
            phonetic = not set(_ARPABET.split()).isdisjoint(known)
            if phonetic:
                return TextSettings("arpabet-stress", tuple(known), marks="apart")
            return TextSettings("graphemes", tuple(known))
    return None


def padded(batch: Sequence[NDArray[np.int64]], closing_pads: int = CLOSING_PADS) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Ids of utterances, each (n_symbols,) → one array (B, longest N + closing_pads), padded with 0, and the lengths (B,)."""
    lengths = np.array([len(item) for item in batch], dtype=np.int64)
    whole = np.zeros((len(batch), int(lengths.max()) + closing_pads), dtype=np.int64)
    for row, item in zip(whole, batch, strict=True):
        row[: len(item)] = item
    return whole, lengths
