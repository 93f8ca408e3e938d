"""Files that are no text, told by their first bytes or their name → what they are, and what makes text of them."""

import re
import shlex
from pathlib import PurePath

from ttscli.cli.decoding import STDIN, shown
from ttscli.errors import InputError

_PANDOC = "convert it first: pandoc -f {} -t plain -o {{text}} {{file}}"
_OFFICE = "convert it first: soffice --headless --convert-to {} {{file}}"
_NONE = "what is spoken is text: plain, Markdown or SSML"

_BEGINNINGS = (
    (rb"%PDF-", "a PDF document", "convert it first: pdftotext {file} {text}"),
    (rb"\{\\rtf", "an RTF document", _PANDOC.format("rtf")),
    (rb"\xd0\xcf\x11\xe0", "a document of an old Office", _OFFICE.format("txt:Text")),
    (rb".{60}BOOKMOBI", "a Kindle book", "convert it first: ebook-convert {file} {text}"),
    (rb"\x89PNG\r|\xff\xd8\xff|GIF8[79]a.*\0", "a picture", _NONE),
    (rb"RIFF.{4}WAVE|fLaC\0|OggS\0|ID3[\x02-\x04]\0|\xff[\xf1-\xfb]|FORM.{4}AIF", "sound", _NONE),
    (rb"RIFF.{4}AVI |\0.{3}ftyp|\x1aE\xdf\xa3", "sound or pictures", _NONE),
    (rb"\x7fELF|MZ.\0|[\xce\xcf]\xfa\xed\xfe|\xca\xfe\xba\xbe", "a program", _NONE),
    (rb"PK\x03\x04|\x1f\x8b|BZh\d1AY|\xfd7zXZ|7z\xbc\xaf|Rar!\x1a|\x28\xb5\x2f\xfd", "an archive", "unpack it first"),
)
_ARCHIVES = {  # ZIP, all of them
    ".docx": ("a Word document", _PANDOC.format("docx")),
    ".odt": ("an OpenDocument text", _PANDOC.format("odt")),
    ".epub": ("an EPUB book", _PANDOC.format("epub")),
    ".xlsx": ("an Excel table", _OFFICE.format("csv")),
    ".ods": ("an OpenDocument table", _OFFICE.format("csv")),
}
_HTML = rb"(?is)(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+)?html\b"
_HTML_NAMES = (".html", ".htm", ".xhtml")


def require_text(data: bytes, file: str, stated: bool = False) -> None:
    """Make sure that a file is text, in whatever encoding, and not a document in which the text is somewhere.

    Args:
        data: the file's beginning, or all of it.
        file: its name.
        stated: the user has said what the text is, so that HTML, which is text too, passes.

    Raises:
        InputError: it is something else; the hint names a program that makes text of it, if there is one.
    """
    suffix = "" if file == STDIN else PurePath(file).suffix.lower()
    if not stated and (suffix in _HTML_NAMES or re.match(_HTML, data)):
        raise _error(file, "a page of HTML", _PANDOC.format("html"))
    for beginning, what, hint in _BEGINNINGS:
        if re.match(beginning, data, re.DOTALL):
            raise _error(file, *(_ARCHIVES.get(suffix, (what, hint)) if data.startswith(b"PK") else (what, hint)))


def _error(file: str, what: str, hint: str) -> InputError:
    text = STDIN if file == STDIN else str(PurePath(file).with_suffix(".txt"))
    return InputError(f"{shown(file)}: is {what}, not text", hint.format(file=shlex.quote(file), text=shlex.quote(text)))
