import numpy as np
import pytest

from ttscli.text.symbols import SymbolTable
from ttscli.voice import TextSettings


def table(start: str = "", end: str = "", blank: str = "") -> SymbolTable:
    return SymbolTable(TextSettings("letters", ("_", "^", "$", "a", "b"), start, end, blank))


def test_ids_are_places() -> None:
    ids = table().ids(["a", "b", "a", "_"])
    assert ids.dtype == np.int64
    assert ids.tolist() == [3, 4, 3, 0]
    assert table().ids([]).shape == (0,)
    with pytest.raises(KeyError, match="c"):
        table().ids(["a", "c"])


def test_membership() -> None:
    assert "a" in table()
    assert "c" not in table()


@pytest.mark.parametrize(
    ("marks", "dressed"),
    [
        (("", "", ""), "aba"),
        (("^", "$", ""), "^aba$"),
        (("", "$", ""), "aba$"),
        (("", "", "_"), "a_b_a"),
        (("^", "$", "_"), "^a_b_a$"),
    ],
)
def test_dress(marks: tuple[str, str, str], dressed: str) -> None:
    assert "".join(table(*marks).dress(["a", "b", "a"])) == dressed
    assert table(*marks).dress([]) == tuple(mark for mark in marks[:2] if mark)
