"""English abbreviations and initials → words."""

import re

from ttscli.text.abbreviations import ABBREVIATIONS, BOOKS, COMPASS, STATES, STATES_IN_SHORT, WITHOUT_STOP, words
from ttscli.text.quantities import MONTHS, final_stop

# Real words when no capital or number says otherwise.
_CAPITALS_ONLY = words("mon wed co rep col sen gen est min fig ch ca ft sec fri dec mt apt fr det insp pvt brig chap")
_ONLY_LOWER = ("est", "min", "ca")

_ABBREVIATION = re.compile(rf"(?<!&)\b({'|'.join(sorted(ABBREVIATIONS, key=len, reverse=True))})(\.?)(?![\w.-])", re.IGNORECASE)
_SIDED = "Korea|Africa|America|Carolina|Dakota|Ireland|Virginia|Yorkshire|Sudan|Asia|Germany|Coast|Bank|Pole"
_LATIN = (
    (re.compile(r"\b([Ee])(?:\.\s?g\.?(?=[\s,:)])|g(?=,? [a-z]))"), lambda m: "For example" if m[1] == "E" else "for example"),
    (re.compile(r"\b([Ii])(?:\.\s?e\.?(?=[\s,:)])|e(?=,? [a-z]))"), lambda m: "That is" if m[1] == "I" else "that is"),
    (re.compile(r"\bet al\.?(?!\w)"), "et al"),
    (re.compile(r"\bw/o\b"), "without"),
    (re.compile(r"\bw/(?=\s)"), "with"),
    (re.compile(r"\bw/in\b"), "within"),
    (re.compile(r"(?<![\w/])(?<![-=+*/<>] )b/c(?= [A-Za-z])"), "because"),
    (re.compile(r"(?<![\w/])n/a(?![\w/])"), "N-A"),
    (re.compile(r"\band/or\b"), "and or"),
    (re.compile(r"\bPh\.\s?D\b\.?"), "Ph D"),
    (re.compile(r"\bc/o\b"), "care of"),
    (re.compile(r"\b([BMD])\.\s?(Sc|Phil|Ed|Eng|Com|Tech|Th)\b(?:\.(?=,? [a-z]))?"), r"\1 \2"),
    (re.compile(r"\bAttn\b\.?"), "Attention"),
    (re.compile(r"\bR(?:igh)?t\.? Hon\b\.?"), "Right Honorable"),
    (re.compile(r"\bSec\.(?= of\b)"), "Secretary"),
    (re.compile(rf"\b([NSEW])\. (?=(?:{_SIDED})\b)"), lambda m: f"{COMPASS[m[1]]} "),
    (
        re.compile(r"\b([NS][EW])(?= (?:of|winds?|corner|side|quadrant)\b)"),
        lambda m: "".join(COMPASS[side].lower() for side in m[1]),
    ),
    (re.compile(r"(?<=[a-z] )def\.(?= [A-Z])"), "defeated"),
    (re.compile(r"(?<=\d(?:st|nd|rd|th) )c\."), lambda m: "century" + final_stop(m, ".")),
    (re.compile(r"(?<=\d(?:st|nd|rd|th) )[Ff]l\b(?!\.? oz)\.?(?=[\s,;)]|$)"), "floor"),
    (re.compile(r"\b([Pp])t\. (?=\d|[IVX]+\b)"), r"\1art "),
    (re.compile(r"\bPt\. (?=[A-Z][a-z])"), "Point "),
    (re.compile(r"(?<=\()([Rr])et\.(?=\))"), r"\1etired"),
    (re.compile(r"\bGen\.(?= [XYZ]\b(?!\.))"), "Gen"),
)
_ROAD = "(?:I|US|SR|Route|Rte|Highway|Hwy|Interstate|Exit)"
_STREET = (
    r"(?:[A-Z][a-z]+|\d+(?:st|nd|rd|th))(?: [A-Z][a-z]+)? (?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Drive|Dr|Lane|Ln)\b"
)
_NUMBERED = {"Apt": "Apartment", "Rm": "Room", "Rte": "Route", "Hwy": "Highway", "Bldg": "Building"}
_ROADS = {"Ct": "Court", "Pl": "Place", "Sq": "Square", "Ter": "Terrace", "Cres": "Crescent"}
_LIVED = {"b": "born", "d": "died", "r": "reigned", "fl": "flourished"}
_YEAR = rf"(?:circa )?(?:\d\d? )?(?:(?:{MONTHS}|[A-Z][a-z]{{2,3}}\.?) )?(?:\d\d?, )?\d{{3,4}}\b(?!\.\d| ?[a-z]{{1,2}}\b)"


_NO_TOWN = (
    r"(?!(?:Yes|Yeah|No|Well|Hey|Hi|Oh|So|And|But|Not|Then|Now|Please|Sorry|Thanks|Hello|Dear|Good|Bye|Morning|Evening|Night|Sure|"
    r"Okay|Right|Look|Come|Wait)\b)"
)


_SURE_STATES = STATES.keys() - words("IN OR ME HI OK OH MA MD PA MS DE VA LA AL ID")


def _state(match: re.Match[str]) -> str:
    """Name a state behind a town; what may be a degree, or fine ("Ann, OK"), is spelled."""
    state = match[2]
    return match[1] + (state if state == "OK" else "-".join(state) if state in ("MA", "MD", "PA") else STATES[state])


def _state_in_short(match: re.Match[str]) -> str:
    town, state = match.groups()
    ends = final_stop(match, ".")
    # "Thanks, Pa." and "Yes, Miss." may be said to people.
    return match[0] if ends and state in ("Pa", "Miss", "Cal", "Del", "La") else town + STATES_IN_SHORT[state] + ends


def _seat(match: re.Match[str]) -> str:
    """Name the state of a member of Congress: "(R-OH)"."""
    return f"{match[1]}, {STATES.get(match[2]) or STATES_IN_SHORT[match[2]]}"


def _road(match: re.Match[str]) -> str:
    return f"{match[1]} {ABBREVIATIONS[match[2].lower()].capitalize()}"


_BEFORE_NUMBER = (
    (re.compile(r"\bpp?\.\s?(?=\d+\s?(?:-|to)\s?\d)"), "pages "),
    (re.compile(r"\bpp\.\s?(?=\d)"), "pages "),
    (re.compile(r"\bp\.\s?(?=\d)"), "page "),
    (re.compile(r"\b([Nn])o\.\s?(?=\d|[A-Z]{1,4}-?\d)"), lambda m: "Number " if m[1] == "N" else "number "),
    (re.compile(r"\b(ch|sec|vol|fig|eq)\.\s?(?=\d)"), lambda m: ABBREVIATIONS[m[1]].lower()),
    (re.compile(r"\bapt\.\s?(?=#?\d)"), "apartment "),
    (re.compile(r"\b([Rr])m\.\s?(?=#?\d)"), lambda m: "Room " if m[1] == "R" else "room "),
    (re.compile(r"\b([Ss])te\.\s?(?=#?\d)"), lambda m: "Suite " if m[1] == "S" else "suite "),
    (re.compile(r"\bSte\.? (?=[A-Z][a-z])"), "Saint "),
    (re.compile(r"\b([Ee])xt\.\s?(?=\d)"), lambda m: "Extension " if m[1] == "E" else "extension "),
    (re.compile(r"\b([Tt])el(?:\.:?\s?|(:\s?))(?=[\d+(])"), lambda m: f"{m[1]}elephone{m[2] or ' '}"),
    (re.compile(r"\bapprox(?= \d)"), "approximately"),
    (re.compile(r"\b(Est|Min)\.\s?(?=\d)"), lambda m: f"{ABBREVIATIONS[m[1].lower()].capitalize()} "),
    (re.compile(rf"\b({'|'.join(BOOKS).title()})\.?\s?(?=\d+:\d)"), lambda m: f"{BOOKS[m[1].lower()]} "),
    (re.compile(rf"\b({_ROAD}[ -]?\d+) ([NSEW])\b(?!\.?\w)"), lambda m: f"{m[1]} {COMPASS[m[2]]}"),
    (re.compile(rf"(?<=\d )([NSEW])\b\.? (?={_STREET})"), lambda m: f"{COMPASS[m[1]]} "),
    (re.compile(r"\b((?i:unit|flat|apt|suite|lot) )(\d+)/(?=\d)"), r"\1\2, "),
    (re.compile(r"\b([Pp])op\.\s?(?=\d)"), r"\1opulation "),
    (re.compile(rf"\bc\.\s?(?={_YEAR})"), "circa "),
    (re.compile(rf"(?:(?<=[(—-])|(?<=[;,—-] ))(b|d|r|fl)\.\s?(?={_YEAR})"), lambda m: f"{_LIVED[m[1]]} "),
    (re.compile(r"\b([Ee])st\.(?= (?!in\b|of\b)[a-z])"), r"\1stimated"),
    (re.compile(r"(?<=\d)[ -]?y(?:/o|o|\.\s?o\.)(?![\w-])"), " year-old"),
    (re.compile(rf"(?<=[a-z], )({'|'.join(STATES)})(?= \d{{5}}(?!\d| [a-z]))"), lambda m: STATES[m[1]]),
    (re.compile(rf"\b({_NO_TOWN}[A-Z][\w'-]*[a-z], )({'|'.join(STATES)})(?=[,;.)]|$)"), _state),
    (re.compile(rf"\b({_NO_TOWN}[A-Z][\w'-]*[a-z], )({'|'.join(_SURE_STATES)})(?= [a-z])"), _state),
    (re.compile(rf"(?<=\()([RDI])-({'|'.join((*STATES, *STATES_IN_SHORT))})\b\.?(?=[\s,)])"), _seat),
    (re.compile(rf"\b({_NO_TOWN}[A-Z][\w'-]*[a-z], )({'|'.join(STATES_IN_SHORT)})\.(?!\w)"), _state_in_short),
    (re.compile(r"(?<=\d )est\.(?=$|[,;)])|\best\.(?= of\b)"), "estimate"),
    (re.compile(r"\best\.\s?(?=[$£€~]|\d(?!\d{3}\b(?![,.]\d| [a-z])))"), "estimated "),
    (re.compile(r"\b(Apt|Rm|Rte|Hwy|Bldg) (?=#?\d)"), lambda m: f"{_NUMBERED[m[1]]} "),
    (re.compile(r"(?<!\d )\b(Mt|Ft) (?=[A-Z][a-z])"), lambda m: f"{ABBREVIATIONS[m[1].lower()]} "),
    (re.compile(r"\b([A-Z][\w'-]+|\d+(?:st|nd|rd|th)) (Ave|Blvd|Rd|Hwy|Pkwy)\b(?![.\w]| Maria\b)"), _road),
    (
        re.compile(r"\b([A-Z][\w'-]+) (Ct|Pl|Sq|Ter|Cres)\.(?=[,;)]|$| [a-z])"),
        lambda m: f"{m[1]} {_ROADS[m[2]]}{final_stop(m, '.')}",
    ),
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
    if match.string[: match.start()].rstrip(" -")[-1:].isdigit() and (key in ("min", "sec", "ft") or word == "ms"):
        return match[0]
    if (not stop and key not in WITHOUT_STOP) or (key in _CAPITALS_ONLY and small == (key not in _ONLY_LOWER)):
        return match[0]
    if word == "MS" and not stop and not match.string.isupper():  # "MS Word", "an MS in physics"
        return "M-S"
    long = ABBREVIATIONS[key]
    if word[0].isupper() and long[0].islower():
        long = long[0].upper() + long[1:]
    return long + final_stop(match, stop)


_SAINT = re.compile(r"(?:\b([\w'-]+\.?,?) )?\bSt\b(\.?)(?= ([\w'-]+))?")
_DOCTOR = re.compile(r"(?:\b([\w'-]+\.?,?) )?\bDr\b(\.?)(?= ([\w'-]+))?")
_NO_STREET = words("mount port lake east fort new big mr. mrs. dr. mister misses the at in on to")
_STARTS = words("the he she it they we i then and but there this that his her")
_SMALL = words("on in at to from the of and see visit our by near for since when")


def _saint_or_street(match: re.Match[str]) -> str:
    return _by_neighbours(match, "Saint", "Street")


def _doctor_or_drive(match: re.Match[str]) -> str:
    return _by_neighbours(match, "Doctor", "Drive")


def _by_neighbours(match: re.Match[str], before_name: str, after_name: str) -> str:
    """Decide: "Saint" and "Doctor" stand before a name, "Street" and "Drive" after one."""
    before, stop, after = match.groups(default="")
    lead = match[0][: len(match[0]) - 2 - len(stop)]
    bare = before.rstrip(",")
    name_before = bare[:1].isupper() or bare[:1].isdigit()
    name_before = name_before and not bare.endswith(".") and bare.lower() not in _NO_STREET | _SMALL
    name_after = after[:1].isupper() and after.lower() not in _STARTS
    # "Main St. Chicago" is a street, "Chicago, St. Louis" is not.
    named_road = name_before and (not name_after or (before_name == "Saint" and bare == before))
    if named_road or not (name_after or before_name == "Doctor"):
        return lead + after_name + final_stop(match, stop)
    return lead + before_name


_INITIALS = re.compile(r"\b(?:[^\W\d_]\.[ ]?(?=[^\W\d_]\.))*[^\W\d_]\.(?=$|[\W])|(?<![\w.])(?:[A-Z]\.)+[A-Z](?![\w.])")


_READ_WELL = ("U.S.", "U.K.", "U.N.", "E.U.", "D.C.", "U.S.A.")


def _initials(match: re.Match[str]) -> str:
    """Join letters: "U.S." → "US", "J. K." → "J K", "a.m." → "A-M"."""
    letters = re.findall(r"[^\W\d_]", match[0])
    if len(letters) == 1 and (letters[0].islower() or not match.string[match.end() :].strip()):
        return match[0]
    together = "." in match[0] and " " not in match[0] and len(letters) > 1
    # In a loud line, "US" would become "us".
    read_well = f"{match[0].upper().rstrip('.')}." in _READ_WELL and not match.string.isupper()
    joined = (" " if not together else "" if read_well else "-").join(letters).upper()
    return joined + final_stop(match, "." * match[0].endswith("."))
