"""The look of text → plain text: folds Unicode, takes marks of layout away, and tidies what is left.

Knows no language. `fold` comes before words are made of what is written, `tidy` after.
"""

import re
import unicodedata
from collections.abc import Callable

from ttscli.text.pauses import PAUSES

_FRACTION = re.compile(r"(\d?)([¼-¾⅐-⅞])")
_POWER = re.compile(r"(?:(?<=[\dx-z)])[⁺⁻]?|(?<=[^\W_])⁻)[⁰¹²³⁴-⁹]+(?!\w)")
_CHARGE = re.compile(r"(?:(?<=[A-Za-z])|(?<=[₀-₉]))([²³⁴]?)([⁺⁻])(?![\w⁰¹²³⁴-⁹])")
_SUPERSCRIPTS = str.maketrans({"²": "^2", "³": "^3", "№": "No. ", "´": "'", "¨": None, "¸": None, "™": None, "℠": None, "⁄": "/"})
_QUOTES = str.maketrans(
    dict.fromkeys("‘’‚‛′ʼʻ`", "'") | dict.fromkeys("“”„‟″«»‹›「」『』〝〞", '"') | dict.fromkeys("‐‑−﹣", "-") | {"•": " "}
)
_MARKS = re.compile(r"[\u0300-\u036f]{3,}")
_LOOSE_MARKS = re.compile(r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
EMOTICON = re.compile(r"(?<!\S)(?:[:;=8][-o']?[)(DPp|*]|<3|\^_?\^|[:;]-?/)(?!\w)")
_KEPT_SYMBOLS = "^°♭"

_ATTRIBUTE = r"\s+[\w:@-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>=]+)"
# "a<b and c>d" compares: behind a word, only what is written as an attribute is one.
TAG = re.compile(
    rf"<!--.*?-->|<!DOCTYPE[^<>]*>|(?<![\w)])</?[A-Za-z][\w-]*(?:\s[^<>]*)?/?>|</?[A-Za-z][\w-]*(?:{_ATTRIBUTE})*\s*/?>"
)
# Not behind "argv" in "sys.argv[1]", nor where an index, a list or a link stands.
_NOTES = re.compile(r"(?<=\d)\]([-–])\[(?=\d)")  # "refs. [3]-[5]"
FOOTNOTE = re.compile(
    r"(?P<before>(?<![\w.])(?:[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’]+|\d{4}):?|[.,;!?]|(?<=\S)[\"”’)])"
    r"(?P<note>(?:\[(?:note )?[1-9]\d{0,2}(?:(?:, ?|[-–])\d{1,3})*\])+)(?![\w(\[]|\.\w| ?=)"
)
"""What points from a word or stop to notes: "[1]", "[2, 3]"."""
_ESCAPE = re.compile(r"(?:\x1b|\\(?:033|x1[bB]|e|u001[bB]))(?:\[[\d;?]*[A-Za-z]|\][^\x07\x1b]*(?:\x07|\x1b\\))")
"""What sets colours or links in a terminal."""
_QUOTE_MARKS = re.compile(r"(?<=\S )>+ ")
"""What stands before each line of a quotation, where the lines were joined."""
_MARKDOWN: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"^\s*(?:```|~~~)\S*\s*$"), ""),
    (re.compile(r"^\s*>.*"), lambda quoted: _QUOTE_MARKS.sub("", quoted[0])),
    (re.compile(r"(?<=[.,:;!?…] )>+ "), ""),
    (re.compile(r"^\s*(?:(?:#{1,6}|>+|[-*+•‣◦]|–)\s+)+(?:\[[ xX]\]\s+)?"), ""),
    (re.compile(r"^\s*>++(?![\d=.$£€])\s*"), ""),
    (re.compile(r"\s+#+\s*$"), ""),
    (re.compile(r"^\s*(\d{1,3})[.)]\s+(?=\S)"), r"\1, "),
    (re.compile(r"!?\[([^\][]*)\](?:\([^()\s]*(?:\s+\"[^\"]*\")?\)|\[[^\][]*\])"), r"\1"),
    (re.compile(r"(?<![\w)])<+(?:URL: ?)?([^<>\s]*[./@][^<>\s]+)>+"), r"\1"),
    (re.compile(r"(?<=[\w)])\*\*(?=\d+(?![\d*]))|(?<=\w) \*\* (?=\w)"), "^"),
    (re.compile(r"\*{2,}|~~|__+|`+"), ""),
    (re.compile(r"(?<![\w*])[*_](?=\w)|(?<=[\w.!?,;:'\"])[*_](?![\w*])"), ""),
)
_DASHES = (
    (re.compile(r"<-+(?=\s)"), " ← "),
    (re.compile(r"[-=]{2,}>"), " → "),
    (re.compile(r"(?<=\d)\s?[-–−]\s?(?=\d[\d.]*\s?=)"), " minus "),
    (re.compile(r"(?<=[^\W\d])−(?=\d)|(?<=\w) − (?=\w)"), " minus "),
    (re.compile(r"(?<![^\s(\[])(?<!\d )[–‒](?=[$£€¥]?\.?\d)"), "-"),
    (re.compile(r"((?<!\w)[$£€¥]?\d[\d.,:]*(?:\w\w?|%| ?°[CF]?)?)\s*[–‒]\s*(?=[\d$£€¥])"), r"\1-"),
    (re.compile(r"\s*(?:[–‒—―⸺⸻]+|(?<!-)-{2,}(?![-\w]*=))\s*"), " — "),
    (re.compile(r"(?<=\d) - (?=\d)(?=.*=)|(?<=\d[xyz]) - (?=\d+(?![\dx])|\d.*=)"), " minus "),
    (re.compile(r"(?<=\d) - (?=[\d$£€])|(?<=\d%) - (?=\d[\d.]*%)"), "-"),
    (re.compile(r"(?:(?<=\ba A)|(?<=\ban A)|(?<=\ba [BCD]))-(?=[\s.,;:!?)]|$)"), " minus"),
    (re.compile(r"(?<=\s)-(?=\s)|(?<=\w)-(?=\s|$)"), " — "),
    (re.compile(r"\.(?:\s?\.){2,}"), "…"),
)


def words_beyond(letters: str) -> str:
    """Pattern of words with no letter of `letters`, which are the inside of a set; with the signs that belong to letters."""
    return rf"(?:[^\W\d_{letters}][\u0300-\u036f\u0900-\u0dff\u0e00-\u0eff]*)+"


def fold(text: str) -> str:
    """Return `text` in plain letters, digits and ASCII marks with "—" and "…".

    Full-width forms, ligatures and curly quotes become plain; marks of Markdown, HTML tags and entities, emoji, control,
    invisible and direction-setting characters and stacks of accents are taken away; accents stay. Nothing is said of an emoji.
    """
    text = FOOTNOTE.sub(r"\g<before>", _NOTES.sub(r"\1", TAG.sub(" ", _ESCAPE.sub("", text))))
    text = _plain_characters(text)
    if "&" in text:
        import html  # noqa: PLC0415 - brings a table of 2,000 names

        text = _plain_characters(html.unescape(text))
    for pattern, replacement in (*_MARKDOWN, *_DASHES):
        text = pattern.sub(replacement, text)
    text = EMOTICON.sub(" ", text).translate(_QUOTES)
    return " ".join(text.replace("|", ", ").split())


def _plain_characters(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    text = _CHARGE.sub(_charge, text)
    text = _POWER.sub(lambda match: "^" + unicodedata.normalize("NFKC", match[0].replace("⁻", "-").replace("⁺", "")), text)
    text = _FRACTION.sub(_spell_out_fraction, text).translate(_SUPERSCRIPTS)
    text = unicodedata.normalize("NFKC", _MARKS.sub("", text))
    return "".join(map(_plain_character, _LOOSE_MARKS.sub("", text))).replace("⁄", "/")


def _charge(match: re.Match[str]) -> str:
    """Read the charge of an ion: "Ca²⁺" → "Ca 2 plus"."""
    return f" {match[1] and unicodedata.digit(match[1])} {'plus' if match[2] == '⁺' else 'minus'}"


def _spell_out_fraction(match: re.Match[str]) -> str:
    # No space before a mark: "½-1" is a range, "8½" before a quotation mark a length.
    gap = " " * match.string[match.end() : match.end() + 1].isalnum()
    return f"{match[1]} {unicodedata.normalize('NFKC', match[2]).replace('⁄', '/')}{gap}"


def _plain_character(character: str) -> str:
    if character.isascii():
        return character if character.isprintable() else " " * character.isspace()
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.digit(character))
    if category[0] == "Z":
        return " "
    if category[0] == "C" or (category in ("So", "Sk", "Me") and character not in _KEPT_SYMBOLS):
        # A removed sign parts what stood around it; a removed invisible character does not.
        return " " * (category == "So")
    return character


_ELISIONS = "tis|twas|twere|em|cause|til|round|bout|n"
_TIDY = (
    (re.compile(r"(?<![\w'])'((?:[^']|(?<=\w)'(?=\w))*)'(?!\w)"), r"\1"),
    (re.compile(r"[\"*_~`^\\<>|]+"), " "),
    (re.compile(r"(?<=\w)\s*[(\[{]+\s*(?=['\w])"), ", "),
    (re.compile(r"(?<=[\w'])\s*[)\]}]+\s*(?=['\w])"), ", "),
    (re.compile(r"[()\[\]{}]+"), " "),
    (re.compile(r"(?<=[^\W\d]):(?=[^\W\d])"), " "),
    (re.compile(rf"(?<![\w'])'+(?!(?:{_ELISIONS})\b)|(?<![sn\w])'+(?!\w)|(?<=[^\Wsnz])'+(?!\w)", re.IGNORECASE), ""),
    (re.compile(r"(?<!\w)-+|-+(?!\w)|(?<=-)-+"), " "),
    (re.compile(rf"[^\w\s'{re.escape(PAUSES)}\-\u0300-\u036f\u0900-\u0dff\u0e00-\u0eff]|_"), " "),
)
_MARK_RUN = re.compile(rf"\s*([{re.escape(PAUSES)}](?:[\s{re.escape(PAUSES)}]*[{re.escape(PAUSES)}])?)\s*")


def tidy(text: str) -> str:
    """Return `text` with words, apostrophes, hyphens inside words, single spaces and single marks of PAUSES only.

    Brackets become commas. "" when there is neither letter nor digit.
    """
    for pattern, replacement in _TIDY:
        text = pattern.sub(replacement, text)
    text = _MARK_RUN.sub(_strongest, text).strip()
    text = text.lstrip(PAUSES + " ")
    return " ".join(text.split()) if any(map(str.isalnum, text)) else ""


def _strongest(match: re.Match[str]) -> str:
    run = match[1]
    mark = next((mark for mark in "?!…" if mark in run), run[-1])
    return " — " if mark == "—" else f"{mark} "
