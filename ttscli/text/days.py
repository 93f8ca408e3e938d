"""Short names of days and months → whole ones, where what stands beside them tells that they are such names."""

import re

from ttscli.text.abbreviations import DAYS, MONTHS
from ttscli.text.quantities import final_stop

_DAY, _MONTH = rf"\b(?:{'|'.join(DAYS)})\b", rf"\b(?:{'|'.join(MONTHS)})\b"
_WHEN = (
    rf"(?:\d\d?(?::\d\d|\s?[ap]\.?m\b|/\d|\s?-\s?\d|(?:st|nd|rd|th)?(?: of)? (?:{_MONTH}|May\b))|(?:{_MONTH}|May)\.? \d"
    r"|(?:closed|open|noon|morning|afternoon|evening|night)\b)"
)
_NAMED = (
    # "Mon.-Fri.", "Mon, Wed & Fri", "Jan-Mar", "Sept./Oct."
    re.compile(rf"(?:{_DAY}\.?(?: ?[-/—] ?|, (?:and |or )?| (?:and|or|to|thru|through|&) ))+{_DAY}\.?(?!\w)"),
    re.compile(rf"{_MONTH}\.?(?: ?[-/—] ?){_MONTH}\.?(?!\w)"),
    # "Sat 10am", "Sun closed", but not "He sat 10 rows behind" and "The Sun closed"
    re.compile(
        rf"(?<!he ){_DAY}\.?(?=,? {_WHEN})|\bS(?:at|un)\.(?=,? [a-z\d-])"
        rf"|(?:(?<=\b[Oo]n )|(?<=\b(?:[Nn]ex|[Ll]as)t )|(?<=\b[Tt]his ))(?!Sun){_DAY}(?!\.?\w)\.?"
    ),
    re.compile(rf"{_MONTH}\.?(?= '?\d)|(?:(?<=\d )|(?<=\d(?:st|nd|rd|th) )|(?<=\d(?:st|nd|rd|th) of )){_MONTH}\.?(?! ?\()"),
)
_ALL_WEEK = re.compile(r"\bM ?[-—] ?F\b(?=:|,? \d| from\b)|(?:(?<=\d, )|(?<=\d )|(?<=m, )|(?<=m ))M ?[-—] ?F\b(?!\w)")
_NAME = re.compile(rf"({_DAY}|{_MONTH})\.?")
_RANGE = re.compile(r"(?<=[a-z]) ?[-—] ?(?=[A-Z])")


def spoken_days(text: str) -> str:
    """Write out names of days and months in the plain `text`: "Mon-Fri" → "Monday to Friday"."""
    for pattern in _NAMED:
        text = pattern.sub(_whole_names, text)
    return _ALL_WEEK.sub("Monday to Friday", text)


def _whole_names(match: re.Match[str]) -> str:
    whole = _NAME.sub(lambda name: DAYS.get(name[1]) or MONTHS[name[1]], match[0])
    return _RANGE.sub(" to ", whole) + final_stop(match, "." * match[0].endswith("."))
