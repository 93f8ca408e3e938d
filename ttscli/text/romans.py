"""Roman numerals → figures: "Chapter IV" → "Chapter 4", "Louis XIV" → "Louis the 14th"."""

import re

from ttscli.text.abbreviations import COUNTED, TITLES
from ttscli.text.quantities import ordinal

_ROMAN = r"(?=[IVXLC]+\b)(?![LC]\b)(?:C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
_COUNTED = "|".join(COUNTED)
# "the part I played": after a small letter, "I" is a person.
_NUMBERED = re.compile(
    rf"\b({_COUNTED}) ({_ROMAN}|(?=[ivxl]{{2}}){_ROMAN.lower()})\b(?![.']\w)"
    rf"|\b({_COUNTED.lower()}) ((?=[IVXL]{{2}}){_ROMAN}|(?=[ivxl]{{2}}){_ROMAN.lower()})\b(?![.']\w)"
)
# In a line of capitals, "I" is a number only if it stands last, or before a stop.
_LOUD = re.compile(rf"\b({_COUNTED.upper()}) ((?=[IVXL]{{2}}|[VX]\b){_ROMAN}|I(?=[.:]|$| [-—]))\b(?![.']\w)")
_REGNAL = (
    "Louis|Henry|George|Edward|Charles|James|William|Richard|Elizabeth|Philip|Pius|Leo|Benedict|Napoleon|Catherine|Nicholas|Mary|"
    "Alexander|Frederick|Peter|Ivan|Francis|Gregory|Innocent|Clement|Urban|Paul|John|Ferdinand|Alfonso|Gustav|Christian|Haakon|"
    "Olav|Leopold|Albert|Wilhelm|Friedrich|Ramesses|Ptolemy|Victor|Emmanuel|Carl|Malcolm|Robert|David|Harald|Boniface|Julius"
)
_MONARCH = re.compile(
    rf"\b((?:{'|'.join(TITLES)}) (?:[A-Z]\w+ )?[A-Z]\w+|(?:John )?(?:{_REGNAL})) "
    rf"({_ROMAN})\b(?!\.\w)"
)
_HEIR = re.compile(r"\b([A-Z][a-z]+) (II|III)\b")
_ALONE = re.compile(r"\b(II|III|VI{1,3}|I[VX]|XI{0,3}V?|XIX|XV[I]{0,3}|XX[IVX]*)\b(?![.]\w)")
_CENTURY = re.compile(rf"\b({_ROMAN})(?<!\bI)(?=[ -][Cc]entur(?:y|ies)\b)")
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}


def spoken_romans(text: str) -> str:
    """Replace Roman numerals by figures: "Chapter IV" → "Chapter 4", "Louis XIV" → "Louis the 14th"."""
    text = _NUMBERED.sub(lambda match: f"{match[1] or match[3]} {roman((match[2] or match[4]).upper())}", text)
    text = _LOUD.sub(lambda match: f"{match[1]} {roman(match[2])}", text)
    text = _MONARCH.sub(_monarch, text)
    text = _HEIR.sub(lambda match: f"{match[1]} the {ordinal(roman(match[2]))}", text)
    text = _CENTURY.sub(lambda match: ordinal(roman(match[1])), text)
    return _ALONE.sub(lambda match: match[1] if match[1] in ("IV", "XV", "X", "XI") else str(roman(match[1])), text)


def _monarch(match: re.Match[str]) -> str:
    # "When George I came" cannot be told from "George, I came"; only a title decides.
    if match[2] in "ICLX" and " " not in match[1]:
        return match[0]
    return f"{match[1]} the {ordinal(roman(match[2]))}"


def roman(numeral: str) -> int:
    """Return the value of a Roman `numeral` in capitals."""
    values = [_VALUES[letter] for letter in numeral]
    return sum(-value if value < following else value for value, following in zip(values, [*values[1:], 0], strict=True))
