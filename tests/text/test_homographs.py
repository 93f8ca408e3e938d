"""Homographs: what espeak-ng says in the end."""

import pytest

from ttscli.text.homographs import respell
from ttscli.text.phonemes import phonemes

# sentence, the word's place, how it must sound
CASES = [
    ("The band will record a new record, and the lead singer wears a ring of lead.", 3, "ɹᵻkˈɔːɹd"),
    ("The band will record a new record, and the lead singer wears a ring of lead.", 6, "ɹˈɛkɚd,"),
    ("The band will record a new record, and the lead singer wears a ring of lead.", 9, "lˈiːd"),
    ("The band will record a new record, and the lead singer wears a ring of lead.", 15, "lˈɛd."),
    ("They play live where we live.", 2, "lˈa͡ɪv"),
    ("They play live where we live.", 5, "lˈɪv."),
    ("Please close the door.", 1, "klˈo͡ʊz"),
    ("She is a close friend.", 3, "klˈo͡ʊs"),
    ("He wound the clock.", 1, "wˈa͡ʊnd"),
    ("A deep wound healed.", 2, "wˈuːnd"),
    ("Wind the clock.", 0, "wˈa͡ɪnd"),
    ("The wind blew.", 1, "wˈɪnd"),
    ("I read it yesterday.", 1, "ɹˈɛd"),
    ("I read it every day.", 1, "ɹˈiːd"),
    ("He read it aloud.", 1, "ɹˈɛd"),
    ("When she quickly read on, we left.", 3, "ɹˈɛd"),
    ("Does he read it?", 2, "ɹˈiːd"),
    ("The teacher read a story to us.", 2, "ɹˈɛd"),
    ("Let the teacher read a story.", 3, "ɹˈiːd"),
    ("The way to read a map.", 3, "ɹˈiːd"),
    ("A good read is rare.", 2, "ɹˈiːd"),
    ("The children read a book.", 2, "ɹˈiːd"),
    ("The sign read No entry.", 2, "ɹˈɛd"),
    ("She took the letter and read it.", 5, "ɹˈɛd"),
    ("She wanted to sit and read it.", 5, "ɹˈiːd"),
    ("Mister Smith read it.", 2, "ɹˈɛd"),
    ("Bill read the letter.", 1, "ɹˈɛd"),
    ("Please read the letter.", 1, "ɹˈiːd"),
    ("Send your resume.", 2, "ɹˈɛzuːmˌe͡ɪ."),
    ("Press the resume button.", 2, "ɹᵻzˈuːm"),
    ("Let her resume work.", 2, "ɹᵻzˈuːm"),
    ("Tear it up.", 0, "tˈɛɹ"),
    ("Excuse me.", 0, "ɛkskjˈuːz"),
    ("The old lead pipe burst.", 2, "lˈɛd"),
    ("He used to sing.", 1, "jˈuːst"),
    ("It is used to clean.", 2, "jˈuːzd"),
    ("Increase the volume.", 0, "ɪŋkɹˈiːs"),
    ("Mix well and export it.", 3, "ɛkspˈɔːɹt"),
    ("An increase the bank denied.", 1, "ˈɪŋkɹiːs"),
    ("The project the team built.", 1, "pɹˈɑːd͡ʒɛkt"),
    ("Project your voice.", 0, "pɹəd͡ʒˈɛkt"),
    ("Extract the file.", 0, "ɛkstɹˈækt"),
    ("A tear in the old fabric.", 1, "tˈɛɹ"),
    ("A tear in his eye.", 1, "tˈɪɹ"),
    ("Wind down the day.", 0, "wˈa͡ɪnd"),
    ("He dove deep.", 1, "dˈo͡ʊv"),
    ("A white dove in the cage.", 2, "dˈʌv"),
    ("Buy fresh produce.", 2, "pɹˈo͡ʊduːs."),
    ("They produce milk.", 1, "pɹədˈuːs"),
    ("She is an advocate for peace.", 3, "ˈædvəkˌɪt"),
    ("A more elaborate plot.", 2, "ᵻlˈæbɚɹət"),
    ("Please elaborate on it.", 1, "ᵻlˈæbɚɹˌe͡ɪt"),
    ("His two associates came.", 2, "ɐsˈo͡ʊsiəts"),
    ("They associate it with him.", 1, "ɐsˈo͡ʊsɪˌe͡ɪt"),
    ("The delegates met.", 1, "dˈɛlɛɡɪts"),
    ("She delegates it.", 1, "dˈɛlɪɡˌe͡ɪts"),
    ("Quickly duplicate it.", 1, "dˈuːplᵻkˌe͡ɪt"),
    ("Find a duplicate key.", 2, "dˈuːplɪkɪt"),
    ("Send the invite.", 2, "ˈɪnva͡ɪt."),
    ("He had a heart transplant.", 4, "tɹˈænzplənt."),
    ("Further analyses help.", 1, "ɛnˈælɪsˌiːz"),
    ("My learned friend left.", 1, "lˈɜːnɪd"),
    ("I just read your email.", 2, "ɹˈɛd"),
    ("This is Plan A here.", 3, "ˈe͡ɪ"),
    ("The E-P-A said so.", 1, "ˈiːpˈiːˈe͡ɪ"),
    ("The F-A-A and the U-A-E met.", 1, "ˈɛfˈe͡ɪˈe͡ɪ"),
    ("The F-A-A and the U-A-E met.", 4, "jˈuːˈe͡ɪˈiː"),
    ("Our F-A-Q's are long.", 1, "ˈɛfˈe͡ɪkjˈuːz"),
    ("Grade-A beef is here.", 0, "ɡɹˈe͡ɪdˈe͡ɪ"),
    ("The USA and the N-B-A met.", 1, "jˌuːˌɛsˈe͡ɪ"),
]


@pytest.mark.parametrize(("sentence", "place", "sound"), CASES)
def test_a_homograph_sounds_as_its_sentence_wants(sentence: str, place: int, sound: str) -> None:
    words = "".join(phonemes(respell(sentence), "en-US")).split(" ")
    assert words[place] == sound


def test_the_number_of_words_stays() -> None:
    for sentence, _, _ in CASES:
        assert len(respell(sentence).split()) == len(sentence.split())
