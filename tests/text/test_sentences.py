"""Sentences: where a text is cut, and that nothing of it is lost."""

import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ttscli.text.normalize import normalize
from ttscli.text.sentences import MAX_CHARACTERS, Sentence, sentences

# Each case is one line; "|" marks where it must be cut.
CASES = """
Hello there.| How are you?| Fine!
Dr. St. John on Main St.| He left.
Dr. St. John lives on Main St.| He left.
James T. Kirk met J. K. Rowling.| They talked.
pp. 12-15, e.g. Fig. 3.
See Fig. 3 and No. 5, i.e. the blue one.| It is new.
Is it yours?| No.| It is hers.
The U.S. Army came.| The U.S. is large.
He lives in the U.S.| She does not.
We met at 7 p.m.| It was late.
We met at 7 p.m. Eastern time.
At 7:05 a.m. the train left.
It costs $3.50 or 2.5 pounds.| Version v2.0.1 is out.
Go to https://example.com/a.b?c=1.| Then wait.
Well... perhaps.| Yes.
Well...| I forgot.
He stopped...| Then he ran.
"Stop!" he cried.| "Go away!"| She left.
"I know."| She smiled.
He said "No."| Then he went.
(See page 3.)| Then stop.
She asked, "Why?" and left.
It happened on Jan. 5 and again on Feb. 12.| He knew.
Smith vs. Jones was heard in Dec. 1987.| It was long.
Apples, pears, etc. were sold.
Apples, pears, etc.| They were sold.
Mr. and Mrs. Smith left.| Prof. Brown stayed.
Acme Inc. made it.| Acme Co. Ltd. sold it.
Acme Inc. was sold.
Take vitamin C.| It helps.
So do I.| Then go.
John F. Kennedy and Adlai E. Stevenson spoke.
It was 5 a.m. on Monday.
the cat sat.| the dog ran.| both slept.
What?!| You did?
No way!!!| Really???
Approx. 5 km from here.| Walk.
He has a Ph.D. in physics.
Martin Luther King Jr. spoke.| We listened.
Gov. Reed and Sen. Hill met Gen. Lee.
Look at section 2.1.3.| It is short.
He works at Yahoo! and likes it.
Mt. Everest is high.| Ft. Worth is not.
Open Mon. to Fri. from 9.| Closed on Sunday.
Open Mon.-Fri. 9am to 5pm in Rm. 204.| Ask in Ste. 200.| Or in Apt. #4.
I saw Sgt. D. V. Harkness.| He waved.
Call 555-0199.| Ask for Ann.
Take max. 3 a day.| Turn it to the max.| Then rest.
Acme, est. 1990, has avg. 4 of Apt. 4B, Hwy. 101 and Bldg. 4.| He is apt.| Bob is not.
Flat 3, Apt. B, Main St. has Fig. C.| No.| A man did.| No.| I did.
He was 42.| She was 40.
It is 1 hr. 20 min. away.| It weighs 5 lbs.| The dog 3 lbs. 4 oz. less.| It is 6 ft.| The end.
It has 1,200 sq. ft.| It sold for Rs. 500 to Det. Lee and Msgr. Ryan (b. 1950).| He left.
meet me at 3 p.m. tomorrow.| bring 5lbs. of beef, etc. and salt.| i said e.g. this.| it ends at 5 p.m.| i left.
See Matt. 5:3 and 1 Cor. 13:4.| I saw Matt.| He sat.| Open Aug. 5-Sept. 6.
See Fed. R. Civ. P. 12 and 3 F.3d 456 (9th Cir. 1997).| The cat was fed.| It slept.
Dr. No and Dr. Who live on Maple Dr.| The end.| Lee, a.k.a. "The Boss", left.
Get Model No. XJ-9 of Brig. Gen. Lee for $1,200/mo. + tips.| No.| XML is new.
Add 1 tbsp. (15 mL) of oil.| (Stir it.)
So 5! = 120.| Wow!| See.
Wait . . . what?| He left . . .| Then he came.
In 1987.| Or 1988.
"Are you sure?"| "Yes."
Come in.| Tom sat.| Ann stood in the sun.| Bob left.
"Go!" Tom said.| "Now!"
The war ended in 1945.| 1946 was calm.
The city grew.[1]| It has parks.[2, 3][4]| Then it fell.
""".strip().splitlines()


def pieces(text: str) -> list[str]:
    return [sentence.text for sentence in sentences(text)]


@pytest.mark.parametrize("case", CASES)
def test_a_line_is_cut_where_its_sentences_end(case: str) -> None:
    assert pieces(case.replace("|", "")) == [part.strip() for part in case.split("|")]


def test_headings_and_lists_are_sentences_of_their_own() -> None:
    text = "# The plan\nWe need:\n\n- eggs\n- a pint of\n  milk\n\n1. Beat them.\n2. Fry them.\n\nThe end\n\nThat is all."
    assert list(sentences(text)) == [
        Sentence("# The plan", True),
        Sentence("We need:", True),
        Sentence("- eggs", False),
        Sentence("- a pint of milk", True),
        Sentence("1. Beat them.", False),
        Sentence("2. Fry them.", True),
        Sentence("The end", True),
        Sentence("That is all.", True),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_hard_wrapped_lines_are_joined(end: str) -> None:
    lines = ["The old clock in the hall stopped at", "midnight and was never wound again. Nobody", "knew why."]
    assert list(sentences(end.join(lines) + end + end + "It was old.")) == [
        Sentence("The old clock in the hall stopped at midnight and was never wound again.", False),
        Sentence("Nobody knew why.", True),
        Sentence("It was old.", True),
    ]


def test_divided_words_are_joined() -> None:
    text = "The old clock was an exam-\nple of its self-\nmade Anglo-\nSaxon kind, pre-\nand post-war."
    (sentence,) = pieces(text)
    assert sentence == "The old clock was an exam\u00adple of its self-made Anglo-Saxon kind, pre- and post-war."
    assert normalize(sentence, "en-US").startswith("The old clock was an example of its self-made")


def test_short_lines_are_not_joined() -> None:
    assert pieces("Milk\nEggs\nBrown bread") == ["Milk", "Eggs", "Brown bread"]


def test_a_wrapped_number_is_no_list() -> None:
    assert pieces("This long line says that the last year of the old war was in\n12. Then it was over.") == [
        "This long line says that the last year of the old war was in 12.",
        "Then it was over.",
    ]


def test_a_rule_under_a_title_ends_it() -> None:
    assert list(sentences("Title\n=====\nText.")) == [
        Sentence("Title", True),
        Sentence("=====", True),
        Sentence("Text.", True),
    ]


@pytest.mark.parametrize("text", ["", " ", "\n\n\r\n", "\t"])
def test_nothing_gives_nothing(text: str) -> None:
    assert pieces(text) == []


def test_a_long_sentence_is_cut_at_its_clauses() -> None:
    clause = "the rain kept falling on the grey roofs of the town for many days"
    parts = pieces("; ".join([clause] * 8) + ".")
    assert all(part.endswith((";", ".")) and len(part) <= MAX_CHARACTERS for part in parts)


def test_a_long_word_is_cut_anywhere() -> None:
    assert [len(part) for part in pieces("x" * 700)] == [300, 300, 100]


def test_the_first_sentence_comes_before_the_book_is_read() -> None:
    book = "It was a dark night. The wind blew. " * 300_000
    start = time.process_time()
    assert next(sentences(book)).text == "It was a dark night."
    assert time.process_time() - start < 0.2
    assert len(list(itertools.islice(sentences(book), 5000))) == 5000


@pytest.mark.parametrize("part", [".", "Mr. ", ". ", '".', "a. ", "\n"])
def test_strange_texts_take_no_longer_than_others(part: str) -> None:
    start = time.process_time()
    assert "".join(pieces(part * 10_000)).count(".") == part.count(".") * 10_000
    assert time.process_time() - start < 5


def _letters(text: str) -> str:
    return "".join(text.split()).replace("\u00ad", "-")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([*"abcABC.,;:!?…—\"'()\n\r#*-1 \t\u2028", "word ", "Dr. ", ". The ", "\r\n\r\n", "x" * 90])))
def test_no_character_is_lost(parts: list[str]) -> None:
    text = "".join(parts)
    found = pieces(text)
    assert _letters("".join(found)) == _letters(text)
    assert all(0 < len(piece) <= MAX_CHARACTERS for piece in found)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=800))
def test_any_text_is_taken(text: str) -> None:
    found = pieces(text)
    assert _letters("".join(found)) == _letters(text)
    assert all(0 < len(piece) <= MAX_CHARACTERS for piece in found)
