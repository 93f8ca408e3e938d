"""`tts lexicon`: how the user wants words to be spoken."""

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ttscli.cli import lexicons
from ttscli.cli.completion import complete_word
from ttscli.cli.normalize import Json, VoiceName
from ttscli.cli.tables import print_json, print_row, print_table
from ttscli.errors import InputError, UsageError
from ttscli.telling import tell
from ttscli.text.lexicon import Lexicon, Sound, checked, edited, read
from ttscli.text.pauses import WORD
from ttscli.whole_file import told, write_whole

if TYPE_CHECKING:
    from ttscli.text.frontend import FrontEnd
    from ttscli.voice import Voice

app = typer.Typer(
    help=(
        "Say how words are to be spoken: your own lexicon, and a project's (.tts.lexicon.tsv, in its folder or one above).\n\n"
        "A word is one of the spoken text, as `tts normalize` prints it. In small letters it stands for the word in any case;"
        " with a capital, for itself alone, and before the one in small letters. The project goes before your own."
    ),
    no_args_is_help=True,
)

Word = Annotated[str, typer.Argument(metavar="WORD", help="One word of the spoken text.", autocompletion=complete_word)]
Project = Annotated[bool, typer.Option("--project", help="In the project's lexicon instead of your own.")]


@app.command()
def add(
    word: Word,
    phonemes: Annotated[
        str | None, typer.Argument(metavar="[PHONEMES]", help="IPA, such as ʃɪˈvɔːn, or phones: 'SH IH0 V AO1 N'.")
    ] = None,
    like: Annotated[str | None, typer.Option(metavar="TEXT", help="Speak it like these words instead.")] = None,
    project: Project = False,
    voice: VoiceName = None,
) -> None:
    """Set how WORD is spoken."""
    from ttscli import library
    from ttscli.text.passages import Passage

    if (phonemes is None) == (like is None):
        raise UsageError("PHONEMES or --like: give one of them", f"tts lexicon add {word} --like 'another spelling'")
    found = library.find(voice or library.DEFAULT_VOICE)
    given, word = word, _as_spoken(word.strip(), found)
    try:
        word, sound = checked(word, f"={like}" if phonemes is None else phonemes)
    except ValueError as error:
        raise UsageError(str(error), "tts lexicon add --help") from error
    _change(_path(project), {word: sound})
    if word != given.strip():
        tell(f"note: {given} is {word} in the spoken text, and so in the lexicon")
    if lacking := [lost.text for part in _front(found, {word: sound}).read(Passage(word)) for lost in part.unspoken]:
        tell(f"warning: voice {found.name} has no symbol for {' '.join(lacking)}, and leaves it out")


@app.command()
def remove(word: Word, project: Project = False) -> None:
    """Take WORD out."""
    path = _path(project)
    if path.is_file() and word not in (words := read(path)):
        word = next((other for other in words if other.replace("-", "") == word), word)  # FAQ stands there as F-A-Q
    if not path.is_file() or word not in read(path):
        raise InputError(f"{word}: is not in {path}", "tts lexicon list shows what is")
    _change(path, {word: None})


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List the words, how they are spoken, and the file that says so; where two files name a word, the last counts."""
    rows = [(word, str(sound), str(path)) for path in lexicons.existing() for word, sound in read(path).items()]
    if as_json:
        print_json({"words": [{"word": word, "sound": sound, "file": file} for word, sound, file in rows]})
        return
    print_table(["word", "sound", "file"], rows)


@app.command()
def test(word: Word, voice: VoiceName = None) -> None:
    """Print the symbols that the voice would speak for WORD without the lexicons, and with them."""
    from ttscli import library

    found = library.find(voice or library.DEFAULT_VOICE)
    for name, words in (("without", {}), ("with", lexicons.together([]))):
        segments = list(_front(found, words).segments(word))
        spelt = ["".join(segment.symbols[span.start : span.stop]) for segment in segments for span in segment.words]
        unspoken = [lost.text for segment in segments for lost in segment.unspoken]
        print_row([name, " ".join(spelt), *([f"unspoken: {' '.join(unspoken)}"] if unspoken else [])])


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A lexicon of PLS 1.0, the W3C's format.")],
    project: Project = False,
) -> None:
    """Take over the words of a PLS lexicon; of those that are there already, the imported sound counts."""
    from ttscli.cli.decoding import decode
    from ttscli.cli.reading import read_bytes
    from ttscli.text.pls import read_pls

    imported = read_pls(decode(read_bytes(str(file)), str(file)), str(file))
    if imported.refused:
        more = f" and {len(imported.refused) - 3} more" if len(imported.refused) > 3 else ""
        tell(f"warning: not taken over: {'; '.join(imported.refused[:3])}{more}")
    if not imported.entries:
        raise InputError(f"{file}: no word in it can be taken over")
    _change(_path(project), imported.entries)
    print_row([f"{len(imported.entries)} words", str(_path(project))])


def _front(voice: "Voice", words: Lexicon) -> "FrontEnd":
    from ttscli.text.frontend import FrontEnd, Pauses

    return FrontEnd(voice.spelling(), voice.language, Pauses(), words)


def _as_spoken(word: str, voice: "Voice") -> str:
    """Return the word of the spoken text that `word` becomes, such as F-A-Q of FAQ.

    Raises:
        UsageError: it becomes something else, so that its entry would never be found.
    """
    front = _front(voice, {})
    # Alone, and where a sentence neither begins nor ends with it: the two may differ, and either is enough.
    spoken, inside = ([spoken for _, spoken in front.normalized(text)] for text in (word, f"the {word} is"))
    words: list[str] = WORD.findall(" ".join(spoken))
    if words == word.split() or word in WORD.findall(" ".join(inside)):
        return word
    if len(words) == 1 and words[0].replace("-", "") == word:
        return words[0]
    raise UsageError(
        f"{word}: is spoken as {' '.join(words) or 'nothing'}, and looked up so",
        "add these words, or write its phonemes into the text: [[…]]",
    )


def _path(project: bool) -> Path:
    return lexicons.files()["project" if project else "user"]


def _change(path: Path, changes: Mapping[str, Sound | None]) -> None:
    """Write a lexicon anew, whole or not at all; one that is wrong is left alone."""
    with told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    with _alone_in(path.parent):
        text = ""
        if path.is_file():
            read(path)
            text = path.read_text(encoding="utf-8")
        write_whole(path, edited(text, changes))


@contextlib.contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Wait for whoever else is changing a lexicon in `folder`, whose words would be lost; where folders have locks."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
