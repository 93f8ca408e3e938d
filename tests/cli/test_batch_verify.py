"""`tts batch --verify`: what is not understood is spoken again, and told. The recogniser hears what each test tells it to."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from tests.cli.test_batch import made
from tests.cli.test_batch_formats import MANIFEST, due, said
from tests.cli.test_batch_inputs import sound
from tests.conftest import TESTS, Environment, Finished, Tts

TEXT = b"One two three.\nFour five six."
VERIFY = ["--verify", "--recogniser", "whisper"]
Verified: TypeAlias = Callable[..., Finished]


@pytest.fixture
def verified(tts: Tts, environment: Environment, tmp_path: Path) -> Verified:
    """Run `tts batch - -d out --verify ARGS…` with a recogniser that hears `heard`."""
    (tmp_path / "whisper").mkdir()
    (tmp_path / "whisper" / "model.bin").write_bytes(b"")
    environment["PYTHONPATH"] += os.pathsep + str(TESTS / "fixtures" / "whisper")
    environment["FAKE_LOADED"] = str(tmp_path / "loaded")

    def run(heard: str, *arguments: object, input: bytes = TEXT, **env: str) -> Finished:
        return tts("batch", "-", "-d", "out", *VERIFY, *arguments, input=input, env={"FAKE_HEARD": heard, **env})

    return run


def loaded(tmp_path: Path) -> list[str]:
    """The processes that have loaded a recogniser, each as often as it has."""
    path = tmp_path / "loaded"
    return path.read_text().split() if path.exists() else []


def verdicts(tmp_path: Path) -> dict[str, Any]:
    """What the manifest says of each file: word error rate, seed and tries."""
    records = map(json.loads, (tmp_path / "out" / MANIFEST).read_text().splitlines())
    return {record["output"]: (record["wer"], record["seed"], record["tries"]) for record in records}


def test_what_is_misheard_is_spoken_again_and_the_best_try_is_kept_and_told(verified: Verified, tts: Tts, tmp_path: Path) -> None:
    done = verified("One, two, 3!|four nine nine|Four five nine.|and so on")
    assert done.returncode == 7
    assert done.stderr.splitlines() == [
        "tts: standard input:2: word error rate 33 % after 3 tries; heard: Four five nine.",
        "tts: 1 of 2 items failed",
    ]
    assert verdicts(tmp_path) == {"stdin-0000.wav": (0.0, 0, 1), "stdin-0001.wav": (pytest.approx(1 / 3), 1, 3)}
    first, second = (tmp_path / "out" / name for name in made(tmp_path / "out"))
    assert sound(first) == said(tts, "One two three.")
    assert sound(second) == said(tts, "--seed", 1, "Four five six.") != said(tts, "Four five six.")
    # The next run tries again what was not understood, and nothing else.
    assert due(tts, "-", *VERIFY, input=TEXT) == [["stdin-0001.wav", "unchecked"]]
    assert due(tts, "-", *VERIFY, "--verify-wer", 34, input=TEXT) == due(tts, "-", input=TEXT) == []
    assert (verified("Four five six.").returncode, sound(second)) == (0, said(tts, "Four five six."))
    assert verified("nobody listens any more").returncode == 0
    assert len(loaded(tmp_path)) == 2


def test_what_was_made_without_is_listened_to(verified: Verified, tts: Tts, tmp_path: Path) -> None:
    assert tts("batch", "-", "-d", "out", input=b"One.").returncode == 0
    assert verdicts(tmp_path) == {"stdin-0000.wav": (None, None, None)}
    done = verified("won|one", input=b"One.")
    assert (done.returncode, done.stderr) == (0, "")
    assert verdicts(tmp_path) == {"stdin-0000.wav": (0.0, 1, 2)}


def test_each_process_loads_one_recogniser(verified: Verified, tts: Tts, tmp_path: Path) -> None:
    text = b"\n".join([b"One."] * 8)
    assert verified("one", "-j", 2, input=text).returncode == 0
    assert len(loaded(tmp_path)) == len(set(loaded(tmp_path))) == 2
    assert {sound(path) for path in (tmp_path / "out").glob("*.wav")} == {said(tts, "One.")}
    assert set(verdicts(tmp_path).values()) == {(0.0, 0, 1)}


def test_what_chance_does_not_change_is_not_spoken_in_vain(verified: Verified, tmp_path: Path) -> None:
    done = verified("two|three|four", "--temperature", 0, input=b"One.")
    told = "tts: standard input:1: word error rate 100 % after 1 try; heard: two"
    assert (done.returncode, done.stderr.splitlines()[0]) == (7, told)
    assert verdicts(tmp_path) == {"stdin-0000.wav": (1.0, 0, 1)}


def test_words_that_are_given_by_their_sound_are_not_compared(verified: Verified, tmp_path: Path) -> None:
    text = "My name is [[ʃɪvˈɔːn]].\n[[həlˈoʊ]].".encode()
    done = verified("My name is she von.", "--verify-wer", 0, input=text)
    assert (done.returncode, done.stderr.splitlines()) == (
        7,
        [
            "tts: standard input:1: word error rate 33 % after 3 tries; heard: My name is she von.",
            "tts: warning: standard input:2: not read back, as all its words are given by their sound",
            "tts: 1 of 2 items failed",
        ],
    )
    assert verified("My name is Siobhan.", "--verify-wer", 0, input=text).returncode == 0
    assert verdicts(tmp_path) == {"stdin-0000.wav": (0.0, 0, 1), "stdin-0001.wav": (None, 0, 1)}


@pytest.mark.parametrize("jobs", [1, 2])
def test_without_a_recogniser_nothing_is_made(verified: Verified, tmp_path: Path, jobs: int) -> None:
    done = verified("one", "-j", jobs, FAKE_MISSING="1")
    told = ["tts: faster_whisper: a recogniser needs it", "hint: pip install 'ttscli[eval]'"]
    assert (done.returncode, done.stderr.splitlines()) == (2, told)
    assert not list(tmp_path.rglob("*.wav"))


def test_its_options_go_with_it(tts: Tts) -> None:
    for option in ("--verify-wer", "--verify-tries", "--recogniser"):
        done = tts("batch", "-", "-d", "out", option, "3", input=b"One.")
        assert (done.returncode, done.stderr) == (2, f"tts: {option}: goes with --verify\n")
