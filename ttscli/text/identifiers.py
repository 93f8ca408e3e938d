"""What names machines, revisions and releases (network addresses, hashes, versions) → words, sign by sign or part by part."""

import re

from ttscli.text.quantities import digits, in_pairs

_HEX = "[0-9A-Fa-f]"
_MAC = re.compile(rf"(?<![\w:-]){_HEX}{{2}}(?:([:-]){_HEX}{{2}})(?:\1{_HEX}{{2}}){{4}}(?![\w:-])")
_UUID = re.compile(rf"(?<![\w-]){_HEX}{{8}}-(?:{_HEX}{{4}}-){{3}}{_HEX}{{12}}(?![\w-])")
# A figure behind a letter tells "a1b2c3d" from a word and from "1000000b"; "1e1000000" is a number.
_HASH = re.compile(r"(?<![\w.-])(?=[0-9a-f]*[a-f]\d)(?!\d+e\d+\b)(?=\w*\d\w*\d)[0-9a-f]{7,64}(?![\w-]|\.\w)", re.IGNORECASE)
_NETWORK = re.compile(
    rf"(?<![\w:.])(?P<open>\[)?(?P<host>(?=::|[\d:]*(?:[A-Fa-f]|\d{{4}}))(?=[0-9A-Fa-f:]*\d)(?=[0-9A-Fa-f]*(?::{_HEX}*)*::|(?:{_HEX}{{1,4}}:){{7}})"
    rf"(?:{_HEX}{{0,4}}:){{2,7}}{_HEX}{{0,4}})(?:/(?P<bits>\d{{1,3}}))?(?(open)\](?::(?P<port>\d{{2,5}}))?)(?![\w:])"
)
_NAMED = re.compile(
    r"\b((?:[Pp]ython|Django|Java|Go|Rust|PHP|Ruby|Perl|Swift|Scala|Julia|Kotlin|Kubernetes|PyTorch|TensorFlow|CUDA|macOS|iOS|"
    r"Android|GNOME|Firefox|Chrome|[Vv]ersion|[Rr]elease) ?)(\d+)\.([1-9]\d)(?![\w%]|[.,]\d)"
)
_UBUNTU = re.compile(r"\b(Ubuntu )(\d\d)\.0?(4|10)\b")
_ANY_PART = re.compile(r"(?<![\w.])(v?\d+(?:\.\d+)*)\.[xX*](?!\w)")  # "2.x"
_BEFORE_RELEASE = re.compile(r"(?<![\w.])(v?\d+(?:\.\d+)+)[-.]?(a|b|rc|alpha|beta|dev|post)[-.]?(\d+)(?![\w.]*\w)")
_NUMERONYM = re.compile(r"\b(k|i|l|a)(8|18|10|11)(s|n|y)\b")  # "k8s", "i18n"
_STAGES = {"a": "alpha", "b": "beta", "rc": "R-C"}
_WIRELESS = re.compile(r"\b802\.(\d\d?)([a-z]{1,2})?\b")
_STATUS = re.compile(
    r"\b([45])0([1-9])(?= (?:errors?|pages?|responses?|status|[Nn]ot [Ff]ound|[Ff]orbidden)\b)"
    r"|(?:(?<=HTTP )|(?<=rror ))([45])0([1-9])\b"
)
_FLAG = re.compile(r"(?<=[a-z]{2} )-([b-zB-HJ-Z])(?= [\w./\"'-]|$)")


def spoken_identifiers(text: str) -> str:
    """Read addresses of the sixth protocol, of network cards, hashes and versions in the plain `text`."""
    text = _UUID.sub(lambda match: ", ".join(map(_signs, match[0].split("-"))), text)
    text = _MAC.sub(lambda match: ", ".join(map(_signs, match[0].split(match[1]))), text)
    text = _NETWORK.sub(_network, text)
    text = _HASH.sub(lambda match: _signs(match[0]), text)
    text = _ANY_PART.sub(r"\1 point X", text)
    text = _BEFORE_RELEASE.sub(lambda match: f"{match[1]} {_STAGES.get(match[2], match[2])} {match[3]}", text)
    text = _NAMED.sub(r"\1\2 point \3", text)
    text = _UBUNTU.sub(lambda match: f"{match[1]}{match[2]} {'oh 4' if match[3] == '4' else '10'}", text)
    text = _WIRELESS.sub(lambda match: f"8 oh 2 dot {match[1]} {'-'.join((match[2] or '').upper())}", text)
    text = _STATUS.sub(lambda match: f"{match[1] or match[3]} oh {match[2] or match[4]}", text)
    text = _NUMERONYM.sub(lambda match: f"{match[1].upper()} {match[2]}-{match[3].upper()}", text)
    return _FLAG.sub(r"dash \1", text)


def _signs(text: str) -> str:
    """Say letters and figures one by one: "db8" → "D B eight"."""
    return " ".join(digits(sign) or sign.upper() for sign in text)


def _network(match: re.Match[str]) -> str:
    host = " colon ".join(map(_signs, match["host"].split(":")))
    bits = f" slash {match['bits']}" if match["bits"] else ""
    return host + bits + (f" colon {in_pairs(match['port'])}" if match["port"] else "")
