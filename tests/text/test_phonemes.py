from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ttscli.errors import VoiceError
from ttscli.testing import check_alphabet
from ttscli.text.ipa import split_symbols
from ttscli.text.pauses import PAUSES
from ttscli.text.phonemes import espeak_name, phonemes

KNOWN = ("de", "en-gb", "en-us", "es", "es-419", "fr-be", "fr-fr", "nb", "pt", "pt-br", "cmn", "yue", "sr")


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("en", "en-us"),
        ("en-US", "en-us"),
        ("en-GB", "en-gb"),
        ("en-AU", "en-gb"),
        ("en-CA", "en-us"),
        ("fr", "fr-fr"),
        ("fr-FR", "fr-fr"),
        ("fr-BE", "fr-be"),
        ("fr-CA", "fr-fr"),
        ("pt-BR", "pt-br"),
        ("pt_BR", "pt-br"),
        ("pt-PT", "pt"),
        ("es", "es"),
        ("es-ES", "es"),
        ("es-MX", "es-419"),
        ("de-AT", "de"),
        ("no", "nb"),
        ("zh-Hant-TW", "cmn"),
        ("zh-HK", "yue"),
        ("sr-Latn-RS", "sr"),
        ("tlh", None),
        ("", None),
    ],
)
def test_tags_find_the_nearest_language(tag: str, name: str | None) -> None:
    assert espeak_name(tag, KNOWN) == name


def test_regions_that_espeak_does_not_name_fall_back_on_the_language() -> None:
    assert espeak_name("en-AU", ("en-us",)) == "en-us"
    assert espeak_name("es-MX", ("es",)) == "es"


@pytest.mark.parametrize("tag", ["en", "en-GB", "fr", "pt-BR", "es-MX", "de-AT", "it"])
def test_espeak_speaks_these(tag: str) -> None:
    assert phonemes("radio", tag)


def test_languages_sound_different() -> None:
    spellings = {phonemes("van", tag) for tag in ("en-US", "fr", "de")}
    assert len(spellings) == 3
    assert phonemes("ciudad", "es-MX") != phonemes("ciudad", "es-ES")  # θ in Spain alone


def test_an_unknown_language_is_named() -> None:
    with pytest.raises(VoiceError, match=r"^tlh: espeak-ng does not speak this language$"):
        phonemes("nuqneH", "tlh")


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u00a0", '"', "()"])
def test_nothing_to_say_is_no_symbol(text: str) -> None:
    assert phonemes(text, "en-US") == ()


def test_it_is_an_alphabet() -> None:
    check_alphabet(phonemes, "en-US")


def test_units_marks_and_stress() -> None:
    assert phonemes("I say: yes!", "en-US") == ("a͡ɪ", " ", "s", "ˈ", "e͡ɪ", ":", " ", "j", "ˈ", "ɛ", "s", "!")
    assert split_symbols("t͡ʃˈɜːt͡ʃ") == ("t͡ʃ", "ˈ", "ɜː", "t͡ʃ")
    assert split_symbols("ɔː͡ɹ") == ("ɔː", "ɹ")  # two sounds, though tied


def test_silent_punctuation_is_left_out() -> None:
    assert split_symbols("  (a)  «b», ") == ("a", " ", "b", ",")


@given(st.lists(st.sampled_from(["a͡ɪ", "t͡ʃ", "ɜː", "n\u0329", "s", "ˈ", "ˌ", ",", "…", " ", "(", "»"]), max_size=12))
@settings(max_examples=200, deadline=None)
def test_symbols_come_back_from_what_they_spell(given_: list[str]) -> None:
    symbols = split_symbols("".join(given_))
    assert [s for s in symbols if s != " "] == [s for s in given_ if s not in " (»"]
    assert " " not in (*symbols[:1], *symbols[-1:])
    assert all((first, second) != (" ", " ") for first, second in pairwise(symbols))


def test_marks_are_symbols_of_their_own() -> None:
    assert split_symbols(PAUSES) == tuple(PAUSES)
