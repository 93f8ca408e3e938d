"""`tts g2p`: how a voice spells a text. Loads no model."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Annotated

import typer

from ttscli.cli import lexicons
from ttscli.cli.completion import complete_alphabet
from ttscli.cli.normalize import Files, Json, VoiceName, Words, front_end, passages_of
from ttscli.cli.options import Emoji, InputFormat, LexiconFiles
from ttscli.cli.tables import print_json, print_row

if TYPE_CHECKING:
    from ttscli.text.lexicon import Lexicon
    from ttscli.text.passages import Passage


@dataclass(frozen=True)
class _Spelling:
    """One sentence; `ids` and `unspoken` are of the voice, and empty for a foreign alphabet."""

    written: str
    spoken: str
    symbols: list[str]
    ids: list[int]
    unspoken: list[str]


def g2p(
    text: Words = None,
    file: Files = None,
    input_format: InputFormat = None,
    emoji: Emoji = "drop",
    lexicon: LexiconFiles = None,
    voice: VoiceName = None,
    alphabet: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Spell with this alphabet, not the voice's.", autocompletion=complete_alphabet),
    ] = None,
    trace: Annotated[bool, typer.Option("--trace", help="Print every stage: written, spoken, symbols, ids, unspoken.")] = False,
    as_json: Json = False,
) -> None:
    """Print the phonemes (or letters) of each sentence, one sentence a line.

    With --trace and --json the symbols are those that the model is given, with the voice's marks at start and end.
    """
    given = passages_of(text, file, input_format, emoji)
    words = lexicons.together(lexicon or [])
    spellings = (
        _by_alphabet(given, voice, words, alphabet) if alphabet else _by_voice(given, voice, words, marks=trace or as_json)
    )
    if as_json:
        print_json({"sentences": [asdict(spelling) for spelling in spellings]})
        return
    for spelling in spellings:
        if trace:
            _print_stages(spelling)
        else:
            several_letters = any(len(symbol) > 1 and symbol.isascii() for symbol in spelling.symbols)  # as in AH0
            print_row([_apart(spelling.symbols) if several_letters else "".join(spelling.symbols)])


def _by_voice(texts: "Iterator[Passage]", voice_name: str | None, words: "Lexicon", marks: bool) -> Iterator[_Spelling]:
    from ttscli import library
    from ttscli.text.frontend import FrontEnd, Pauses

    voice = library.find(voice_name or library.DEFAULT_VOICE)
    spelling = voice.spelling()
    settings = spelling if marks else replace(spelling, start="", end="", blank="")
    front = FrontEnd(settings, voice.language, Pauses(), words)
    for segment in (segment for text in texts for segment in front.segments(text)):
        yield _Spelling(
            segment.text, segment.spoken, list(segment.symbols), segment.ids.tolist(), [lost.text for lost in segment.unspoken]
        )


def _by_alphabet(texts: "Iterator[Passage]", voice_name: str | None, words: "Lexicon", alphabet: str) -> Iterator[_Spelling]:
    from ttscli.text.spelling import Speller
    from ttscli.voice import TextSettings

    front = front_end(voice_name)
    speller = Speller(TextSettings(alphabet, symbols=()), front.language, words)
    for sentence, spoken in (pair for text in texts for pair in front.normalized(text)):
        yield _Spelling(sentence.text, spoken, list(speller.spell(spoken).symbols), [], [])


def _print_stages(spelling: _Spelling) -> None:
    print_row(["written", spelling.written])
    print_row(["spoken", spelling.spoken])
    print_row(["symbols", _apart(spelling.symbols)])
    if spelling.ids:
        print_row(["ids", " ".join(map(str, spelling.ids))])
    if spelling.unspoken:
        print_row(["unspoken", " ".join(spelling.unspoken)])


def _apart(symbols: list[str]) -> str:
    return " ".join("␣" if symbol == " " else symbol for symbol in symbols)
