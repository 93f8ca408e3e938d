"""`tts g2p`, as a real process."""

import json
from pathlib import Path

from tests.conftest import Tts


def test_each_sentence_is_a_line_of_phonemes(tts: Tts) -> None:
    done = tts("g2p", "Hello. Two cats!")
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.decode().splitlines()
    assert first.startswith("həlˈ")
    assert second.startswith("tˈuː kˈæts")


def test_trace_shows_ids_with_the_marks_of_the_voice(tts: Tts) -> None:
    stages = dict(line.split("\t", 1) for line in tts("g2p", "--trace", "I have 2.").stdout.decode().splitlines())
    assert stages["written"] == "I have 2."
    assert stages["spoken"] == "I have two."
    symbols, ids = stages["symbols"].split(), stages["ids"].split()
    assert len(symbols) == len(ids)
    assert (symbols[0], symbols[-1]) == ("^", "$")
    assert "␣" in symbols


def test_another_alphabet(tts: Tts) -> None:
    done = tts("g2p", "--alphabet", "graphemes", "Hello, you.")
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().lower() == "hello, you.\n"


def test_symbols_of_several_letters_stand_apart(tts: Tts) -> None:
    assert tts("g2p", "--alphabet", "arpabet", "Hello, you.").stdout.decode() == "HH AH L OW , ␣ Y UW .\n"
    assert tts("g2p", "--alphabet", "cmudict", "Hello zxqv.").stdout.decode() == "@HH @AH0 @L @OW1 ␣ z x q v .\n"


def test_a_lexicon_counts_in_any_alphabet(tts: Tts, tmp_path: Path) -> None:
    (tmp_path / "words.tsv").write_text("nginx\t=engine x\nsiobhan\tʃɪˈvɔːn\n", encoding="utf-8")
    line = ["g2p", "Nginx, Siobhan!", "--lexicon", "words.tsv", "--alphabet"]
    assert tts(*line, "arpabet").stdout.decode() == "EH N JH AH N ␣ EH K S , ␣ SH IH V AO N !\n"
    assert tts(*line, "graphemes").stdout.decode() == "engine x, ʃɪˈvɔːn!\n"


def test_an_unknown_alphabet_names_the_known(tts: Tts) -> None:
    done = tts("g2p", "--alphabet", "runes", "Hello.")
    assert done.returncode == 4
    assert "espeak-ipa" in done.stderr


def test_json(tts: Tts) -> None:
    printed = json.loads(tts("g2p", "--json", "Hello.").stdout)
    assert printed["version"] == 1
    (sentence,) = printed["sentences"]
    assert len(sentence["ids"]) == len(sentence["symbols"])
    assert sentence["unspoken"] == []
