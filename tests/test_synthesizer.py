"""From text to chunks, with the fake voice."""

from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Self, get_args

import numpy as np
import pytest

from tests.conftest import FAKE_VOICES
from tests.test_voice import GOOD
from ttscli import registry
from ttscli.cli.options import Speech
from ttscli.contract import Control, Ids, SpeechOptions, Wave
from ttscli.errors import InputError, UsageError, VoiceError
from ttscli.melspec import MelSpec
from ttscli.synthesizer import MelPipeline, Synthesizer, called
from ttscli.text.frontend import Pauses
from ttscli.voice import Part, Voice

TEXT = "Hello, world. How are you? I am fine; thanks!\n\nA second paragraph."


@pytest.fixture
def voice() -> Voice:
    return Voice.read(FAKE_VOICES / "fake")


def test_spans_add_up_to_the_samples(voice: Voice) -> None:
    chunks = list(Synthesizer.for_voice(voice, device="cpu", pauses=Pauses(0.25, 1.0)).speak(TEXT))
    assert [chunk.segment.text for chunk in chunks] == [
        "Hello, world.",
        "How are you?",
        "I am fine; thanks!",
        "A second paragraph.",
    ]
    for chunk in chunks:
        silence = round(chunk.segment.pause_after_s * chunk.sample_rate_hz)
        assert [span.text for span in chunk.symbols] == list(chunk.segment.symbols)
        assert chunk.symbols[0].start == 0
        assert all(one.stop == other.start for one, other in zip(chunk.symbols, chunk.symbols[1:], strict=False))
        assert chunk.symbols[-1].stop == len(chunk.samples) - silence
        assert not chunk.samples[len(chunk.samples) - silence :].any()
        for word, place in zip(chunk.words, chunk.segment.words, strict=True):
            assert word.text == place.text
            assert (word.start, word.stop) == (chunk.symbols[place.start].start, chunk.symbols[place.stop - 1].stop)
    assert [chunk.segment.pause_after_s for chunk in chunks] == [0.25, 0.25, 1.0, 1.0]
    assert [word.text for word in chunks[0].words] == ["Hello", "world"]


@pytest.mark.parametrize("batch_size", [2, 5])
def test_batches_change_nothing(batch_size: int, voice: Voice) -> None:
    synthesizer, texts = Synthesizer.for_voice(voice, device="cpu"), [TEXT, "...", "One more.", TEXT]
    single = list(synthesizer.speak_all(texts))
    batched = list(synthesizer.speak_all(texts, batch_size=batch_size))
    assert [index for index, _ in batched] == [index for index, _ in single] == [0] * 4 + [2] + [3] * 4
    for (_, one), (_, other) in zip(single, batched, strict=True):
        np.testing.assert_allclose(one.samples, other.samples, atol=1e-4)
        assert (one.segment.text, one.words, one.symbols) == (other.segment.text, other.words, other.symbols)


class Counting:
    """A text-to-wave model that does not know its durations, and counts what it is asked for."""

    sample_rate_hz = 100
    controls: frozenset[Control] = frozenset()

    def __init__(self) -> None:
        self.batches: list[int] = []

    @classmethod
    def load(cls, *args: Any) -> Self:
        return cls()

    def waves(self, batch: Sequence[Ids], options: SpeechOptions) -> list[Wave]:
        self.batches.append(len(batch))
        return [Wave(np.full(len(ids), 0.5, np.float32), None) for ids in batch]


def test_a_sentence_is_synthesised_when_it_is_asked_for(voice: Voice) -> None:
    model = Counting()
    chunks = Synthesizer(Synthesizer.for_voice(voice, device="cpu").front_end, model).speak(TEXT)
    assert model.batches == []
    next(chunks)
    assert model.batches == [1]
    next(chunks)
    assert model.batches == [1, 1]


def test_sentences_of_alike_length_are_spoken_together_and_come_in_order(voice: Voice) -> None:
    class Lengths(Counting):
        def waves(self, batch: Sequence[Ids], options: SpeechOptions) -> list[Wave]:
            spreads.append(max(map(len, batch)) - min(map(len, batch)))
            return super().waves(batch, options)

    spreads: list[int] = []
    texts = [
        "No.",
        "A sentence that is much longer than its neighbours.",
        "Yes.",
        "Another sentence of very many words, like the last.",
    ]
    synthesizer = Synthesizer(Synthesizer.for_voice(voice, device="cpu").front_end, Lengths())
    chunks = list(synthesizer.speak_all(texts, batch_size=2))
    assert [index for index, _ in chunks] == [0, 1, 2, 3]
    assert [chunk.segment.text for _, chunk in chunks] == texts
    assert max(spreads) < 10
    assert len(spreads) == 2


def test_unknown_durations_are_no_spans(voice: Voice) -> None:
    chunk = next(Synthesizer(Synthesizer.for_voice(voice, device="cpu").front_end, Counting()).speak(TEXT))
    assert (chunk.words, chunk.symbols, chunk.sample_rate_hz) == ((), (), 100)
    assert len(chunk.samples) == len(chunk.segment.symbols) + round(100 * chunk.segment.pause_after_s)


@pytest.mark.parametrize("text", ["", "  \n", "...", "—"])
def test_nothing_to_speak(text: str, voice: Voice) -> None:
    with pytest.raises(InputError, match="nothing in it that can be spoken"):
        list(Synthesizer.for_voice(voice, device="cpu").speak(text))


def test_mels_that_do_not_fit_are_refused_by_number() -> None:
    acoustic = registry.acoustic_model("fake").load(None, {}, MelSpec(), "cpu")
    vocoder = registry.vocoder("fake").load(None, {}, MelSpec(hop_samples=300, n_mels=100), "cpu")
    with pytest.raises(VoiceError, match=r"do not fit: hop_samples 256 ≠ 300, n_mels 80 ≠ 100"):
        MelPipeline(acoustic, vocoder)


@pytest.fixture
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A second voice, "other", with two parts of each kind, and other mels."""
    (tmp_path / "other").mkdir()
    more = '\n[[acoustic]]\nname = "slow"\narchitecture = "fake"\n\n[[vocoder]]\nname = "bright"\narchitecture = "fake"\n'
    text = GOOD.replace("hop_samples = 256", "hop_samples = 128").replace('name = "fake"', 'name = "other"', 1) + more
    (tmp_path / "other" / "voice.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("TTSCLI_VOICES", str(tmp_path))
    return "other"


@pytest.mark.parametrize("name", [":fake", "fake:"])
def test_half_of_the_name_of_a_part(voice: Voice, name: str) -> None:
    for model, vocoder in ((name, None), (None, name)):
        with pytest.raises(VoiceError, match=f"{name}: not VOICE:PART"):
            Synthesizer.for_voice(voice, model, vocoder, device="cpu")


def test_parts_of_another_voice(voice: Voice, other: str) -> None:
    synthesizer = Synthesizer.for_voice(voice, f"{other}:slow", f"{other}:bright", "cpu")
    assert isinstance(synthesizer.model, MelPipeline)
    assert synthesizer.model.vocoder.mel_spec.hop_samples == 128
    with pytest.raises(VoiceError, match="hop_samples 128 ≠ 256"):
        Synthesizer.for_voice(voice, model=f"{other}:slow", device="cpu")
    with pytest.raises(VoiceError, match="dull: no vocoder has this name"):
        Synthesizer.for_voice(voice, vocoder=f"{other}:dull", device="cpu")
    with pytest.raises(VoiceError, match="fast: voice other has no model of this name"):
        Synthesizer.for_voice(voice, model=f"{other}:fast", device="cpu")
    with pytest.raises(VoiceError, match="another: no voice has this name"):
        Synthesizer.for_voice(voice, vocoder="another:fake", device="cpu")


def test_a_vocoder_without_weights_needs_no_voice(voice: Voice) -> None:
    model = Synthesizer.for_voice(replace(voice, vocoder=()), vocoder="griffin-lim", device="cpu").model
    assert isinstance(model, MelPipeline)
    assert type(model.vocoder).__name__ == "GriffinLim"
    assert model.vocoder.mel_spec == voice.mel_spec


@pytest.mark.parametrize(("missing", "message"), [("acoustic", "has no model"), ("vocoder", "has no vocoder")])
def test_a_voice_that_lacks_a_part(missing: str, message: str, voice: Voice) -> None:
    with pytest.raises(VoiceError, match=f"voice fake {message}"):
        Synthesizer.for_voice(replace(voice, **{missing: ()}), device="cpu")  # type: ignore[arg-type]


def test_text_to_wave_takes_no_vocoder(voice: Voice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "text_to_wave", lambda name: Counting)
    whole = replace(voice, text_to_wave=(Part("text_to_wave", "whole", "counting", None, "", {}),))
    assert isinstance(Synthesizer.for_voice(whole, "whole", device="cpu").model, Counting)
    with pytest.raises(UsageError, match="takes no vocoder"):
        Synthesizer.for_voice(whole, "whole", "fake", "cpu")


@pytest.mark.parametrize(
    "options",
    [
        SpeechOptions(pitch_semitones=2),
        SpeechOptions(pitch_range=0.5),
        SpeechOptions(speaker=1),
        SpeechOptions(denoise=0.1),
    ],
)
def test_what_the_model_cannot_do_is_refused(voice: Voice, options: SpeechOptions) -> None:
    with pytest.raises(UsageError, match="neither the model nor the vocoder"):
        next(Synthesizer.for_voice(voice, device="cpu").speak(TEXT, options))


def test_a_pipeline_obeys_what_its_halves_obey(voice: Voice) -> None:
    pipeline = Synthesizer.for_voice(voice, device="cpu").model
    assert pipeline.controls == {"pace", "temperature"}


def test_a_user_is_told_of_a_control_by_the_name_of_its_option() -> None:
    options = {field.name for field in fields(Speech)}
    assert {called(control).replace(" ", "_") for control in get_args(Control)} <= options
