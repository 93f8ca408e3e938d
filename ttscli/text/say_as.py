"""The say-as element of SSML: text → text that the front end reads in the way that is asked for."""

import re

from ttscli.text.quantities import DIGITS, MONTHS, ordinal

_MONTHS = MONTHS.split("|")
_SIGNS = {".": "dot", "-": "dash", "/": "slash", "@": "at", "_": "underscore", "+": "plus", "#": "hash", "&": "and", "*": "star"}
_DATE_ORDERS = ("mdy", "dmy", "ymd", "ym", "my", "md", "dm", "y", "m", "d")
_MOST_DIGITS = 24
"""Hundreds of sextillions: for more, the grammar of numbers has no word."""


def say_as(text: str, how: str, form: str = "") -> str | None:
    """Return `text` in words that say it as an English voice is asked to; None if it is not of that kind.

    Args:
        text: of the element.
        how: interpret-as: characters, spell-out, cardinal, ordinal, digits, date, time or telephone.
        form: the format of a date: the order of its parts, such as "mdy".
    """
    text = " ".join(text.split())
    match how:
        case "characters" | "spell-out":
            return ", ".join(filter(None, (_character(sign) for sign in text)))
        case "cardinal" | "number":
            return _cardinal(text)
        case "ordinal":
            return _ordinal_number(text)
        case "digits":
            return _digits(text) if re.fullmatch(r"[\d\s.,-]+", text) else None
        case "telephone":
            return _telephone(text)
        case "date":
            return _date(text, form)
        case "time":
            return text if re.search(r"\d", text) else None
    return None


def _character(sign: str) -> str:
    if sign.isalpha():
        return f"{sign.upper()}"
    return DIGITS[int(sign)] if sign in "0123456789" else _SIGNS.get(sign, "")


def _cardinal(text: str) -> str | None:
    match = re.fullmatch(r"([+-]?)([\d,]*\d)(\.\d+)?", text)
    if match is None or (number := _whole(match[2])) is None:
        return None
    return f"{match[1]}{number:,}{match[3] or ''}"  # with commas it is no year and no number of a house


def _ordinal_number(text: str) -> str | None:
    number = _whole(text) if re.fullmatch(r"[\d,]*\d", text) else None
    return None if number is None else ordinal(number)


def _whole(written: str) -> int | None:
    """Read digits with commas among them; None if there are too many to be said as a number."""
    significant = written.replace(",", "").lstrip("0")
    return int(significant or "0") if len(significant) <= _MOST_DIGITS else None


def _digits(text: str) -> str:
    return " ".join(DIGITS[int(sign)] for sign in text if sign in "0123456789")


def _telephone(text: str) -> str | None:
    groups = [_digits(group) for group in re.split(r"[\s().-]+", text) if re.search(r"\d", group)]
    return ("plus " if text.startswith("+") else "") + ", ".join(groups) if groups else None


def _date(text: str, form: str) -> str | None:
    parts = re.findall(r"\d+", text)
    order = form or ("ymd" if parts and len(parts[0]) == 4 else "mdy")[: len(parts)]
    if order not in _DATE_ORDERS or len(parts) != len(order):
        return None if parts else text
    if any(len(part) > _MOST_DIGITS for part in parts):
        return None
    given = dict(zip(order, map(int, parts), strict=True))
    if not 1 <= given.get("m", 1) <= 12 or not 1 <= given.get("d", 1) <= 31:
        return None
    month = _MONTHS[given["m"] - 1] if "m" in given else ""
    day = str(given["d"]) if month and "d" in given else ordinal(given["d"]) if "d" in given else ""
    year = str(given["y"]) if "y" in given else ""
    return ", ".join(filter(None, (" ".join(filter(None, (month, day))), year)))
