"""The say-as element of SSML: text → text that the front end reads in the way that is asked for."""

import re
import unicodedata

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
            names = [_character(sign) for sign in text if sign != " "]
            return ", ".join(names) if all(names) else None
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
    """The name of a sign; "" for those that have none, such as controls."""
    if sign.isalpha():
        return sign.upper()
    return _digits(sign) or _SIGNS.get(sign) or unicodedata.name(sign, "").lower()


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
    return " ".join(DIGITS[int(sign)] for sign in text if sign.isdecimal())


def _telephone(text: str) -> str | None:
    if not re.fullmatch(r"\+?(?:[^\W_]|[\s()./-])+", text) or not re.search(r"\d", text):
        return None
    groups = [_digits(group) or group for group in re.findall(r"\d+|[^\W\d_]+", text)]  # words, as in 1-800-FLOWERS, stay
    return ("plus " if text.startswith("+") else "") + ", ".join(groups)


def _date(text: str, form: str) -> str | None:
    if not re.fullmatch(r"\d+(?:[\s./-]+\d+)*", text):
        return text if re.search(r"[^\W\d_]", text) else None  # with a month's name it is read as in any text
    parts = re.findall(r"\d+", text)
    order = form or ("ymd" if parts and len(parts[0]) == 4 else "mdy")[: len(parts)]
    if order not in _DATE_ORDERS or len(parts) != len(order):
        return None
    if any(len(part) > _MOST_DIGITS for part in parts):
        return None
    given = dict(zip(order, map(int, parts), strict=True))
    if not 1 <= given.get("m", 1) <= 12 or not 1 <= given.get("d", 1) <= 31:
        return None
    month = _MONTHS[given["m"] - 1] if "m" in given else ""
    day = str(given["d"]) if month and "d" in given else ordinal(given["d"]) if "d" in given else ""
    year = str(given["y"]) if "y" in given else ""
    return ", ".join(filter(None, (" ".join(filter(None, (month, day))), year)))
