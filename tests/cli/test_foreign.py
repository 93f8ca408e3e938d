"""The spellings of other programs, as their users type them, and what we answer."""

import shlex

import pytest

from tests.conftest import Tts
from ttscli.cli.foreign import is_foreign, translation

PIPER = {
    "--model voices/en_US-joe-medium.onnx --output_file out.wav": "tts say -v en_US-joe-medium -o out.wav",
    "-m joe.onnx -f out.wav": "tts say -v joe -o out.wav",
    "--length-scale 1.25 --sentence-silence 0.4 hi": "tts say -s 0.8 --sentence-pause 0.4 hi",
    "--output-raw --cuda": "tts say -o - --raw --device cuda",
    "--noise_scale 0.3 --speaker 4 hi": "tts say --temperature 0.3 --speaker 4 hi",
    "--input-file a.txt --output-file=b.wav": "tts say -f a.txt -o b.wav",
    "--output_dir out": "tts batch FILE -d DIR",
}
COQUI = {
    "--text 'hi there' --out_path x.wav": "tts say 'hi there' -o x.wav",
    "--model_name tts_models/en/ljspeech/glow-tts --vocoder_name vocoder_models/en/ljspeech/melgan --text hi": (
        "tts say --model glow-tts --vocoder melgan hi"
    ),
    "--text hi --pipe_out --use_cuda true": "tts say hi -o - --device cuda",
    "--text hi --use_cuda false": "tts say hi --device cpu",
    "--list_models": "tts models list",
}
ESPEAK = {
    "say -w out.wav hello": "tts say -o out.wav hello",
    "say hello --stdout": "tts say hello -o -",
    "say -b 1 -f letter.txt": "tts say -f letter.txt",
    "-m '<speak>hi</speak>'": "tts say --input-format ssml '<speak>hi</speak>'",
    "--voices": "tts voices list",
    "--ipa hello": "tts g2p",
}
OTHERS = {
    "say -r 350 -o out.wav hello": "tts say -s 2 -o out.wav hello",  # macOS
    "say -r fast hello": "tts say -s 1 hello",
    "--list-voices": "tts voices list",  # hibari
    "--play hello": "tts say -p hello",
    "say hello --srt hello.srt --no-play": "tts say hello --timings hello.srt",  # marmalade-tts
    "batch a.txt -d out --cuda": "tts batch a.txt -d out --device cuda",
}


@pytest.mark.parametrize(("theirs", "ours"), [*PIPER.items(), *COQUI.items(), *ESPEAK.items(), *OTHERS.items()])
def test_their_line_becomes_ours(theirs: str, ours: str) -> None:
    words = shlex.split(theirs)
    assert any(is_foreign(word.partition("=")[0]) for word in words)
    assert translation(words) == ours


@pytest.mark.parametrize("option", ["--sped", "-5", "--voice", "--output"])
def test_what_is_nobodys_or_ours_alone_is_not_foreign(option: str) -> None:
    assert not is_foreign(option)


def test_the_program_answers_so(tts: Tts) -> None:
    theirs = tts("--model", "joe.onnx", "-f", "out.wav")
    assert (theirs.returncode, theirs.stdout) == (2, b"")
    assert theirs.stderr.splitlines() == ["tts: --model: another program's option", "hint: here it is: tts say -v joe -o out.wav"]
    misplaced = tts("--speaker", "3", "--output_file", "x.wav")
    assert misplaced.returncode == 2
    assert misplaced.stderr.splitlines() == [
        "tts: --speaker: an option of tts say",
        "hint: here it is: tts say --speaker 3 -o x.wav",
    ]


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("voices list --cuda", ["tts: --cuda: no such option", "hint: tts voices list --help"]),
        ("train --use-cuda", ["tts: --use-cuda: no such option", "hint: did you mean --device?"]),
        ("g2p --rate 5 hello", ["tts: --rate: no such option", "hint: did you mean --trace?"]),
    ],
)
def test_a_command_that_does_not_speak_keeps_its_own_options(tts: Tts, line: str, answer: list[str]) -> None:
    done = tts(*line.split())
    assert (done.returncode, done.stderr.splitlines()) == (2, answer)
