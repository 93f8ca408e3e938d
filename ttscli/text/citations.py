"""Citations of laws, reports and books → words: "Lee v. Roe, 3 F.3d 4" → "Lee versus Roe, 3 F 3rd 4"."""

import re

from ttscli.text.quantities import final_stop

_BEFORE_FIGURE = {
    "Art": "Article", "Op": "Opus", "Para": "Paragraph", "Paras": "Paragraphs", "para": "paragraph", "paras": "paragraphs",
    "Res": "Resolution", "Cl": "Clause", "cl": "clause", "Ref": "Reference", "Refs": "References", "refs": "references",
    "Dep": "Departure", "dep": "departure", "Arr": "Arrival", "arr": "arrival", "chap": "chapter", "eqs": "equations",
    "Chs": "Chapters", "Secs": "Sections", "Arts": "Articles",
}  # fmt: skip
_SERIES = {"2": "2nd", "3": "3rd"}
_CITED = (
    (re.compile(r"(?<=[\w.)'] )v\.(?= (?:[A-Z]|the\b))"), "versus"),
    (re.compile(r"\bFed\.(?= (?:R\.|Reg\.|Cir\.|Cl\.))"), "Federal"),
    (re.compile(r"\bL\. Ed\.(?= \d)"), "Lawyers' Edition"),
    (re.compile(r"(\b(?:[A-Z]\.|Supp\.|Edition) ?)([23])d\b(?= \d)"), lambda m: f"{m[1].rstrip()} {_SERIES[m[2]]}"),  # F.3d
    (re.compile(r"\b([23])d(?= Cir\.)"), lambda m: _SERIES[m[1]]),
    (re.compile(r"\bSupp\.(?= \d|$)"), "Supplement"),
    (re.compile(r"(?<=\d(?:st|nd|rd|th) )ed\.(?=[\s,;)])"), "edition"),
    (re.compile(r"(?<=\()(eds?)\.(?=\))"), lambda m: "editors" if m[1] == "eds" else "editor"),
    (re.compile(r"(?<=\d) ?ff\.(?=[\s,;)]|$)"), lambda m: " and following" + final_stop(m, ".")),
    (re.compile(r"\b([adfn])/([bk])/a\b"), lambda m: f"{m[1].upper()}-{m[2].upper()}-A"),
    (re.compile(r"\bvv\.(?= \d)"), "verses"),
    (re.compile(r"§§\s?(?=\d)"), "sections "),
    (re.compile(r"§\s?(?=\d)"), "section "),
    (re.compile(rf"\b({'|'.join(_BEFORE_FIGURE)})\.\s?(?=\d)"), lambda m: f"{_BEFORE_FIGURE[m[1]]} "),
    (re.compile(r"\bApp\.\s?(?=[A-Z]\b|\d)"), "Appendix "),
)


def spoken_citations(text: str) -> str:
    """Replace what is short in citations in the plain `text` by whole words."""
    for pattern, replacement in _CITED:
        text = pattern.sub(replacement, text)
    return text
