"""Spoken words → symbols of the voice's alphabet, but for words whose sound is given by the text or the user's lexicon."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from ttscli import registry
from ttscli.contract import WordSpan
from ttscli.text import lexicon as lexicons
from ttscli.text.ipa import is_phones, split_symbols
from ttscli.text.language import is_english
from ttscli.text.lexicon import Lexicon, Sound
from ttscli.text.passages import Inlay, inlay_of
from ttscli.text.pauses import PAUSES, WORD
from ttscli.text.symbols import place_marks
from ttscli.text.words import word_spans
from ttscli.voice import TextSettings

if TYPE_CHECKING:
    from ttscli.contract import Alphabet


@dataclass(frozen=True)
class Spelt:
    """A stretch of spoken text in the alphabet's symbols, and where words and marks stand among them."""

    symbols: tuple[str, ...]
    words: tuple[WordSpan, ...]
    marks: tuple[WordSpan, ...] = ()


class Speller:
    """Spells as one voice does.

    Args:
        settings: the voice's alphabet, and where it wants spaces.
        language: BCP 47 tag of the text.
        lexicon: how the user wants words to be spoken.
    """

    def __init__(self, settings: TextSettings, language: str, lexicon: Lexicon) -> None:
        self._settings = settings
        self._language = language
        self._lexicon = lexicon
        self._alphabet: Alphabet | None = None
        self._lengths: dict[str, int] = {}

    def spell(self, spoken: str, inlays: Sequence[Inlay] = ()) -> Spelt:
        """Spell `spoken`; its words that stand for `inlays`, and those of the lexicon, apart from their neighbours.

        Raises:
            UsageError, VoiceError: the voice's alphabet cannot be had.
        """
        whole = Spelt((), ())
        gap = False
        for piece, inlay in self._stretches(spoken, inlays):
            spelt = self._inlaid(inlay) if inlay else self._plain(piece)
            gap = gap or piece[:1].isspace()
            whole = self._joined(whole, spelt, gap)
            gap = piece[-1:].isspace() or (gap and not spelt.symbols)
        return whole

    def _stretches(self, spoken: str, inlays: Sequence[Inlay]) -> Iterator[tuple[str, Inlay | None]]:
        """Yield words whose sound is given, and what stands between them."""
        start = 0
        for match in WORD.finditer(spoken) if inlays or self._lexicon else ():
            sound = lexicons.find(self._lexicon, match[0])
            inlay = inlay_of(match[0], inlays) or (sound and self._of_lexicon(match[0], sound))
            if inlay:
                if between := spoken[start : match.start()]:
                    yield between, None
                yield match[0], inlay
                start = match.end()
        if rest := spoken[start:]:
            yield rest, None

    def _of_lexicon(self, word: str, sound: Sound) -> Inlay:
        return Inlay(word, word, sound.phonemes, sound.like)

    def _inlaid(self, inlay: Inlay) -> Spelt:
        if inlay.mark:
            return Spelt((), (), (WordSpan(inlay.mark, 0, 0),))
        symbols = self._given(inlay.phonemes) if inlay.phonemes else self._symbols(inlay.like)
        return Spelt(symbols, (WordSpan(inlay.spoken, 0, len(symbols)),) if symbols else ())

    def _given(self, phonemes: str) -> tuple[str, ...]:
        """The symbols that a person has written; IPA as phones where the voice speaks these."""
        phones = tuple(phonemes.split())
        if is_phones(phonemes) or set(phones) <= set(self._settings.symbols):
            return phones
        if is_english(self._language):  # of its r, few people write more than that
            phonemes = phonemes.replace("r", "ɹ")
        symbols = split_symbols(phonemes, typed=True)
        if not self._schwa:
            return symbols
        from ttscli.text.arpabet import from_ipa  # noqa: PLC0415 - brings its dictionary

        prefix, stress = self._schwa.rstrip("AH0"), self._schwa.endswith("0")
        return tuple(prefix + (phone if stress else phone.rstrip("012")) for phone in from_ipa(symbols))

    @cached_property
    def _schwa(self) -> str:
        """How an alphabet of phones writes one of them, which tells how it writes all; "" if it is none of phones."""
        return next((phone for phone in self._loaded()("the", "en-US") if phone in ("AH", "AH0", "@AH0")), "")

    def _plain(self, spoken: str) -> Spelt:
        if WORD.search(spoken) is None:  # some alphabets say nothing to marks alone
            return Spelt(tuple(mark for mark in spoken if mark in PAUSES), ())
        symbols = place_marks(self._symbols(spoken), self._settings.marks)
        return Spelt(symbols, word_spans(spoken, symbols, self._length))

    def _symbols(self, spoken: str) -> tuple[str, ...]:
        return self._loaded()(spoken, self._language)

    def _loaded(self) -> "Alphabet":
        if self._alphabet is None:
            self._alphabet = registry.alphabet(self._settings.alphabet)
        return self._alphabet

    def _length(self, word: str) -> int:
        if word not in self._lengths:
            self._lengths[word] = len(place_marks(self._symbols(word), self._settings.marks))
        return self._lengths[word]

    def _joined(self, before: Spelt, after: Spelt, gap: bool) -> Spelt:
        """Set two stretches side by side, with the space between them that the voice wants."""
        border = [*before.symbols[-1:], *([" "] if gap else []), *after.symbols[:1]]
        between = place_marks(border, self._settings.marks)[1:-1] if before.symbols and after.symbols else ()
        offset = len(before.symbols) + len(between)
        return Spelt(
            (*before.symbols, *between, *after.symbols),
            before.words + _moved(after.words, offset),
            before.marks + _moved(after.marks, offset),
        )


def _moved(spans: Sequence[WordSpan], by: int) -> tuple[WordSpan, ...]:
    return tuple(replace(span, start=span.start + by, stop=span.stop + by) for span in spans)
