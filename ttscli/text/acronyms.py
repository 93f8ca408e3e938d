"""English acronyms, loud capitals and interjections → what espeak-ng reads rightly."""

import re

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


def _quiet(word: str) -> str:
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
