"""Where lexicons lie: one of the user's own, one of the project, and those that the command line names."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from ttscli.cli import preferences
from ttscli.text import lexicon

PROJECT_FILE = ".tts.lexicon.tsv"


def files() -> dict[str, Path]:
    """Where words may stand, the strongest last: the user's file, then the project's, here or in the nearest folder above."""
    return {"user": preferences.user_file("lexicon.tsv"), "project": preferences.project_file(PROJECT_FILE)}


def together(named: Sequence[str]) -> lexicon.Lexicon:
    """Return the words of all lexicons; those that the command line names go before all, the last of them first.

    Raises:
        InputError: one is wrong, or a named one is not there.
    """
    words: dict[str, lexicon.Sound] = {}
    for path in (*existing(), *map(Path, named)):
        words.update(lexicon.read(path))
    return words


def existing() -> Iterator[Path]:
    """Yield the lexicons that are there without being named."""
    return filter(preferences.is_seen, files().values())
