"""Sentences → cues of subtitles: the text as it is written, in pieces that can be read while they sound.

Models time spoken words, readers see written ones. Where both are the same word, its time is known; what is written in another
way, such as a number, takes the time of the words that stand for it, shared out by letters.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate
from typing import TYPE_CHECKING

from ttscli.text.pauses import PAUSES

if TYPE_CHECKING:
    from ttscli.timings import Sentence

_LINE_CHARACTERS = 42
_LONGEST_S = 7.0
"""Two lines of this length, for no longer than this: what broadcasters ask for, by and large."""
_DETOUR = 0.5
"""A cue is cut in the middle, or at a mark if then no part is longer than the other by more than this part of all."""


@dataclass(frozen=True)
class Token:
    """A stretch of written text without spaces, the sample where it begins to sound, and whether that is known or estimated."""

    text: str
    start: int
    known: bool


@dataclass(frozen=True)
class Cue:
    """What is seen from one sample to another: one line or two."""

    start: int
    stop: int
    lines: tuple[tuple[Token, ...], ...]


def cues(sentence: "Sentence", rate_hz: int) -> list[Cue]:
    """Cut a sentence into cues, between words and preferably at marks, as few as are fit to be read."""
    tokens = _tokens(sentence)
    pieces = list(_pieces(tokens, sentence.stop, _LONGEST_S * rate_hz)) if tokens else []
    starts = [sentence.start, *(piece[0].start for piece in pieces[1:]), sentence.stop]
    return [Cue(start, stop, _lines(piece)) for piece, start, stop in zip(pieces, starts, starts[1:], strict=False)]


def _tokens(sentence: "Sentence") -> list[Token]:
    written = sentence.text.split()
    words = sentence.words
    if not words:
        return _shared_out(written, sentence.start, sentence.stop, known=False)
    tokens: list[Token] = []
    pairing = SequenceMatcher(None, [*map(_letters, written)], [_letters(word.text) for word in words], autojunk=False)
    for kind, first, last, first_word, last_word in pairing.get_opcodes():
        if kind == "equal":
            pairs = zip(written[first:last], words[first_word:last_word], strict=True)
            tokens += [Token(text, word.start, known=True) for text, word in pairs]
        elif stands_for := words[first_word:last_word]:
            tokens += _shared_out(written[first:last], stands_for[0].start, stands_for[-1].stop, known=True)
        else:  # it makes no sound, and is where the word before it ends
            silent_at = words[first_word - 1].stop if first_word else sentence.start
            tokens += _shared_out(written[first:last], silent_at, silent_at, known=False)
    return tokens


def _shared_out(texts: Sequence[str], start: int, stop: int, known: bool) -> list[Token]:
    """Share samples out by letters; of `texts` at most the first one's start is known."""
    letters = [len(_letters(text)) for text in texts]
    before = [0, *accumulate(letters)]
    return [
        Token(text, start + (stop - start) * done // max(1, before[-1]), known and number == 0)
        for number, (text, done) in enumerate(zip(texts, before, strict=False))
    ]


def _letters(word: str) -> str:
    return re.sub(r"\W", "", word).lower()


def _pieces(tokens: Sequence[Token], stop: int, longest: float) -> Iterator[Sequence[Token]]:
    """Halve until all is fit to be read, or cannot be parted."""
    places = [place for place in range(1, len(tokens)) if tokens[0].start < tokens[place].start < stop]
    fit = stop - tokens[0].start <= longest and all(_length(line) <= _LINE_CHARACTERS for line in _lines(tokens))
    if fit or not places:
        yield tokens
        return

    def distance(place: int) -> float:
        off_middle = abs(_length(tokens[:place]) - _length(tokens[place:]))
        at_mark = tokens[place - 1].text.rstrip("\"')]”’").endswith(tuple(PAUSES))
        return off_middle - at_mark * _DETOUR * _length(tokens)

    at = min(places, key=distance)
    yield from _pieces(tokens[:at], tokens[at].start, longest)
    yield from _pieces(tokens[at:], stop, longest)


def _lines(tokens: Sequence[Token]) -> tuple[tuple[Token, ...], ...]:
    """One line, or two of about the same length."""
    if _length(tokens) <= _LINE_CHARACTERS or len(tokens) < 2:
        return (tuple(tokens),)
    at = min(range(1, len(tokens)), key=lambda place: max(_length(tokens[:place]), _length(tokens[place:])))
    return tuple(tokens[:at]), tuple(tokens[at:])


def _length(tokens: Sequence[Token]) -> int:
    return sum(len(token.text) + 1 for token in tokens) - 1
