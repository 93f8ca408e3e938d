"""English numbers: what the rules for them share, and the signs around them (ranges, ratios, fractions, minus) → words.

What is left are the number expressions of BARE_NUMBER, which ttscli.text.normalize has spelled by a grammar.
"""

import re

NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
MAGNITUDES = {
    "k": "thousand", "K": "thousand", "m": "million", "M": "million", "mn": "million", "mm": "million", "MM": "million",
    "bn": "billion", "b": "billion", "B": "billion", "tn": "trillion", "T": "trillion",
}  # fmt: skip
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?\b"

BARE_NUMBER = re.compile(
    rf"\b(?:(?:{MONTHS}) {_DAY}(?!,\d|/)(?:,? \d{{4}}\b)?"
    rf"|{_DAY} (?:of )?(?:{MONTHS})\b(?:,? \d{{4}}\b)?|(?:{MONTHS}),? \d{{4}}s?"
    rf"|\d{{4}}-\d\d?-\d\d?|\d\d?([/.])\d\d?\1\d{{4}}|\d+ \d+/\d+|\d+/\d+|\d+0s|\d+(?:st|nd|rd|th)|{NUMBER})(?!\d)"
    r"|'\d0s\b"
)
"""A date, a mixed number or fraction, a decade, an ordinal or a number."""

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def digits(text: str) -> str:
    """Read every digit of `text` by itself; groups of digits become clauses."""
    return ", ".join(" ".join(DIGITS[int(digit)] for digit in group) for group in re.findall(r"\d+", text))


def in_pairs(figures: str) -> str:
    """Read `figures` as people read those of houses and flights: "747" → "seven forty seven".

    Those with a leading zero, or more than four, are read one by one.
    """
    if len(figures) > 4 or (figures[0] == "0" and len(figures) > 1):
        return " ".join(DIGITS[int(figure)] for figure in figures)
    head, last = divmod(int(figures), 100)
    if head and not last:
        return f"{_below_hundred(head)} hundred" if head % 10 else f"{_below_hundred(head // 10)} thousand"
    pairs = [_below_hundred(head)] if head else []
    return " ".join([*pairs, *["oh"] * (head > 0 and last < 10), _below_hundred(last)])


def _below_hundred(number: int) -> str:
    tens, ones = divmod(number, 10)
    if tens == 1:
        return _TEENS[ones]
    return " ".join([*[_TENS[tens]] * (tens > 0), *[DIGITS[ones]] * (ones > 0 or tens == 0)])


def ordinal(number: int) -> str:
    """Return a number in figures with its ending: "22nd"."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def spoken_quantities(text: str) -> str:
    """Replace ranges, ratios, fractions and signs at numbers in the plain `text` by words."""
    for pattern, replacement in _AROUND_NUMBERS:
        text = pattern.sub(replacement, text)
    return text


def spoken_counts(text: str) -> str:
    """Part the figures in the plain `text` from what they still touch, and mark those that count, not date, by commas."""
    for pattern, replacement in _AFTER_UNITS:
        text = pattern.sub(replacement, text)
    return _FOUR_DIGITS.sub(_thousands, _FIVE_DIGITS.sub(_thousands, text))


def final_stop(match: re.Match[str], stop: str) -> str:
    """Keep the full stop of an abbreviation where it ends the sentence too."""
    return stop if not match.string[match.end() :].strip("\"')]} ") else ""


_CROWD = (
    r"(?:(?:more|new|other|young) )?(?:people|users|men|women|children|customers|followers|subscribers|views|viewers|visitors|"
    r"copies|jobs|homes|households|downloads|accounts|workers|voters|years|students|refugees|members|readers|players|residents|"
    r"shares|barrels|requests|tokens|parameters|likes|votes|streams|tweets|steps|records|tons|tonnes)"
)
_BOOKS = (
    "Genesis|Exodus|Leviticus|Numbers|Deuteronomy|Joshua|Judges|Ruth|Samuel|Kings|Chronicles|Ezra|Nehemiah|Esther|Job|Psalms?|"
    "Proverbs|Ecclesiastes|Isaiah|Jeremiah|Lamentations|Ezekiel|Daniel|Hosea|Joel|Amos|Obadiah|Jonah|Micah|Nahum|Habakkuk|"
    "Zephaniah|Haggai|Zechariah|Malachi|Matthew|Mark|Luke|John|Acts|Romans|Corinthians|Galatians|Ephesians|Philippians|"
    "Colossians|Thessalonians|Timothy|Titus|Philemon|Hebrews|James|Peter|Jude|Revelation|Quran|Surah"
)
_PERIODS = {"hr": "hour", "mo": "month", "yr": "year", "wk": "week", "lb": "pound", "gal": "gallon", "bbl": "barrel"}
_OVER = {"y": "year", "q": "quarter", "m": "month"}
_PARTED = "of|an?|the|cups?|inch(?:es)?|miles?|seconds?|teaspoons?|tablespoons?|dollars?|tsp|tbsp|in|mi|oz|lb"
# "8/10" is a rating where nothing is parted: "9/10 of it" and "3/10 mile" are fractions, and so is "1/10".
_RATING = re.compile(
    r"(?<![\w.,/-])([0-3]\.\d\d?)/(4)\.0(?![\w/-]|\.\d)|"
    rf"(?<![\w.,/-])([2-9](?:\.\d+)?|10|\d\d(?=/100))/(100?)(?![\w/-]|\.\d| (?:{_PARTED})\b| ?[-+*=])"
    r"|(?<![\w.,/-])(\d+(?:\.\d+)?)/(5|10|20|100)(?= stars?\b)"
)
_FRACTION = r"\d{1,2}/(?:[2-9]|1[02468]|32|64)\b(?!/)"
_AROUND_NUMBERS = (
    (re.compile(r"(?<![\w$£€.,])('?[2-9]0|(?:1[5-9]|20)\d0)'s\b"), r"\1s"),  # "the 60's"
    (re.compile(rf"(?<![\w./-])(\d+)-(?={_FRACTION})"), r"\1 "),  # "2-1/2"
    (re.compile(rf"(?<![\w./-])(\d+(?:\.\d+)?)-(?=\d+ {_FRACTION})"), r"\1 to "),
    (re.compile(r"(?:(?<=\d/\d)|(?<=\d/\d\d))-(?=\d)"), " to "),
    (re.compile(r"\b(\d\d?)/([248]|16) time\b"), r"\1 \2 time"),
    (re.compile(r"\b(\d\d)/(?=\d\d ?(?:mpg|Hz)\b)"), r"\1, "),
    (re.compile(r"\b([A-Za-z]{1,2})(\d+)\s?[-—]\s?(?=\1\d)"), r"\1\2 to "),  # "Q1-Q3"
    (re.compile(r"\bq(\d+)\s?[-—]\s?(\d+)\s?h\b"), r"q \1 to \2 h"),
    (re.compile(r"\+/-"), " plus or minus "),
    (re.compile(r"(?<=\b(?:UTC|GMT))-(?=\d)"), " minus "),
    (re.compile(r"(?<![\w'])'0(?=[1-9]\b)"), "oh "),
    (re.compile(r"(?<![\d,])\d{1,3}(?:,\d{3}){8,}(?!\d)"), lambda m: m[0].replace(",", "")),  # no name: digits
    (re.compile(r"(?:(?<=\b[QH]\d)|(?<=\b[FC]Y))'(?=\d\d\b)"), " "),
    (re.compile(r"(?<=[%\d] )([ymq])/\1\b"), lambda m: f"{_OVER[m[1]]} over {_OVER[m[1]]}"),
    (re.compile(r"\b([YMQ])o\1\b"), lambda m: f"{_OVER[m[1].lower()]} over {_OVER[m[1].lower()]}"),
    (re.compile(r"\b401k\b"), "4 oh 1 K"),
    (re.compile(rf"(?<![\w.])({NUMBER})\s?(bn|tn|mn)\b"), lambda m: f"{m[1]} {MAGNITUDES[m[2]]}"),
    (re.compile(rf"(?<![\w.])({NUMBER})([km])(?= {_CROWD}\b)", re.IGNORECASE), lambda m: f"{m[1]} {MAGNITUDES[m[2]]}"),
    (re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)[eE](?:\+|(-))(\d{1,3})\b"), r"\1 times 10^\2\3"),
    (re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)e(\d\d?)\b"), r"\1 times 10^\2"),
    (re.compile(r"(?<=\d) / (?=\d.*=)"), " divided by "),
    (re.compile(r"(?<=\d) / (?=\d)"), " slash "),
    (re.compile(r"\b(\d+)/(\d+)(?=\s?=)"), lambda m: f"{m[1]} divided by {m[2]}" if int(m[1]) > int(m[2]) else m[0]),
    (re.compile(r"(?<![\d.,/-])24[/-]7(?:[/-](365))?(?![\d/-]|\.\d)"), lambda m: f"24 7 {m[1] or ''}"),
    (re.compile(r"(?<![\w.,/-])(?!1-)(\d+)-\1(?![\w/-]|[.,]\d)"), r"\1 \1"),
    (re.compile(r"\b([1-9][05])/([1-9][05])\b(?!/)"), lambda m: f"{m[1]} {m[2]}" if int(m[1]) + int(m[2]) == 100 else m[0]),
    (re.compile(r"\b20/(20\b(?!/)|\d{2,3}(?= vision\b))"), r"20 \1"),
    (_RATING, lambda m: f"{m[1] or m[3] or m[5]} out of {m[2] or m[4] or m[6]}"),
    (re.compile(r"\b(\d+/\d+)(?:(?:st|nd|rd|th)s?|s)\b"), r"\1"),
    (re.compile(r"(?<![\d,])\d{1,3}(?:,\d{3})+(?=(?:st|nd|rd|th)\b)"), lambda m: m[0].replace(",", "")),
    (re.compile(r"\b([FSA]Y)(\d{4})[-/](?=\d\d\b)"), r"\1 \2 to "),
    (re.compile(r"(?<![\w.,])(\d{3,4}) ?[x×] ?(?=\d{3,4}(?!\d|[.,]\d| ?=))"), r"\1 by "),
    (
        re.compile(r"\b(401|403|501)\(([a-z])\)(?:\((\d)\))?"),
        lambda m: f"{m[1].replace('0', ' oh ')} {m[2].upper()} {m[3] or ''}",
    ),
    (re.compile(r"\b([79])/11\b(?!/)"), r"\1 11"),
    (re.compile(r"\b(\d+)/\1\b(?!/)"), r"\1 out of \1"),
    (re.compile(r"(?<![\d/])(\d{3})/(\d{2,3})(?![\d/])"), r"\1 over \2"),
    (re.compile(r"(?<=\b(?:19|20)\d\d)-0(?=[1-9]\b(?![-/]))"), " to oh "),
    (re.compile(r"(?<=\d)(?:%| percent)?\s?-\s?(?=\d+(?:\.\d+)?\s?%)"), " to "),
    (re.compile(rf"(?<![\w./-])({NUMBER})(\s?°?[CF]?|\s?%)-({NUMBER})(?![\d/-]|\.\d)"), r"\1\2 to \3"),
    (re.compile(r"(?<=\d)(s|st|nd|rd|th)-(?=\d)"), r"\1 to "),
    (re.compile(r"\bT-(?=\d+ (?:second|minute|hour|day|week))"), "T minus "),
    (re.compile(r"(?<![\w.)])-\s?(?=\.?\d|[$£€¥])"), "minus "),
    (re.compile(r"(?<![\w.])\.(?=\d)"), "0."),
    (re.compile(r"(?<=\d)(?:\s?%|\s?pct\b(?:\.(?= [a-z]))?|pc\b)"), " percent"),
    (re.compile(r"(?<=\d)[x×](?=(?!10\^)\d)"), " by "),
    (
        re.compile(
            r"(?<=\d)\s[x×*]\s(?=\d)|(?<=\d)[x×*](?=\d)|(?<=\d)[x×](?=/(?:day|week|month|year)\b| (?![-+=<>*/^÷≤≥≠]|minus ))"
        ),
        " times ",
    ),
    (re.compile(r"(?<!\w)~\s?(?=\d)"), "about "),
    (re.compile(r"#(?=\d+(?!st|nd|rd|th)[A-Za-z]{3})"), "hashtag "),
    (re.compile(r"#\s?(?=\d)|#(?=[A-Z]{1,4}-\d)"), "number "),
    (re.compile(r"(?<!\w)\+(?=\d)"), "plus "),
    (re.compile(r"(?<=\d)\+"), " plus "),
    (re.compile(rf"\b({_BOOKS}) (\d+):(\d+)\b"), r"\1 \2 \3"),
    (re.compile(r"\b(\d+):(\d+)\b"), r"\1 to \2"),
)
_AFTER_UNITS = (
    (re.compile(r"(?<![\w.,/-])1(0{1,3}|,000)s\b"), lambda m: ("tens", "hundreds", "thousands")[m[1].count("0") - 1]),
    (re.compile(r"(?<=\w)/(hr|mo|yr|wk|lb|gal|bbl)\b(?:\.(?= [a-z+]))?"), lambda m: f" per {_PERIODS[m[1]]}"),
    (re.compile(r"/(?=(?:month|year|day|hour|week|minute|second|person|night|mile|mi|kg|lb|unit|km)\b)"), " per "),
    (re.compile(r"(?:(?<=ollars)|(?<=pounds)|(?<= euros)|(?<= cents)) / (?=(?:month|year|day|hour|week|night)\b)"), " per "),
    (re.compile(r"(?:(?<=dollars)|(?<=euros)|(?<=pounds)|(?<=cents))/(?=[a-z])(?!dollar|euro|pound|cent)"), " per "),
    (re.compile(r"\^\s?2\b"), " squared"),
    (re.compile(r"\^\s?3\b"), " cubed"),
    (re.compile(r"(?<=[\w)\]])\s?\^\s?(?=[\w-])"), " to the power of "),
    (re.compile(r"(?<=\d)-(?=[^\W\d])|(?<=[^\W\d])-(?=\d)"), " "),
    (re.compile(r"\d{4}-\d\d?-\d\d?(?!\d)|(?<=\d)-(?=\d)"), lambda m: m[0] if len(m[0]) > 1 else " "),  # "ISO 8859-1"
    (re.compile(r"(?<=[^\W\d])(?=\d)|(?<=\d)(?!(?:st|nd|rd|th|s)\b)(?=[^\W\d])"), " "),
)

# Grammars take four digits for a year and five for a code; before a plural noun they count something.
_FOUR_DIGITS = re.compile(r"(?:\b([A-Za-z]+) )?(?<![\w.,/:-])([1-9]\d{3})(?= (?:people|men|women|children|[a-z]{3,}(?<!s)s)\b)")
_FIVE_DIGITS = re.compile(r"(?:\b([A-Za-z]+) )?(?<![\w.,/:-])([1-9]\d{4,14})(?![\w,/]|\.\d)(?:(?<=00)|(?= [a-z]{3,}\b))")
_BEFORE_YEAR = re.compile(
    f"in|since|by|from|until|during|early|late|spring|summer|fall|autumn|winter|year|fiscal|fy|zip|code|{MONTHS}", re.IGNORECASE
)
_NO_NOUN = re.compile(
    r" ?(?:was|has|does|seems|brings|remains|this|his|its|always|perhaps|sometimes|for|and|from|with|versus|across|unless|the)\b"
)


def _thousands(match: re.Match[str]) -> str:
    word, number = match.groups()
    if _BEFORE_YEAR.fullmatch(word or "") or _NO_NOUN.match(match.string, match.end()):
        return match[0]
    return f"{word} {int(number):,}" if word else f"{int(number):,}"
