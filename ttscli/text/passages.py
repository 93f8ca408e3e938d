"""Passages: a text as the front end takes it, whatever format it came in, and where each of its characters stood.

Words whose sound is given, and places that a document marks, stand in the text as inlays: words of digits that no rule for
written text touches, which the front end looks up in Passage.inlays.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal

from ttscli.contract import Place, Unspoken
from ttscli.errors import InputError
from ttscli.text.pauses import PAUSES

# Digits of inlays: letters of the Vai script, which are neither large nor small and have no other form. Never fewer than three,
# as a single letter may be an initial.
_DIGITS = str.maketrans("0123456789", "ꔀꔁꔂꔃꔄꔅꔆꔇꔈꔉ")
_NUMBERS = {letter: str(number) for number, letter in enumerate("ꔀꔁꔂꔃꔄꔅꔆꔇꔈꔉ")}
INLAY_LETTERS = "ꔀ-ꔉ"
INLAY = re.compile(f"[{INLAY_LETTERS}]+")
_INLAY_AND_GAP = re.compile(rf"({INLAY.pattern})(?: +(?=[{re.escape(PAUSES)}](?:\s|$)))?")
_MOST_PHONEMES = 300
_VISIBLE = re.compile(r"\S")


@dataclass(frozen=True)
class Inlay:
    """What stands in a text in place of a word.

    Attributes:
        written: as it stood in the source.
        spoken: the word that it is in Segment.spoken; "" for a mark.
        phonemes: its sound, as ttscli.text.ipa reads it; or else
        like: what the alphabet spells in its place.
        mark: the name of a marked place, which has no sound; "" for a word.
    """

    written: str
    spoken: str = ""
    phonemes: str = ""
    like: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Delivery:
    """How a passage differs from the way in which all is spoken: another voice, factors and differences."""

    voice: str | None = None
    pace: float = 1.0
    pitch_semitones: float = 0.0
    volume_db: float = 0.0


@dataclass(frozen=True)
class Origin:
    """Passage.text, from `offset` up to the next origin, stands in the source from this line and column on."""

    offset: int
    line: int
    column: int


@dataclass(frozen=True)
class Passage:
    """A stretch of text that is spoken in one way.

    Attributes:
        text: with inlays.
        source: the file's name, for places.
        origins: by rising offset; there is one at 0.
        inlays: of `text`, by number.
        delivery: how it is spoken.
        pause_after_s: silence after it; None for the front end's own.
        continues: its first sentence began in the passage before.
        end: what ends with it; "clause" if its last sentence goes on in the next passage.
        unspoken: what stood before it and is not in `text`.
    """

    text: str
    source: str = ""
    origins: tuple[Origin, ...] = (Origin(0, 1, 1),)
    inlays: tuple[Inlay, ...] = ()
    delivery: Delivery = Delivery()
    pause_after_s: float | None = None
    continues: bool = False
    end: Literal["clause", "sentence", "paragraph"] = "paragraph"
    unspoken: tuple[Unspoken, ...] = ()


@dataclass
class Draft:
    """The text of a passage while it is being put together."""

    _text: list[str] = field(default_factory=list)
    _origins: list[Origin] = field(default_factory=list)
    _inlays: list[Inlay] = field(default_factory=list)
    _length: int = 0

    def add(self, text: str, line: int, column: int) -> None:
        """Append what stands there in the source."""
        if text:
            self._origins.append(Origin(self._length, line, column))
            self._text.append(text)
            self._length += len(text)

    def add_inlay(self, inlay: Inlay, line: int, column: int) -> None:
        """Append a word or mark that stands there; InputError for a word of more phonemes than any segment may have."""
        if len(inlay.phonemes) > _MOST_PHONEMES:
            start = inlay.phonemes[:20]
            raise InputError(
                f"{line}:{column}: {start}…: too many phonemes for one word", "part words: by spaces in IPA, by ␣ in phones"
            )
        self.add(" ", line, column)
        self.add(f"{placeholder(len(self._inlays))} ", line, column)
        self._inlays.append(inlay)

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self._text)

    def passage(self, source: str, line: int, column: int) -> Passage:
        """Return what is there; the place is that of an empty one."""
        return Passage(self.text, source, tuple(self._origins) or (Origin(0, line, column),), tuple(self._inlays))


def placeholder(number: int) -> str:
    """Return the word that stands for the inlay of this number."""
    return f"{number:03}".translate(_DIGITS)


def inlay_of(word: str, inlays: Sequence[Inlay]) -> Inlay | None:
    """Return the inlay that stands as `word` in a text; None if it is another word."""
    if INLAY.fullmatch(word) is None:
        return None
    number = int("".join(map(_NUMBERS.__getitem__, word)))
    return inlays[number] if number < len(inlays) else None


def without_inlays(text: str, inlays: Sequence[Inlay], written: bool) -> str:
    """Return `text` with the words that its inlays stand for: as they were written, or as they are spoken."""
    if not inlays:
        return text

    def word(match: re.Match[str]) -> str:
        inlay = inlay_of(match[1], inlays)
        return match[0] if inlay is None else inlay.written if written else inlay.spoken

    return " ".join(_INLAY_AND_GAP.sub(word, text).split())


class Locator:
    """Finds the characters of sentences, in order, in the passage that they were cut from.

    A sentence has all characters of its text but white space, so that these can be counted off.
    """

    def __init__(self, passage: Passage) -> None:
        self._passage = passage
        self._before = 0  # characters, without white space, of the sentences before
        self._counted, self._offset = 0, 0  # so many lie before this place of the text
        self._place: tuple[int, int, int] | None = None  # offset, line, column that were found last

    def next_sentence(self, sentence: str) -> None:
        """Go on behind `sentence`."""
        self._before += _weight(sentence)

    def place(self, sentence: str, at: int) -> Place:
        """Return where character `at` of `sentence`, the next one, stands in the source; `at` may not go back."""
        wanted = self._before + _weight(sentence[:at])
        step = wanted - self._counted
        found = next(islice(_VISIBLE.finditer(self._passage.text, self._offset), step, None), None)
        if found is not None and step >= 0:
            self._counted, self._offset = wanted, found.start()
        return self._of(self._offset)

    def _of(self, offset: int) -> Place:
        origins = self._passage.origins
        origin = origins[bisect_right(origins, offset, key=lambda origin: origin.offset) - 1]
        start = (origin.offset, origin.line, origin.column)
        if self._place is not None and start[0] <= self._place[0] <= offset:
            start = self._place
        between = self._passage.text[start[0] : offset]
        lines = between.count("\n")
        column = offset - start[0] - between.rfind("\n") if lines else start[2] + len(between)
        self._place = (offset, start[1] + lines, column)
        return Place(self._passage.source, start[1] + lines, column)


def _weight(text: str) -> int:
    """How many characters of `text` are no white space."""
    return sum(map(len, text.split()))
