"""Where programs that speak are known to fail, and the right answer: each as a real process.

ELSEWHERE names the tests of those answers that belong to a command's own tests; memory is in test_memory.py. How long a cold
start takes is measured by benchmarks/.
"""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_batch import made
from tests.cli.test_errors import OUT, assert_nothing_made, assert_told
from tests.conftest import REPOSITORY, Environment, Tts
from ttscli import __version__

CLI = Path("tests/cli")
ELSEWHERE = {
    "help without loading": ("test_say.py", "test_help_loads_nothing_heavy"),
    "memory of a long text": ("test_memory.py", "test_a_long_text_takes_no_more_than_a_short_one"),
    "one sentence of 3,000 words": ("test_memory.py", "test_one_sentence_of_3000_words"),
    "full disk": ("test_errors.py", "test_a_full_disk_leaves_no_file"),
    "full standard output": ("test_errors.py", "test_a_full_standard_output"),
    "extension": ("test_say.py", "test_the_extension_chooses_the_format"),
    "- as output and as input": ("test_say.py", "test_a_file_a_stream_and_bare_samples_are_the_same_sound"),
    "closed pipe": ("test_say.py", "test_a_closed_pipe_ends_it_quietly"),
    "Ctrl-C": ("test_say.py", "test_a_signal_leaves_no_file"),
    "SSML": ("test_say_formats.py", "test_the_extension_or_the_option_tells_the_format"),
    "Latin-1": ("test_errors.py", "test_bytes_that_are_not_utf8_are_named_by_their_offset"),
    "existing output": ("test_say.py", "test_no_clobber"),
}


@pytest.mark.parametrize(("file", "name"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_elsewhere(file: str, name: str) -> None:
    """It is there."""
    tree = ast.parse((REPOSITORY / CLI / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_first_sound_of_thirty_lines_on_a_pipe(environment: Environment, tmp_path: Path) -> None:
    """There is sound while the last line has not been written."""
    command = [sys.executable, "-m", "ttscli", "say", "-f", "-", "-o", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, cwd=tmp_path) as process:
        assert process.stdin and process.stdout
        process.stdin.write(b"".join(b"Line %d.\n" % number for number in range(29)))
        process.stdin.flush()
        assert process.stdout.read(10_044)[:4] == b"RIFF"
        process.stdin.write(b"The last line.\n")
        process.stdin.close()
        assert process.stdout.read()
    assert process.returncode == 0


def test_first_sound_of_one_long_sentence(tts: Tts) -> None:
    """Its first piece is out before the last one is made, in making which the process dies."""
    words = "we walked along the river and nobody said a word "
    text = f"{words * 3}, {words * 6}"  # is cut at the comma
    done = tts("say", "-o", "-", "--raw", input=text.encode(), env={"FAKE_DEATH": "200"})
    assert done.returncode == -9
    assert len(done.stdout) > 2 * 44_100


@pytest.mark.parametrize("text", ["", " \n "])
def test_empty_text(tts: Tts, tmp_path: Path, text: str) -> None:
    """Input error, and no file."""
    assert_told(tts("say", *OUT, input=text.encode()), 3, "the text is empty")
    assert_told(tts("say", text, *OUT), 3, "the text is empty")
    assert_nothing_made(tmp_path)


def test_only_an_emoji(tts: Tts, tmp_path: Path) -> None:
    """Input error, and no file; by name it can be spoken."""
    assert_told(tts("say", "😀 🎉", *OUT), 3, "nothing in it that can be spoken")
    assert_nothing_made(tmp_path)
    assert tts("say", "😀", "--emoji", "name", *OUT).returncode == 0


def test_unknown_voice(tts: Tts, tmp_path: Path) -> None:
    """Usage error with the nearest name; no other voice speaks."""
    assert_told(tts("say", "hi", "-v", "fakk", *OUT), 4, "did you mean fake?")
    assert_nothing_made(tmp_path)


def test_mistyped_option(tts: Tts, tmp_path: Path) -> None:
    """Usage error with the nearest option; it is not spoken."""
    assert_told(tts("say", "hi", "--sped", "2", *OUT), 2, "did you mean --speed?")
    assert_told(tts("say", "-5", "degrees", *OUT), 2, "put -- before it")
    assert_nothing_made(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="paths of Linux")
@pytest.mark.parametrize(
    ("path", "piece"),
    [
        ("missing/out.wav", "make the folder first"),
        ("/proc/out.wav", "cannot be written"),
        (f"{__file__}/out.wav", "Not a directory"),
        ("home", "Is a directory"),
    ],
)
def test_unwritable_output(tts: Tts, tmp_path: Path, path: str, piece: str) -> None:
    """Output error before anything is synthesised: the model, which would fail, is not asked."""
    assert_told(tts("say", "hi", "-o", path, env={"FAKE_FAULT": "was asked"}), 6, piece)
    assert_nothing_made(tmp_path)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_dev_full(tts: Tts) -> None:
    """Output error."""
    assert_told(tts("say", "hi", "-o", "/dev/full"), 6, "No space left")


def test_missing_input(tts: Tts, tmp_path: Path) -> None:
    """Input error that names the file and the reason, and no file made."""
    assert_told(tts("say", "-f", "missing.txt", *OUT), 3, "missing.txt: cannot be read: No such file")
    assert_nothing_made(tmp_path)


def test_a_file_and_words(tts: Tts, tmp_path: Path) -> None:
    """Usage error: none of the two is dropped."""
    (tmp_path / "x.txt").write_text("Hello.")
    assert_told(tts("say", "hi", "-f", "x.txt", *OUT), 2, "text and --file")
    for words in (["-", "hi"], ["hi", "-"]):
        assert_told(tts("say", *words, *OUT, input=b"world"), 2, "text and -: only one")
    assert_nothing_made(tmp_path)


def test_a_gpu_that_is_not_there(tts: Tts, tmp_path: Path) -> None:
    """Device error with the way out; it does not speak on another device."""
    assert_told(tts("say", "hi", "--device", "cuda:77", *OUT), 5, "use --device cpu")
    assert_nothing_made(tmp_path)


@pytest.mark.parametrize("speed", ["0", "-1", "9999", "nan", "fast"])
def test_speed_out_of_range(tts: Tts, tmp_path: Path, speed: str) -> None:
    """Usage error that names the option."""
    assert_told(tts("say", "hi", f"--speed={speed}", *OUT), 2, "--speed")
    assert_nothing_made(tmp_path)


def test_the_same_text_twice(tts: Tts) -> None:
    """The same bytes, without a seed, from the bundled voice too."""
    first, again = (tts("say", "Hello there.", "-o", "-", "-v", "heart").stdout for _ in range(2))
    assert len(first) > 22_050
    assert first == again


def test_silence_between_lines(tts: Tts) -> None:
    """As long as it is between sentences of one line."""
    without, of_lines, within = (
        tts("say", "-o", "-", "--raw", "--paragraph-pause", 0, "--sentence-pause", pause, input=text).stdout
        for text, pause in ((b"Hello.\nYou.\n", 0), (b"Hello.\nYou.\n", 2), (b"Hello. You.\n", 2))
    )
    assert of_lines == within
    assert len(of_lines) == len(without) + 2 * 2 * 22_050


def test_equal_and_long_lines(tts: Tts, tmp_path: Path) -> None:
    """Each has a file of its own; names that would be the same are refused before any is made."""
    text = "\n".join(["Same.", "Same.", "word " * 60]).encode()
    assert tts("batch", "-", "-d", "out", input=text).returncode == 0
    assert made(tmp_path / "out") == ["stdin-0000.wav", "stdin-0001.wav", "stdin-0002.wav"]
    assert_told(tts("batch", "-", "-d", "out2", "--name", "{hash}", input=text), 2, "would both become it")
    assert not (tmp_path / "out2").exists()


def test_tags_in_plain_text(tts: Tts) -> None:
    """They are not spoken, and are told."""
    tagged = tts("say", "<speak>Hello <b>there</b>.</speak>", "-o", "-")
    assert (tagged.returncode, tagged.stdout) == (0, tts("say", "Hello there.", "-o", "-").stdout)
    assert "not spoken: <speak> (1:1), <b> (1:14), </b> (1:22), </speak> (1:27)" in tagged.stderr


def test_version(tts: Tts) -> None:
    """It is told."""
    done = tts("--version")
    assert (done.returncode, done.stdout.decode().rstrip(os.linesep)) == (0, f"ttscli {__version__}")
