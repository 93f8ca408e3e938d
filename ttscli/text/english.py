"""The rules for English, in order. Only bare numbers and dates are left to a grammar, which sees one of them at a time."""

import re
from collections.abc import Callable

from ttscli.text.acronyms import spoken_acronyms, spoken_interjections
from ttscli.text.addresses import spoken_addresses
from ttscli.text.chat import spoken_chat
from ttscli.text.citations import spoken_citations
from ttscli.text.codes import spoken_codes
from ttscli.text.dates import day_first, spoken_dates
from ttscli.text.days import spoken_days
from ttscli.text.formulas import spoken_formulas
from ttscli.text.identifiers import spoken_identifiers
from ttscli.text.money import spoken_money
from ttscli.text.passages import INLAY_LETTERS
from ttscli.text.quantities import BARE_NUMBER, MONTHS, digits, spoken_counts, spoken_quantities
from ttscli.text.romans import spoken_romans
from ttscli.text.signs import spoken_signs
from ttscli.text.times import spoken_times
from ttscli.text.typography import fold, tidy, words_beyond
from ttscli.text.units import marked_units, spoken_units
from ttscli.text.written import spoken_abbreviations

_RULES: tuple[Callable[[str], str], ...] = (
    spoken_identifiers,
    spoken_addresses,
    spoken_chat,
    spoken_romans,
    spoken_days,
    spoken_citations,
    spoken_abbreviations,
    spoken_dates,
    spoken_formulas,
    spoken_codes,
    spoken_times,
    spoken_money,
    marked_units,
    spoken_quantities,
    spoken_units,
    spoken_counts,
    spoken_interjections,
    spoken_acronyms,
    spoken_signs,
)
_OTHER_SCRIPTS = re.compile(words_beyond(rf"\u0000-\u03ff\u1e00-\u1fff{INLAY_LETTERS}"))
"""Words in other letters than Latin, IPA and Greek (and those of inlays): espeak-ng would not read them, but name each letter."""
_CONTINENTAL = re.compile(r"(?<![\w.,])(\d{1,3}(?:\.\d{3})+),(\d\d)(?![\w,]|\.\d)")
"""A number of hundredths as the European continent writes it: "1.250,00"."""
_RUPEES = re.compile(r"(?<=₹)\d{1,2}(?:,\d\d)+,\d{3}(?!,?\d)")
"""How India parts thousands: "₹1,50,000"."""
_PARTED = re.compile(r"(?<![\w'.,])\d{1,3}(?:(['_])\d{3})(?:\1\d{3})*(?![\w'])")
"""How the Swiss and programs part thousands: "1'000'000", "1_000"."""
_SHORT_RUPEES = re.compile(r"\bRs\.?\s?(?=\d)")
_EUROS = re.compile(r"(?<=€)(\d+),(\d\d)(?!,?\d)|(?<![\d.,])(\d+),(\d\d)(?= ?€)")
_MONTH = re.compile(rf"\b(?:{MONTHS.lower()})\b")
_DECADE = re.compile(r"20([1-9]0s)")
_DAY_AFTER_MONTH = re.compile(r"(?<=[a-z] )(\d{1,2})(?:st|nd|rd|th)")


def english(sentence: str, american: bool, grammar: Callable[[str, str], str]) -> str:
    """Say the English `sentence` in spoken words; `grammar` says a number or date in the language of a tag."""
    text = fold(sentence) if american else day_first(fold(sentence))
    text = _english_amounts(_OTHER_SCRIPTS.sub(" ", text))
    for rule in _RULES:
        text = rule(text)
    text = BARE_NUMBER.sub(lambda match: _number(match[0], match.string[: match.start()], grammar), text)
    text = re.sub(r"\d+", lambda match: f" {digits(match[0])} ", text)
    return tidy(text)


def _english_amounts(text: str) -> str:
    """Part thousands with commas, and hundredths with a point, where other countries do otherwise."""
    text = _PARTED.sub(lambda match: match[0].replace(match[1], ","), text)
    text = _CONTINENTAL.sub(lambda match: f"{match[1].replace('.', '')}.{match[2]}", text)
    text = _EUROS.sub(lambda match: f"{match[1] or match[3]}.{match[2] or match[4]}", text)
    return _RUPEES.sub(lambda match: f"{int(match[0].replace(',', '')):,}", _SHORT_RUPEES.sub("₹", text))


def _number(written: str, before: str, grammar: Callable[[str, str], str]) -> str:
    # The grammar reads "March 3rd, 2020" as "thirdrd", but "March 3, 2020" rightly.
    spoken = grammar(_DAY_AFTER_MONTH.sub(r"\1", _DECADE.sub(r"19\1", written)), "en")
    if _DECADE.fullmatch(written):  # the grammar reads "2010s" as "two thousand ten S"
        return spoken.replace("nineteen", "twenty")
    if any(character.isdigit() for character in spoken):
        return digits(written)
    if re.search("[A-Za-z]{3}|[-/.]", written):
        spoken = _MONTH.sub(lambda match: match[0].capitalize(), spoken)
    if spoken.startswith("the ") and before.lower().endswith("the "):
        spoken = spoken[4:]
    return spoken
