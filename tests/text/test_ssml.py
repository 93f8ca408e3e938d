"""SSML → passages: what each element does to them, and what is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ttscli.errors import InputError
from ttscli.text import prosody
from ttscli.text.passages import Delivery, Passage, without_inlays
from ttscli.text.say_as import say_as
from ttscli.text.ssml import read_ssml


def read(inside: str) -> list[Passage]:
    return list(read_ssml(f"<speak>{inside}</speak>", "x.ssml"))


def texts(inside: str) -> list[str]:
    return [without_inlays(passage.text, passage.inlays, written=False).strip() for passage in read(inside)]


def told(inside: str) -> list[tuple[str, int, int]]:
    return [(lost.text, lost.place.line, lost.place.column) for passage in read(inside) for lost in passage.unspoken]


def test_paragraphs_and_sentences() -> None:
    passages = read("<p><s>One</s><s>two</s></p><p>three</p> four")
    assert [(passage.text.strip(), passage.end) for passage in passages] == [
        ("One", "sentence"),
        ("two", "paragraph"),
        ("three", "paragraph"),
        ("four", "paragraph"),
    ]


@pytest.mark.parametrize(
    ("attributes", "pause_s"),
    [
        ('time="500ms"', 0.5),
        ('time="1.5s"', 1.5),
        ('strength="none"', 0.0),
        ('strength="x-strong"', 1.2),
        ("", 0.4),
        ('time="99999s"', 600.0),
    ],
)
def test_breaks(attributes: str, pause_s: float) -> None:
    first, second = read(f"Go <break {attributes}/> on.")
    assert (first.pause_after_s, first.end, second.pause_after_s) == (pause_s, "clause", None)


def test_breaks_add_up_and_may_come_first() -> None:
    passages = read('<break time="1s"/><break time="1s"/>Go.')
    assert [(passage.text, passage.pause_after_s) for passage in passages] == [("", 2.0), ("Go.", None)]


def test_breaks_add_up_to_no_more_than_one_may_be_long() -> None:
    inside = "Go" + '<break time="600s"/>' * 1_000 + "on."
    [passage, _] = read(inside)
    assert passage.pause_after_s == 600.0
    assert told(inside) == [("<break beyond 600s>", 1, 30)]
    assert told('Go<break time="600s"/>on.') == []


def test_prosody_multiplies_and_ends_with_its_element() -> None:
    inner = '<prosody rate="120%" volume="-2dB">deep</prosody>'
    passages = read(f'a <prosody rate="0.5" pitch="+2st" volume="+6dB">b {inner} c</prosody> d')
    assert [passage.delivery for passage in passages] == [
        Delivery(),
        Delivery(None, 0.5, 2.0, 6.0),
        Delivery(None, 0.6, 2.0, 4.0),
        Delivery(None, 0.5, 2.0, 6.0),
        Delivery(),
    ]
    assert [(passage.continues, passage.end) for passage in passages] == [
        (False, "clause"),
        *[(True, "clause")] * 3,
        (True, "paragraph"),
    ]


def test_a_mark_behind_an_element_ends_the_sentence_in_it() -> None:
    first, second, third = read("Do it <emphasis>now</emphasis>. Then go.")
    assert (first.end, second.text, second.end, third.continues) == ("clause", "now.", "sentence", False)
    assert second.delivery.pace < 1 < second.delivery.volume_db


@pytest.mark.parametrize(
    ("read_value", "value", "number"),
    [
        (prosody.rate, "slow", 0.75),
        (prosody.rate, "+20%", 1.2),
        (prosody.rate, "-20%", 0.8),
        (prosody.rate, "150%", 1.5),
        (prosody.rate, "0.8", 0.8),
        (prosody.rate, "-100%", None),
        (prosody.rate, "fastest", None),
        (prosody.pitch, "high", 3.0),
        (prosody.pitch, "-1.5st", -1.5),
        (prosody.pitch, "+100%", 12.0),
        (prosody.pitch, "+20Hz", None),
        (prosody.volume, "+3dB", 3.0),
        (prosody.volume, "loud", 6.0),
        (prosody.volume, "10", -20.0),
        (prosody.volume, "silent", -120.0),
        (prosody.volume, "0", -120.0),
        (prosody.volume, "noisy", None),
        *[(prosody.volume, "9" * 400 + unit, None) for unit in ("", "%", "dB")],
        (prosody.pitch, "9" * 400 + "st", None),
        (prosody.rate, "9" * 400, None),
    ],
)
def test_values(read_value: object, value: str, number: float | None) -> None:
    assert callable(read_value)
    assert read_value(value) == (None if number is None else pytest.approx(number))


@pytest.mark.parametrize(
    ("how", "form", "text", "said"),
    [
        ("characters", "", "aB1-", "A, B, one, dash"),
        ("characters", "", "a $٣:", "A, dollar sign, three, colon"),
        ("characters", "", "a\a", None),
        ("cardinal", "", "1984", "1,984"),
        ("cardinal", "", "-0012.50", "-12.50"),
        ("ordinal", "", "22", "22nd"),
        ("ordinal", "", "111", "111th"),
        ("digits", "", "007", "zero zero seven"),
        ("digits", "", "٣٤", "three four"),
        ("digits", "", "3a", None),
        ("telephone", "", "+1 (555) 123", "plus one, five five five, one two three"),
        ("telephone", "", "1-800-FLOWERS", "one, eight zero zero, FLOWERS"),
        ("telephone", "", "5%", None),
        ("telephone", "", "none", None),
        ("date", "dmy", "3/4/2021", "April 3, 2021"),
        ("date", "", "2021-04-03", "April 3, 2021"),
        ("date", "md", "4/3", "April 3"),
        ("date", "mdy", "13/1/2021", None),
        ("date", "", "May 7", "May 7"),
        ("date", "", "7$3", None),
        ("time", "", "14:05", "14:05"),
        ("cardinal", "", "many", None),
        ("cardinal", "", "0" * 5_000 + "7", "7"),
        ("cardinal", "", "7" * 25, None),
        ("cardinal", "", "7" * 5_000, None),
        ("ordinal", "", "7" * 5_000, None),
        ("date", "y", "7" * 5_000, None),
        ("song", "", "x", None),
    ],
)
def test_say_as(how: str, form: str, text: str, said: str | None) -> None:
    assert say_as(text, how, form) == said


def test_words_that_stand_for_others() -> None:
    assert texts('<sub alias="World Wide Web">WWW</sub> <say-as interpret-as="digits">12</say-as>') == ["World Wide Web one two"]
    [passage] = read('A <phoneme alphabet="ipa" ph="wiki">tomato</phoneme>, <phoneme ph="x" alphabet="x-sampa">b</phoneme>.')
    assert [(inlay.spoken, inlay.phonemes) for inlay in passage.inlays] == [("tomato", "wiki")]
    assert without_inlays(passage.text, passage.inlays, written=True) == "A tomato, b."
    assert [lost.text for lost in passage.unspoken] == ["<phoneme alphabet=x-sampa>"]


def test_a_lexicon_in_the_text() -> None:
    sound = "<lexeme><grapheme>Xq</grapheme><phoneme>hˈaʊs</phoneme></lexeme>"
    alias = "<lexeme><grapheme>w3c</grapheme><alias>web</alias></lexeme>"
    [passage] = read(f"<lexicon>{sound}{alias}</lexicon> My Xq, W3C.")
    assert [(inlay.spoken, inlay.phonemes, inlay.like) for inlay in passage.inlays] == [("Xq", "hˈaʊs", ""), ("W3C", "", "web")]


def test_words_of_a_lexeme_share_the_first_sound_that_can_be_followed() -> None:
    unknown, empty = '<phoneme alphabet="x-sampa">"a</phoneme>', "<phoneme> </phoneme>"
    words = "<grapheme>Xq</grapheme><grapheme>Xr</grapheme>"
    lexicon = f"<lexicon><lexeme>{unknown}{empty}{words}<phoneme>a</phoneme><alias>b</alias></lexeme></lexicon>"
    passage = read(f"{lexicon} Xq, Xr.")[-1]
    assert [(inlay.written, inlay.phonemes, inlay.like) for inlay in passage.inlays] == [("Xq", "a", ""), ("Xr", "a", "")]
    assert [text for text, *_ in told(lexicon)] == ["<phoneme alphabet=x-sampa>", "<phoneme>"]
    around = '<lexicon alphabet="x-sampa"><lexeme><grapheme>Xq</grapheme><phoneme>a</phoneme></lexeme></lexicon>'
    assert [text for text, *_ in told(around)] == ["<phoneme alphabet=x-sampa>"]


@pytest.mark.parametrize("sound", ["<phoneme></phoneme>", "<alias> </alias>", ""])
def test_a_lexeme_without_a_sound_silences_no_word(sound: str) -> None:
    passage = read(f"<lexicon><lexeme><grapheme>Xq</grapheme>{sound}</lexeme></lexicon> My Xq.")[-1]
    assert (passage.text.strip(), passage.inlays) == ("My Xq.", ())


def test_a_grapheme_of_two_words_is_told() -> None:
    assert told("<lexicon><lexeme><grapheme>New York</grapheme><alias>a</alias></lexeme></lexicon> Go.") == [
        ("<grapheme New York>", 1, 25)
    ]


def test_marks_and_voices() -> None:
    first, second = read('a <mark name="m"/> b. <voice name="other">c.</voice>')
    assert [inlay.mark for inlay in first.inlays] == ["m"]
    assert (first.delivery.voice, second.delivery.voice) == (None, "other")


@pytest.mark.parametrize("element", ["mark", 'mark name=""', "voice", 'voice name=""', "phoneme", 'phoneme ph=""'])
def test_an_element_without_what_it_needs_is_told_by_its_name_alone(element: str) -> None:
    tag = element.split()[0]
    [passage] = read(f"<{element}>a</{tag}>.")
    assert [lost.text for lost in passage.unspoken] == [f"<{tag}>"]
    assert (passage.text, passage.inlays, passage.delivery) == ("a.", (), Delivery())


@pytest.mark.parametrize("element", ["break time=soon", "break strength=huge", "emphasis level=", "say-as interpret-as=song"])
def test_a_value_that_cannot_be_followed_is_told_as_it_is_written(element: str) -> None:
    name, _, value = element.partition("=")
    assert [text for text, *_ in told(f'a <{name}="{value}">b</{element.split()[0]}>')] == [f"<{element}>"]


def test_what_is_not_understood_is_told_once_and_its_text_spoken() -> None:
    inside = 'One <audio src="a">two</audio>\n <audio>three</audio> <prosody rate="huh">four.</prosody><desc>no</desc>'
    assert " ".join(" ".join(texts(inside)).split()) == "One two three four."
    assert told(inside) == [("<audio>", 1, 12), ("<prosody rate=huh>", 2, 23)]


@pytest.mark.parametrize(
    "element", ['voice gender="male"', 'emphasis level="huge"', 'prosody contour="(0%,+2st)"', 'break time="soon"', "lang"]
)
def test_what_cannot_be_followed_is_told(element: str) -> None:
    tag = element.split()[0]
    assert [text.split()[0].strip("<>") for text, *_ in told(f"a <{element}>b</{tag}>")] == [tag]
    assert read(f"a <{element}>b</{tag}>")[-1].delivery == Delivery()


def test_namespaces_entities_and_comments() -> None:
    root = '<s:speak xmlns:s="http://www.w3.org/2001/10/synthesis">'
    source = f'<?xml version="1.0"?><!-- c -->{root}a &lt;b&gt; &#233;<s:s>c</s:s></s:speak>'
    assert [passage.text for passage in read_ssml(source, "")] == ["a <b> é", "c"]


LAUGHS = '<!DOCTYPE s [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><speak>&b;</speak>'
ELSEWHERE = '<!DOCTYPE s [<!ENTITY a SYSTEM "file:///etc/passwd">]><speak>&a;</speak>'


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (LAUGHS, "x:1:1[0-9]: a DOCTYPE is not read"),
        (ELSEWHERE, "x:1:1[0-9]: a DOCTYPE is not read"),
        ('<!DOCTYPE speak SYSTEM "http://example.org/x.dtd"><speak/>', "a DOCTYPE is not read"),
        ("<speak>&nbsp;</speak>", "x:1:8: not XML: undefined entity"),
        ("<speak>\n<p>a</s></speak>", "x:2:7: not XML: mismatched tag"),
        ("<speak>a", "not XML: no element found"),
        ("<html>a</html>", "x:1:1: not SSML: it begins with <html>"),
        ("", "not XML: no element found"),
    ],
)
def test_what_is_refused(source: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        list(read_ssml(source, "x"))


def test_deep_nesting_is_no_trouble() -> None:
    assert texts("<p>" * 20_000 + "a" + "</p>" * 20_000) == ["a"]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ['<prosody rate="2">', "</prosody>", "<s>", "</s>", "<break/>", '<mark name="m"/>', " Go on ", ". ", " x "]
        )
    )
)
def test_no_word_is_lost_whatever_the_tags(pieces: list[str]) -> None:
    """Tags are dropped where they would not nest; the words come out as they went in."""
    opened: list[str] = []
    kept = []
    for piece in pieces:
        if piece.startswith("</"):
            if not opened or opened[-1] != piece[2:-1]:
                continue
            opened.pop()
        elif piece in ("<s>", '<prosody rate="2">'):
            opened.append("s" if piece == "<s>" else "prosody")
        kept.append(piece)
    passages = read("".join([*kept, *(f"</{tag}>" for tag in reversed(opened))]))
    words = " ".join(without_inlays(passage.text, passage.inlays, written=False) for passage in passages)
    assert words.replace(".", " ").split() == " ".join(piece for piece in kept if "<" not in piece).replace(".", " ").split()
