"""Money → words around bare numbers: "$5" → "5 dollars"."""

import re

from ttscli.text.quantities import MAGNITUDES, NUMBER

_CURRENCIES = {
    "$": ("dollar", "dollars", "cent", "cents"), "£": ("pound", "pounds", "penny", "pence"),
    "€": ("euro", "euros", "cent", "cents"), "¥": ("yen", "yen", "sen", "sen"), "₹": ("rupee", "rupees", "paisa", "paise"),
    "₩": ("won", "won", "jeon", "jeon"), "₽": ("ruble", "rubles", "kopeck", "kopecks"), "¢": ("cent", "cents", "", ""),
}  # fmt: skip
_CODES = {"USD": "$", "GBP": "£", "EUR": "€", "JPY": "¥", "INR": "₹", "KRW": "₩", "RUB": "₽"}
_FOREIGN = {
    "CAD": "Canadian dollar", "AUD": "Australian dollar", "NZD": "New Zealand dollar", "HKD": "Hong Kong dollar",
    "SGD": "Singapore dollar", "CHF": "Swiss franc", "MXN": "Mexican peso", "CNY": "yuan", "SEK": "Swedish krona",
    "NOK": "Norwegian krone", "DKK": "Danish krone", "PLN": "Polish zloty", "BRL": "Brazilian real", "ZAR": "South African rand",
    "THB": "baht", "BTC": "bitcoin",
}  # fmt: skip
_MANY = {"yuan": "yuan", "baht": "baht", "rand": "rand", "krona": "kronor", "krone": "kroner"}
_LANDS = {
    "AU": "Australian", "A": "Australian", "CA": "Canadian", "C": "Canadian", "NZ": "New Zealand", "HK": "Hong Kong",
    "S": "Singapore",
}  # fmt: skip
"""Before the sign of the dollar."""
_SIGN = "[$£€¥₹₩₽]"
_LARGE = "thousand|million|billion|trillion|lakh|crore"
_NO_ADJECTIVE = "a|an|and|as|at|by|each|for|from|if|in|is|it|more|of|on|or|over|per|than|that|the|to|was|were|when|with"
_MAGNITUDE = rf"(?:(?:\s?|-(?={_LARGE}))({_LARGE}|mn|bn|tn|mm|MM|[kKmMbBT])\b)?"
_MONEY = re.compile(
    rf"(?:\b(?:US|(AU|CA|NZ|HK|A|C|S)))?({_SIGN})\s?(\d[\d,]*|(?=\.\d))(\.\d+)?{_MAGNITUDE}( (?:bill|note|coin)\b)?"
)
_PRICES = re.compile(rf"(({_SIGN})\d[\d,]*\.\d\d)\s?-\s?{_SIGN}?(\d[\d,]*\.\d\d)(?!\d| ?(?:{_LARGE}|[kKmMbB])\b)")
_MONEY_RANGE = re.compile(rf"({_SIGN})({NUMBER})(?:mn|bn|tn|[kKmMbBT])?\s?-\s?(?:{_SIGN})?({NUMBER}){_MAGNITUDE}")
_CODE = "|".join((*_CODES, *_FOREIGN))
_AMOUNT = rf"{NUMBER}(?: ?(?:{_LARGE}|mn|bn|tn|[kKmMbBT])\b)?"
_CODED = re.compile(rf"\b({_CODE}) ?({_AMOUNT})|(?<![\w.])({_AMOUNT}) ?({_CODE})\b(?! (?:drawing|file|model|program|software))")
_MAGNITUDE_SIGN = re.compile(r" ?(mn|bn|tn|[kKmMbBT])$")
_MONEY_BEFORE_NOUN = re.compile(
    rf"({_SIGN})({NUMBER})(?:[ -]({_LARGE})-(?:dollar|pound|euro|yen|rupee)\b"
    rf"|-({_LARGE})\b(?= (?!(?:{_NO_ADJECTIVE})\b)[a-z]))"
)
_MONEY_PER = re.compile(rf"({_SIGN}{NUMBER}(?:[ -]?(?:{_LARGE}|[mb]n?))?)-(per|an?)-(?=[a-z])")
_MONEY_AFTER = re.compile(rf"(?<![\w.])({NUMBER})\s?([€£¥₹₩₽¢]|\$(?!\d))")


_LOSS = re.compile(rf"({_SIGN})\(({NUMBER})\)")  # "$(1.2)M"
_PENCE = re.compile(r"(?<![\w.,:£])(\d\d?)p(?= (?:each|per|an?|coins?|off|more|less)\b)")
_POINTS = re.compile(r"(?:(?<=\bby )|(?<=fell )|(?<=rose )|(?<=\bup )|(?<=down ))(\d+) ?bps?\b")
_PAIR = re.compile(rf"\b({_CODE})/({_CODE})\b")  # "EUR/USD 1.08"
_CENTS_BEFORE_SIGN = re.compile(r"(?<![\w.])(\d[\d,]*\.\d\d)\s?([€£])(?!\d)")
_NOTES = re.compile(rf"{_SIGN}(?=\d[\d,]*0s\b)")  # "three $20s"


def spoken_money(text: str) -> str:
    """Replace signs of currencies in the plain `text` by words behind the amounts."""
    text = _CENTS_BEFORE_SIGN.sub(r"\2\1", text)
    text = _PAIR.sub(lambda match: f"{'-'.join(match[1])} {'-'.join(match[2])}", text)
    text = _CODED.sub(_coded, _NOTES.sub("", _LOSS.sub(r"-\1\2", text)))
    text = _MONEY_BEFORE_NOUN.sub(lambda m: f"{m[2]} {m[3] or m[4]} {_CURRENCIES[m[1]][0]}", text)
    text = _MONEY_PER.sub(r"\1 \2 ", text)
    text = _PRICES.sub(r"\1 to \2\3", text)
    text = _MONEY_RANGE.sub(r"\2 to \1\3\4", text)
    text = _MONEY.sub(_money, text)
    text = _PENCE.sub(lambda match: _amount(match[1], "penny", "pence"), text)
    text = _POINTS.sub(lambda match: _amount(match[1], "basis point", "basis points"), text)
    return _MONEY_AFTER.sub(lambda match: _amount(match[1], *_CURRENCIES[match[2]][:2]), text)


def _coded(match: re.Match[str]) -> str:
    code, amount = match[1] or match[4], match[2] or match[3]
    if code in _CODES:
        return f"{_CODES[code]}{amount}"
    name = _FOREIGN[code]
    return _amount(_MAGNITUDE_SIGN.sub(lambda sign: f" {MAGNITUDES[sign[1]]}", amount), name, _many(name))


def _many(name: str) -> str:
    head, space, last = name.rpartition(" ")
    return head + space + _MANY.get(last, f"{last}s")


def _money(match: re.Match[str]) -> str:
    land, sign, whole, fraction, magnitude, noun = match.groups()
    one, many, cent, cents = _CURRENCIES[sign]
    if land and sign == "$":
        one, many = f"{_LANDS[land]} {one}", f"{_LANDS[land]} {many}"
    comma = "," * whole.endswith(",")
    whole, fraction = whole.rstrip(","), fraction or ""
    if noun:
        return f"{whole} {one}{noun}"
    if magnitude:
        return f"{whole}{fraction} {MAGNITUDES.get(magnitude, magnitude)} {many}{comma}"
    if len(fraction) != 3:
        return f"{_amount(whole + fraction, one, many)}{comma}"
    small = _amount(str(int(fraction[1:])), cent, cents)
    if int(fraction[1:]) == 0:
        return f"{_amount(whole, one, many)}{comma}"
    return small if whole.strip("0") == "" else f"{_amount(whole, one, many)} and {small}"


def _amount(number: str, one: str, many: str) -> str:
    return f"{number} {one if number == '1' else many}"
