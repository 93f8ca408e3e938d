"""What a batch is to make: texts, and the file that each becomes. All names are known before anything is made."""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache, partial
from pathlib import Path, PurePath
from string import Formatter
from typing import Any

from ttscli.audio import formats
from ttscli.batch.manner import Manner
from ttscli.errors import InputError, TtsError, UsageError
from ttscli.text.passages import Passage

_FIELDS = ("stem", "index", "id", "hash")
_HASH_DIGITS = 16
_HINT = "a template is made of {stem}, {index}, {id} and {hash}, such as {stem}-{index:03}"


@dataclass(frozen=True)
class Entry:
    """One text as an input gives it.

    Attributes:
        origin: how a message names it: FILE, or FILE:LINE.
        passages: what to speak.
        title: of its chapter, if all are joined.
        stem, index: of its input, for its name.
        subfolder: of the output folder.
        usual_name: the template of its name where the user gives none.
        id, voice, speed, output: what a table says of it alone.
    """

    origin: str
    passages: tuple[Passage, ...]
    title: str
    stem: str
    index: int
    subfolder: PurePath
    usual_name: str
    id: str | None = None
    voice: str | None = None
    speed: float | None = None
    output: str | None = None


@dataclass(frozen=True)
class Item:
    """One file to make.

    Attributes:
        number: its place in the run.
        origin, passages, title: as in Entry.
        path: the file.
        manner: how to speak.
        key: SHA-256, in hex, of all that decides the bytes of the file: the passages, their manner, the format.
    """

    number: int
    origin: str
    passages: tuple[Passage, ...]
    title: str
    path: Path
    manner: Manner
    key: str

    @property
    def format_name(self) -> str:
        """Its format, of ttscli.audio.formats."""
        return formats.of_file(self.path, None)

    @property
    def n_characters(self) -> int:
        """How long its text is."""
        return sum(len(passage.text) for passage in self.passages)


@dataclass(frozen=True)
class Naming:
    """Where the files of a batch go, and what they are called.

    Attributes:
        folder: all are inside of it.
        template: of their names, without an extension; None for what each input has as usual.
        format_name: of their sound; None for what the `output` of a table says, else the usual one.
        usual_format: see there.
    """

    folder: Path
    template: str | None
    format_name: str | None
    usual_format: str = formats.WAV

    @classmethod
    def chosen(cls, folder: Path, template: str | None, format_name: str | None, usual: str | None = None) -> "Naming":
        """Check a template and a format; UsageError where one is wrong or both disagree."""
        if template is not None and (extension := Path(template).suffix.lower()) in formats.EXTENSIONS:
            format_name = formats.of_file(Path(template), format_name)
            template = template[: -len(extension)]
        naming = cls(folder, template, format_name and formats.checked(format_name), formats.checked(usual or formats.WAV))
        if template is not None:
            naming._check(template)
        return naming

    def format_of(self, entry: Entry) -> str:
        """Return the format of what `entry` becomes; InputError where its `output` names none, or another than was asked for."""
        if entry.output is None or not PurePath(entry.output).suffix:
            return self.format_name or self.usual_format
        path = Path(entry.output)
        try:
            formats.of_file(path, None)  # whoever joins or checks the file has nothing but its name
            return formats.of_file(path, self.format_name)
        except UsageError as error:
            raise InputError(f"output {error}", error.hint) from error

    def path(self, entry: Entry, key: str) -> Path:
        """Return the file that `entry` becomes; InputError if its id or `output` cannot be a name."""
        if entry.output is not None:
            return self._given(entry.output, self.format_of(entry))
        template = self.template or entry.usual_name
        if entry.id is None and "id" in _fields(template):
            raise InputError(f"--name {template}: it has no id", "give each an id, or name them by {stem} and {index}")
        name = template.format(stem=entry.stem, index=entry.index, id=entry.id, hash=key[:_HASH_DIGITS])
        if not _is_name(name):
            raise InputError(f"{name!r} is not the name of a file", "leave slashes out of the id")
        return self.folder / entry.subfolder / f"{name}.{self.format_of(entry)}"

    def _given(self, output: str, format_name: str) -> Path:
        relative = PurePath(output)
        path = self.folder / (relative if relative.suffix else f"{relative}.{format_name}")
        named = bool(relative.parts) and all(map(_is_name, relative.parts))
        if not named or not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(self.folder)):
            raise InputError(
                f"output {output!r} does not lie inside the output folder", "give a name, or a path below the folder"
            )
        return path

    def _check(self, template: str) -> None:
        try:
            if unknown := [field for field in _fields(template) if field not in _FIELDS]:
                raise UsageError(f"--name {template}: {{{unknown[0]}}} is unknown", _HINT)
            name = template.format(stem="stem", index=0, id="id", hash="0" * _HASH_DIGITS)
        except (ValueError, LookupError) as error:
            raise UsageError(f"--name {template}: not a template: {error}", _HINT) from error
        if not _is_name(name):
            raise UsageError(f"--name {template}: not the name of a file", _HINT)


def plan(entries: Iterable[Entry], naming: Naming, manner: Manner) -> tuple[list[Item], list[InputError]]:
    """Decide what becomes of each entry.

    Args:
        entries: the texts.
        naming: of the files.
        manner: how to speak, but for what an entry says of itself.

    Returns:
        What to make, and what cannot be made.

    Raises:
        UsageError: two items would become one file, or `manner` names what there is not.
        VoiceError: the voice of `manner` cannot be read.
    """
    items: list[Item] = []
    faults: list[InputError] = []
    fingerprint = cache(partial(_fingerprint, usual=manner))
    for entry in entries:
        own = _manner(entry, manner)
        try:
            key = key_of(entry.passages, own, naming.format_of(entry), fingerprint)
            items.append(Item(len(items), entry.origin, entry.passages, entry.title, naming.path(entry, key), own, key))
        except InputError as error:
            faults.append(InputError(f"{entry.origin}: {error}", error.hint))
    _check_distinct(items)
    return items, faults


def key_of(
    passages: Sequence[Passage], manner: Manner, format_name: str, fingerprint: Callable[[Manner], str] = Manner.fingerprint
) -> str:
    """Return the key of an item, as this machine would make it; errors as in `fingerprint`."""
    voices = [fingerprint(each) for each in (manner, *_called_in(passages, manner))]
    facts = [*voices, format_name, *map(_content, passages)]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def by_manner(items: Iterable[Item]) -> list[Item]:
    """Return `items` so that each voice is loaded once: those of one manner together, and beside them what has its voice."""
    items = list(items)
    places: dict[Manner, int] = {}
    for item in items:
        for manner in (item.manner.usual(), item.manner):
            places.setdefault(manner, len(places))
    return sorted(items, key=lambda item: (places[item.manner.usual()], places[item.manner]))


def _manner(entry: Entry, manner: Manner) -> Manner:
    pace = manner.options.pace if entry.speed is None else entry.speed
    return replace(manner, voice=entry.voice or manner.voice, options=replace(manner.options, pace=pace))


def _called_in(passages: Sequence[Passage], own: Manner) -> Iterator[Manner]:
    """Yield the manners of the voices that the text itself calls in, as the synthesizer loads them."""
    names = {passage.delivery.voice for passage in passages}
    yield from (replace(own, voice=name, model=None, vocoder=None) for name in sorted(filter(None, names)))


def _fingerprint(own: Manner, usual: Manner) -> str:
    """A wrong voice is the run's fault if it is the run's, and the item's if it is the item's own."""
    try:
        return own.fingerprint()
    except TtsError as error:
        if own == usual:
            raise
        raise InputError(str(error), error.hint) from error


def _content(passage: Passage) -> Any:
    """What of a passage decides its sound: all but where it stood; plain text is just that."""
    bare = replace(passage, source="", origins=(), unspoken=())
    return passage.text if bare == Passage(passage.text, origins=()) else asdict(bare)


def _fields(template: str) -> list[str]:
    return [field for _, field, _, _ in Formatter().parse(template) if field is not None]


def _is_name(name: str) -> bool:
    return name not in ("", "..") and Path(name).name == name and "\0" not in name


def _check_distinct(items: Sequence[Item]) -> None:
    owners: dict[str, Item] = {}
    for item in items:
        owner = owners.setdefault(os.path.normcase(item.path), item)
        if owner is not item:
            raise UsageError(
                f"{item.path}: {owner.origin} and {item.origin} would both become it",
                "name each input once, and put {index} or {stem} into --name",
            )
