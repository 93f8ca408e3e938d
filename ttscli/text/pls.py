"""W3C's Pronunciation Lexicon Specification 1.0, https://www.w3.org/TR/pronunciation-lexicon/ → entries of a lexicon."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ttscli.errors import InputError
from ttscli.text import xml
from ttscli.text.lexicon import Sound, checked

_IPA = ("ipa", "")


@dataclass(frozen=True)
class Imported:
    """What a file holds; `refused` says of each entry that is none of ours why."""

    entries: Mapping[str, Sound]
    refused: tuple[str, ...]


def read_pls(source: str, name: str) -> Imported:
    """Read a document: for each grapheme the preferred, else the first, phoneme, else the first alias.

    Raises:
        InputError: it is not XML, has a DOCTYPE, or is no lexicon, with the line and column.
    """
    reader = _Reader(name)
    xml.parse(source.lstrip("\ufeff"), name, reader)
    return Imported(reader.entries, tuple(reader.refused))


@dataclass
class _Lexeme:
    graphemes: list[str] = field(default_factory=list)
    phonemes: list[str] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)


class _Reader:
    """An xml.Handler."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.entries: dict[str, Sound] = {}
        self.refused: list[str] = []
        self._root: Mapping[str, str] | None = None
        self._lexeme = _Lexeme()
        self._attributes: Mapping[str, str] = {}
        self._text: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str], line: int, column: int) -> None:
        if self._root is None:
            if tag != "lexicon":
                raise InputError(f"{self._name}:{line}:{column}: not a PLS lexicon: it begins with <{tag}>")
            self._root = attributes
        if tag == "lexeme":
            self._lexeme = _Lexeme()
        self._attributes = attributes
        self._text = []

    def text(self, text: str, line: int, column: int) -> None:
        self._text.append(text)

    def end(self, tag: str) -> None:
        text = " ".join("".join(self._text).split())
        match tag:
            case "grapheme":
                self._lexeme.graphemes.append(text)
            case "phoneme" if self._alphabet() in _IPA:
                place = 0 if self._attributes.get("prefer") == "true" else len(self._lexeme.phonemes)
                self._lexeme.phonemes.insert(place, text)
            case "phoneme":
                self.refused.append(f"{', '.join(self._lexeme.graphemes)}: alphabet {self._alphabet()}")
            case "alias":
                self._lexeme.aliases.append(text)
            case "lexeme":
                self._finish(self._lexeme)
        self._text = []

    def _alphabet(self) -> str:
        return self._attributes.get("alphabet") or (self._root or {}).get("alphabet", "")

    def _finish(self, lexeme: _Lexeme) -> None:
        sound = next(iter([*lexeme.phonemes, *(f"={alias}" for alias in lexeme.aliases)]), None)
        for grapheme in lexeme.graphemes if sound else ():
            try:
                word, found = checked(grapheme, sound or "")
            except ValueError as error:
                self.refused.append(str(error))
            else:
                self.entries[word] = found
