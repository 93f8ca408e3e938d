"""Figures that name and do not count (telephone numbers, versions) → words around bare numbers."""

import re

from ttscli.text.quantities import digits, in_pairs

_SPACED = re.compile(
    r"(?<![\w.,:/-])(?<!\d )[1-9]\d{0,2}(?: \d{3})* 000(?! ?\d|[\w/:-]|[.,]\d)"
    r"|(?<![\w.,:/-])(?<!\d )[1-9]\d?(?: \d{3}){2,}(?! ?\d|[\w/:-])"
)
_EMERGENCY = re.compile(
    r"(?<![\d.,-])(?:(?<=dial )|(?<=dialed )|(?<=call )|(?<=called )|(?<=calling )|(?<=phone ))(?:[2-9]11|999|112|988|000)"
    r"(?![\d-]|[.,]\d)|\b911(?= (?:calls?|operators?|dispatch\w*)\b)",
    re.IGNORECASE,
)
_PHONES = (
    re.compile(r"(?<![\w.])\+\d[\d ()-]{6,}\d(?!\w)"),
    re.compile(r"(?<![\w.\-/])(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}[ .-])?\d{3}[.-]\d{4}(?![\w-])"),
    re.compile(r"(?<![\w.\-/])(?:\d+-){3,}\d+(?!\w)|(?<!\w)\d{3}-\d\d-\d{4}(?!\w)|(?<!\w)0\d{2,4} \d{3,4} \d{3,4}(?!\w)"),
    re.compile(r"(?<!\w)(?:\d{3}|\(\d{3}\)) \d{3} \d{4}(?!\w)|(?<!\w)\(0\d\) \d{4} \d{4}(?!\w)"),
    re.compile(r"(?<![\w.\-/])\d{5}-\d{4}(?![\w-])|(?<=, [A-Z]{2} )\d{5}(?!\w|[.,]\d| [a-z])"),
    re.compile(r"(?<!\w)\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?!\w)"),
)
# "1-800-FLOWERS", "(800) 555-HELP"
_LETTERED = re.compile(r"(?<![\w.-])(?:1-8\d\d-|\(8\d\d\) ?)(?:\d{3}-)?(?=[A-Z]{2})|(?<![\w.-])8\d\d-(?:\d{3}-)?(?=[A-Z]{4})")
_EXTENSION = re.compile(r"(?<=\d[-. ]\d{4}) ?x(\d{2,5})\b")
_AIRCRAFT = re.compile(
    r"\b7[0-8]7-(?:[1-9]00|8|9|10)(?:ER|LR|F|SP)?(?=s?\b)(?!-)|(?<=\bBoeing )7[0-8]7\b|\bA3[1-9]0(?:-[1-9]00)?\b"
)
_MEMBERS = re.compile(r"\b(\d\d)ers\b")  # "the 49ers"
_VERSION = re.compile(r"(?<![\w.])(v\.?\s?)?(\d+(?:\.\d+)+)(?![\w]|\.\d)", re.IGNORECASE)
_HEXADECIMAL = re.compile(r"\b0x([0-9A-Fa-f]+)\b")


def spoken_codes(text: str) -> str:
    """Read telephone numbers digit by digit, and versions part by part; "10 000" becomes "10,000"."""
    text = _HEXADECIMAL.sub(lambda match: " ".join(["zero X", *map(_figure, match[1])]), text)
    text = _SPACED.sub(lambda match: match[0].replace(" ", ","), text)
    text = _EXTENSION.sub(lambda match: f" extension {digits(match[1])}", text)
    text = _LETTERED.sub(lambda match: f"{digits(match[0])}, ", text)
    for pattern in _PHONES:
        text = pattern.sub(lambda match: "plus " * match[0].startswith("+") + digits(match[0]), text)
    text = _AIRCRAFT.sub(_aircraft, text)
    text = _MEMBERS.sub(lambda match: f"{in_pairs(match[1])}ers".replace("eers", "ers"), text)
    return _VERSION.sub(_version, _EMERGENCY.sub(lambda match: digits(match[0]), text))


def _figure(character: str) -> str:
    return digits(character) or character.upper()


def _aircraft(match: re.Match[str]) -> str:
    return " ".join(in_pairs(part) if part.isdecimal() else part for part in re.findall(r"\d+|[A-Z]+", match[0]))


def _version(match: re.Match[str]) -> str:
    parts = match[2].split(".")
    if match[1] is None and len(parts) == 2:
        return match[0]
    if len(parts) == 3 and len(parts[2]) == 4 and not match[1]:
        return match[0]
    if len(parts) > 2 and all(len(part) == 3 for part in parts[1:]) and not match[1]:
        return ",".join(parts)
    return "v " * bool(match[1]) + " point ".join(parts)
