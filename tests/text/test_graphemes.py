"""The alphabet of letters."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ttscli.text.graphemes import graphemes
from ttscli.text.pauses import PAUSES


def test_letters_apostrophes_hyphens_spaces_and_marks_are_kept() -> None:
    assert "".join(graphemes("Don't go, Señor — a well-known (5) man!", "en-US")) == "don't go, señor — a well-known man!"


def test_nothing_to_spell_gives_nothing() -> None:
    assert graphemes("... ' 5", "en-US") == ()


def test_turkish_keeps_its_two_letters_i() -> None:
    assert graphemes("Iİ", "tr-TR") == ("ı", "i")


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_only_the_alphabet_comes_out(text: str) -> None:
    symbols = graphemes(text, "en")
    assert all(symbol.isalpha() or symbol in "'- " + PAUSES for symbol in symbols)
    assert "  " not in "".join(symbols)
