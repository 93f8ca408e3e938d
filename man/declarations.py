"""Classes of the contract → troff: signatures and docstrings, read from the source so that nothing of it is imported."""

import ast
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from man.troff import bold, escape, paragraphs, tagged

_ATTRIBUTES = "Attributes:"
_SECTIONS = ("Args:", _ATTRIBUTES, "Raises:", "Returns:")
_ENTRY = re.compile(r"^([\w, ]+): (.*)$", re.DOTALL)


def classes(source: Path) -> dict[str, ast.ClassDef]:
    """The classes of a module by name."""
    return {node.name: node for node in ast.parse(source.read_text(encoding="utf-8")).body if isinstance(node, ast.ClassDef)}


def aliases(source: Path) -> Iterator[str]:
    """The names that a module gives to types, each with the text below it."""
    body = ast.parse(source.read_text(encoding="utf-8")).body
    for node, below in itertools.pairwise(body):
        if isinstance(node, ast.AnnAssign) and isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
            yield from tagged(rf"{bold(ast.unparse(node.target))} = {_code(node.value)}", str(below.value.value))


def declared(node: ast.ClassDef, only_abstract: bool = False) -> Iterator[str]:
    """A class: what it is, its fields and its methods; with `only_abstract`, of the methods those that must be written."""
    text = ast.get_docstring(node) or ""
    told = _attributes(text)
    yield from (f".SS {escape(node.name)}", *_docstring(text))
    for item in node.body:
        if isinstance(item, ast.AnnAssign):
            yield from _field(item, told)
        elif isinstance(item, ast.FunctionDef) and (
            not only_abstract or "abstractmethod" in map(ast.unparse, item.decorator_list)
        ):
            yield from _method(item)


def _field(node: ast.AnnAssign, told: dict[str, str]) -> Iterator[str]:
    name, default = ast.unparse(node.target), "" if node.value is None else f" = {ast.unparse(node.value)}"
    spelling = f"{bold(name)}: {escape(ast.unparse(node.annotation) + default)}"
    yield from tagged(spelling, told[name]) if name in told else (".PP", spelling)


def _method(node: ast.FunctionDef) -> Iterator[str]:
    decorators = set(map(ast.unparse, node.decorator_list))
    returns = _code(node.returns)
    kind = "classmethod " if "classmethod" in decorators else ""
    call = "" if "property" in decorators else rf"({escape(_parameters(node.args))})"
    arrow = rf": {returns}" if "property" in decorators else rf" \-> {returns}"
    yield from (".PP", f"{kind}{bold(node.name)}{call}{arrow}", ".RS 4", *_docstring(ast.get_docstring(node) or ""), ".RE")


def _parameters(arguments: ast.arguments) -> str:
    return ast.unparse(arguments).removeprefix("self").removeprefix("cls").removeprefix(", ")


def _docstring(text: str) -> Iterator[str]:
    """Google's form: paragraphs, then sections whose entries are `name: what it is`; attributes are told with the fields."""
    for number, block in enumerate(text.split("\n\n")):
        title, _, rest = block.partition("\n")
        if title not in _SECTIONS:
            yield from (*([".PP"] if number else []), *paragraphs(block))
        elif title != _ATTRIBUTES:
            yield from (".PP", escape(title), *_entries(rest))


def _attributes(text: str) -> dict[str, str]:
    _, _, rest = text.partition(f"{_ATTRIBUTES}\n")
    entries = [match for entry in _split(rest.split("\n\n")[0]) if (match := _ENTRY.match(entry))]
    return {name: match[2] for match in entries for name in match[1].split(", ")}


def _entries(text: str) -> Iterator[str]:
    for entry in _split(text):
        match = _ENTRY.match(entry)
        yield from tagged(bold(match[1]), match[2]) if match else (".PP", *paragraphs(entry))


def _split(text: str) -> list[str]:
    """Entries begin four spaces in; what stands further in goes on with the one before."""
    return re.split(r"\n    (?=\S)", f"\n{text}")[1:]


def _code(node: ast.expr | None) -> str:
    return escape("None" if node is None else ast.unparse(node))
