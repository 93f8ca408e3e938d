"""English numbers with what belongs to them (money, units, times, ranges, versions) → words around bare numbers.

What is left are the number expressions of BARE_NUMBER, which ttscli.text.normalize has spelled by a grammar.
"""

import re

_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?\b"

BARE_NUMBER = re.compile(
    rf"\b(?:(?:{MONTHS}) {_DAY}(?!,\d|/)(?:,? \d{{4}}\b)?"
    rf"|{_DAY} (?:of )?(?:{MONTHS})\b(?:,? \d{{4}}\b)?|(?:{MONTHS}),? \d{{4}}s?"
    rf"|\d{{4}}-\d\d?-\d\d?|\d\d?([/.])\d\d?\1\d{{4}}|\d+ \d+/\d+|\d+/\d+|\d+0s|\d+(?:st|nd|rd|th)|{_NUMBER})(?!\d)"
    r"|'\d0s\b"
)
"""A date, a mixed number or fraction, a decade, an ordinal or a number."""

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
_UNIT = re.compile(rf"(?<![\w^])({_NUMBER})(?:/(\d+))?((?: |-)?)({_UNIT_NAMES})(?![\w^])(\.(?= [a-z]))?")

_CURRENCIES = {
    "$": ("dollar", "dollars", "cent", "cents"), "£": ("pound", "pounds", "penny", "pence"),
    "€": ("euro", "euros", "cent", "cents"), "¥": ("yen", "yen", "sen", "sen"), "₹": ("rupee", "rupees", "paisa", "paise"),
    "₩": ("won", "won", "jeon", "jeon"), "₽": ("ruble", "rubles", "kopeck", "kopecks"), "¢": ("cent", "cents", "", ""),
}  # fmt: skip
_MAGNITUDES = {
    "k": "thousand", "K": "thousand", "m": "million", "M": "million", "mn": "million", "bn": "billion", "b": "billion",
    "B": "billion", "tn": "trillion", "T": "trillion",
}  # fmt: skip
_SIGN = "[$£€¥₹₩₽]"
_LARGE = "thousand|million|billion|trillion"
_NO_ADJECTIVE = "a|an|and|as|at|by|each|for|from|if|in|is|it|more|of|on|or|over|per|than|that|the|to|was|were|when|with"
_MAGNITUDE = rf"(?:(?:\s?|-(?={_LARGE}))({_LARGE}|mn|bn|tn|[kKmMbBT])\b)?"
_MONEY = re.compile(rf"(?:\b(?:US|AU|CA|NZ|A|C))?({_SIGN})\s?(\d[\d,]*|(?=\.\d))(\.\d+)?{_MAGNITUDE}( (?:bill|note|coin)\b)?")
_MONEY_RANGE = re.compile(rf"({_SIGN})({_NUMBER})(?:mn|bn|tn|[kKmMbBT])?\s?-\s?(?:{_SIGN})?({_NUMBER}){_MAGNITUDE}")
_MONEY_BEFORE_NOUN = re.compile(
    rf"({_SIGN})({_NUMBER})(?:[ -]({_LARGE})-(?:dollar|pound|euro|yen|rupee)\b"
    rf"|-({_LARGE})\b(?= (?!(?:{_NO_ADJECTIVE})\b)[a-z]))"
)
_MONEY_PER = re.compile(rf"({_SIGN}{_NUMBER}(?:[ -]?(?:{_LARGE}|[mb]n?))?)-(per|an?)-(?=[a-z])")
_MONEY_AFTER = re.compile(rf"(?<![\w.])({_NUMBER})\s?([€£¥₹₩₽¢]|\$(?!\d))")

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

_SPACED = re.compile(r"(?<![\w.,:/-])(?<!\d )[1-9]\d{0,2}(?: \d{3})* 000(?! ?\d|[\w/:-]|[.,]\d)")

_EMERGENCY = re.compile(
    r"(?<![\d.,-])(?:(?<=dial )|(?<=dialed )|(?<=call )|(?<=called )|(?<=calling )|(?<=phone ))(?:[2-9]11|999|112|988|000)"
    r"(?![\d-]|[.,]\d)|\b911(?= (?:calls?|operators?|dispatch\w*)\b)",
    re.IGNORECASE,
)
_PHONES = (
    re.compile(r"(?<![\w.])\+\d[\d ()-]{6,}\d(?!\w)"),
    re.compile(r"(?<![\w.\-/])(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}[ .-])?\d{3}[.-]\d{4}(?![\w-])"),
    re.compile(r"(?<![\w.\-/])(?:\d+-){3,}\d+(?!\w)|(?<!\w)\d{3}-\d\d-\d{4}(?!\w)|(?<!\w)0\d{2,4} \d{3,4} \d{3,4}(?!\w)"),
    re.compile(r"(?<!\w)\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?!\w)"),
)
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def digits(text: str) -> str:
    """Read every digit of `text` by itself; groups of digits become clauses."""
    return ", ".join(" ".join(DIGITS[int(digit)] for digit in group) for group in re.findall(r"\d+", text))


def ordinal(number: int) -> str:
    """Return a number in figures with its ending: "22nd"."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def spoken_quantities(text: str) -> str:
    """Replace money, units, times, phone numbers, ranges, versions and signs at numbers in the plain `text` by words."""
    text = _SPACED.sub(lambda match: match[0].replace(" ", ","), text)
    for pattern in _PHONES:
        text = pattern.sub(lambda match: "plus " * match[0].startswith("+") + digits(match[0]), text)
    text = _HOURS.sub(" to ", text)
    text = _TIME.sub(_time, text)
    text = _HOUR.sub(lambda match: f"{int(match[1])} {match[2].upper()}-M" + _stop(match, match[3]), text)
    text = _VERSION.sub(_version, text)
    text = _MONEY_BEFORE_NOUN.sub(lambda m: f"{m[2]} {m[3] or m[4]} {_CURRENCIES[m[1]][0]}", text)
    text = _MONEY_PER.sub(r"\1 \2 ", text)
    text = _MONEY_RANGE.sub(r"\2 to \1\3\4", text)
    text = _MONEY.sub(_money, text)
    text = _MONEY_AFTER.sub(lambda match: _amount(match[1], *_CURRENCIES[match[2]][:2]), text)
    for pattern, replacement in _AROUND_NUMBERS:
        text = pattern.sub(replacement, text)
    text = _UNIT.sub(_unit, text)
    for pattern, replacement in _AFTER_UNITS:
        text = pattern.sub(replacement, text)
    return _FOUR_DIGITS.sub(_thousands, _FIVE_DIGITS.sub(_thousands, text))


def _stop(match: re.Match[str], stop: str) -> str:
    """Keep the full stop of an abbreviation where it ends the sentence too."""
    return stop if not match.string[match.end() :].strip("\"')]} ") else ""


def _time(match: re.Match[str]) -> str:
    groups = match.groups()
    hour, minute, second = groups[:3] if groups[3] else groups[5:8]
    half = f" {groups[3].upper()}-M{_stop(match, groups[4])}" if groups[3] else ""
    if second:
        return f"{int(hour)} {_minutes(minute)} and {int(second)} seconds{half}"
    if minute == "00":
        whole = " o'clock" if 0 < int(hour) <= 12 else " hundred"
        return f"{int(hour)}{half or whole}"
    return f"{int(hour)} {_minutes(minute)}{half}"


def _minutes(minute: str) -> str:
    return f"oh {minute[1]}" if minute[0] == "0" else minute


_VERSION = re.compile(r"(?<![\w.])(v\.?\s?)?(\d+(?:\.\d+)+)(?![\w]|\.\d)", re.IGNORECASE)


def _version(match: re.Match[str]) -> str:
    parts = match[2].split(".")
    if match[1] is None and len(parts) == 2:
        return match[0]
    if len(parts) == 3 and len(parts[2]) == 4 and not match[1]:
        return match[0]
    if len(parts) > 2 and all(len(part) == 3 for part in parts[1:]) and not match[1]:
        return ",".join(parts)
    return ("v " if match[1] else "") + (" dot " if len(parts) == 4 and not match[1] else " point ").join(parts)


def _money(match: re.Match[str]) -> str:
    sign, whole, fraction, magnitude, noun = match.groups()
    one, many, cent, cents = _CURRENCIES[sign]
    comma = "," * whole.endswith(",")
    whole, fraction = whole.rstrip(","), fraction or ""
    if noun:
        return f"{whole} {one}{noun}"
    if magnitude:
        return f"{whole}{fraction} {_MAGNITUDES.get(magnitude, magnitude)} {many}{comma}"
    if len(fraction) != 3:
        return f"{_amount(whole + fraction, one, many)}{comma}"
    small = _amount(str(int(fraction[1:])), cent, cents)
    if int(fraction[1:]) == 0:
        return f"{_amount(whole, one, many)}{comma}"
    return small if whole.strip("0") == "" else f"{_amount(whole, one, many)} and {small}"


def _amount(number: str, one: str, many: str) -> str:
    return f"{number} {one if number == '1' else many}"


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


_CROWD = (
    r"(?:(?:more|new|other|young) )?(?:people|users|men|women|children|customers|followers|subscribers|views|viewers|visitors|"
    r"copies|jobs|homes|households|downloads|accounts|workers|voters|years|students|refugees|members|readers|players|residents|"
    r"tons|tonnes)"
)
_BOOKS = (
    "Genesis|Exodus|Leviticus|Numbers|Deuteronomy|Joshua|Judges|Ruth|Samuel|Kings|Chronicles|Ezra|Nehemiah|Esther|Job|Psalms?|"
    "Proverbs|Ecclesiastes|Isaiah|Jeremiah|Lamentations|Ezekiel|Daniel|Hosea|Joel|Amos|Obadiah|Jonah|Micah|Nahum|Habakkuk|"
    "Zephaniah|Haggai|Zechariah|Malachi|Matthew|Mark|Luke|John|Acts|Romans|Corinthians|Galatians|Ephesians|Philippians|"
    "Colossians|Thessalonians|Timothy|Titus|Philemon|Hebrews|James|Peter|Jude|Revelation|Quran|Surah"
)
_PERIODS = {"hr": "hour", "mo": "month", "yr": "year", "wk": "week"}
_AROUND_NUMBERS = (
    (re.compile(r"(?<![\d,])\d{1,3}(?:,\d{3}){8,}(?!\d)"), lambda m: m[0].replace(",", "")),  # no name: digits
    (_EMERGENCY, lambda m: digits(m[0])),
    (re.compile(r"\b(\d+/\d+)(?:st|nd|rd|th)s?\b"), r"\1"),
    (re.compile(rf"(?<![\w.])({_NUMBER})\s?(bn|tn|mn)\b"), lambda m: f"{m[1]} {_MAGNITUDES[m[2]]}"),
    (re.compile(rf"(?<![\w.])({_NUMBER})([km])(?= {_CROWD}\b)", re.IGNORECASE), lambda m: f"{m[1]} {_MAGNITUDES[m[2]]}"),
    (re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)[eE](?:\+|(-))(\d{1,3})\b"), r"\1 times 10^\2\3"),
    (re.compile(r"\b24/7\b"), "24 7"),
    (re.compile(r"\b(401|403|501)\(([a-z])\)(?:\((\d)\))?"), lambda m: f"{m[1].replace('0', ' oh ')} {m[2].upper()} {m[3] or ''}"),
    (re.compile(r"\b9/11\b(?!/)"), "9 11"),
    (re.compile(r"\b(\d+)/\1\b(?!/)"), lambda m: f"{m[1]} {m[1]}" if m[1] == "50" else f"{m[1]} out of {m[1]}"),
    (re.compile(r"(?<![\d/])(\d{3})/(\d{2,3})(?![\d/])"), r"\1 over \2"),
    (re.compile(r"(?<=\d)(?:%| percent)?\s?-\s?(?=\d+(?:\.\d+)?\s?%)"), " to "),
    (re.compile(rf"(?<![\w./-])({_NUMBER})(\s?°?[CF]?|\s?%)-({_NUMBER})(?![\d/-]|\.\d)"), r"\1\2 to \3"),
    (re.compile(r"(?<=\d)(s|st|nd|rd|th)-(?=\d)"), r"\1 to "),
    (re.compile(r"(?<![\w.)])-\s?(?=\.?\d|[$£€¥])"), "minus "),
    (re.compile(r"(?<![\w.])\.(?=\d)"), "0."),
    (re.compile(r"(?<=\d)\s?%"), " percent"),
    (re.compile(r"(\d)'\s?(\d{1,2})\s?\""), r"\1 foot \2"),
    (re.compile(r"(?<![\"\w])(\d+(?:\.\d+)?)\"(?!\w)"), r"\1 inches"),
    (re.compile(r"(?<!['\w])(\d+)'(?![\w'])"), r"\1 feet"),
    (re.compile(r"\b(\d+)\s?h\s?(\d+)\s?m(?:in)?\b"), r"\1 hours \2 minutes"),
    (re.compile(r"(?<=\d)in\b\.?"), " inches"),
    (re.compile(r"(?<=\d)[x×](?=\d)"), " by "),
    (re.compile(r"(?<=\d)\s[x×*]\s(?=\d)|(?<=\d)\*(?=\d)|(?<=\d)[x×](?= (?![-+=<>*/^÷≤≥≠]|minus ))"), " times "),
    (re.compile(r"~\s?(?=\d)"), "about "),
    (re.compile(r"#\s?(?=\d)"), "number "),
    (re.compile(r"(?<!\w)\+(?=\d)"), "plus "),
    (re.compile(r"(?<=\d)\+"), " plus "),
    (re.compile(rf"\b({_BOOKS}) (\d+):(\d+)\b"), r"\1 \2 \3"),
    (re.compile(r"\b(\d+):(\d+)\b"), r"\1 to \2"),
)
_AFTER_UNITS = (
    (re.compile(r"(?<=\w)/(hr|mo|yr|wk)\b"), lambda m: f" per {_PERIODS[m[1]]}"),
    (re.compile(r"/(?=(?:month|year|day|hour|week|minute|second|person|night|mile|kg|lb|unit|km)\b)"), " per "),
    (re.compile(r"\^\s?2\b"), " squared"),
    (re.compile(r"\^\s?3\b"), " cubed"),
    (re.compile(r"\^\s?(?=[\w-])"), " to the power of "),
    (re.compile(r"(?<=\d)-(?=[^\W\d])|(?<=[^\W\d])-(?=\d)"), " "),
    (re.compile(r"(?<=[^\W\d])(?=\d)|(?<=\d)(?!(?:st|nd|rd|th|s)\b)(?=[^\W\d])"), " "),
)

# Grammars take four digits for a year and five for a code; before a plural noun they count something.
_FOUR_DIGITS = re.compile(r"(?:\b([A-Za-z]+) )?(?<![\w.,/:-])([1-9]\d{3})(?= (?:people|men|women|children|[a-z]{3,}(?<!s)s)\b)")
_FIVE_DIGITS = re.compile(r"(?:\b([A-Za-z]+) )?(?<![\w.,/:-])([1-9]\d{4,14})(?![\w,/]|\.\d)(?:(?<=00)|(?= [a-z]{3,}\b))")
_BEFORE_YEARS = frozenset(["in", "since", "by", "from", "until", "during", "year", "zip", "code", *MONTHS.lower().split("|")])
_NO_NOUNS = frozenset(
    ["was", "has", "does", "this", "his", "its", "always", "perhaps", "sometimes", "for", "and", "from", "with", "the"]
)


def _thousands(match: re.Match[str]) -> str:
    word, number = match.groups()
    following = re.match(r" ?(\w*)", match.string[match.end() :])
    if (word or "").lower() in _BEFORE_YEARS or (following and following[1] in _NO_NOUNS):
        return match[0]
    return f"{word} {int(number):,}" if word else f"{int(number):,}"
