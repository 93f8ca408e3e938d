"""Passages from text to chunks: deliveries, voices, breaks, marks, and what is silent."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import FAKE_VOICES
from tests.test_voice import GOOD
from ttscli.contract import AudioChunk, Ids, SpeechOptions, Wave
from ttscli.errors import InputError, UsageError, VoiceError
from ttscli.synthesizer import Synthesizer
from ttscli.text.inputs import read_passages
from ttscli.text.passages import Passage
from ttscli.voice import Voice


@pytest.fixture
def synthesizer() -> Synthesizer:
    return Synthesizer.for_voice(Voice.read(FAKE_VOICES / "fake"), device="cpu")


def speak(synthesizer: Synthesizer, inside: str, options: SpeechOptions | None = None) -> list[AudioChunk]:
    return list(synthesizer.speak(read_passages("ssml", [f"<speak>{inside}</speak>"]), options))


def n_sounding(chunk: AudioChunk) -> int:
    return len(chunk.samples) - round(chunk.segment.pause_after_s * chunk.sample_rate_hz)


def test_pace_multiplies_and_stays_within_bounds(synthesizer: Synthesizer) -> None:
    slow, usual, fast = speak(
        synthesizer, '<prosody rate="0.5">Hello.</prosody> Hello. <prosody rate="100">Hello.</prosody>', SpeechOptions(pace=0.5)
    )
    [fastest] = speak(synthesizer, "Hello.", SpeechOptions(pace=4.0))
    [quarter] = speak(synthesizer, "Hello.", SpeechOptions(pace=0.25))
    assert n_sounding(slow) == n_sounding(quarter) > n_sounding(usual) > n_sounding(fast) == n_sounding(fastest)


def test_volume_is_applied_to_the_samples(synthesizer: Synthesizer) -> None:
    usual, loud, clipped = speak(
        synthesizer, 'Hello. <prosody volume="+6.0206dB">Hello.</prosody> <prosody volume="+60dB">Hello.</prosody>'
    )
    n = n_sounding(usual)
    np.testing.assert_allclose(loud.samples[:n], 2 * usual.samples[:n], atol=1e-5)
    assert np.abs(clipped.samples).max() == 1.0


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("volume", "bound"), [("+800dB", "+60dB"), ("+7000dB", "+60dB"), ("-7000dB", "silent")])
def test_a_volume_stays_within_bounds(synthesizer: Synthesizer, volume: str, bound: str) -> None:
    [bounded] = speak(synthesizer, f'<prosody volume="{volume}">Hello.</prosody>')
    [farthest] = speak(synthesizer, f'<prosody volume="{bound}">Hello.</prosody>')
    assert (bounded.samples == farthest.samples).all()


def test_a_pitch_stays_within_bounds(synthesizer: Synthesizer, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []

    def waves(batch: Sequence[Ids], options: SpeechOptions) -> list[Wave]:
        asked.append(options.pitch_semitones)
        return [Wave(np.zeros(len(ids), np.float32), None) for ids in batch]

    monkeypatch.setattr(synthesizer.model, "waves", waves)
    monkeypatch.setattr(synthesizer.model, "controls", frozenset({"pitch_semitones"}))
    speak(synthesizer, '<prosody pitch="+20000st">Hello.</prosody><prosody pitch="-20000st">Hello.</prosody>')
    assert asked == [24.0, -24.0]


def test_a_pitch_that_the_model_cannot_do_is_noted_and_passed_over(synthesizer: Synthesizer) -> None:
    high, usual = speak(synthesizer, '<prosody pitch="high">Hello.</prosody><s>Hello.</s>')
    assert synthesizer.disobeyed == {"pitch_semitones"}
    n = n_sounding(usual)
    assert (high.samples[:n] == usual.samples[:n]).all()
    with pytest.raises(UsageError, match="pitch: neither"):
        speak(synthesizer, "Hello.", SpeechOptions(pitch_semitones=3))


def test_breaks_are_silence_even_before_the_first_word(synthesizer: Synthesizer) -> None:
    chunks = speak(synthesizer, '<break time="1s"/>Go <break time="300ms"/> on.<break time="2s"/>')
    assert [round(chunk.segment.pause_after_s, 3) for chunk in chunks] == [1.0, 0.3, 2.0]
    assert len(chunks[0].samples) == 22050 and not chunks[0].samples.any() and chunks[0].words == ()


def test_marks_stand_between_the_words_that_they_were_written_between(synthesizer: Synthesizer) -> None:
    [chunk, silent] = speak(synthesizer, '<mark name="a"/>One <mark name="b"/>two.<p><mark name="c"/></p>')
    one, two = chunk.words
    (first, between), (last,) = chunk.marks, silent.marks
    assert [mark.text for mark in (first, between, last)] == ["a", "b", "c"]
    assert first.start <= one.start and one.stop <= between.start == between.stop <= two.start
    assert len(silent.samples) == 0


def test_batches_of_many_deliveries_change_nothing(synthesizer: Synthesizer) -> None:
    texts = [
        list(read_passages("ssml", [f'<speak>One <prosody rate="{rate}">two three</prosody> four. Five!</speak>']))
        for rate in (2, 1, 2)
    ]
    single = list(synthesizer.speak_all(texts))
    batched = list(synthesizer.speak_all(texts, batch_size=3))
    assert [index for index, _ in batched] == [index for index, _ in single]
    for (_, one), (_, other) in zip(single, batched, strict=True):
        np.testing.assert_allclose(one.samples, other.samples, atol=1e-4)


def test_what_is_silent_at_the_beginning_comes_with_the_first_sound(synthesizer: Synthesizer) -> None:
    chunks = list(synthesizer.speak([Passage("☃"), Passage("Go."), Passage("☃")]))
    assert [bool(chunk.segment.symbols) for chunk in chunks] == [False, True, False]
    assert [lost.text for chunk in chunks for lost in chunk.segment.unspoken] == ["☃", "☃"]
    with pytest.raises(InputError, match="nothing in it"):
        list(synthesizer.speak([Passage("☃"), Passage("")]))
    assert [index for index, _ in synthesizer.speak_all(["☃", "Go."])] == [1]


@pytest.fixture
def others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two more voices: "letters" spells, "coarse" has another sample rate."""
    changes = {"letters": ('"espeak-ipa"', '"graphemes"'), "coarse": ("sample_rate_hz = 22050", "sample_rate_hz = 16000")}
    for name, change in changes.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "voice.toml").write_text(GOOD.replace(*change), encoding="utf-8")
    monkeypatch.setenv("TTSCLI_VOICES", str(tmp_path))


def test_another_voice_speaks_and_spells_its_part(synthesizer: Synthesizer, others: None) -> None:
    chunks = speak(synthesizer, 'Hello. <voice name="letters">Hello.</voice> Hello.')
    spelt = ["".join(chunk.segment.symbols) for chunk in chunks]
    assert spelt[0] == spelt[2] != spelt[1] and "hello" in spelt[1]


def test_a_voice_that_does_not_fit_or_is_not_there(synthesizer: Synthesizer, others: None) -> None:
    with pytest.raises(VoiceError, match="voice coarse speaks at 16000 Hz, and not 22050 Hz"):
        speak(synthesizer, 'Hello. <voice name="coarse">Hello.</voice>')
    with pytest.raises(VoiceError, match="nobody"):
        speak(synthesizer, 'Hello. <voice name="nobody">Hello.</voice>')


def test_other_voices_are_loaded_when_they_are_called_in() -> None:
    called: list[str] = []
    fake = Synthesizer.for_voice(Voice.read(FAKE_VOICES / "fake"), device="cpu")

    def call_in(name: str) -> Synthesizer:
        called.append(name)
        return fake

    synthesizer = Synthesizer(fake.front_end, fake.model, call_in)
    passage = next(iter(read_passages("ssml", ['<speak><voice name="x">Hello.</voice></speak>'])))
    chunks = synthesizer.speak([Passage("One."), passage, replace(passage, text="Again.")])
    next(chunks)
    assert called == []
    assert len(list(chunks)) == 2 and called == ["x"]
