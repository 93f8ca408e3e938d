"""Units of measure after English numbers → their names, in the singular or plural."""

import re
from collections.abc import Callable

from ttscli.text.abbreviations import COMPASS
from ttscli.text.quantities import NUMBER

_ONE = {  # unit → spoken for one; "{}" stands where the plural ending goes, and the first word takes it elsewhere
    "km": "kilometer", "m": "meter", "cm": "centimeter", "mm": "millimeter", "μm": "micrometer", "nm": "nanometer",
    "mi": "mile", "yd": "yard", "ft": "foot", "kg": "kilogram", "g": "gram", "mg": "milligram", "μg": "microgram",
    "mcg": "microgram", "lb": "pound", "lbs": "pound", "oz": "ounce", "l": "liter", "L": "liter", "ml": "milliliter",
    "mL": "milliliter", "cl": "centiliter", "dl": "deciliter", "gal": "gallon", "qt": "quart", "tsp": "teaspoon",
    "tbsp": "tablespoon", "Tsp": "teaspoon", "Tbsp": "tablespoon", "h": "hour", "hr": "hour", "hrs": "hour",
    "min": "minute", "mins": "minute", "s": "second", "sec": "second", "secs": "second",
    "ms": "millisecond", "μs": "microsecond", "ns": "nanosecond",
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
    "mmHg": "millimeter of mercury", "mmol": "millimole", "nmol": "nanomole", "ng": "nanogram", "dL": "deciliter",
    "μl": "microliter", "μL": "microliter", "lm": "lumen", "″": "inch", "′": "foot",
    "yr": "year", "yrs": "year", "mo": "month", "mos": "month", "wk": "week", "wks": "week", "sq mi": "square mile",
    "sqft": "square foot", "sq m": "square meter", "KiB": "kibibyte", "MiB": "mebibyte", "GiB": "gibibyte",
    "MWh": "megawatt hour", "GWh": "gigawatt hour", "Ah": "amp hour", "kV": "kilovolt", "cal": "calorie", "hp": "horsepower",
    "bpm": "beat per minute", "dpi": "dot per inch", "mpg": "mile per gallon", "pcs": "piece", "pts": "point",
    "kts": "knot", "kΩ": "kiloohm", "MΩ": "megaohm", "μF": "microfarad", "nF": "nanofarad", "pF": "picofarad",
    "mEq": "milliequivalent", "IU": "international unit", "uL": "microliter", "ug": "microgram",
    "inHg": "inch of mercury", "cd/m^2": "candela per square meter", "ppb": "part per billion",
    "Tbs": "tablespoon", "tbs": "tablespoon", "sq km": "square kilometer",
    "tbsps": "tablespoon", "tsps": "teaspoon", "cu ft": "cubic foot", "cu in": "cubic inch", "cu yd": "cubic yard",
    "sq in": "square inch", "sq yd": "square yard",
    "Hz": "hertz", "kHz": "kilohertz", "MHz": "megahertz", "GHz": "gigahertz",
}  # fmt: skip
_UNIT_NAMES = "|".join(sorted(map(re.escape, _ONE), key=len, reverse=True))
_PER = r"dL|L|mL|ml|l|μL|μl|kg|g|lb|oz|m\^3|m\^2|cm\^3|cm\^2|cm|m|hr|h|min|s\^2|s|ha|gal"
# "5 in" is no length, and "60s" may be a decade: the first is not known at all, the second only in some places.
_UNIT = re.compile(
    rf"(?:(?<=10\^)|(?<![\w^]))({NUMBER})(?:/(\d+))?((?: |-)?)({_UNIT_NAMES})"
    rf"(?:/({_PER})(?:/({_PER}|day|dose|week))?(?![\w/]))?(?![\w^])(\.(?=\)? [a-z]| \d| \())?"
)
_COUNTED = "two|three|four|five|six|seven|eight|nine|ten|several|these|those"
_OWNERS = "the|this|my|your|his|her|its|our|their|each|every"
_SIZES = "new|old|small|large|big|single|standard|typical|long|short|heavy|light|first|second|third|last"
_BEFORE = re.compile(
    rf"(?:^|[\s(\"'])(?:(an?)|{_OWNERS}|{_COUNTED})(?: (?:{_SIZES}))?(?: {NUMBER} ?(?:″ by|to|or|by|ft|h|lb|-))? ?$",
    re.IGNORECASE,
)
_NO_NOUN = (
    "of|in|on|at|to|by|from|for|with|without|between|before|after|above|below|over|under|into|through|than|per|as|and|or|but|nor|"
    "is|are|was|were|be|been|has|have|had|do|does|did|can|could|will|would|shall|should|may|might|must|I|you|he|she|it|we|they|"
    "a|an|the|that|which|who|what|when|where|while|if|so|then|here|there|now|today|away|apart|ago|later|earlier|left|more|less|each|north|"
    "south|east|west|up|down|out|off|back|seem|felt|feel|fell|ran|contain|weigh|hold|give|equal|require|cost|hurt|took|take|go|went|came|made"
)
_NOUN = re.compile(rf" (?!(?:{_NO_NOUN})s?\b|\w+(?:ed|ly)\b)[^\W\d]")
_SECONDS_BEFORE = re.compile(
    r"(?:\b(?:took|takes?|taking|after|within|every|waits?|waited|lasts?|lasted|timeout|delay|min)|=|~) ?$", re.IGNORECASE
)
_PERHAPS_SECONDS_BEFORE = re.compile(r"\b(?:for|than|only|about) $")  # … but "for 80s fans"
_SECONDS_AFTER = re.compile(r" (?:delay|interval|timeout|wait|pause|exposure|rule|clip|video|cooldown)")
_WIDE = "(?:wide|long|tall|deep|high|thick|across|in diameter)"
_LENGTH = r"(?:(?:cm|mm|ft|km|in|yd|px|m)\b|[″′])"


def _angle(match: re.Match[str]) -> str:
    degrees, minutes, seconds, side = match.groups()
    return f"{degrees}° {minutes} min {f'{seconds} sec ' if seconds else ''}{COMPASS[side]}"


_RUNWAYS = {"L": "left", "R": "right", "C": "center"}
_HEAT = r"\b(?i:highs?|lows?|temp(?:erature)?s?|fever|heat(?:ed)?|oven|preheat|bake|feels like)"


def _place(match: re.Match[str]) -> str:
    return f"{match[1]} {COMPASS[match[2]]}, {match[3]} {COMPASS[match[4]]}"


_WRITTEN_OTHERWISE: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"\b(\d{1,2}(?:\.\d+)?)°?([NS]),? (\d{1,3}(?:\.\d+)?)°?([EW])\b(?!\.?\w)"), _place),
    (re.compile(r"(\d(?:\.\d+)?)\" ?[x×] ?(\d+(?:\.\d+)?)\"(?!\w)"), r"\1″ x \2″"),
    (re.compile(r"(?<=\d)-in\b(?!-)\.?(?= [a-z])"), "-″"),
    (re.compile(r"(?<=\d) ?K/[uμ]L\b"), " thousand per microliter"),
    (re.compile(r"(?<=\d\.\d)pp\b"), " percentage points"),
    (re.compile(r"\b([Rr]unway|RWY) (\d\d?)([LRC])\b"), lambda m: f"{m[1]} {m[2]} {_RUNWAYS[m[3]]}"),
    (re.compile(rf"({_HEAT}(?:,? (?:of|at|to|near|is|was|oven))*:? \d{{2,3}}(?:\.\d)?) ?([FC])\b(?![-.#]\w)"), r"\1°\2"),
    (re.compile(r"\b([NSEW]) (?=\d+(?:\.\d+)?°)"), lambda m: f"{COMPASS[m[1]]} "),
    (re.compile(r"(?<=[x×y] )([\d./ ]*\d) in\.$"), r"\1″."),
    (re.compile(r"(?<=\d) doz\b\.?"), " dozen"),
    (re.compile(r"(?<=\d) ?lb-?ft\b"), " pound-feet"),
    (re.compile(r"(?<=\d) ?ft-?lbs?\b"), " foot-pounds"),
    (re.compile(r"(?<=\d) ?st\b(?= \d\d? ?lbs?\b)"), " stone"),
    (re.compile(r"(?<=\d) ?y(?= old\b)"), " years"),
    (re.compile(r"(?<=\b1) pt\.(?= [a-z])"), " pint"),
    (re.compile(r"(?<=\d) pt\.(?= (?:[a-z]+ )?(?:cream|milk|water|stock|broth|berries|[a-z]+berries|tomatoes)\b)"), " pints"),
    (re.compile(r"(\d\d\.\d+) K\b(?! [a-z]|/)"), r"\1 kelvins"),
    (re.compile(r"(?<=\dV)[/, ]+(\d+(?:\.\d+)?) ?A\b"), r", \1 amps"),
    (re.compile(r"(\d+)°\s?(\d+)'\s?(?:([\d.]+)(?:\"|'')\s?)?([NSEW])\b"), _angle),
    (re.compile(r"(?<=\d°)\s?(\d+(?:\.\d+)?)'"), r" \1 min"),
    (re.compile(r"(?<=\d°)\s?([NSEW])\b(?!\.?\w)"), lambda m: f" {COMPASS[m[1]]}"),
    (re.compile(r"(?<=\d)''(?!\w)"), '"'),
    (re.compile(r"(\d)'\s?(\d{1,2})\s?\""), r"\1 foot \2"),
    (re.compile(r"(?<![\w'.])([4-7])'(\d|1[01])(?![\w'])"), r"\1 foot \2"),
    (re.compile(r"(?<=\d)'\s?[x×]\s?(?=\d)"), "′ x "),
    (re.compile(r"(?<=\d)( ?)(sq|cu|fl)\. ?(ft|in|mi|yd|km|m|oz)\b(?:\.(?=\)?,? [a-z(]))?"), r"\1\2 \3"),
    (re.compile(r"(?<![\w./])(\d*[02-9]|\d+1|\d+ \d/\d) c\.(?= [a-z])"), r"\1 cups"),
    (re.compile(r"(?<=\d) c\.(?= [a-z])"), " cup"),
    (
        re.compile(
            r"(\d ?(?:mg|mcg|μg|g|units|mEq|IU))/(?=\d+(?:\.\d+)? ?(?:m?[lL]|dL|h|hrs?|hours|days?|min)\b)|(?<=/min)/(?=\d)"
        ),
        r"\1 per ",
    ),
    (re.compile(r"(?<=10\^\d)/(m?L|μL)\b"), lambda m: f" per {_ONE[m[1]]}"),
    (re.compile(r"(?<=\d)( ?)(km|cm|mm|m|ft)([23])\b"), r"\1\2^\3"),
    (re.compile(r"(?<!['\w])(\d+)'(?![\w'])"), r"\1′"),
    (re.compile(r"\b(\d+)\s?ft(?:\.?\s?(\d{1,2})\s?in\b\.?|(\d{1,2})\b)"), r"\1 ft \2\3″"),
    (re.compile(r"\b(\d+)\s?h\s?(\d+)\s?m(?:in)?\b"), r"\1 h \2 min"),
    (re.compile(r"\b(\d+)\s?m(?:in)?\s?(\d+)\s?s(?:ec)?\b"), r"\1 min \2 sec"),
    (re.compile(r"(?<=\d) ?psi\b"), " P-S-I"),
    (re.compile(r"([\d.]+) ?in\.? (?:x|×|by) ([\d.]+) ?in\b\.?"), r"\1″ by \2″"),
    # "6 in. long", "a 6 in deep hole", "6 in (15 cm)", but "5 in high school" and "1990 in deep trouble"
    (re.compile(rf"\b(\d{{1,3}}(?:\.\d+)?) in(?= {_WIDE}(?:[.,;:!?)]|$| (?:and|or|by|with|at|but|is|was)\b)| \(\d)"), r"\1″"),
    (re.compile(rf"(?<=\ba )(\d+) in(?= {_WIDE})|(?<=\d)[ -]?in\.(?=,| [a-z(])|(?<=\d)-?in\b(?!-)\.?"), r"\1″"),
)
_DIMENSIONS = re.compile(rf"(\d\s?{_LENGTH}|\d(?=\s?[x×]\s?[\d.]+\s?{_LENGTH}))\s?[x×]\s?(?=\d)")


def marked_units(text: str) -> str:
    """Write measures of several parts, and those in inches and feet, in the plain `text` as spoken_units knows them."""
    for pattern, replacement in _WRITTEN_OTHERWISE:
        text = pattern.sub(replacement, text)
    return _DIMENSIONS.sub(r"\1 by ", _with_inches(text))


def _with_inches(text: str) -> str:
    """Tell the marks of inches in `text` from those that close what was quoted."""
    quoted = False

    def told(match: re.Match[str]) -> str:
        nonlocal quoted
        if match[1] and not quoted:
            return f"{match[1]}″"
        quoted = match[2] is not None
        return match[0]

    return re.sub(r"(?<![\"\w])(\d+(?:\.\d+)?)\"(?!\w)|(\"(?=[\w']))|\"", told, text)


def spoken_units(text: str) -> str:
    """Replace units after numbers in the plain `text` by their names."""
    return _UNIT.sub(_unit, text)


def _unit(match: re.Match[str]) -> str:
    number, below, gap, unit, per, time, _ = match.groups()
    before, after = match.string[: match.start()], match.string[match.end() :]
    if unit == "s" and gap != " " and "." not in number and not _are_seconds(before, after):
        return match[0]
    mixed = before.rstrip()[-1:].isdigit()
    single = gap == "-" or (below is None and number == "1") or (below is not None and not mixed)
    name = _ONE[unit] if single or _is_attribute(before, after) else _plural(_ONE[unit])
    return f"{number}{'/' + below if below else ''} {name}{_per(per)}{_per(time)}"


def _are_seconds(before: str, after: str) -> bool:
    """Tell "it took 45s" from "the 60s"."""
    if _SECONDS_BEFORE.search(before) or _SECONDS_AFTER.match(after):
        return True
    return _PERHAPS_SECONDS_BEFORE.search(before) is not None and _NOUN.match(after) is None


def _is_attribute(before: str, after: str) -> bool:
    """Tell whether a measure belongs to a noun behind it: "a 10 kg bag", "the 5 km run", but "the 5 km we ran"."""
    found = _BEFORE.search(before[-40:])
    return found is not None and (found[1] is not None or _NOUN.match(after) is not None)


def _per(unit: str | None) -> str:
    if unit is None:
        return ""
    return f" per {_ONE[unit.removesuffix('^2')]} squared" if unit == "s^2" else f" per {_ONE.get(unit, unit)}"


def _plural(name: str) -> str:
    if name.startswith(("square ", "cubic ", "fluid ", "international ")):
        head, _, tail = name.partition(" ")
        return f"{head} {_plural(tail)}"
    if name.endswith(("hertz", "horsepower")):
        return name
    if name.startswith("foot"):
        return "feet"
    if name.endswith(" hour") and " per " not in name:
        return f"{name}s"
    head, space, tail = name.partition(" ")
    return f"{head}{'es' if head.endswith('ch') else 's'}{space}{tail}"
