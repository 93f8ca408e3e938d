"""Folding and tidying keep words, and do nothing twice."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ttscli.text.typography import fold, tidy


def test_layout_is_taken_away() -> None:
    assert fold("## A *fine* [day](http://x.org) ##") == "A fine day"
    assert fold("> - [x] done") == "done"
    assert fold("```python") == ""
    assert fold("\x1b[1;31mred\x1b[0m \x1b]8;;http://x.org\x1b\\link\x1b]8;;\x1b\\") == "red link"
    assert fold(r"\033[31mred\033[0m, C:\e[1]") == r"red, C:\e[1]"


def test_marks_of_pauses_are_single() -> None:
    assert tidy("(well, , .) what ?!") == "well. what?"
    assert tidy("a ,b") == "a, b"


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_tidying_twice_changes_nothing(text: str) -> None:
    once = tidy(text)
    assert tidy(once) == once
