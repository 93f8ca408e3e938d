"""Text → segments: the stages of ttscli.text in order, as one voice spells. Knows neither models nor sound."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ttscli.contract import Segment, Unspoken, WordSpan
from ttscli.text.ipa import NEAREST, TIE, split_symbols
from ttscli.text.lexicon import Lexicon
from ttscli.text.normalize import normalize
from ttscli.text.passages import INLAY, Inlay, Locator, Passage, inlay_of, without_inlays
from ttscli.text.pauses import PAUSES
from ttscli.text.sentences import Sentence, sentences
from ttscli.text.silent import suspects
from ttscli.text.spelling import Speller, Spelt
from ttscli.text.symbols import MARKS, SymbolTable
from ttscli.voice import TextSettings

MAX_SYMBOLS = 400
"""No segment has more symbols, but for start, end and blanks; about 30 seconds of speech."""

_LENGTH_MARKS = re.compile("[ː\u0329\u0303ʲʰ]")
_SILENT = MARKS + "ˈˌ "
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
        lexicon: how the user wants words to be spoken.
    """

    def __init__(self, settings: TextSettings, language: str, pauses: Pauses, lexicon: Lexicon | None = None) -> None:
        self.settings = settings
        self.language = language
        self.pauses = pauses
        self._table = SymbolTable(settings)
        self._speller = Speller(settings, language, lexicon or {})
        self._mute: dict[str, bool] = {}  # words of letters that the voice may not know

    def normalized(self, text: str | Passage) -> Iterator[tuple[Sentence, str]]:
        """Cut `text` into sentences and say each in spoken words, lazily; sentences with nothing to speak are left out."""
        passage = _passage(text)
        for sentence in sentences(passage.text):
            if spoken := without_inlays(normalize(sentence.text, self.language), passage.inlays, written=False):
                yield replace(sentence, text=without_inlays(sentence.text, passage.inlays, written=True)), spoken

    def segments(self, text: str | Passage) -> Iterator[Segment]:
        """Spell `text`, one segment a sentence, lazily; what has no symbol that sounds is left out. Otherwise as `read`."""
        return (segment for segment in self.read(_passage(text)) if segment.symbols)

    def read(self, passage: Passage) -> Iterator[Segment]:
        """Spell a passage, one segment a sentence, lazily; also what makes no sound, if anything is to be told of it.

        A sentence whose spoken words are too long for one segment gives several; `text` of these is their spoken words.

        Raises:
            UsageError, VoiceError: the voice's alphabet cannot be had.
        """
        locator = Locator(passage)
        before = passage.unspoken
        begins = not passage.continues
        for sentence, last in _marking_last(sentences(passage.text)):
            goes_on = sentence.goes_on or (last and passage.end == "clause")
            given_s = passage.pause_after_s if last else None
            *first, final = self._sentence(sentence.text, passage.inlays, locator, begins, ends=not goes_on)
            begins = not goes_on
            usual_s = self._pause_s(sentence, goes_on, last and passage.end == "sentence") if final.symbols else 0.0
            final = replace(final, pause_after_s=usual_s if given_s is None else given_s)
            for segment in (*first, final):
                if segment.symbols or segment.marks or segment.unspoken or segment.pause_after_s or before:
                    yield replace(segment, unspoken=before + segment.unspoken)
                    before = ()

    def _pause_s(self, sentence: Sentence, goes_on: bool, same_paragraph: bool) -> float:
        if goes_on:
            return 0.0
        return self.pauses.paragraph_s if sentence.ends_paragraph and not same_paragraph else self.pauses.sentence_s

    def _sentence(self, written: str, inlays: Sequence[Inlay], locator: Locator, begins: bool, ends: bool) -> list[Segment]:
        """Spell one sentence, without pause; the first segment bears all that is unspoken of it."""
        pieces = list(self._pieces(normalize(written, self.language), inlays))
        known = [self._kept(spelt) for _, spelt in pieces]
        lost = list(self._silent(written, inlays, whole=all(map(_is_silent, (kept for kept, _, _ in known)))))
        listed = "".join(text.lower() for _, text in lost)
        segments = []
        for number, ((piece, spelt), (kept, places, missing)) in enumerate(zip(pieces, known, strict=True), 1):
            stands = _found([word for _, word in missing], written, inlays)
            lost += [(at, symbol) for at, (symbol, _) in zip(stands, missing, strict=True) if symbol.lower() not in listed]
            text = without_inlays(written if len(pieces) == 1 else piece, inlays, written=len(pieces) == 1)
            plain = Segment(text, without_inlays(piece, inlays, written=False), (), self._table.ids([]), (), (), 0.0)
            whole = (begins and number == 1, ends and number == len(pieces))
            segments.append(self._dressed(plain, spelt, kept, places, whole))
        unspoken = tuple(Unspoken(text, locator.place(written, at)) for at, text in sorted(lost))
        locator.next_sentence(written)
        return [replace(segments[0], unspoken=unspoken), *segments[1:]]

    def _pieces(self, spoken: str, inlays: Sequence[Inlay]) -> Iterator[tuple[str, Spelt]]:
        """Yield `spoken`, spelt, cut between words until no piece has more than MAX_SYMBOLS."""
        spelt = self._speller.spell(spoken, inlays)
        if len(spelt.symbols) <= MAX_SYMBOLS or len(spoken) < 2:
            yield spoken, spelt
            return
        at = _middle(spoken)
        for half in (spoken[:at].strip(), spoken[at:].strip()):
            if half:
                yield from self._pieces(half, inlays)

    def _silent(self, written: str, inlays: Sequence[Inlay], whole: bool) -> Iterator[tuple[int, str]]:
        """Yield (place, stretch) of what makes no sound in a sentence, of which the `whole` may make none.

        Letters and inlays are judged by themselves, signs by what the rest of the sentence is without them.
        """
        for at, stretch, is_letters in suspects(written):
            if inlay := inlay_of(stretch, inlays):
                silent = not inlay.mark and self._is_mute(stretch, inlays)
            elif is_letters:
                silent = self._is_mute_word(stretch)
            else:
                silent = whole or self._adds_nothing(stretch, written)
            if silent:
                yield at, inlay.written if inlay else stretch

    def _is_mute_word(self, written: str) -> bool:
        if written not in self._mute:
            self._mute[written] = self._is_mute(normalize(written, self.language), ())
        return self._mute[written]

    def _is_mute(self, spoken: str, inlays: Sequence[Inlay]) -> bool:
        kept, _, _ = self._kept(self._speller.spell(spoken, inlays))
        return _is_silent(kept)

    def _adds_nothing(self, sign: str, written: str) -> bool:
        """Tell whether a sentence is said in the same words without any of a sign."""
        without = (" ".join(written.replace(sign, blank).split()) for blank in ("", " "))
        return normalize(written, self.language) in [normalize(other, self.language) for other in without]

    def _kept(self, spelt: Spelt) -> tuple[list[str], list[int], list[tuple[str, WordSpan | None]]]:
        """Return the symbols as the voice has them; how many are kept before each of `spelt`; and (symbol, its word) lost."""
        kept: list[str] = []
        places = [0]
        missing: list[tuple[str, WordSpan | None]] = []
        for number, symbol in enumerate(spelt.symbols[:MAX_SYMBOLS]):
            found = self._known(symbol)
            if not found and symbol not in _SILENT:
                missing.append((symbol, next((span for span in spelt.words if span.start <= number < span.stop), None)))
            kept += [] if found == [" "] and kept[-1:] in ([], [" "]) else found
            places.append(len(kept))
        if kept[-1:] == [" "]:
            kept.pop()
        return kept, places, missing

    def _dressed(self, plain: Segment, spelt: Spelt, kept: list[str], places: Sequence[int], whole: tuple[bool, bool]) -> Segment:
        """Give a segment the symbols that are kept, and none if none of them sounds; `whole`: whether it begins and ends."""
        if _is_silent(kept):
            return replace(plain, marks=tuple(WordSpan(mark.text, 0, 0) for mark in spelt.marks))

        def place(number: int) -> int:
            return self._table.place(number, whole[0])

        symbols = self._table.dress(kept, *whole)
        limits = ((mark.text, min(place(places[mark.start]), len(symbols))) for mark in spelt.marks)
        marks = tuple(WordSpan(name, at, at) for name, at in limits)
        words = _moved(spelt.words, places, place)
        return replace(plain, symbols=symbols, ids=self._table.ids(symbols), words=words, marks=marks)

    def _known(self, symbol: str) -> list[str]:
        """Return `symbol` as the voice has it, or what comes next to it; [] if it has neither."""
        if found := self._itself(symbol):
            return found
        if symbol in _NEXT_BEST:
            return self._known(_NEXT_BEST[symbol])
        near = NEAREST.get(symbol) or NEAREST.get(_LENGTH_MARKS.sub("", symbol), "")
        sounds = [self._itself(sound) for sound in split_symbols(near)]
        return [symbol for sound in sounds for symbol in sound] if all(sounds) else []

    def _itself(self, symbol: str) -> list[str]:
        """Return `symbol` with or without length and such marks, or in its letters; [] if the voice lacks one of them."""
        bare = _LENGTH_MARKS.sub("", symbol)
        for candidate in (symbol, bare, bare.replace(TIE, "")):
            if candidate in self._table:
                return [candidate]
        letters = list(bare.replace(TIE, ""))
        return letters if all(letter in self._table for letter in letters) else []


def _is_silent(symbols: Sequence[str]) -> bool:
    return all(symbol in _SILENT for symbol in symbols)


def _passage(text: str | Passage) -> Passage:
    return Passage(text) if isinstance(text, str) else text


def _marking_last(found: Iterator[Sentence]) -> Iterator[tuple[Sentence, bool]]:
    """Yield each sentence, and whether it is the last; an empty one if there is none."""
    held = next(found, Sentence("", ends_paragraph=True))
    for sentence in found:
        yield held, False
        held = sentence
    yield held, True


def _found(words: Sequence[WordSpan | None], written: str, inlays: Sequence[Inlay]) -> Iterator[int]:
    """Yield where each of the spoken `words` stands in a sentence; for one written in another way, where the last one did."""
    at, behind, last = 0, 0, None
    inlaid = [(found[0], inlay.spoken) for found in INLAY.finditer(written) if (inlay := inlay_of(found[0], inlays))]
    for word in words:
        if word is not None and word != last:
            last = word
            stands = [word.text, *(stand for stand, spoken in inlaid if spoken == word.text)]
            pattern = "|".join(re.escape(text) for text in stands)
            if match := re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE).search(written, behind):
                at, behind = match.span()
        yield at


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
