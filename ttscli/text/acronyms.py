"""English acronyms, loud capitals and interjections → what espeak-ng reads rightly."""

import re

# Acronyms that espeak-ng takes for words though people say their letters.
_LETTER_BY_LETTER = (
    "NGO AKA ETA UAE UX ABS ALS AWS EKG EPA ESL FAA GOP ICU IPO NYC NYU TSA YMCA ACLU IRA LED IQ VIP FAQ ER CLI IDE AAC IOT "
    "AED APA COO DOA EMT EOD ERP ETF EV IBS IED IUD IVF MIA POV QA RAF UAV UFC URI USC USPS UPS AMA ANC DEA EEG ECG IMF ILO "
    "INS IVR NIH OAS OTC PLO PTA SEO VAT ABM ACM EOF IEC OOP IMO ICQ IDF NCAA USMC UCSB NAACP FDIC COPD IAEA CMYK ISSN "
    "ROI GRE DOD DOI DUI DEI UTI APY IRL PTO PSI AOC OSU MIT ATF ASL EIN OJ LOL USD "
    "AFAIK IIRC FWIW IMHO TTYL ICYMI IDK TLDR UAT OKR EOM EOY ECS EKS AKS ALB ELB IAM IO APU IIT UNC UVA EMS IBD STI AST ATP ADP "
    "ACL EEA ICC ICJ ECB ISS ESA UTV AWD ESG ACH HSA AGI IOC EPL EPS OT AP AFP UPI EDD MOU AQI IAQ IR EMF EMI ICP USO USN EQ IB "
    "GED EFL RA AA ALA NEA EEO IST AEST UHD EP PE CI FY VA GIS RBI"
)
# … and the other way round: it spells words of three letters in capitals.
_WORDS = (
    "RAM ROM SIM PIN LAN WAN ZIP VIN CAD PAC DOS REM YES HEY WOW UGH IF TOO BIG BAD HOT NEW OLD OFF OUT TOP BUY END DAY MAN TRY "
    "SEE LOT PAY RED FUN FAR LET PUT RUN SIT EAT BOY GUY MOM DAD GOD SON AGO AGE ASK BOX CAR CAT CRY CUT DOG EYE FEW FIX FLY GUN "
    "HIT JOB KEY LAW LIE LOW MAX NOR ODD OWN SKY WAR WAY WIN WON YET"
)
_RESPELT = {
    "IPv": "I-P-V", "IoT": "I-O-T", "SaaS": "sass", "PaaS": "pass", "LaTeX": "Lay-tech", "PostgreSQL": "Postgress-Q-L",
    "MRSA": "mersa", "IEEE": "I triple E", "TL;DR": "T-L-D-R",
}  # fmt: skip
_SPELLED = "|".join(sorted(_LETTER_BY_LETTER.split(), key=len, reverse=True))
_SPELLED_TOO = "ID|CEO|AI|API|EU|URL|USB|GPU|CPU|UFO|ATM|SUV|DIY|MRI|FBI|CIA|UN|[B-DF-HJ-NP-TV-XZ]{2,5}"
_HEALTH = (
    r"(?<=[Tt]he )WHO|(?<=\b[Aa] )WHO|WHO(?= (?:declare|recommend|estimate|warn|guideline|official|report|chief|data|expert)s?)"
)
# Words elsewhere: "70 AD", "8 ET", "AM radio", "the SEC".
_BESIDE = (
    r"AD(?= \d)|(?<=\d )(?:AD|CE|ET)|(?<=century )(?:AD|CE)|(?<=[AP]-M )ET|AM(?=/FM| (?:radio|station|dial|band)\b)"
    r"|(?<=\b[Tt]he )(?:SEC|DOT|DOE)|APR(?! \d)"
)
_ACRONYM = re.compile(rf"\b(?:{_SPELLED}|{_HEALTH}|{_BESIDE})\b(?!\w)")
_ACRONYMS = re.compile(rf"\b({_SPELLED}|{_SPELLED_TOO})'?s\b")
# Behind a comma, "OH" and "HI" are states.
_WORD = re.compile(rf"\b(?:{'|'.join(_WORDS.split())}|(?<![a-z], )(?:OH|HI|AH|HA|UH)|ACT(?= \d))(?=s?\b)(?!'[A-Z])")
_OTHER = re.compile(rf"\b(?:{'|'.join(_RESPELT)})\b")
_LOUD = re.compile(r"\b[A-Z]{1,3}&[A-Z]{1,3}\b|(?<![-\w])A(?![-\w])|[^\W\d]{2,}(?:'[^\W\d]+)?")


def spoken_acronyms(text: str) -> str:
    """Part the letters of acronyms that would be misread, and take loud capitals for words."""
    text = _OTHER.sub(lambda match: _RESPELT[match[0]], text)
    if text.isupper() and len(re.findall(r"[^\W\d]{2,}", text)) > 1:
        text = _LOUD.sub(lambda match: _quiet(match[0]), text)
        return text[0].upper() + text[1:]
    text = _ACRONYMS.sub(lambda match: f"{'-'.join(match[1])}'s", text)
    text = _WORD.sub(lambda match: match[0].lower() if match.start() else match[0].capitalize(), text)
    return _ACRONYM.sub(lambda match: "-".join(match[0]), text)


def _quiet(word: str) -> str:
    if "&" in word:
        return word
    return "-".join(word) if re.fullmatch(_SPELLED, word) else word.lower()


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
