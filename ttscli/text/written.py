"""English abbreviations, Roman numerals, addresses, acronyms and signs → words. Numbers are another file's business."""

import re

from ttscli.text.abbreviations import ABBREVIATIONS, COUNTED, TITLES, WITHOUT_STOP
from ttscli.text.quantities import ordinal

# Real words when no capital or number says otherwise.
_CAPITALS_ONLY = (
    "mon",
    "wed",
    "co",
    "rep",
    "col",
    "sen",
    "gen",
    "est",
    "min",
    "fig",
    "ch",
    "ca",
    "ft",
    "sec",
    "fri",
    "dec",
    "mt",
    "apt",
)
_ONLY_LOWER = ("est", "min", "ca")

_ABBREVIATION = re.compile(rf"\b({'|'.join(sorted(ABBREVIATIONS, key=len, reverse=True))})(\.?)(?![\w.-])", re.IGNORECASE)
_LATIN = (
    (re.compile(r"\be\.\s?g\.?(?=[\s,:)])"), "for example"),
    (re.compile(r"\bi\.\s?e\.?(?=[\s,:)])"), "that is"),
    (re.compile(r"\bet al\.?(?!\w)"), "et al"),
    (re.compile(r"\bw/o\b"), "without"),
    (re.compile(r"\bw/(?=\s)"), "with"),
    (re.compile(r"\band/or\b"), "and or"),
    (re.compile(r"\bPh\.\s?D\b\.?"), "Ph D"),
)
_DAY_NAMES = {
    "Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday", "Thurs": "Thursday",
    "Fri": "Friday", "Sat": "Saturday", "Sun": "Sunday",
}  # fmt: skip
_DAYS = "|".join(_DAY_NAMES)
_BEFORE_NUMBER = (
    (re.compile(r"\bpp?\.\s?(?=\d+\s?(?:-|to)\s?\d)"), "pages "),
    (re.compile(r"\bpp\.\s?(?=\d)"), "pages "),
    (re.compile(r"\bp\.\s?(?=\d)"), "page "),
    (re.compile(r"\b([Nn])o\.\s?(?=\d)"), lambda m: "Number " if m[1] == "N" else "number "),
    (re.compile(r"\b(ch|sec|vol|fig|eq)\.\s?(?=\d)"), lambda m: ABBREVIATIONS[m[1]].lower()),
    (re.compile(r"\bapt\.\s?(?=#?\d)"), "apartment "),
    (re.compile(r"\b(Est|Min)\.\s?(?=\d)"), lambda m: f"{ABBREVIATIONS[m[1].lower()].capitalize()} "),
    (re.compile(r"\bGen\.\s?(?=\d+:\d)"), "Genesis "),
    (re.compile(rf"\b({_DAYS})\.?\s?-\s?({_DAYS})\b\.?"), lambda m: f"{_DAY_NAMES[m[1]]} to {_DAY_NAMES[m[2]]}"),
    (re.compile(r"§\s?(?=\d)"), "section "),
    (re.compile(r"\bMar\.?(?= \d)"), "March"),
    (re.compile(r"\b(Jan|Feb|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?(?= \d)"), lambda m: ABBREVIATIONS[m[1].lower()]),
    (re.compile(r"(?<=\d )(Jan|Feb|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?(?! ?\()"), lambda m: ABBREVIATIONS[m[1].lower()]),
    (re.compile(r"(?<=\d )Mar\b\.?"), "March"),
    (re.compile(r"\bSat\.(?=,? [a-z\d-])"), "Saturday"),
    (re.compile(r"\bSun\.(?=,? [a-z\d-])"), "Sunday"),
)


def spoken_abbreviations(text: str) -> str:
    """Replace abbreviations in the plain `text` by whole words; a stop that also ends the sentence stays."""
    for pattern, replacement in (*_LATIN, *_BEFORE_NUMBER):
        text = pattern.sub(replacement, text)
    text = _SAINT.sub(_saint_or_street, text)
    text = _DOCTOR.sub(_doctor_or_drive, text)
    text = _ABBREVIATION.sub(_abbreviation, text)
    return _INITIALS.sub(_initials, text)


def _abbreviation(match: re.Match[str]) -> str:
    word, stop = match[1], match[2]
    key = word.lower()
    small = word[0].islower()
    if match.string[: match.start()].rstrip()[-1:].isdigit() and (key in ("min", "sec", "ft") or word == "ms"):
        return match[0]
    if (not stop and key not in WITHOUT_STOP) or (key in _CAPITALS_ONLY and small == (key not in _ONLY_LOWER)):
        return match[0]
    long = ABBREVIATIONS[key]
    if word[0].isupper() and long[0].islower():
        long = long[0].upper() + long[1:]
    return long + _final_stop(match, stop)


def _final_stop(match: re.Match[str], stop: str) -> str:
    return stop if not match.string[match.end() :].strip("\"')]} ") else ""


_SAINT = re.compile(r"(?:\b([\w'-]+\.?),? )?\bSt\b(\.?)(?= ([\w'-]+))?")
_DOCTOR = re.compile(r"(?:\b([\w'-]+\.?),? )?\bDr\b(\.?)(?= ([\w'-]+))?")
_NO_STREET = frozenset(
    [
        "mount",
        "port",
        "lake",
        "east",
        "fort",
        "new",
        "big",
        "mr.",
        "mrs.",
        "dr.",
        "mister",
        "misses",
        "the",
        "at",
        "in",
        "on",
        "to",
    ]
)
_STARTS = frozenset(["the", "he", "she", "it", "they", "we", "i", "then", "and", "but", "there", "this", "that", "his", "her"])
_SMALL = frozenset(
    ["on", "in", "at", "to", "from", "the", "of", "and", "see", "visit", "our", "by", "near", "for", "since", "when"]
)


def _saint_or_street(match: re.Match[str]) -> str:
    return _by_neighbours(match, "Saint", "Street")


def _doctor_or_drive(match: re.Match[str]) -> str:
    return _by_neighbours(match, "Doctor", "Drive")


def _by_neighbours(match: re.Match[str], before_name: str, after_name: str) -> str:
    """Decide: "Saint" and "Doctor" stand before a name, "Street" and "Drive" after one."""
    before, stop, after = match.groups()
    lead = match[0][: len(match[0]) - 2 - len(stop)]
    name_before = (
        before is not None and (before[0].isupper() or before[0].isdigit()) and before.lower() not in _NO_STREET | _SMALL
    )
    name_after = after is not None and after[0].isupper() and after.lower() not in _STARTS
    named_road = name_before and (not name_after or before_name == "Saint") and not (before or "").endswith(".")
    if named_road or not (name_after or before_name == "Doctor"):
        return lead + after_name + _final_stop(match, stop)
    return lead + before_name


_INITIALS = re.compile(r"\b(?:[^\W\d_]\.[ ]?(?=[^\W\d_]\.))*[^\W\d_]\.(?=$|[\W])")


_READ_WELL = ("U.S.", "U.K.", "U.N.", "E.U.", "D.C.", "U.S.A.")


def _initials(match: re.Match[str]) -> str:
    """Join letters: "U.S." → "US", "J. K." → "J K", "a.m." → "A-M"."""
    letters = re.findall(r"[^\W\d_]", match[0])
    if len(letters) == 1 and (letters[0].islower() or not match.string[match.end() :].strip()):
        return match[0]
    together = "." in match[0] and " " not in match[0] and len(letters) > 1
    joined = (" " if not together else "" if match[0].upper() in _READ_WELL else "-").join(letters).upper()
    return joined + _final_stop(match, ".")


_ROMAN = r"(?=[IVXLC]+\b)(?![LC]\b)(?:C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
_COUNTED = "|".join(COUNTED)
# "the part I played": after a small letter, "I" is a person.
_NUMBERED = re.compile(
    rf"\b({_COUNTED}) ({_ROMAN}|(?=[ivxl]{{2}}){_ROMAN.lower()})\b(?![.']\w)"
    rf"|\b({_COUNTED.lower()}) ((?=[IVXL]{{2}}){_ROMAN}|(?=[ivxl]{{2}}){_ROMAN.lower()})\b(?![.']\w)"
)
_REGNAL = (
    "Louis|Henry|George|Edward|Charles|James|William|Richard|Elizabeth|Philip|Pius|Leo|Benedict|Napoleon|Catherine|Nicholas|Mary|"
    "Alexander|Frederick|Peter|Ivan|Francis|Gregory|Innocent|Clement|Urban|Paul|John|Ferdinand|Alfonso|Gustav|Christian|Haakon|"
    "Olav|Leopold|Albert|Wilhelm|Friedrich|Ramesses|Ptolemy|Victor|Emmanuel|Carl|Malcolm|Robert|David|Harald|Boniface|Julius"
)
_MONARCH = re.compile(
    rf"\b((?:{'|'.join(TITLES)}) (?:[A-Z]\w+ )?[A-Z]\w+|(?:John )?(?:{_REGNAL})) "
    rf"({_ROMAN})\b(?!\.\w)"
)
_HEIR = re.compile(r"\b([A-Z][a-z]+) (II|III)\b")
_ALONE = re.compile(r"\b(II|III|VI{1,3}|I[VX]|XI{0,3}V?|XIX|XV[I]{0,3}|XX[IVX]*)\b(?![.]\w)")
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}


def spoken_romans(text: str) -> str:
    """Replace Roman numerals by figures: "Chapter IV" → "Chapter 4", "Louis XIV" → "Louis the 14th"."""
    text = _NUMBERED.sub(lambda match: f"{match[1] or match[3]} {roman((match[2] or match[4]).upper())}", text)
    text = _MONARCH.sub(_monarch, text)
    text = _HEIR.sub(lambda match: f"{match[1]} the {ordinal(roman(match[2]))}", text)
    return _ALONE.sub(lambda match: match[1] if match[1] in ("IV", "XV", "X", "XI") else str(roman(match[1])), text)


def _monarch(match: re.Match[str]) -> str:
    # "When George I came" cannot be told from "George, I came"; only a title decides.
    if match[2] in "ICLX" and " " not in match[1]:
        return match[0]
    return f"{match[1]} the {ordinal(roman(match[2]))}"


def roman(numeral: str) -> int:
    """Return the value of a Roman `numeral` in capitals."""
    values = [_VALUES[letter] for letter in numeral]
    return sum(-value if value < following else value for value, following in zip(values, [*values[1:], 0], strict=True))


# Acronyms that espeak-ng takes for words though people say their letters.
_LETTER_BY_LETTER = (
    "NGO AKA ETA UAE UX ABS ALS AWS EKG EPA ESL FAA GOP ICU IPO NYC NYU TSA YMCA ACLU IRA LED IQ VIP FAQ ER CLI IDE AAC IOT "
    "AED APA COO DOA EMT EOD ERP ETF EV IBS IED IUD IVF MIA POV QA RAF UAV UFC URI USC USPS UPS AMA ANC DEA EEG ECG IMF ILO "
    "INS IVR NIH OAS OTC PLO PTA SEO VAT ABM ACM EOF IEC OOP IMO ICQ IDF"
)
_SPELLED = "|".join(sorted(_LETTER_BY_LETTER.split(), key=len, reverse=True))
_SPELLED_TOO = "ID|CEO|AI|API|EU|URL|USB|GPU|CPU|UFO|ATM|SUV|DIY|MRI|FBI|CIA|UN|PIN(?!s)|[B-DF-HJ-NP-TV-XZ]{2,5}"
_ACRONYM = re.compile(rf"\b(?:({_SPELLED})|(?<=the )(WHO)\b)(?!\w)")
_ACRONYMS = re.compile(rf"\b({_SPELLED}|{_SPELLED_TOO})'?s\b")


def spoken_acronyms(text: str) -> str:
    """Part the letters of acronyms that would be misread, and take loud capitals for words."""
    if text.isupper() and len(re.findall(r"[^\W\d]{2,}", text)) > 1:
        text = re.sub(r"[^\W\d]{2,}(?:'[^\W\d]+)?", lambda match: _quiet(match[0]), text)
        text = re.sub(r"\bA\b", "a", text)
        return text[0].upper() + text[1:]
    text = _ACRONYMS.sub(lambda match: f"{'-'.join(match[1])}'s", text)
    return _ACRONYM.sub(lambda match: "-".join(match[0]), text)


_INTERJECTION = re.compile(
    r"\b(?:([Ss])hh+|([Mm])m*-?hm+|([Hh]m+|Mm+|mmm+|mm(?=[,!?…]))|([Bb])rr+|([Gg])rr+|([Zz])zz+|([Pp])f+t+|([Pp])s+t)\b"
)
# What espeak-ng would spell; by the place of the first letter among the groups above.
_SOUNDS = ("shush", "uh-huh", "hmm", "bur", "gurr", "zuzz", "phut", "psst")


def spoken_interjections(text: str) -> str:
    """Replace interjections without vowel by spellings with one."""
    return _INTERJECTION.sub(_interjection, text)


def _interjection(match: re.Match[str]) -> str:
    sound = _SOUNDS[(match.lastindex or 1) - 1]
    return sound.capitalize() if match[0][0].isupper() else sound


def _quiet(word: str) -> str:
    return "-".join(word) if re.fullmatch(_SPELLED, word) else word.lower()


_SIGNS = (
    (re.compile(r"(?<!\w)@(?=\w)"), "at "),
    (re.compile(r"(?<!\w)#(?=[^\W\d])"), "hashtag "),
    (re.compile(r"\b([A-GJ])#(?!\w)"), r"\1 sharp"),
    (re.compile(r"\bC\+\+"), "C plus plus"),
    (re.compile(r"(?<![\w.])\.NET\b"), "dot NET"),
    (re.compile(r"\b[A-Z]{1,3}&[A-Z]{1,3}\b"), lambda m: " and ".join(map("-".join, m[0].split("&")))),
    (re.compile(r"&"), " and "),
    (re.compile(r"±"), " plus or minus "),
    (re.compile(r"\+"), " plus "),
    (re.compile(r"==?"), " equals "),
    (re.compile(r"(?<=\w)\s?×\s?(?=\w)|(?<=\w) \* (?=\w)"), " times "),
    (re.compile(r"÷"), " divided by "),
    (re.compile(r"≈"), " approximately "),
    (re.compile(r"≤|<="), " at most "),
    (re.compile(r"≥|>="), " at least "),
    (re.compile(r"≠|!="), " not equal to "),
    (re.compile(r"(?<=\w) < (?=\w)"), " less than "),
    (re.compile(r"(?<=\w) > (?=\w)"), " greater than "),
    (re.compile(r"->|=>|[→⇒]"), ", "),
    (re.compile(r"√"), " square root of "),
    (re.compile(r"∞"), " infinity "),
    (re.compile(r"(?<=[^\W\d])/(?=[^\W\d])|(?<!\S)/(?=\w)"), " slash "),
    (re.compile(r"\\(?=\w)"), " backslash "),
    (re.compile(r"%"), " percent "),
    (re.compile(r"°"), " degrees "),
    (re.compile(r"@"), " at "),
    (re.compile(r"_"), " "),
    (re.compile(r"(?<=[a-z])\.(?=[A-Z])"), ". "),
    (re.compile(r"(?<=[^\W\d])\.(?=[^\W_])"), " dot "),
)


def spoken_signs(text: str) -> str:
    """Replace signs that stand for words in the plain `text` by these words."""
    for pattern, replacement in _SIGNS:
        text = pattern.sub(replacement, text)
    return text
