"""Every voice in voices/: complete, described, and speaking with each of its parts."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import REPOSITORY
from ttscli import registry
from ttscli.contract import AudioChunk, SpeechOptions
from ttscli.nn.mel import log_mel_of
from ttscli.synthesizer import Synthesizer
from ttscli.voice import Part, Voice

FOLDERS = sorted(file.parent for file in (REPOSITORY / "voices").glob("*/voice.toml"))
SENTENCE = "The quick brown fox jumps over the lazy dog."


def pairs() -> Iterator[tuple[Voice, str, str | None]]:
    for voice in map(Voice.read, FOLDERS):
        for acoustic in voice.acoustic:
            for vocoder in (*(part.name for part in voice.vocoder), "griffin-lim"):
                yield voice, acoustic.name, vocoder
        for part in voice.text_to_wave:
            yield voice, part.name, None


def vocoders() -> Iterator[tuple[Voice, Part]]:
    return ((voice, part) for voice in map(Voice.read, FOLDERS) for part in voice.vocoder)


def speak(voice: Voice, model: str, vocoder: str | None) -> AudioChunk:
    [chunk] = Synthesizer.for_voice(voice, model, vocoder, "cpu").speak(SENTENCE)
    return chunk


def test_there_is_the_default_voice() -> None:
    assert "heart" in [folder.name for folder in FOLDERS]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_is_called_as_its_folder_and_has_a_model_card(folder: Path) -> None:
    voice = Voice.read(folder)
    assert voice.name == folder.name
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert voice.licence in card
    for part in voice.parts:
        assert part.name in card
        assert part.verified_weights() is not None


def test_all_voices_stay_small() -> None:
    assert sum(file.stat().st_size for folder in FOLDERS for file in folder.iterdir()) < 150e6


@pytest.mark.parametrize(
    ("voice", "model", "vocoder"), [pytest.param(*pair, id=":".join(map(str, pair[1:]))) for pair in pairs()]
)
def test_speaks(voice: Voice, model: str, vocoder: str | None) -> None:
    chunk = speak(voice, model, vocoder)
    seconds = len(chunk.samples) / chunk.sample_rate_hz
    assert 2.0 < seconds < 5.0  # nine words
    level = np.sqrt(np.mean(chunk.samples**2))
    assert 0.02 < level < 0.3  # neither silent nor distorted
    # Griffin-Lim's phases pile up where a voice's own would not.
    assert np.mean(np.abs(chunk.samples) > 0.999) < (5e-3 if vocoder == "griffin-lim" else 1e-3)
    assert [word.text for word in chunk.words] == ["The", "quick", "brown", "fox", "jumps", "over", "the", "lazy", "dog"]
    assert chunk.symbols[-1].stop + round(chunk.segment.pause_after_s * chunk.sample_rate_hz) == len(chunk.samples)


@pytest.mark.parametrize(("voice", "part"), [pytest.param(*pair, id=pair[1].name) for pair in vocoders()])
def test_a_vocoder_sounds_what_its_mel_says(voice: Voice, part: Part) -> None:
    asked = log_mel_of(speak(voice, voice.acoustic[0].name, voice.vocoder[0].name).samples, voice.mel_spec)
    vocoder = registry.vocoder(part.architecture).load(part.verified_weights(), part.config, voice.mel_spec, "cpu")
    [samples] = vocoder.waves([asked], SpeechOptions())
    errors = (log_mel_of(samples, voice.mel_spec)[:, : asked.shape[1]] - asked)[:, asked.mean(axis=0) > -7]  # not in pauses
    bands_db = 20 / np.log(10) * errors.reshape(8, -1).mean(axis=1)  # of ten mel bins each, from the bass to hisses
    assert np.abs(bands_db).max() < 4


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_says_the_same_every_time(folder: Path) -> None:
    voice = Voice.read(folder)
    first, second = (speak(voice, voice.acoustic[0].name, voice.vocoder[0].name) for _ in range(2))
    assert np.array_equal(first.samples, second.samples)
