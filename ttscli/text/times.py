"""Times of day → words around bare numbers: "7:05 a.m." → "7 oh 5 A-M"."""

import re

from ttscli.text.quantities import final_stop

_HALF_OF_DAY = r"([ap])[.-]?\s?m\b(\.?)"
_TIME = re.compile(
    rf"(?<![\d:.\w])([01]?\d|2[0-4])[:.]([0-5]\d)(?::([0-5]\d))?\s?{_HALF_OF_DAY}|"
    r"(?<![\d:.\w])([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d))?(?![\d:\w])",
    re.IGNORECASE,
)
_HOURS = re.compile(
    r"(?:(?<=\d[ap]m)|(?<=\d [ap]m)|(?<=\d[ap]-m)|(?<=\d [ap]-m)|(?<=\d:\d\d))\s?"
    r"(?:-\s?(?=\d)|—\s?(?=\d\d?(?::\d\d)?\s?[ap][.-]?m\b))",
    re.IGNORECASE,
)
_HOUR = re.compile(rf"(?<![\d:.\w])(\d\d?)\s?{_HALF_OF_DAY}", re.IGNORECASE)


_NOON = re.compile(
    r"(?:(?<=\bnoon)|(?<=\bmidnight))\s?[-—]\s?(?=\d\d?(?::\d\d)?\s?[ap]\.?m\b)|(?<=[ap]m)\s?[-—]\s?(?=(?:noon|midnight)\b)",
    re.IGNORECASE,
)
_FROM_HOUR = re.compile(r"(?<![\d:.\w/-])(1?\d|2[0-4])\s?-\s?(?=[012]?\d:[0-5]\d(?!:))")  # "10-10:30"
_HALF = re.compile(r"(?<=\d:[0-5]\d)([apAP])(?![\w'-]|\.\s?[\w])")  # "8:05a"
_LAP = re.compile(r"(?<![\d:.])(\d\d?):([0-5]\d):([0-5]?\d\.\d+)(?![\d:])")  # "1:31:44.742"
_POINTED = re.compile(r"(?<![\d.])(1?\d)\.([0-5]\d)\s?-\s?(?=1?\d[.:][0-5]\d\s?[ap]\.?m\b)")  # "12.30-1.15pm"
_FROM_HALF = re.compile(r"(?<![\d:.\w/-])(1?\d(?::[0-5]\d)?)([ap])m?\s?-\s?(1?\d(?::[0-5]\d)?)([ap])\b(?![.']\w)")  # "8a-6p"
_MILITARY = re.compile(r"(?:\b(0)|(?<=\bat )|(?<=\bby )|(?<=\buntil ))([1-9]|1\d|2[0-3])([0-5]\d)(?: hours| hrs\.?)(?!\w)")


def spoken_times(text: str) -> str:
    """Replace times of day, and what stands between two of them, in the plain `text` by words."""
    text = _LAP.sub(_lap, _POINTED.sub(r"\1:\2-", text))
    text = _FROM_HALF.sub(r"\1 \2m to \3 \4m", text)
    text = _HALF.sub(r"\1m", _FROM_HOUR.sub(r"\1 to ", text))
    text = _HOURS.sub(" to ", _NOON.sub(" to ", text))
    text = _MILITARY.sub(lambda match: f"{'oh ' * bool(match[1])}{match[2]} {_minutes(match[3], 'hundred')} hours", text)
    text = _TIME.sub(_time, text)
    return _HOUR.sub(lambda match: f"{int(match[1])} {match[2].upper()}-M" + final_stop(match, match[3]), text)


def _lap(match: re.Match[str]) -> str:
    hours, minutes = int(match[1]), int(match[2])
    return f"{hours} hour{'s' * (hours != 1)} {minutes} minute{'s' * (minutes != 1)} {match[3].lstrip('0')} seconds"


def _time(match: re.Match[str]) -> str:
    groups = match.groups()
    hour, minute, second = groups[:3] if groups[3] else groups[5:8]
    half = f" {groups[3].upper()}-M{final_stop(match, groups[4])}" if groups[3] else ""
    if second and int(minute) + int(second) > 0:
        return f"{int(hour)} {_minutes(minute)} and {int(second)} seconds{half}"
    if minute == "00":
        whole = " o'clock" if 0 < int(hour) <= 12 else " hundred"
        return f"{int(hour)}{half or whole}"
    return f"{int(hour)} {_minutes(minute)}{half}"


def _minutes(minute: str, whole: str = "oh oh") -> str:
    if minute == "00":
        return whole
    return f"oh {minute[1]}" if minute[0] == "0" else minute
