"""Dates written in figures → the forms of dates that BARE_NUMBER knows."""

import re

from ttscli.text.abbreviations import MONTHS as SHORT
from ttscli.text.quantities import MONTHS, ordinal

_MONTHS = MONTHS.split("|")
_EDGE, _END = r"(?<![\w./-])", r"(?![\w/-]|\.\d)"
_DAY_FIRST = rf"{_EDGE}(0?[1-9]|[12]\d|3[01])%s(0?[1-9]|1[0-2])%s((?:19|20)\d\d){_END}"
_DOTTED = re.compile(_DAY_FIRST % (r"\.", r"\."))
_SLASHED = re.compile(_DAY_FIRST % ("/", "/"))
_TWO_DIGITS = re.compile(rf"{_EDGE}(\d\d?)/(\d\d?)/(\d\d){_END}")
_YEAR_FIRST = re.compile(rf"{_EDGE}((?:19|20)\d\d)/(0?[1-9]|1[0-2])/(0?[1-9]|[12]\d|3[01]){_END}")
_YEAR_AND_DOTS = re.compile(rf"{_EDGE}((?:19|20)\d\d)\.(0[1-9]|1[0-2])\.(0[1-9]|[12]\d|3[01]){_END}")
_MONTH_OF_YEAR = re.compile(rf"{_EDGE}(0?[1-9]|1[0-2])/((?:19|20)\d\d){_END}")
_SHORT_MONTH = re.compile(rf"{_EDGE}([12]\d|3[01]|0?[1-9])-({'|'.join(SHORT)})-((?:19|20)?\d\d){_END}")
_BEGIN = rf"(?:{MONTHS}) \d{{1,2}}(?:st|nd|rd|th)?(?:, \d{{4}})?|\d{{1,2}} (?:{MONTHS})(?: \d{{4}})?|(?:{MONTHS}) \d{{4}}"
_RANGE = re.compile(rf"\b({_BEGIN}) ?[-—] ?(?=(?:{MONTHS}) \d|\d{{1,2}} (?:{MONTHS})\b)|\b((?:19|20)\d\d) ?[-—] ?(?=present\b)")
_IN_FIGURES = re.compile(r"(?<![\w./-])(\d\d?/\d\d?/\d\d(?:\d\d)?)\s?-\s?(?=\d\d?/\d\d?/\d\d)")
_SHORT_RANGE = re.compile(rf"{_EDGE}(\d\d?)/(\d\d?) ?- ?(\d\d?)/(\d\d?){_END}")  # "12/23-1/2"
_FISCAL = re.compile(r"\b([FSA]Y) ?'?(\d\d)[-/](\d\d)\b(?![-/])")
_DAYS = re.compile(rf"\b((?:{MONTHS}) \d\d?)-(\d\d?)(?![\w/:-]|[.,]\d| ?[AaPp][.-]?[Mm]\b)")
_DAYS_FIRST = re.compile(rf"{_EDGE}(\d\d?)-(?=\d\d? (?:{MONTHS})\b(?!(?<=May) [a-z]))")
_BEFORE_TIME = re.compile(r"(?<=\d{4}-\d\d-\d\d)T(?=\d\d:\d\d)")
_UNIVERSAL_TIME = re.compile(r"(?<=:\d\d)Z\b")
_TWO_YEARS = re.compile(rf"{_EDGE}((?:19|20)\d\d)/((?:19|20)?\d\d){_END}")
_DASHED = re.compile(rf"{_EDGE}(0?[1-9]|[12]\d|3[01])-(0?[1-9]|[12]\d|3[01])-((?:19|20)\d\d){_END}")
_WEEKDAY = r"(?:Mon|Tue(?:s(?=day)|s(?!d))?|Wed(?:nes)?|Thu(?:rs|r(?!s))?|Fri|Sat(?:ur)?|Sun)(?:day)?"
_FRACTION = r"(?:1/[2348]|[23]/[348]|[57]/8) (?!at\b|and\b|from\b|in\b|to\b|for\b|I\b|(?:s?he|we|they|you)\b)\w"
# "By 2/3" and "on 3/4 acre" may be fractions; what names a day or is due is none.
_WITHOUT_YEAR = re.compile(
    rf"\b({_WEEKDAY}\.?,? |(?i:due|dated?|expires|deadline|until|till|week of|on)(?: on| by)?:? (?!9/11\b|24/7\b|{_FRACTION}))"
    r"(\d\d?)/(\d\d?)(?![\w/-]|\.\d| (?:of|full|inch)\b)"
    r"|\b((?i:by|before|after|since|through|starting|from) )(1[0-2]|0?[1-9])/(1[3-9]|2\d|3[01])(?![\w/\"-]|\.\d| in(?:ch)?\b)"
)


def day_first(text: str) -> str:
    """Name the months of dates as all but Americans write them: "3/4/21" → "3 April 2021"."""
    text = _SHORT_RANGE.sub(lambda match: _days_of_months(match, day_first=True), _IN_FIGURES.sub(r"\1 to ", text))
    text = _WITHOUT_YEAR.sub(lambda match: _day_of_month(match, day_first=True), _DASHED.sub(r"\1/\2/\3", text))
    return _SLASHED.sub(_named_month, _TWO_DIGITS.sub(_whole_year, text))


def spoken_dates(text: str) -> str:
    """Write out the years and months of dates in the plain `text`: "3/4/21" → "3/4/2021", "12/2021" → "December 2021".

    Dates with dots have the day first, whoever writes them: "3.4.2021" → "3 April 2021".
    """
    text = _SHORT_RANGE.sub(lambda match: _days_of_months(match, day_first=False), text)
    text = _WITHOUT_YEAR.sub(lambda match: _day_of_month(match, day_first=False), _DASHED.sub(r"\1/\2/\3", text))
    text = _IN_FIGURES.sub(r"\1 to ", text)
    text = _UNIVERSAL_TIME.sub(" UTC", _BEFORE_TIME.sub(" at ", text))
    text = _DOTTED.sub(_named_month, _TWO_DIGITS.sub(_whole_year, text))
    text = _SHORT_MONTH.sub(lambda match: f"{match[1]} {SHORT[match[2]]} {_century(match[3])}{match[3]}", text)
    text = _RANGE.sub(lambda match: f"{match[1] or match[2]} to ", text)
    text = _FISCAL.sub(lambda match: f"{match[1]} {match[2]} to {match[3]}" if _follows(match[2], match[3]) else match[0], text)
    text = _DAYS.sub(lambda match: f"{match[1]} to {ordinal(int(match[2]))}", text)
    text = _DAYS_FIRST.sub(lambda match: f"{ordinal(int(match[1]))} to ", text)
    text = _YEAR_AND_DOTS.sub(r"\1-\2-\3", text)
    text = _YEAR_FIRST.sub(r"\1-\2-\3", text)
    text = _MONTH_OF_YEAR.sub(lambda match: f"{_MONTHS[int(match[1]) - 1]} {match[2]}", text)
    return _TWO_YEARS.sub(_two_years, text)


def _whole_year(match: re.Match[str]) -> str:
    first, second, year = match.groups()
    small, great = sorted((int(first), int(second)))
    if not (1 <= small <= 12 and great <= 31):
        return match[0]
    return f"{first}/{second}/{_century(year)}{year}"


def _century(year: str) -> str:
    return "" if len(year) == 4 else "20" if year < "50" else "19"


def _named_month(match: re.Match[str]) -> str:
    day, month, year = match.groups()
    return f"{int(day)} {_MONTHS[int(month) - 1]} {year}"


def _day_of_month(match: re.Match[str], day_first: bool) -> str:
    before, *numbers = match.groups()[:3] if match[1] else match.groups()[3:]
    month, day = map(int, numbers)
    if (day_first and day <= 12) or month > 12:
        month, day = day, month
    named = _day_and_month(day, month, day_first)
    return f"{before}{named}" if named else match[0]


def _days_of_months(match: re.Match[str], day_first: bool) -> str:
    """Read a range of days, unless both may be fractions: "1/2-3/4"."""
    ends = [(int(match[1]), int(match[2])), (int(match[3]), int(match[4]))]
    if all(below in (2, 3, 4, 8, 16) and above < below for above, below in ends):
        return match[0]
    days = [_day_and_month(*(numbers if day_first else numbers[::-1]), day_first) for numbers in ends]
    return " to ".join(days) if all(days) else match[0]


def _day_and_month(day: int, month: int, day_first: bool) -> str:
    """Name a day; "" if there is none such."""
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return ""
    return f"{day} {_MONTHS[month - 1]}" if day_first else f"{_MONTHS[month - 1]} {day}"


def _follows(year: str, other: str) -> bool:
    return (int(year) + 1) % 100 == int(other)


def _two_years(match: re.Match[str]) -> str:
    """Read a season that goes on into the next year: "2019/20"; other figures are a fraction."""
    year = int(match[1])
    if len(match[2]) == 4:
        return f"{year} to {match[2]}" if year + 1 == int(match[2]) else f"{year}, {match[2]}"
    if (year + 1) % 100 != int(match[2]):
        return match[0]
    return f"{year} to {year + 1 if match[2] < '10' else match[2]}"
