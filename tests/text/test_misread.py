"""Words that espeak-ng misreads, as they are spoken instead."""

import pytest

from tests.conftest import REPOSITORY
from ttscli.text.ipa import split_symbols
from ttscli.text.phonemes import espeak_ipa, phonemes
from ttscli.voice import Voice

_LINES = (REPOSITORY / "ttscli" / "text" / "misread.tsv").read_text(encoding="utf-8").splitlines()
ENTRIES = dict(line.split("\t") for line in _LINES if not line.startswith("#"))


def said(text: str) -> str:
    return "".join(espeak_ipa(text, "en-US")).replace("͡", "")


@pytest.mark.parametrize(
    ("text", "ipa"),
    [
        ("whereby", "wɛɹbˈaɪ"),
        ("Irene", "aɪɹˈiːn"),
        ("HANGOVER", "hˈæŋˌoʊvɚ"),
        ("Monroe's innings", "mənɹˈoʊz ˈɪnɪŋz"),
        ("Peachy, peachy!", "pˈiːtʃi, pˈiːtʃi!"),
        ("unemployment", "ˌʌnɛmplˈɔɪmənt"),
        ("an inefficient one", "ɐn ˌɪnɪfˈɪʃənt wˌʌn"),
        ("unknown, until, intelligent", "ˌʌnnˈoʊn, ˌʌntˈɪl, ɪntˈɛlɪdʒənt"),
        ("violins, observations", "vˌaɪəlˈɪnz, ˌɑːbzɚvˈeɪʃənz"),
        ("postpone, inside, above, uncle", "poʊstpˈoʊn, ɪnsˈaɪd, əbˈʌv, ˈʌŋkəl"),
        ("one of the violins of the violinist", "wˈʌn ʌvðə vˌaɪəlˈɪnz ʌvðə vˌaɪəlˈɪnɪst"),
        ("unconstitutional", "ˌʌŋkˌɑːnstɪtˈuːʃənəl"),
        ("This went on, and goes on too much.", "ðɪs wˌɛnt ˈɔn, ænd ɡˌoʊz ˌɔn tˈuː mˌʌtʃ."),
        ("Has anyone been had?", "hæz ˈɛnɪwˌʌn bˌɪn hˌæd?"),
        ("It had been Havana.", "ɪt hædbɪn hɐvˈænə."),
        ("in a minute", "ɪn ɐ mˈɪnɪt"),
        ("paragraphs, stomachs and dogs", "pˈæɹəɡɹˌæfs, stˈʌməks ænd dˈɑːɡz"),
    ],
)
def test_words_are_said_as_people_say_them(text: str, ipa: str) -> None:
    assert said(text) == ipa


def test_every_entry_is_heard_and_leaves_its_neighbours_alone() -> None:
    around = phonemes("We saw the best there.", "en-US")
    for word, ipa in ENTRIES.items():
        sound = split_symbols(ipa, typed=True)
        symbols = espeak_ipa(f"We saw the best {word} there.", "en-US")
        at = len(phonemes("We saw the best", "en-US")) + 1
        assert symbols[:at] + symbols[at + len(sound) + 1 :] == around
        assert symbols[at : at + len(sound)] == sound, word


def test_every_entry_is_needed_and_within_what_the_voice_speaks() -> None:
    known = set(Voice.read(REPOSITORY / "voices" / "heart").spelling().symbols)
    for word, ipa in ENTRIES.items():
        sound = split_symbols(ipa, typed=True)
        assert sound != phonemes(word, "en-US"), word
        assert set(sound) <= known and sound.count("ˈ") == 1, word
    assert list(ENTRIES) == sorted(ENTRIES)


@pytest.mark.parametrize("language", ["de-DE", "en-GB"])
def test_what_is_not_american_is_left_to_espeak(language: str) -> None:
    assert espeak_ipa("Irene", language) == phonemes("Irene", language)
