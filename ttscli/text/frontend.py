"""Text → segments: the stages of ttscli.text in order, as one voice spells. Knows neither models nor sound."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ttscli import registry
from ttscli.contract import Segment, WordSpan
from ttscli.text.normalize import normalize
from ttscli.text.pauses import PAUSES
from ttscli.text.sentences import Sentence, sentences
from ttscli.text.symbols import MARKS, SymbolTable, place_marks
from ttscli.text.words import word_spans
from ttscli.voice import TextSettings

if TYPE_CHECKING:
    from ttscli.contract import Alphabet

MAX_SYMBOLS = 400
"""No segment has more symbols, but for start, end and blanks; about 30 seconds of speech."""

_LENGTH_MARKS = re.compile("[ː\u0329\u0303ʲʰ]")
_TIE = "\u0361"
_STRESS = "ˈˌ"
_NEXT_BEST = {"—": "--", "--": ",", "…": ".", ";": ",", ":": ",", "!": ".", "?": ".", ",": " ", "-": " "}
"""What a voice that lacks a mark says instead."""


@dataclass(frozen=True)
class Pauses:
    """Silences, in seconds, after a sentence and after a paragraph, heading or list."""

    sentence_s: float = 0.2
    paragraph_s: float = 0.5


class FrontEnd:
    """The text side of one voice.

    Args:
        settings: the voice's alphabet and symbol table.
        language: BCP 47 tag of the text.
        pauses: silences after segments.
    """

    def __init__(self, settings: TextSettings, language: str, pauses: Pauses) -> None:
        self.settings = settings
        self.language = language
        self.pauses = pauses
        self._table = SymbolTable(settings)
        self._alphabet: Alphabet | None = None
        self._lengths: dict[str, int] = {}

    def normalized(self, text: str) -> Iterator[tuple[Sentence, str]]:
        """Cut `text` into sentences and say each in spoken words, lazily; sentences with nothing to speak are left out."""
        for sentence in sentences(text):
            if spoken := normalize(sentence.text, self.language):
                yield sentence, spoken

    def segments(self, text: str) -> Iterator[Segment]:
        """Spell `text`, one segment a sentence, lazily; what has no symbol that sounds is left out.

        A sentence whose spoken words are too long for one segment gives several; `text` of these is their spoken words.

        Raises:
            UsageError, VoiceError: the voice's alphabet cannot be had.
        """
        for sentence, spoken in self.normalized(text):
            pause_s = self.pauses.paragraph_s if sentence.ends_paragraph else self.pauses.sentence_s
            pieces = list(self._pieces(spoken))
            for number, (piece, symbols) in enumerate(pieces, 1):
                written = sentence.text if len(pieces) == 1 else piece
                segment = self._segment(written, piece, symbols, pause_s if number == len(pieces) else 0.0)
                if segment is not None:
                    yield segment

    def _pieces(self, spoken: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield `spoken` with its symbols, cut between words until no piece has more than MAX_SYMBOLS."""
        symbols = self._spell(spoken)
        if len(symbols) <= MAX_SYMBOLS or len(spoken) < 2:
            yield spoken, symbols[:MAX_SYMBOLS]
            return
        at = _middle(spoken)
        for half in (spoken[:at].strip(), spoken[at:].strip()):
            if half:
                yield from self._pieces(half)

    def _spell(self, spoken: str) -> tuple[str, ...]:
        if self._alphabet is None:
            self._alphabet = registry.alphabet(self.settings.alphabet)
        if self.settings.alphabet == "espeak-ipa" and self.language.lower().partition("-")[0] == "en":
            from ttscli.text.homographs import respell  # noqa: PLC0415 - its rules are for this alphabet alone

            spoken = respell(spoken)
        return place_marks(self._alphabet(spoken, self.language), self.settings.marks)

    def _length(self, word: str) -> int:
        if word not in self._lengths:
            self._lengths[word] = len(self._spell(word))
        return self._lengths[word]

    def _segment(self, text: str, spoken: str, symbols: Sequence[str], pause_after_s: float) -> Segment | None:
        kept: list[str] = []
        places = [0]  # places[i]: how many symbols are kept before the i-th that the alphabet gave
        unspoken: dict[str, None] = {}
        for symbol in symbols:
            found = self._known(symbol)
            if not found and symbol not in MARKS + _STRESS + " ":
                unspoken[symbol] = None
            kept += [] if found == [" "] and kept[-1:] in ([], [" "]) else found
            places.append(len(kept))
        if kept[-1:] == [" "]:
            kept.pop()
        if all(symbol in MARKS + _STRESS + " " for symbol in kept):
            return None
        dressed = self._table.dress(kept)
        spans = _moved(word_spans(spoken, symbols, self._length), places, self._table.place)
        return Segment(text, spoken, dressed, self._table.ids(dressed), spans, tuple(unspoken), pause_after_s)

    def _known(self, symbol: str) -> list[str]:
        """Return `symbol` as the voice has it: itself, without length and such marks, or in its letters; [] if it has none."""
        bare = _LENGTH_MARKS.sub("", symbol)
        for candidate in (symbol, bare, bare.replace(_TIE, "")):
            if candidate in self._table:
                return [candidate]
        letters = list(bare.replace(_TIE, ""))
        if letters and all(letter in self._table for letter in letters):
            return letters
        return self._known(_NEXT_BEST[symbol]) if symbol in _NEXT_BEST else []


def _middle(spoken: str) -> int:
    """Return the place after the mark, else the space, that is nearest to the middle of `spoken`."""
    half = len(spoken) / 2
    for pattern in (rf"[{re.escape(PAUSES)}] ", " "):
        ends = [match.end() for match in re.finditer(pattern, spoken[:-1])]
        fair = [end for end in ends if pattern == " " or half / 2 < end < half * 3 / 2]
        if fair:
            return min(fair, key=lambda end: abs(end - half))
    return len(spoken) // 2


def _moved(spans: Sequence[WordSpan], places: Sequence[int], place: Callable[[int], int]) -> tuple[WordSpan, ...]:
    """Set `spans` from the alphabet's symbols over to the dressed ones; words of which nothing is left are left out."""
    edges = ((span.text, places[span.start], places[span.stop]) for span in spans)
    return tuple(WordSpan(text, place(start), place(stop - 1) + 1) for text, start, stop in edges if stop > start)
