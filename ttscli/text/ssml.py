"""SSML → passages: the elements that a voice can follow.

W3C's Speech Synthesis Markup Language 1.1, https://www.w3.org/TR/speech-synthesis11/: speak, p, s, break, prosody, emphasis,
say-as, sub, phoneme, voice, mark, token, and lexicons written into the text, as Mimic 3 has them. Of any other element the text
is spoken, and its name is among what is unspoken; so is a value that we cannot follow. Nothing outside is ever fetched.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from ttscli.contract import Place, Unspoken
from ttscli.errors import InputError
from ttscli.text import prosody, xml
from ttscli.text.emoji import EmojiPolicy
from ttscli.text.inputs import add_text
from ttscli.text.passages import Delivery, Draft, Inlay, Passage
from ttscli.text.say_as import say_as

_FINISHED = re.compile(r"[.!?…。！？][\"'”’)\]]*\s*$")
_LEADING = re.compile(r"[,.!?;:…]+[\"'”’)\]]*")
_TRANSPARENT = ("speak", "token", "w", "lexeme")
_UNHEARD = ("metadata", "meta", "desc", "lexicon", "lookup")
"""Their text is about the document."""
_WHOLE = ("say-as", "sub", "phoneme", "grapheme", "alias", *_UNHEARD)
"""Elements whose text is taken together, at their end."""
_ALPHABETS = ("ipa", "cmu", "x-arpabet")
_WORD = re.compile(r"[\w'-]+")
"""What a lexicon in the text can say the sound of."""


def read_ssml(source: str, name: str, emoji: EmojiPolicy = "drop") -> Iterator[Passage]:
    """Read a document.

    Raises:
        InputError: it is not XML, has a DOCTYPE, or is not SSML, with the line and column.
    """
    reader = _Reader(name, emoji)
    xml.parse(source.lstrip("\ufeff"), name, reader)
    yield from reader.finished()


@dataclass
class _Element:
    """An element that is open.

    Attributes:
        tag, attributes, place: as it began.
        delivery: how its inside is spoken.
        taker: itself or the nearest element around it, whose text is taken together; None if there is none.
        text: what has been in it, if it is one of these.
    """

    tag: str
    attributes: Mapping[str, str]
    place: Place
    delivery: Delivery
    taker: "_Element | None" = None
    text: list[str] = field(default_factory=list)


class _Reader:
    """An xml.Handler that makes passages."""

    def __init__(self, name: str, emoji: EmojiPolicy) -> None:
        self._name = name
        self._emoji = emoji
        self._passages: list[Passage] = []
        self._draft = Draft()
        self._open: list[_Element] = []
        self._unspoken: list[Unspoken] = []
        self._told: set[str] = set()
        self._lexicon: dict[str, Inlay] = {}
        self._graphemes: list[str] = []
        self._sound: Inlay | None = None

    def start(self, tag: str, attributes: Mapping[str, str], line: int, column: int) -> None:
        place = Place(self._name, line, column)
        if not self._open and tag != "speak":
            shown = f"{self._name}:" if self._name else ""
            raise InputError(f"{shown}{line}:{column}: not SSML: it begins with <{tag}>", "its outermost tag is <speak>")
        delivery = self._open[-1].delivery if self._open else Delivery()
        element = _Element(tag, attributes, place, delivery)
        element.taker = element if tag in _WHOLE else self._open[-1].taker if self._open else None
        changed = self._changed(element)
        if tag in ("p", "s", "paragraph", "sentence"):
            self._cut("sentence" if tag[0] == "s" else "paragraph")
        elif changed != delivery:
            self._cut("clause")
        element.delivery = changed
        self._open.append(element)
        if tag == "break":
            self._break(element)
        elif tag == "mark":
            self._mark(element)
        elif tag not in _KNOWN:
            self._tell(tag, place)

    def end(self, tag: str) -> None:
        element = self._open.pop()
        if tag in ("p", "s", "paragraph", "sentence"):
            self._cut("sentence" if tag[0] == "s" else "paragraph", element.delivery)
        elif self._open and element.delivery != self._open[-1].delivery:
            self._cut("clause", element.delivery)
        if tag in _AT_END:
            _AT_END[tag](self, element, "".join(element.text))

    def text(self, text: str, line: int, column: int) -> None:
        if taker := self._open[-1].taker:
            taker.text.append(text)
        elif self._lexicon:
            self._add_with_lexicon(text, line, column)
        else:
            add_text(self._draft, text, line, column, self._emoji, brackets=False)

    def finished(self) -> list[Passage]:
        """Return what was read."""
        self._cut("paragraph", Delivery())
        return self._passages

    def _cut(self, end: Literal["clause", "sentence", "paragraph"], delivery: Delivery | None = None) -> None:
        """End the passage that is being put together; a clause ends only where its sentence is not finished."""
        delivery = delivery or (self._open[-1].delivery if self._open else Delivery())
        text = self._draft.text
        if text.strip() or self._unspoken:
            if end == "clause" and (_FINISHED.search(text) or not text.strip()):
                end = "sentence"
            self._give_back(text)
            before = self._passages[-1] if self._passages else None
            continues = before is not None and before.end == "clause" and before.pause_after_s is None
            made = replace(self._draft.passage(self._name, 1, 1), delivery=delivery, continues=continues, end=end)
            self._passages.append(replace(made, unspoken=tuple(self._unspoken)))
        elif end == "paragraph" and self._passages and self._passages[-1].end == "sentence":
            self._passages[-1] = replace(self._passages[-1], end="paragraph")
        self._draft = Draft()
        self._unspoken = []

    def _give_back(self, text: str) -> None:
        """Let marks at the beginning of `text` stand where they belong as well: "<emphasis>now</emphasis>. Then"."""
        last = self._passages[-1] if self._passages else None
        if last and last.end == "clause" and last.pause_after_s is None and (marks := _LEADING.match(text)):
            whole = last.text.rstrip() + marks[0]
            self._passages[-1] = replace(last, text=whole, end="sentence" if _FINISHED.search(whole) else "clause")

    def _break(self, element: _Element) -> None:
        pause_s = prosody.break_s(element.attributes)
        if pause_s is None:
            self._tell_value(element, "time" if "time" in element.attributes else "strength")
            return
        self._cut("clause")
        if not self._passages:
            self._passages.append(Passage("", self._name, delivery=element.delivery))
        last = self._passages[-1]
        pause_s += last.pause_after_s or 0.0
        if pause_s > prosody.LONGEST_S:
            self._tell(f"break beyond {prosody.LONGEST_S:g}s", element.place)
        unspoken, self._unspoken = (*last.unspoken, *self._unspoken), []
        self._passages[-1] = replace(last, pause_after_s=min(pause_s, prosody.LONGEST_S), unspoken=unspoken)

    def _mark(self, element: _Element) -> None:
        if name := element.attributes.get("name"):
            self._draft.add_inlay(Inlay("", mark=name), element.place.line, element.place.column)
        else:
            self._tell("mark", element.place)

    def _changed(self, element: _Element) -> Delivery:
        """Return how the inside of an element is spoken."""
        match element.tag:
            case "voice":
                return self._with_voice(element)
            case "emphasis":
                return self._with_emphasis(element)
            case "prosody":
                return self._with_prosody(element)
        return element.delivery

    def _with_voice(self, element: _Element) -> Delivery:
        name = element.attributes.get("name")
        if not name:
            self._tell("voice", element.place)
        return replace(element.delivery, voice=name or element.delivery.voice)

    def _with_emphasis(self, element: _Element) -> Delivery:
        level, delivery = element.attributes.get("level", "moderate"), element.delivery
        if (found := prosody.emphasis(level)) is None:
            self._tell_value(element, "level")
        pace, volume_db = found or (1.0, 0.0)
        return replace(delivery, pace=delivery.pace * pace, volume_db=delivery.volume_db + volume_db)

    def _with_prosody(self, element: _Element) -> Delivery:
        delivery = element.delivery
        for name in sorted(element.attributes.keys() - {"rate", "pitch", "volume"}):
            self._tell(f"prosody {name}", element.place)
        return replace(
            delivery,
            pace=delivery.pace * self._value(element, "rate", prosody.rate, 1.0),
            pitch_semitones=delivery.pitch_semitones + self._value(element, "pitch", prosody.pitch, 0.0),
            volume_db=delivery.volume_db + self._value(element, "volume", prosody.volume, 0.0),
        )

    def _value(self, element: _Element, name: str, read: Callable[[str], float | None], usual: float) -> float:
        written = element.attributes.get(name)
        value = usual if written is None else read(written.strip())
        if value is None:
            self._tell_value(element, name)
            return usual
        return value

    def _tell(self, what: str, place: Place) -> None:
        """Name an element or value that is not followed, once."""
        if what not in self._told:
            self._told.add(what)
            self._unspoken.append(Unspoken(f"<{what}>", place))

    def _tell_value(self, element: _Element, name: str) -> None:
        self._tell(f"{element.tag} {name}={element.attributes.get(name, '')}", element.place)

    def _add_with_lexicon(self, text: str, line: int, column: int) -> None:
        start = 0
        for word in _WORD.finditer(text):
            if sound := self._lexicon.get(word[0]) or self._lexicon.get(word[0].lower()):
                add_text(self._draft, text[start : word.start()], line, column + start, self._emoji, brackets=False)
                self._draft.add_inlay(replace(sound, written=word[0], spoken=word[0]), line, column + word.start())
                start = word.end()
        add_text(self._draft, text[start:], line, column + start, self._emoji, brackets=False)

    # --- What becomes of elements whose text is taken together ---

    def _say_as(self, element: _Element, text: str) -> None:
        said = say_as(text, element.attributes.get("interpret-as", ""), element.attributes.get("format", ""))
        if said is None:
            self._tell_value(element, "interpret-as")
        self._draft.add(text if said is None else said, element.place.line, element.place.column)

    def _sub(self, element: _Element, text: str) -> None:
        self._draft.add(element.attributes.get("alias", text), element.place.line, element.place.column)

    def _phoneme(self, element: _Element, text: str) -> None:
        """A word and its sound; in a lexeme the sound alone."""
        in_lexeme = self._open[-1].tag == "lexeme"
        sound = element.attributes.get("ph", text if in_lexeme else "").strip()
        known = self._alphabet(element) in _ALPHABETS
        if not known:
            self._tell(f"phoneme alphabet={self._alphabet(element)}", element.place)
        elif not sound:
            self._tell("phoneme", element.place)
        if in_lexeme:
            self._learn(Inlay("", phonemes=sound if known else ""))
        elif known and sound:
            word = text.strip()
            self._draft.add_inlay(Inlay(word, word or sound, sound), element.place.line, element.place.column)
        else:
            self._draft.add(text, element.place.line, element.place.column)

    def _alphabet(self, element: _Element) -> str:
        """Its own, else that of the lexicon around it."""
        around = (element, *reversed(self._open))
        return next((each.attributes["alphabet"] for each in around if "alphabet" in each.attributes), "ipa")

    def _take_grapheme(self, element: _Element, text: str) -> None:
        if _WORD.fullmatch(text.strip()):
            self._graphemes.append(text.strip())
        else:
            self._tell(f"grapheme {text.strip()}", element.place)

    def _take_alias(self, element: _Element, text: str) -> None:
        self._learn(Inlay("", like=text.strip()))

    def _learn(self, sound: Inlay) -> None:
        """Of several sounds of a lexeme, the first counts."""
        if self._sound is None and (sound.phonemes or sound.like):
            self._sound = sound

    def _end_lexeme(self, element: _Element, text: str) -> None:
        if self._sound is not None:
            self._lexicon.update(dict.fromkeys(self._graphemes, self._sound))
        self._graphemes, self._sound = [], None

    def _end_lexicon(self, element: _Element, text: str) -> None:
        if "uri" in element.attributes:
            self._tell("lexicon uri", element.place)


_AT_END: Mapping[str, Callable[[_Reader, _Element, str], None]] = {
    "say-as": _Reader._say_as,
    "sub": _Reader._sub,
    "phoneme": _Reader._phoneme,
    "grapheme": _Reader._take_grapheme,
    "alias": _Reader._take_alias,
    "lexeme": _Reader._end_lexeme,
    "lexicon": _Reader._end_lexicon,
}
_KNOWN = {*_TRANSPARENT, *_WHOLE, "p", "s", "paragraph", "sentence", "break", "prosody", "emphasis", "voice", "mark"}
