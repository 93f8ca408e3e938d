"""What a batch is asked to make: texts, and the file that each becomes. All names are known before anything is made."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Literal, TypeAlias

from ttscli.audio import formats
from ttscli.cli.decoding import STDIN, decode, shown
from ttscli.cli.reading import read_bytes
from ttscli.errors import InputError, UsageError

Source: TypeAlias = Literal["lines", "files"]
_FIELDS = ("stem", "index")
_DEFAULT_NAMES: dict[Source, str] = {"lines": "{stem}-{index:04}", "files": "{stem}"}


@dataclass(frozen=True)
class Item:
    """One text of a batch.

    Attributes:
        origin: how a message names it: FILE, or FILE:LINE.
        text: what to speak.
        path: the file to make.
    """

    origin: str
    text: str
    path: Path


@dataclass(frozen=True)
class Naming:
    """Where the files of a batch go, and what they are called."""

    folder: Path
    template: str
    format_name: str

    @classmethod
    def chosen(cls, folder: Path, template: str | None, source: Source, format_name: str | None) -> "Naming":
        """Check a template and a format; UsageError where one is wrong or both disagree."""
        template = template or _DEFAULT_NAMES[source]
        extension = Path(template).suffix.lower()
        if extension in formats.EXTENSIONS:
            format_name = formats.of_file(Path(template), format_name)
            template = template[: -len(extension)]
        naming = cls(folder, template, formats.checked(format_name or formats.WAV))
        naming.path("stem", 0)
        return naming

    def path(self, stem: str, index: int) -> Path:
        """Return the file for item `index` of the input called `stem`; UsageError if the template is none."""
        hint = "a template is made of {stem} and {index}, such as {stem}-{index:03}"
        try:
            unknown = [field for _, field, _, _ in Formatter().parse(self.template) if field not in (None, *_FIELDS)]
            if unknown:
                raise UsageError(f"--name {self.template}: {{{unknown[0]}}} is unknown", hint)
            name = self.template.format(stem=stem, index=index)
        except ValueError as error:
            raise UsageError(f"--name {self.template}: not a template: {error}", hint) from error
        if not name or Path(name).name != name:
            raise UsageError(f"--name {self.template}: not the name of a file", hint)
        return self.folder / f"{name}.{self.format_name}"


def collect(inputs: Sequence[str], source: Source, naming: Naming) -> tuple[list[Item], list[InputError]]:
    """Read all inputs.

    Returns:
        What to make, and what could not be read.

    Raises:
        UsageError: two items would become one file.
    """
    items: list[Item] = []
    faults: list[InputError] = []
    for number, name in enumerate(inputs):
        try:
            data = read_bytes(name)
            found = _lines(name, data, naming) if source == "lines" else _whole(name, number, data, naming)
            for item in found:
                if isinstance(item, Item):
                    items.append(item)
                else:
                    faults.append(item)
        except InputError as error:
            faults.append(error)
    _check_distinct(items)
    return items, faults


def _whole(name: str, number: int, data: bytes, naming: Naming) -> Iterator[Item]:
    yield Item(shown(name), decode(data, name), naming.path(_stem(name), number))


def _lines(name: str, data: bytes, naming: Naming) -> Iterator[Item | InputError]:
    """One item for each line. Blank ones are passed over, but counted, so that {index} is the line's number less one."""
    offset = 0
    for index, line in enumerate(data.splitlines(keepends=True)):
        try:
            text = decode(line, name, offset).strip()
        except InputError as error:
            yield error
        else:
            if text:
                yield Item(f"{shown(name)}:{index + 1}", text, naming.path(_stem(name), index))
        offset += len(line)


def _stem(name: str) -> str:
    return "stdin" if name == STDIN else Path(name).stem


def _check_distinct(items: list[Item]) -> None:
    owners: dict[str, Item] = {}
    for item in items:
        owner = owners.setdefault(os.path.normcase(item.path), item)
        if owner is not item:
            raise UsageError(
                f"{item.path}: {owner.origin} and {item.origin} would both become it",
                "name each input once, and put {index} or {stem} into --name",
            )
