"""`tts normalize`: what the front end makes of a text before it is spelt. Loads no model."""

from typing import TYPE_CHECKING, Annotated

import typer

from ttscli.cli.completion import complete_voice
from ttscli.cli.options import Emoji, InputFormat
from ttscli.cli.tables import print_json, print_row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ttscli.text.emoji import EmojiPolicy
    from ttscli.text.frontend import FrontEnd
    from ttscli.text.inputs import InputFormat as Kind
    from ttscli.text.passages import Passage

Words = Annotated[list[str] | None, typer.Argument(metavar="[TEXT...|-]", help="The text; without it or with -, standard input.")]
Files = Annotated[
    list[str] | None, typer.Option("--file", "-f", metavar="PATH", help="Read text from a file; - is standard input.")
]
VoiceName = Annotated[
    str | None,
    typer.Option(
        "--voice",
        "-v",
        envvar="TTSCLI_VOICE",
        metavar="NAME",
        help="The voice whose language and alphabet count.",
        autocompletion=complete_voice,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def normalize(
    text: Words = None,
    file: Files = None,
    input_format: InputFormat = None,
    emoji: Emoji = "drop",
    voice: VoiceName = None,
    trace: Annotated[bool, typer.Option("--trace", help="Print each sentence as written, then as spoken.")] = False,
    as_json: Json = False,
) -> None:
    """Print each sentence in spoken words, one a line: numbers, dates and abbreviations written out."""
    front, texts = front_end(voice), passages_of(text, file, input_format, emoji)
    pairs = ((sentence.text, spoken) for piece in texts for sentence, spoken in front.normalized(piece))
    if as_json:
        print_json({"sentences": [{"written": written, "spoken": spoken} for written, spoken in pairs]})
        return
    for written, spoken in pairs:
        if trace:
            print_row(["written", written])
            print_row(["spoken", spoken])
        else:
            print_row([spoken])


def passages_of(
    words: list[str] | None, files: list[str] | None, kind: "Kind | None", emoji: "EmojiPolicy"
) -> "Iterator[Passage]":
    """Return what the command line, the files or standard input give; UsageError if that is a terminal."""
    from ttscli.cli.reading import given_passages
    from ttscli.errors import UsageError

    passages = given_passages(words or [], files or [], kind, emoji)
    if passages is None:
        raise UsageError("there is no text", "give it as an argument, with -f FILE, or through a pipe")
    return passages


def front_end(voice_name: str | None) -> "FrontEnd":
    """Return the front end of a voice; None is the default voice."""
    from ttscli import library
    from ttscli.text.frontend import FrontEnd, Pauses

    voice = library.find(voice_name or library.DEFAULT_VOICE)
    return FrontEnd(voice.spelling(), voice.language, Pauses())
