"""`tts normalize`, as a real process."""

import json
from pathlib import Path

from tests.conftest import Tts


def test_each_sentence_is_a_line_in_spoken_words(tts: Tts) -> None:
    done = tts("normalize", "Dr. Smith has 3 cats. Really?")
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().splitlines() == ["Doctor Smith has three cats.", "Really?"]


def test_standard_input_and_files(tts: Tts, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("I have 2.\n")
    assert tts("normalize", input=b"I have 2.\n").stdout == b"I have two.\n"
    assert tts("normalize", "-f", "a.txt").stdout == b"I have two.\n"


def test_trace_shows_both_forms(tts: Tts) -> None:
    assert tts("normalize", "--trace", "I have 2.").stdout == b"written\tI have 2.\nspoken\tI have two.\n"


def test_json(tts: Tts) -> None:
    printed = json.loads(tts("normalize", "--json", "I have 2.").stdout)
    assert printed == {"version": 1, "sentences": [{"written": "I have 2.", "spoken": "I have two."}]}


def test_bad_input_is_exit_3(tts: Tts) -> None:
    assert tts("normalize", input=b"\xff\xfe").returncode == 3
    assert tts("normalize", "-f", "no such file").returncode == 3
    assert tts("normalize", input=b" \n").returncode == 3


def test_text_and_file_is_wrong_usage(tts: Tts) -> None:
    assert tts("normalize", "-f", "a.txt", "word").returncode == 2
