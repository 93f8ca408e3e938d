"""Lexicons: their files, the case of words, and how the front end speaks what is in them."""

from pathlib import Path

import pytest

from tests.conftest import FAKE_VOICES
from ttscli import registry
from ttscli.contract import Segment
from ttscli.errors import InputError
from ttscli.text.arpabet import arpabet, cmudict
from ttscli.text.frontend import FrontEnd, Pauses
from ttscli.text.graphemes import graphemes
from ttscli.text.lexicon import Sound, edited, find, parse, read
from ttscli.text.phonemes import espeak_ipa
from ttscli.text.pls import read_pls
from ttscli.voice import TextSettings, Voice

FAKE = Voice.read(FAKE_VOICES / "fake").spelling()


@pytest.fixture(autouse=True)
def alphabets(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"graphemes": graphemes, "espeak-ipa": espeak_ipa, "arpabet": arpabet, "cmudict": cmudict}
    monkeypatch.setattr(registry, "alphabet", known.__getitem__)


def segment(text: str, lexicon: str, settings: TextSettings = FAKE) -> Segment:
    [made] = FrontEnd(settings, "en-US", Pauses(), parse(lexicon, "x")).segments(text)
    return made


def spans(made: Segment) -> list[tuple[str, str]]:
    return [(word.text, "".join(made.symbols[word.start : word.stop])) for word in made.words]


def test_lines_of_a_file() -> None:
    text = "\ufeff# a remark\n\nSiobhan\tʃɪˈvɔːn\nnginx\t=engine ex\nnginx\t=engine x\n"
    assert parse(text, "x") == {"Siobhan": Sound("ʃɪˈvɔːn"), "nginx": Sound(like="engine x")}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("word only", "x:2: no tab"),
        ("two words\tə", "x:2: 'two words' is not one spoken word"),
        ("word\t", "x:2: word: how is it spoken"),
        ("word\tnot phonemes", "another spelling begins with ="),
        ("word\t" + "ə" * 201, "longer than 200"),
    ],
)
def test_a_wrong_line_is_named(line: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse(f"# first\n{line}\n", "x")


def test_a_file_that_is_not_there_or_not_utf_8(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"caf\xe9\t=x\n")
    for name in ("none", "latin"):
        with pytest.raises(InputError, match=name):
            read(tmp_path / name)


def test_editing_keeps_what_people_have_written() -> None:
    text = "# mine\nb\t=bee\n\na\t=ay\n"
    assert edited(text, {"b": Sound("biː"), "c": Sound(like="sea")}) == "# mine\n\na\t=ay\nb\tbiː\nc\t=sea\n"
    assert edited(text, {"b": None}) == "# mine\n\na\t=ay\n"


def test_small_letters_stand_for_all_and_capitals_for_themselves() -> None:
    words = parse("polish\tpˈɑlɪʃ\nPolish\tpˈoʊlɪʃ\nIT\t=eye tea\n", "x")
    assert [find(words, word).phonemes for word in ("polish", "POLISH", "Polish")] == ["pˈɑlɪʃ", "pˈɑlɪʃ", "pˈoʊlɪʃ"]  # type: ignore[union-attr]
    assert find(words, "it") is None and find(words, "IT") == Sound(like="eye tea")


@pytest.mark.parametrize(
    ("sound", "genitive"),
    [("kˈæt", "kˈæts"), ("bˈʌs", "bˈʌsɪz"), ("ʃɪˈvɔːn", "ʃɪˈvɔːnz"), ("K AE1 T", "K AE1 T S"), ("=cat", "=cat's")],
)
def test_genitives(sound: str, genitive: str) -> None:
    assert str(find(parse(f"x\t{sound}", "x"), "x's")) == genitive


def test_plurals_of_what_is_written_in_capitals() -> None:
    words = parse("GIF\tdʒɪf\nbu\tbʊ\n", "x")
    assert [str(find(words, word)) for word in ("GIFs", "GIF's")] == ["dʒɪfs", "dʒɪfs"]
    assert [find(words, word) for word in ("Gifs", "bus", "Bus")] == [None] * 3


def test_a_word_of_the_lexicon_is_spoken_so_and_keeps_its_span() -> None:
    made = segment("Dr. Siobhan runs nginx, I think.", "Siobhan\tʃɪˈvɔːn\nnginx\t=engine ex\n")
    assert made.spoken == "Doctor Siobhan runs nginx, I think."
    assert [span for span in spans(made) if span[0] in ("Siobhan", "nginx")] == [
        ("Siobhan", "ʃɪˈvɔːn"),
        ("nginx", "ˈɛnd͡ʒɪn ˈɛks"),
    ]
    assert [text for text, _ in spans(made)] == ["Doctor", "Siobhan", "runs", "nginx", "I", "think"]
    assert "".join(made.symbols).endswith("ˈɛks, a͡ɪ θˈɪŋk.$")


def test_without_words_of_the_lexicon_nothing_changes() -> None:
    text = "It was in the house, and she read it."
    assert segment(text, "zebra\tzˈiːbɹə\n").symbols == segment(text, "").symbols


@pytest.mark.parametrize(
    ("alphabet", "symbols", "sounded"),
    [
        ("arpabet", ("HH", "AH", "L", "OW", " ", "T", "UW", "."), "HH AH L OW"),
        ("cmudict", ("@HH", "@AH0", "@L", "@OW1", " ", "@T", "@UW1", "."), "@HH @AH0 @L @OW1"),
    ],
)
def test_ipa_becomes_the_phones_of_a_voice(alphabet: str, symbols: tuple[str, ...], sounded: str) -> None:
    made = segment("zq two.", "zq\thəlˈoʊ\n", TextSettings(alphabet, symbols))
    assert " ".join(made.symbols[made.words[0].start : made.words[0].stop]) == sounded


def test_marks_stand_where_the_voice_wants_them_beside_a_given_word() -> None:
    letters = ("_", *"abcdefghijklmnopqrstuvwxyz',.!? ")
    for marks, spelt in (("attached", "oh, bee, we go."), ("apart", "oh , bee , we go .")):
        assert "".join(segment("Oh, b, we go.", "b\t=bee", TextSettings("graphemes", letters, marks=marks)).symbols) == spelt  # type: ignore[arg-type]


PLS = """<?xml version="1.0"?><lexicon version="1.0" alphabet="ipa" xmlns="http://www.w3.org/2005/01/pronunciation-lexicon">
<lexeme><grapheme>tomato</grapheme><grapheme>Tomato</grapheme><phoneme>a</phoneme>
<phoneme prefer="true">təˈmɑːtoʊ</phoneme></lexeme>
<lexeme><grapheme>W3C</grapheme><alias>World Wide Web</alias></lexeme>
<lexeme><grapheme>New York</grapheme><alias>x</alias></lexeme>
<lexeme><grapheme>sampa</grapheme><phoneme alphabet="x-sampa">"a</phoneme></lexeme>
</lexicon>"""


def test_pls() -> None:
    imported = read_pls(PLS, "x")
    assert imported.entries == {"tomato": Sound("təˈmɑːtoʊ"), "Tomato": Sound("təˈmɑːtoʊ"), "W3C": Sound(like="World Wide Web")}
    assert imported.refused == ("'New York' is not one spoken word", "sampa: alphabet x-sampa")


@pytest.mark.parametrize("source", ['<!DOCTYPE a [<!ENTITY b "c">]><lexicon/>', "<speak/>", "<lexicon>"])
def test_what_is_no_pls_is_refused(source: str) -> None:
    with pytest.raises(InputError, match=r"x:1:\d+: "):
        read_pls(source, "x")
