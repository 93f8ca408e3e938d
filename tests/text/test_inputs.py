"""Formats → passages → segments: what is spoken of them, and where the rest stood."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import FAKE_VOICES
from ttscli import registry
from ttscli.contract import Segment
from ttscli.errors import InputError
from ttscli.text.emoji import EmojiPolicy, emoji_name
from ttscli.text.frontend import FrontEnd, Pauses
from ttscli.text.graphemes import graphemes
from ttscli.text.inputs import InputFormat, format_of, read_passages
from ttscli.text.phonemes import espeak_ipa
from ttscli.voice import TextSettings, Voice

FAKE = Voice.read(FAKE_VOICES / "fake")
LETTERS = TextSettings("graphemes", ("_", *"abcdefghijklmnopqrstuvwxyz',.!? "))


@pytest.fixture(autouse=True)
def alphabets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "alphabet", {"graphemes": graphemes, "espeak-ipa": espeak_ipa}.__getitem__)


def read(kind: InputFormat, *texts: str, emoji: EmojiPolicy = "drop", letters: bool = False) -> list[Segment]:
    front = FrontEnd(LETTERS if letters else FAKE.spelling(), "en-US", Pauses(0.25, 0.75))
    return [segment for passage in read_passages(kind, texts, "x", emoji) for segment in front.read(passage)]


def sounds(segments: list[Segment]) -> list[str]:
    return ["".join(segment.symbols).strip("^$") for segment in segments]


def unspoken(segments: list[Segment]) -> list[tuple[str, int, int]]:
    return [(lost.text, lost.place.line, lost.place.column) for segment in segments for lost in segment.unspoken]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.md", "markdown"), ("A.MD", "markdown"), ("a.ssml", "ssml"), ("b.xml", "ssml"), ("a.txt", "text"), ("", "text")],
)
def test_the_extension_tells_the_format(name: str, kind: str) -> None:
    assert format_of(name) == kind


def test_brackets_give_the_sound_of_words() -> None:
    [segment] = read("text", "He said [[həlˈoʊ, tʃˈaɪ]] twice.")
    assert sounds([segment]) == ["hiː sˈɛd həlˈo͡ʊ, t͡ʃˈa͡ɪ twˈa͡ɪs."]
    assert [word.text for word in segment.words] == ["He", "said", "həlˈoʊ", "tʃˈaɪ", "twice"]
    assert ["".join(segment.symbols[word.start : word.stop]) for word in segment.words][2:4] == ["həlˈo͡ʊ", "t͡ʃˈa͡ɪ"]
    assert (segment.text, segment.unspoken) == ("He said həlˈoʊ, tʃˈaɪ twice.", ())


@pytest.mark.parametrize("text", ["[[Main Page]]", "[[wiki]]", "[[1]]", "[[a → ə]]", "[[]]", "[[ə", "[ə]"])
def test_brackets_without_phonemes_are_text(text: str) -> None:
    [passage] = read_passages("text", [text])
    assert passage.inlays == ()


def test_a_symbol_that_the_voice_lacks_is_told_where_it_stands() -> None:
    assert unspoken(read("text", "Say\nthis: [[tˈɛʘst]].")) == [("ʘ", 2, 9)]


def test_symbols_are_told_at_their_own_words() -> None:
    lacking = TextSettings("graphemes", tuple(symbol for symbol in LETTERS.symbols if symbol != "q"))
    [passage] = read_passages("text", ["A sequin, quite; 4 sequins\nquit, quit."])
    [segment] = FrontEnd(lacking, "en-US", Pauses()).read(passage)
    places = [(lost.text, lost.place.line, lost.place.column) for lost in segment.unspoken]
    assert places == [("q", 1, 3), ("q", 1, 11), ("q", 1, 20), ("q", 2, 1), ("q", 2, 7)]


def test_phonemes_are_spelt_as_they_stand() -> None:
    segments = read("phonemes", "həlˈoʊ wˈɜːld.\nðˈɪs ʘ?\n\nlˈaɪn")
    assert sounds(segments) == ["həlˈo͡ʊ wˈɜːld.", "ðˈɪs ?", "lˈa͡ɪn"]
    assert [segment.pause_after_s for segment in segments] == [0.25] * 3
    assert unspoken(segments) == [("ʘ", 2, 6)]


@pytest.mark.parametrize("text", ["Hello there, you.", "It was in the house — she’d 5 cats!", "One two three; four: five?"])
def test_what_g2p_prints_is_read_again(text: str) -> None:
    [spelt] = read("text", text)
    [again] = read("phonemes", sounds([spelt])[0])
    assert again.symbols == spelt.symbols


def test_a_word_of_endless_phonemes_is_refused() -> None:
    with pytest.raises(InputError, match=r"1:1: AH0 .*too many phonemes"):
        list(read_passages("phonemes", ["AH0 " * 200]))


@pytest.mark.parametrize(
    ("emoji", "sound"),
    [("drop", "jˈɛs, ɡlˈæd."), ("name", "jˈɛs, ɡɹˈɪnɪŋ fˈe͡ɪs, ɡlˈæd."), ("keep", "jˈɛs, ɡɹˈɪnɪŋ fˈe͡ɪs ɡlˈæd.")],
)
def test_emoji(emoji: EmojiPolicy, sound: str) -> None:
    segments = read("text", "Yes, 😀 glad.", emoji=emoji)
    assert sounds(segments) == [sound]
    assert unspoken(segments) == ([("😀", 1, 6)] if emoji == "drop" else [])


def test_an_emoji_that_the_alphabet_keeps_silent_about_is_told() -> None:
    assert unspoken(read("text", "Hi 😀.", emoji="keep", letters=True)) == [("😀", 1, 4)]


@pytest.mark.parametrize(
    ("emoji", "name"),
    [("👨‍👩‍👧", "man, woman, girl"), ("🇫🇷", "flag F-R"), ("👍🏽", "thumbs up sign"), ("❤️", "heavy black heart")],
)
def test_names_of_emoji(emoji: str, name: str) -> None:
    assert emoji_name(emoji) == name


def test_what_is_not_spoken_is_told_with_its_place() -> None:
    text = "A <b>bold</b> move 👨‍👩‍👧.\n\nSee [this](http://x.org/a) © and\n5² & 3 > 2 :-)"
    assert unspoken(read("text", text)) == [
        ("<b>", 1, 3),
        ("</b>", 1, 10),
        ("👨‍👩‍👧", 1, 20),
        ("http://x.org/a", 3, 12),
        ("©", 3, 28),
        (":-)", 4, 12),
    ]


def test_places_go_on_in_parts_that_come_one_by_one() -> None:
    assert unspoken(read("text", "One ©.\n\nTwo ", "☃ three.\n", "☃")) == [("©", 1, 5), ("☃", 3, 5), ("☃", 4, 1)]


def test_letters_that_the_voice_lacks_are_told_as_words() -> None:
    assert unspoken(read("text", "Say Привет, 我喜欢 x.", letters=True)) == [("Привет", 1, 5), ("我喜欢", 1, 13)]
    foreign = unspoken(read("text", "Say Привет, こんにちは, नमस्ते, α and é."))
    assert foreign == [("Привет", 1, 5), ("こんにちは", 1, 13), ("नमस्ते", 1, 20)]


def test_markdown_is_read_with_its_places() -> None:
    text = "# Title ©\n\nA *very* long\nline 😀 [[həlˈoʊ]].\n\n```\ncode\n```\n\n- ☃ one\n"
    segments = read("markdown", text)
    assert [segment.spoken for segment in segments] == ["Title", "A very long line həlˈoʊ.", "one"]
    assert unspoken(segments) == [("block of code", 6, 1), ("©", 1, 9), ("😀", 4, 6), ("☃", 10, 3)]


SIGNS = "abc ABC é ñ 5 . , ! - ' \" ( ) \n 😀 ☃ © € $ % & + < > # ^ Ж 我 ə ا ♥ → ² ½"


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(SIGNS, max_size=40))
def test_every_character_is_spoken_or_told(text: str) -> None:
    """Whoever leaves out all of a sign that is not told hears a difference, but for white space and what is only a pause."""
    segments = read("text", text, letters=True)
    lines = text.split("\n")
    told = set[str]()
    for stretch, line, column in unspoken(segments):
        if len(stretch) > 1 or stretch not in LETTERS.symbols:
            assert lines[line - 1][column - 1 :].lower().startswith(stretch) or stretch.lower() in text.lower()
        told |= set(stretch.lower())
    for sign in set(text.lower()) - set(" \n.,!-'\"()#>→") - told:
        without = read("text", "".join(" " if other.lower() == sign else other for other in text), letters=True)
        assert sounds(without) != sounds(segments), sign


MARKUP = [
    "<speak>",
    "</speak>",
    "<p>",
    "<break time='1s'/>",
    "[[həlˈoʊ]]",
    "[[",
    "]]",
    "😀",
    "ꔀꔀꔀ",
    "# ",
    "- ",
    "```\n",
    "\n\n",
    "AH0 ",
    "ə",
    " a",
    "|",
    "&",
    "1",
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(["text", "markdown", "ssml", "phonemes"]),
    pieces=st.lists(st.sampled_from(MARKUP) | st.text(max_size=5), max_size=12),
    emoji=st.sampled_from(["drop", "name", "keep"]),
)
def test_any_text_of_any_format_is_read_or_refused(kind: InputFormat, pieces: list[str], emoji: EmojiPolicy) -> None:
    text = "".join(pieces)
    try:
        segments = read(kind, f"<speak>{text}</speak>" if kind == "ssml" else text, emoji=emoji)
    except InputError:
        assert kind in ("ssml", "phonemes")
        return
    n_lines = text.count("\n") + text.count("\r") + 1
    for segment in segments:
        assert len(segment.ids) == len(segment.symbols)
        assert all(1 <= lost.place.line <= n_lines and lost.place.column >= 1 for lost in segment.unspoken)
        assert all(0 <= mark.start == mark.stop <= len(segment.symbols) for mark in segment.marks)
