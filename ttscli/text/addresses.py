"""Web and mail addresses and file names → words."""

import re

from ttscli.text.quantities import in_pairs

_DOMAINS = (
    "com|org|net|edu|gov|mil|int|info|io|dev|app|ai|co|me|tv|uk|us|ca|de|fr|it|es|nl|eu|ch|at|be|se|no|fi|dk|pl|jp|cn|ru|in|au|br"
)
_FILES = (
    "txt|pdf|md|py|js|ts|json|ya?ml|toml|csv|tsv|xml|html?|css|c|h|cpp|rs|go|java|rb|sh|exe|zip|gz|tar|docx?|xlsx?|pptx?|png|"
    "jpe?g|gif|svg|mp[34]|wav|flac|ogg|log|cfg|ini|sql|db"
)
_END = r"(?<![.,;:!?'\")\]}*_])"
_MAIL = re.compile(r"\b[\w.+-]+@(?:[\w-]+\.)+[A-Za-z]{2,}\b")
_BYTE = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_HOST = rf"(?:(?:[A-Za-z0-9-]+\.)+(?:{_DOMAINS})\b|localhost(?=:\d)|(?:{_BYTE}\.){{3}}{_BYTE}(?!\d|\.\d))(?::\d{{2,5}}\b)?"
_WEB = re.compile(
    rf"\b(?:(?:https?|ftp|file)://|mailto:|www\.)[^\s<>\"]+{_END}|(?<![\w@.]){_HOST}(?:[/?#][^\s<>\"]*{_END})?(?![\w@])"
)
_FILE = re.compile(
    rf"(?<![\w.])[\w-]+(?:\.[\w-]+)*\.(?:{_FILES})\b(?!\.?\w)|(?<![\w/.])(?:(?:~|\.{{1,2}})(?:/[\w.+-]*\w)+|(?:/[\w.+-]*\w){{2,}})/?"
)
_SCHEME = re.compile(r"^(?:(?:https?|ftp|file)://|mailto:)")
_PIECE = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_")
_NAMES = {
    ".": "dot", "/": "slash", "@": "at", "-": "dash", "_": "underscore", "&": "and", "=": "equals", "?": "question mark",
    "#": "hash", "%": "percent", "~": "tilde", ":": "colon", "+": "plus", ",": "comma", ";": "semicolon", "!": "exclamation mark",
}  # fmt: skip


def spoken_addresses(text: str) -> str:
    """Read web and mail addresses, file names and paths in the plain `text` sign by sign; "https://" is not said."""
    for pattern in (_MAIL, _WEB, _FILE):
        text = pattern.sub(_address, text)
    return text


def _address(match: re.Match[str]) -> str:
    pieces = _PIECE.findall(_SCHEME.sub("", match[0]).rstrip("/") or match[0])
    return " ".join(filter(None, map(_piece, pieces)))


def _piece(piece: str) -> str:
    if piece in _NAMES:
        return _NAMES[piece]
    if piece.isdecimal():
        return in_pairs(piece)  # in words: a figure might find a unit behind it
    if len(piece) == 1:
        return piece.upper()
    if not re.search("[aeiouyAEIOUY]", piece):
        return "-".join(piece.upper())
    return piece.lower()
