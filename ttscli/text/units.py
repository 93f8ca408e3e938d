"""Units of measure after English numbers → their names, in the singular or plural."""

import re

from ttscli.text.quantities import NUMBER

_ONE = {  # unit → spoken for one; "{}" stands where the plural ending goes, and the first word takes it elsewhere
    "km": "kilometer", "m": "meter", "cm": "centimeter", "mm": "millimeter", "μm": "micrometer", "nm": "nanometer",
    "mi": "mile", "yd": "yard", "ft": "foot", "kg": "kilogram", "g": "gram", "mg": "milligram", "μg": "microgram",
    "mcg": "microgram", "lb": "pound", "lbs": "pound", "oz": "ounce", "l": "liter", "L": "liter", "ml": "milliliter",
    "mL": "milliliter", "cl": "centiliter", "dl": "deciliter", "gal": "gallon", "qt": "quart", "tsp": "teaspoon",
    "tbsp": "tablespoon", "h": "hour", "hr": "hour", "hrs": "hour", "min": "minute", "mins": "minute", "s": "second",
    "sec": "second", "secs": "second", "ms": "millisecond", "μs": "microsecond", "ns": "nanosecond",
    "KB": "kilobyte", "kB": "kilobyte",
    "MB": "megabyte", "GB": "gigabyte", "TB": "terabyte", "PB": "petabyte", "kbps": "kilobit per second",
    "Mbps": "megabit per second", "Gbps": "gigabit per second", "KB/s": "kilobyte per second", "kB/s": "kilobyte per second",
    "MB/s": "megabyte per second", "GB/s": "gigabyte per second", "Mb/s": "megabit per second", "Gb/s": "gigabit per second",
    "W": "watt", "kW": "kilowatt", "MW": "megawatt",
    "GW": "gigawatt", "kWh": "kilowatt hour", "V": "volt", "mV": "millivolt", "mA": "milliamp", "mAh": "milliamp hour",
    "Ω": "ohm", "kPa": "kilopascal", "hPa": "hectopascal", "dB": "decibel", "kcal": "kilocalorie", "kJ": "kilojoule",
    "°C": "degree Celsius", "°F": "degree Fahrenheit", "°": "degree", "mph": "mile per hour", "km/h": "kilometer per hour",
    "kmh": "kilometer per hour", "kph": "kilometer per hour", "m/s": "meter per second", "px": "pixel", "ha": "hectare",
    "rpm": "revolution per minute", "fps": "frame per second", "ppm": "part per million", "m^2": "square meter",
    "km^2": "square kilometer", "cm^2": "square centimeter", "ft^2": "square foot", "m^3": "cubic meter",
    "cm^3": "cubic centimeter", "sq ft": "square foot", "fl oz": "fluid ounce",
    "Hz": "hertz", "kHz": "kilohertz", "MHz": "megahertz", "GHz": "gigahertz",
}  # fmt: skip
_UNIT_NAMES = "|".join(sorted(map(re.escape, _ONE), key=len, reverse=True))
# "1990s" and "the 60s" are decades, and "5 in" is no length: such short units need a space, or are not known at all.
_UNIT = re.compile(rf"(?<![\w^])({NUMBER})(?:/(\d+))?((?: |-)?)({_UNIT_NAMES})(?![\w^])(\.(?= [a-z]))?")


def spoken_units(text: str) -> str:
    """Replace units after numbers in the plain `text` by their names."""
    return _UNIT.sub(_unit, text)


def _unit(match: re.Match[str]) -> str:
    number, below, gap, unit, _ = match.groups()
    if unit == "s" and gap != " ":
        return match[0]
    mixed = match.string[: match.start()].rstrip()[-1:].isdigit()
    single = gap == "-" or (below is None and number == "1") or (below is not None and not mixed)
    name = _ONE[unit] if single else _plural(_ONE[unit])
    return f"{number}{'/' + below if below else ''} {name}"


def _plural(name: str) -> str:
    if name.startswith(("square ", "cubic ", "fluid ")):
        head, _, tail = name.partition(" ")
        return f"{head} {_plural(tail)}"
    if name.endswith("hertz"):
        return name
    if name.startswith("foot"):
        return "feet"
    if name.endswith(" hour") and " per " not in name:
        return f"{name}s"
    head, space, tail = name.partition(" ")
    return f"{head}{'es' if head.endswith('ch') else 's'}{space}{tail}"
