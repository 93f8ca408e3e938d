"""Mathematics and moves of chess → words: "f(x)" → "f of x", "x ∈ A" → "x in A", "Qxd5+" → "queen takes D 5, check"."""

import re

_NAMES = {
    "sin": "sine", "cos": "cosine", "tan": "tangent", "ln": "natural log", "sqrt": "square root", "arcsin": "arc sine",
    "arccos": "arc cosine", "arctan": "arc tangent", "sinh": "hyperbolic sine", "cosh": "hyperbolic cosine",
}  # fmt: skip
_VALUE = r"[\wπθ]+(?:\s?(?:[-+*/^]|, )\s?[\wπθ]+)*"
_FUNCTION = re.compile(rf"(?<![\w.'])([fghFGHP]|log|exp|max|min|{'|'.join(_NAMES)})('?)\((?!e?s\))({_VALUE})\)(/(?=[\w(]))?")
_ORDER = re.compile(r"\bO\(([\w^+* ]{1,15})\)")  # "O(n log n)"
_OVER = re.compile(r"(?<![\w/.,'-])(?:([nxyzktrα-ω])/(\d{1,3}|π)|(\d{1,3})/([nxyzk]))(?![\w/.'-]|\.\d)")
_SUBTRACTED = re.compile(r"(?<![\w'-])([ijkmnxyz])-(\d{1,3})(?![\w/-]|\.\d)")
_SIGNS = (
    (re.compile(r"(?<==)( ?)-(?=[a-z]\b)"), r"\1minus "),
    (re.compile(rf"(?<=[\w)])\^\(({_VALUE})\)"), lambda m: f" to the power of {_minus(m[1])} "),
    (re.compile(r"(\d|\b[nkmx])!(?= ?[+*/×÷]| =)"), r"\1 factorial"),
    (re.compile(r"(?<=\b[UG][TM][CT])\s?([-+])0?(\d\d?):(\d\d)\b"), lambda m: _offset(*m.groups())),
    (re.compile(r"\b([35])'-?(?= ?(?:UTR|end|cap|exon|overhang|untranslated)s?\b)"), r"\1 prime "),
    (re.compile(r"↑\s?(?=\d)"), "up "),
    (re.compile(r"↓\s?(?=\d)"), "down "),
    (re.compile(r"¶\s?(?=\d)"), "paragraph "),
    (re.compile(r"π(?=[a-zA-Z])|(?<=[a-zA-Z])(?=π)"), lambda m: f"{m[0]} "),
)
_WORDS = {
    "∈": "in", "∉": "not in", "⊂": "a subset of", "⊆": "a subset of", "∪": "union", "∩": "intersection", "∀": "for all",
    "∃": "there exists", "∑": "sum of", "∏": "product of", "∫": "integral of", "∂": "partial", "∇": "del",
    "∝": "proportional to", "∴": "therefore", "∅": "the empty set", "¬": "not", "∧": "and", "∨": "or", "≡": "identical to",
    "≅": "congruent to", "∛": "cube root of", "∠": "angle", "⊥": "perpendicular to", "‰": "per mille", "↔": ",",
}  # fmt: skip
_SIGN = re.compile(f"[{''.join(_WORDS)}]")

_PIECES = {"K": "king", "Q": "queen", "R": "rook", "B": "bishop", "N": "knight"}
_MOVE = re.compile(r"\b([KQRBN])([a-h]?)(x?)([a-h])([1-8])([+#]?)(?!\w)")
_TAKES = re.compile(r"\b[KQRBN][a-h]?x[a-h][1-8]|\b[KQRBN][a-h][1-8][+#]")


def spoken_formulas(text: str) -> str:
    """Replace signs and functions of mathematics, and moves of chess, in the plain `text` by words."""
    if len(_MOVE.findall(text)) > 1 or _TAKES.search(text):  # "Nf3" alone may name something else
        text = _MOVE.sub(_move, text)
    text = _ORDER.sub(r"O of \1", _FUNCTION.sub(_function, text))
    if "=" in text:
        text = _SUBTRACTED.sub(r"\1 minus \2", text)
    text = _OVER.sub(lambda match: f"{match[1] or match[3]} over {match[2] or match[4]}", text)
    for pattern, replacement in _SIGNS:
        text = pattern.sub(replacement, text)
    return _SIGN.sub(lambda match: f" {_WORDS[match[0]]} ", text)


def _function(match: re.Match[str]) -> str:
    name, prime, value, over = match.groups()
    return f"{_NAMES.get(name, name)}{' prime' * bool(prime)} of {_minus(value)}{' over ' * bool(over)}"


def _minus(value: str) -> str:
    return re.sub(r"(?<=\w)\s?-\s?(?=\w)", " minus ", value)


def _offset(sign: str, hours: str, minutes: str) -> str:
    return f" {'plus' if sign == '+' else 'minus'} {hours}{'' if minutes == '00' else f' {minutes}'}"


def _move(match: re.Match[str]) -> str:
    piece, origin, takes, line, row, end = match.groups()
    result = {"+": ", check", "#": ", mate"}.get(end, "")
    return f"{_PIECES[piece]} {origin.upper()}{' takes' * bool(takes)} {line.upper()} {row}{result}".replace("  ", " ")
