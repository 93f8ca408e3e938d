"""The prosody and emphasis elements of SSML as factors, semitones and decibels."""

import math
import re
from collections.abc import Mapping

_RATES = {"x-slow": 0.5, "slow": 0.75, "medium": 1.0, "default": 1.0, "fast": 1.25, "x-fast": 1.6}
_PITCHES = {"x-low": -6.0, "low": -3.0, "medium": 0.0, "default": 0.0, "high": 3.0, "x-high": 6.0}
_VOLUMES = {"silent": -120.0, "x-soft": -12.0, "soft": -6.0, "medium": 0.0, "default": 0.0, "loud": 6.0, "x-loud": 10.0}
_EMPHASES = {"strong": (0.87, 3.0), "moderate": (0.93, 1.5), "none": (1.0, 0.0), "reduced": (1.1, -2.0)}
"""Level → (pace, decibels); our choice, as the standard leaves it open."""
_STRENGTHS = {"none": 0.0, "x-weak": 0.1, "weak": 0.2, "medium": 0.4, "strong": 0.7, "x-strong": 1.2}
LONGEST_S = 600.0
"""A silence that a document may ask for between two words, however many breaks it writes there."""


def rate(value: str) -> float | None:
    """Return a rate as a factor of the pace: "slow", "1.2", "120%", "+20%"; None if it is none."""
    if value in _RATES:
        return _RATES[value]
    factor = _factor(value)
    return factor if factor is not None and factor > 0 else None


def pitch(value: str) -> float | None:
    """Return a pitch in semitones: "high", "+2st", "-10%"; None for hertz, which depend on the voice, and what is no pitch."""
    if value in _PITCHES:
        return _PITCHES[value]
    if found := re.fullmatch(r"([+-]?\d+(?:\.\d+)?)st", value):
        return _finite(found[1])
    factor = _factor(value) if value.endswith("%") else None
    return 12 * math.log2(factor) if factor is not None and factor > 0 else None


def volume(value: str) -> float | None:
    """Return a volume in decibels: "loud", "+6dB", "50" of 100, "-20%"; None if it is none."""
    if value in _VOLUMES:
        return _VOLUMES[value]
    if found := re.fullmatch(r"([+-]?\d+(?:\.\d+)?)dB", value):
        return _finite(found[1])
    of_hundred = re.fullmatch(r"\d+(?:\.\d+)?", value)
    factor = _factor(f"{value}%" if of_hundred else value)
    return None if factor is None or factor < 0 else max(20 * math.log10(factor), -120.0) if factor else -120.0


def emphasis(level: str) -> tuple[float, float] | None:
    """Return (pace, decibels) of a level of emphasis; None if it is none."""
    return _EMPHASES.get(level)


def break_s(attributes: Mapping[str, str]) -> float | None:
    """Return how long a break is: by its time, "500ms" or "1.5s", or its strength; None if that is no time."""
    if "time" not in attributes:
        return _STRENGTHS.get(attributes.get("strength", "medium"))
    found = re.fullmatch(r"\+?(\d+(?:\.\d+)?|\.\d+)(ms|s)", attributes["time"].strip())
    return float(found[1]) / (1000 if found[2] == "ms" else 1) if found else None


def _factor(value: str) -> float | None:
    """Read a factor: "1.2" and "120%" are factors, "+20%" and "-20%" differences from 1."""
    found = re.fullmatch(r"([+-]?)(\d+(?:\.\d+)?|\.\d+)(%?)", value)
    if found is None or (found[1] and not found[3]) or (written := _finite(found[2])) is None:
        return None
    number = written / (100 if found[3] else 1)
    return 1 + number if found[1] == "+" else 1 - number if found[1] == "-" else number


def _finite(digits: str) -> float | None:
    """Read a number; None for one of so many digits that no float has room for it."""
    number = float(digits)
    return number if math.isfinite(number) else None
