"""ttscli.testing finds the plugin that breaks a promise: a good one passes, and each way to be bad fails its own check."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

import numpy as np
import pytest

from ttscli import testing
from ttscli.contract import Config, Control, Frames, Ids, Mel, Samples, SpeechOptions, Wave
from ttscli.melspec import MelSpec

N_SYMBOLS = 20
SPEC = MelSpec()


class GoodModel:
    """Four frames a symbol at its own pace."""

    mel_spec = SPEC
    controls: frozenset[Control] = frozenset({"pace"})

    @classmethod
    def load(cls, weights: Path | None, config: Config, mel_spec: MelSpec, device: str) -> Self:
        return cls()

    def mels(self, batch: Sequence[Ids], options: SpeechOptions) -> list[Mel]:
        return [self.mel(ids, options) for ids in batch]

    def mel(self, ids: Ids, options: SpeechOptions) -> Mel:
        durations = np.full(len(ids), max(1, round(4 / options.pace)), np.int64)
        frames = np.repeat(ids, durations).astype(np.float32)
        return Mel(np.tile(frames / np.float32(-N_SYMBOLS), (SPEC.n_mels, 1)), durations)


class GoodVocoder:
    """Silence of the right length."""

    mel_spec = SPEC
    controls: frozenset[Control] = frozenset()

    @classmethod
    def load(cls, weights: Path | None, config: Config, mel_spec: MelSpec, device: str) -> Self:
        return cls()

    def waves(self, mels: Sequence[Frames], options: SpeechOptions) -> list[Samples]:
        return [self.wave(mel) for mel in mels]

    def wave(self, mel: Frames) -> Samples:
        return np.zeros(mel.shape[1] * SPEC.hop_samples, np.float32)


class GoodTextToWave:
    """Ten samples a frame of the good model."""

    sample_rate_hz = 22050
    controls: frozenset[Control] = frozenset({"pace"})

    @classmethod
    def load(cls, weights: Path | None, config: Config, mel_spec: MelSpec, device: str) -> Self:
        return cls()

    def waves(self, batch: Sequence[Ids], options: SpeechOptions) -> list[Wave]:
        return [self.wave(mel) for mel in GoodModel().mels(batch, options)]

    def wave(self, mel: Mel) -> Wave:
        assert mel.durations is not None
        return Wave(np.repeat(mel.frames[0], 10), mel.durations * 10)


class DoubleModel(GoodModel):
    def mel(self, ids: Ids, options: SpeechOptions) -> Mel:
        mel = super().mel(ids, options)
        return replace(mel, frames=mel.frames.astype(np.float64))


class InfiniteModel(GoodModel):
    def mel(self, ids: Ids, options: SpeechOptions) -> Mel:
        mel = super().mel(ids, options)
        return replace(mel, frames=mel.frames * np.float32(np.inf))


class TransposedModel(GoodModel):
    def mel(self, ids: Ids, options: SpeechOptions) -> Mel:
        mel = super().mel(ids, options)
        return replace(mel, frames=mel.frames.T)


class MiscountingModel(GoodModel):
    def mel(self, ids: Ids, options: SpeechOptions) -> Mel:
        mel = super().mel(ids, options)
        assert mel.durations is not None
        return replace(mel, durations=mel.durations + 1)


class LeakyModel(GoodModel):
    def mels(self, batch: Sequence[Ids], options: SpeechOptions) -> list[Mel]:
        mels = super().mels(batch, options)
        return [replace(mel, frames=mel.frames + np.float32(0.001 * len(batch))) for mel in mels]


class MoodyModel(GoodModel):
    mood = 0

    def mels(self, batch: Sequence[Ids], options: SpeechOptions) -> list[Mel]:
        self.mood += 1
        return [replace(mel, frames=mel.frames + np.float32(1e-5 * self.mood)) for mel in super().mels(batch, options)]


class SecretiveModel(GoodModel):
    def mel(self, ids: Ids, options: SpeechOptions) -> Mel:
        mel = super().mel(ids, options)
        return replace(mel, frames=mel.frames + np.float32(options.pitch_semitones))


class StubbornModel(GoodModel):
    def mel(self, ids: Ids, options: SpeechOptions) -> Mel:
        return super().mel(ids, SpeechOptions())


class ShortVocoder(GoodVocoder):
    def wave(self, mel: Frames) -> Samples:
        return super().wave(mel)[:-1]


class LoudVocoder(GoodVocoder):
    def wave(self, mel: Frames) -> Samples:
        return np.full(mel.shape[1] * SPEC.hop_samples, np.exp(mel.max()), np.float32)


class LeakyVocoder(GoodVocoder):
    def waves(self, mels: Sequence[Frames], options: SpeechOptions) -> list[Samples]:
        return [self.wave(mel) + np.float32(0.001 * len(mels)) for mel in mels]


class MiscountingTextToWave(GoodTextToWave):
    def wave(self, mel: Mel) -> Wave:
        wave = super().wave(mel)
        return replace(wave, samples=wave.samples[:-1])


def test_the_good_pass() -> None:
    testing.check_acoustic_model(GoodModel(), N_SYMBOLS)
    testing.check_vocoder(GoodVocoder())
    testing.check_text_to_wave(GoodTextToWave(), N_SYMBOLS)


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (DoubleModel(), "must be float32, not float64"),
        (InfiniteModel(), "not finite"),
        (TransposedModel(), r"has shape \(4, 80\)"),
        (MiscountingModel(), "durations sum to 5, not to the 4 frames"),
        (LeakyModel(), "what stands beside it must not change it"),
        (MoodyModel(), "the same seed gave two different mels"),
        (SecretiveModel(), "pitch_semitones changes the mel, and is not among the controls"),
        (StubbornModel(), "the faster must be shorter"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_bad_acoustic_model_is_told_why(model: GoodModel, reason: str) -> None:
    with pytest.raises(AssertionError, match=reason):
        testing.check_acoustic_model(model, N_SYMBOLS)


@pytest.mark.parametrize(
    ("vocoder", "reason"),
    [
        (ShortVocoder(), "1 frames of 256 samples became 255 samples, not 256"),
        (LoudVocoder(), r"must stay in \[-1, 1\]"),
        (LeakyVocoder(), "what stands beside it must not change it"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_bad_vocoder_is_told_why(vocoder: GoodVocoder, reason: str) -> None:
    with pytest.raises(AssertionError, match=reason):
        testing.check_vocoder(vocoder)


def test_a_bad_text_to_wave_model_is_told_why() -> None:
    with pytest.raises(AssertionError, match="not to the 39 samples"):
        testing.check_text_to_wave(MiscountingTextToWave(), N_SYMBOLS)


def test_alphabets() -> None:
    testing.check_alphabet(lambda text, language: tuple(text), "en-US")
    with pytest.raises(AssertionError, match="',' is missing"):
        testing.check_alphabet(lambda text, language: tuple(text.replace(",", "")), "en-US")
    with pytest.raises(AssertionError, match="must be a tuple"):
        testing.check_alphabet(lambda text, language: list(text), "en-US")  # type: ignore[arg-type]


def test_one_symbol_tables_have_utterances_too() -> None:
    assert testing.utterance(3, 1).tolist() == [0, 0, 0]
    assert 0 not in testing.utterance(500, 5)
