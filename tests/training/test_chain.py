"""The chain of the SpeedySpeech paper in miniature: recordings → teacher → durations → student → a voice that speaks."""

import json
from pathlib import Path

import numpy as np

from tests.training.miniature import SENTENCES, write_corpus
from ttscli.contract import SpeechOptions
from ttscli.synthesizer import Synthesizer
from ttscli.training.align import Aligning
from ttscli.training.export import export
from ttscli.training.runs import Plan, start

TEACHER = "learning_rate = 2e-3\nbatch = 2\n[network]\nchannels = 8\ngate_channels = 8\nattention_channels = 8\n"
STUDENT = """
learning_rate = 5e-3
batch = 200
[network]
channels = 8
encoder_dilations = [1]
decoder_dilations = [1]
convs_per_block = 1
"""


def test_recordings_become_a_voice(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus")
    (corpus / "alignments.jsonl").unlink()
    (corpus / "corpus.toml").write_text('alphabet = "graphemes"\nlicence = "CC0-1.0"\norigin = "sines"\n')
    words = (symbols[1:-1] for symbols in SENTENCES)
    (corpus / "metadata.csv").write_text("".join(f"{number:06}|{word}\n" for number, word in enumerate(words)))
    for name, recipe in {"teacher": TEACHER, "student": STUDENT}.items():
        (tmp_path / f"{name}.toml").write_text(recipe)

    teacher = Plan("speedyspeech-teacher", corpus, tmp_path / "teacher", recipe=str(tmp_path / "teacher.toml"))
    start(teacher).train(max_steps=5)
    assert len(list(Aligning(teacher.out, corpus).write())) == 4
    rows = [json.loads(line) for line in (corpus / "alignments.jsonl").read_text().splitlines()]
    assert ["".join(row["symbols"]) for row in rows] == list(SENTENCES)

    student = Plan("speedyspeech", corpus, tmp_path / "student", recipe=str(tmp_path / "student.toml"))
    start(student).train(max_steps=20)
    voice = export([student.out], tmp_path / "voice")
    assert voice.text is not None
    assert (voice.text.alphabet, voice.language) == ("graphemes", "en-US")
    [chunk] = Synthesizer.for_voice(voice, vocoder="griffin-lim", device="cpu").speak("Asua.", SpeechOptions())
    assert np.abs(chunk.samples).max() > 0
    assert [span.text for span in chunk.symbols] == ["^", "a", "s", "u", "a", "$"]
    assert "sines; licence: CC0-1.0" in (voice.folder / "README.md").read_text()
