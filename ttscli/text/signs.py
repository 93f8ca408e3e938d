"""Signs that stand for words → these words. Those at numbers are another file's business."""

import re

_SIGNS = (
    (re.compile(r"(?<!\w)@(?=\w)"), "at "),
    (re.compile(r"(?<!\w)#(?=[^\W\d])"), "hashtag "),
    (re.compile(r"(?<=\w )#(?= \w)|(?<=[a-z])#(?= ?[A-Z\d])"), " number "),
    (re.compile(r"(?<=\bSELECT )\*"), "star"),
    (re.compile(r"\b([A-GJ])#(?!\w)"), r"\1 sharp"),
    (re.compile(r"\b([A-G])#(?=(?:m|maj|min|dim|sus|aug|add)?\d{0,2}(?:b5)?(?!\w))"), r"\1 sharp "),
    (re.compile(r"(?<=\b[A-G])♭"), " flat "),
    (re.compile(r"\b([A-G])b(?= (?:major|minor|maj|min)\b)"), r"\1 flat"),
    (re.compile(r"(?<=\b[A-G])♯"), " sharp "),
    (re.compile(r"\bC\+\+"), "C plus plus"),
    (re.compile(r"(?<![\w.])\.NET\b"), "dot NET"),
    (re.compile(r"(?<=\b[A-Z]&[A-Z])'?s\b"), "'s"),
    (re.compile(r"\b[A-Z]{1,3}&[A-Z]{1,3}\b"), lambda m: " and ".join(map("-".join, m[0].split("&")))),
    (re.compile(r"(?<![\w/.])([A-Z])/([A-Z])(?![\w/])"), r"\1-\2"),
    (re.compile(r"&+"), " and "),
    (re.compile(r"±"), " plus or minus "),
    (re.compile(r"\+"), " plus "),
    (re.compile(r"->|=>|[→⇒←⇐]|(?<=[a-z]) > (?=[A-Z][a-z])"), ", "),
    (re.compile(r"(?<![^\s(\[])(?:≤|<=)(?=\w)"), " at most "),
    (re.compile(r"(?<![^\s(\[])(?:≥|>=)(?=\w)"), " at least "),
    (re.compile(r"≤|<="), " less than or equal to "),
    (re.compile(r"≥|>="), " greater than or equal to "),
    (re.compile(r"≠|!="), " not equal to "),
    (re.compile(r"<(?=[a-z]+\d?\s+[\w-]+=)"), " "),  # a tag of which the end is in the next sentence
    (re.compile(r"(?<!<)<(?=\s?[\w(])|(?<=\")<(?=\")"), " less than "),
    (re.compile(r"(?<!>)>(?=\s?[\w(])|(?<=\")>(?=\")"), " greater than "),
    (re.compile(r"={4,}"), " "),
    (re.compile(r"(?<=\w)\s?-="), " minus equals "),
    (re.compile(r":?={1,3}"), " equals "),
    (re.compile(r"(?<=\w)\s?×\s?(?=\w)|(?<=\w) \* (?=\w)"), " times "),
    (re.compile(r"÷"), " divided by "),
    (re.compile(r"≈"), " approximately "),
    (re.compile(r"√"), " square root of "),
    (re.compile(r"∞"), " infinity "),
    (re.compile(r"(?<=[\w%)]) / (?=[\w(])"), ", "),
    (re.compile(r"(?<=[^\W\d])/(?=[^\W\d])|(?<!\S)/(?=\w)"), " slash "),
    (re.compile(r"\b([A-Z]):(?=\\)"), r"\1 colon"),
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
