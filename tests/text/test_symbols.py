import numpy as np
import pytest

from ttscli.text.symbols import SymbolTable, place_marks
from ttscli.voice import TextSettings


def table(start: str = "", end: str = "", blank: str = "", padded: bool = False) -> SymbolTable:
    return SymbolTable(TextSettings("letters", ("_", "^", "$", "a", "b", " "), start, end, blank, padded=padded))


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
        (("_", "_", "_"), "_a_b_a_"),
    ],
)
def test_dress(marks: tuple[str, str, str], dressed: str) -> None:
    assert "".join(table(*marks).dress(["a", "b", "a"])) == dressed
    assert table(*marks).dress([]) == tuple(mark for mark in marks[:2] if mark)


@pytest.mark.parametrize("marks", [("", "", ""), ("^", "$", ""), ("_", "_", "_")])
@pytest.mark.parametrize("padded", [False, True])
def test_place_finds_each_symbol_again(marks: tuple[str, str, str], padded: bool) -> None:
    a_voice = table(*marks, padded=padded)
    dressed = a_voice.dress(["a", "b", "a", "b"])
    assert [dressed[a_voice.place(number)] for number in range(4)] == ["a", "b", "a", "b"]
    assert (" " in dressed) is padded


def test_padding_stands_inside_of_start_and_end() -> None:
    assert "".join(table("^", "$", padded=True).dress(["a", "b"])) == "^ ab $"
    assert "".join(table("_", "_", "_", padded=True).dress(["a"])) == "_ _a_ _"


@pytest.mark.parametrize(
    ("given", "attached", "apart"),
    [
        ("a, b.", "a, b.", "a , b ."),
        ("a — b", "a— b", "a — b"),
        ("a,b", "a,b", "a , b"),
        ("a -- b", "a-- b", "a -- b"),
        (", a", ", a", ", a"),
        ("", "", ""),
    ],
)
def test_marks_stand_where_the_voice_wants_them(given: str, attached: str, apart: str) -> None:
    assert "".join(place_marks(given, "")) == given
    assert "".join(place_marks(given, "attached")) == attached
    assert "".join(place_marks(given, "apart")) == apart
