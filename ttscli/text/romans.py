"""Roman numerals → figures: "Chapter IV" → "Chapter 4", "Louis XIV" → "Louis the 14th"."""

import re

from ttscli.text.abbreviations import COUNTED, TITLES
from ttscli.text.quantities import ordinal

_ROMAN = r"(?=[IVXLC]+\b)(?![LC]\b)(?:C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})(?<=[IVXLC])"
_COUNTED = "|".join(COUNTED)
# "the part I played": after a small letter, "I" is a person.
_NUMBERED = re.compile(
    rf"\b({_COUNTED}) ({_ROMAN}|(?=[ivxl]{{2}}){_ROMAN.lower()})\b(?![.']\w)"
    rf"|\b({_COUNTED.lower()}) ((?=[IVXL]{{2}}){_ROMAN}|(?=[ivxl]{{2}}){_ROMAN.lower()})\b(?![.']\w)"
)
_IN_SHORT = re.compile(rf"\b((?:[Cc]h(?:ap)?|[Ss]ec|[Aa]rt|[Pp]t|[Vv]ol|[Ff]ig|[Bb]k|No)\. )({_ROMAN})\b(?!\.\w)")  # "Chap. IV"
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
_NO_PERSON = (
    "The|A|An|And|Or|In|Of|For|With|Pentium|Gladiator|Godfather|Terminator|Diablo|Warcraft|Civilization|Portal|Tier|Group|Annex|"
    "Exhibit|Option|Plan|Factor|Model|Team|Zone|Cohort|Study|Trial|Algebra|Calculus|Geometry|Chemistry|Physics|Biology|History|"
    "Spanish|French|German|English|Latin|Titan|Corps|Star|Trek"
)
_HEIR = re.compile(rf"\b(?!(?:{_NO_PERSON})\b)([A-Z][a-z]+) (II|III)\b")
_ALONE = re.compile(r"\b(II|III|VI{1,3}|I[VX]|XI{0,3}V?|XIX|XV[I]{0,3}|XX[IVX]*)\b(?![.]\w)")
_CENTURY = re.compile(rf"\b({_ROMAN})(?<!\bI)(?=[ -](?:[Cc]entur(?:y|ies)|Corps|Legion|Airborne|Olympiad)\b)")
_YEAR = re.compile(r"\b(?=[MDCLXVI]{4,}\b)M{1,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})\b(?!\.\w)")
_WORLD_WAR = re.compile(r"\bWW(?:II|2)\b|\bWW[I1]\b")
_PARTED = re.compile(rf"\b({_COUNTED}) ({_ROMAN})((?:\.(?:[A-Z]|\d\d?))+)\b(?!\.\w)")  # "Section IV.B.2"
_NUMERAL = re.compile(rf"\b{_ROMAN.lower()}\b")
_PAGES = re.compile(rf"(\bpp?\. ?)({_NUMERAL.pattern}(?:(?:-| — ){_NUMERAL.pattern})?)(?!['.]\w)")
_MARK = re.compile(r"(?<!\S)\(([ivx]+)\)(?=[\s,;.)]|$)")
# "Star Trek IV" is numbered, "an IV line" goes into a vein; espeak-ng would say "roman four".
_INSTALMENT = re.compile(r"(\b[A-Z][a-z]+ |^)IV(?=[.,;:!?)]|$| (?:and|or|was|is|in|of|by)\b)(?!\.[A-Z])")
_CHORD = re.compile(r"(?<=[IVX]-)IV\b|\bIV(?=-[IVX]+\b)")  # "I-IV-V"
_VEIN = re.compile(r"\bIV\b(?!\.\w)")
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_MARKS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_NO_MARK = ("i", "v", "vi", "x", "xi")
"""What may be a letter or a word in brackets too: "the current (i)"."""


def spoken_romans(text: str) -> str:
    """Replace Roman numerals by figures: "Chapter IV" → "Chapter 4", "Louis XIV" → "Louis the 14th"."""
    text = _MARK.sub(_marked, _WORLD_WAR.sub(_world_war, text))
    text = _PARTED.sub(lambda match: f"{match[1]} {roman(match[2])}{match[3].replace('.', ' ')}", text)
    text = _NUMBERED.sub(lambda match: f"{match[1] or match[3]} {roman((match[2] or match[4]).upper())}", text)
    text = _IN_SHORT.sub(lambda match: f"{match[1]}{roman(match[2])}", text)
    text = _LOUD.sub(lambda match: f"{match[1]} {roman(match[2])}", text)
    text = _MONARCH.sub(_monarch, text)
    text = _CENTURY.sub(lambda match: ordinal(roman(match[1])), text)
    text = _PAGES.sub(_pages, text)
    text = _HEIR.sub(lambda match: f"{match[1]} the {ordinal(roman(match[2]))}", text)
    text = _INSTALMENT.sub(r"\g<1>4", _CHORD.sub("four", text))
    text = _ALONE.sub(lambda match: match[1] if match[1] in ("IV", "X") else str(roman(match[1])), text)
    return _VEIN.sub("I-V", _YEAR.sub(lambda match: str(roman(match[0])), text))


def _world_war(match: re.Match[str]) -> str:
    return f"World War {2 if match[0][2:] in ('II', '2') else 1}"


def _pages(match: re.Match[str]) -> str:
    return match[1] + _NUMERAL.sub(lambda page: str(roman(page[0].upper())), match[2]).replace(" — ", "-")


def _marked(match: re.Match[str]) -> str:
    """Number a clause; what may be a letter only where another clause is marked."""
    mark, others = match[1], {other for other in _MARK.findall(match.string) if other in _MARKS}
    return f"({roman(mark.upper())})" if mark in _MARKS and (mark not in _NO_MARK or len(others) > 1) else match[0]


def _monarch(match: re.Match[str]) -> str:
    # "When George I came" cannot be told from "George, I came"; only a title decides.
    if match[2] in "ICLX" and " " not in match[1]:
        return match[0]
    return f"{match[1]} the {ordinal(roman(match[2]))}"


def roman(numeral: str) -> int:
    """Return the value of a Roman `numeral` in capitals."""
    values = [_VALUES[letter] for letter in numeral]
    return sum(-value if value < following else value for value, following in zip(values, [*values[1:], 0], strict=True))
