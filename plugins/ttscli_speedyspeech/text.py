"""The alphabets of the published SpeedySpeech: ARPAbet with stress, or letters.

Paper: Vainer and Dušek, "SpeedySpeech", 2020, and the program published with it. Differs from it: pronunciations and spoken words
are our own front end's, where it has g2p_en and a cleaner of its own.
"""

from collections.abc import Sequence

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
