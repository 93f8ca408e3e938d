"""The checks that any plugin must pass, for a plugin's own tests: promises of ttscli.contract, each as a plain function.

    @pytest.mark.parametrize("check", ACOUSTIC_MODEL_CHECKS)
    def test_contract(check):
        check(MyModel.load(None, {}, MelSpec(), "cpu"), n_symbols=40)

Each takes a loaded plugin and raises AssertionError saying which promise is broken; `tts plugins check` runs the same ones.
A check knows nothing of weights: random ones must keep the promises as trained ones do.

Checked are shapes, types and ranges, durations, batches, seeds, that a faster pace is shorter, and that a control which is not
named changes nothing. Not checked is that any other control which is named changes what it should, as random weights may not
obey it, nor that `load` refuses what it cannot load: a plugin's own tests do so.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np

from ttscli.contract import AcousticModel, Alphabet, Control, Frames, Ids, Mel, Samples, SpeechOptions, TextToWave, Vocoder, Wave
from ttscli.melspec import MelSpec

TOLERANCE = 1e-4
"""How far a result may move when it is made in a batch: sums in another order, no more."""
LONG_SYMBOLS = 2000
"""Longer than any sentence: two pages without a full stop."""

CHANGED: dict[Control, Any] = {
    "pace": 2.0,
    "temperature": 0.2,
    "pitch_semitones": 3.0,
    "pitch_range": 0.5,
    "speaker": 1,
    "denoise": 0.5,
}
"""A value of each control that is not the usual one."""

AcousticModelCheck: TypeAlias = Callable[[AcousticModel, int], None]
VocoderCheck: TypeAlias = Callable[[Vocoder], None]
TextToWaveCheck: TypeAlias = Callable[[TextToWave, int], None]


def acoustic_model_makes_mels(model: AcousticModel, n_symbols: int) -> None:
    """One symbol, a few and very many become a mel of the promised shape, and durations that add up to it."""
    for length in (1, 2, 3, 4, 5, LONG_SYMBOLS):
        ids = utterance(length, n_symbols)
        mels = model.mels([ids], SpeechOptions())
        _require(len(mels) == 1, f"one utterance became {len(mels)} mels")
        _require_mel(mels[0], ids, model.mel_spec)


def acoustic_model_is_blind_to_its_batch(model: AcousticModel, n_symbols: int) -> None:
    """Utterances of unequal lengths sound in a batch as they do alone."""
    batch = _batch(n_symbols)
    options = SpeechOptions()
    together = model.mels(batch, options)
    _require(len(together) == len(batch), f"{len(batch)} utterances became {len(together)} mels")
    for ids, mel in zip(batch, together, strict=True):
        alone = model.mels([ids], options)[0]
        what = f"the mel of {len(ids)} symbols"
        _require_close(mel.frames, alone.frames, what)
        _require_equal(mel.durations, alone.durations, what)


def acoustic_model_obeys_its_seed(model: AcousticModel, n_symbols: int) -> None:
    """The same seed gives the same mel."""
    ids, options = utterance(20, n_symbols), SpeechOptions(seed=7)
    first, second = (model.mels([ids], options)[0] for _ in range(2))
    _require(np.array_equal(first.frames, second.frames), "the same seed gave two different mels")


def acoustic_model_obeys_its_pace(model: AcousticModel, n_symbols: int) -> None:
    """A faster pace gives fewer frames, if the model obeys it at all."""
    if "pace" not in model.controls:
        return
    ids = utterance(60, n_symbols)
    slow, fast = (model.mels([ids], SpeechOptions(pace=pace))[0].frames.shape[1] for pace in (0.5, 2.0))
    _require(fast < slow, f"pace 2.0 gave {fast} frames and pace 0.5 gave {slow}: the faster must be shorter")


def acoustic_model_ignores_nothing(model: AcousticModel, n_symbols: int) -> None:
    """What it does not name among its controls changes nothing; so what a user asks for is obeyed or refused."""
    ids = utterance(20, n_symbols)
    _require_ignorance(lambda options: model.mels([ids], options)[0].frames, model.controls, "the mel")


def vocoder_makes_samples(vocoder: Vocoder) -> None:
    """A mel of n_frames becomes n_frames * hop_samples samples in [-1, 1], if it is one frame long, silent or too loud."""
    spec = vocoder.mel_spec
    silence = np.full((spec.n_mels, 30), np.log(spec.floor), np.float32)
    loud = np.full((spec.n_mels, 30), 3.0, np.float32)
    for frames in (*(mel(length, spec) for length in (1, 2, 3, 100)), silence, loud):
        waves = vocoder.waves([frames], SpeechOptions())
        _require(len(waves) == 1, f"one mel became {len(waves)} waves")
        _require_samples(waves[0])
        wanted = frames.shape[1] * spec.hop_samples
        _require(
            len(waves[0]) == wanted,
            f"{frames.shape[1]} frames of {spec.hop_samples} samples became {len(waves[0])} samples, not {wanted}",
        )


def vocoder_is_blind_to_its_batch(vocoder: Vocoder) -> None:
    """Mels of unequal lengths sound in a batch as they do alone."""
    batch = [mel(length, vocoder.mel_spec) for length in (40, 1, 13)]
    options = SpeechOptions()
    together = vocoder.waves(batch, options)
    _require(len(together) == len(batch), f"{len(batch)} mels became {len(together)} waves")
    for frames, samples in zip(batch, together, strict=True):
        _require_close(samples, vocoder.waves([frames], options)[0], f"the wave of {frames.shape[1]} frames")


def vocoder_obeys_its_seed(vocoder: Vocoder) -> None:
    """The same seed gives the same samples."""
    frames, options = mel(20, vocoder.mel_spec), SpeechOptions(seed=7)
    first, second = (vocoder.waves([frames], options)[0] for _ in range(2))
    _require(np.array_equal(first, second), "the same seed gave two different waves")


def vocoder_ignores_nothing(vocoder: Vocoder) -> None:
    """What it does not name among its controls changes nothing."""
    frames = mel(20, vocoder.mel_spec)
    _require_ignorance(lambda options: vocoder.waves([frames], options)[0], vocoder.controls, "the wave")


def text_to_wave_makes_samples(model: TextToWave, n_symbols: int) -> None:
    """One symbol, a few and very many become samples in [-1, 1], and durations that add up to them."""
    _require(model.sample_rate_hz > 0, f"sample_rate_hz is {model.sample_rate_hz}")
    for length in (1, 2, 3, 4, 5, LONG_SYMBOLS):
        ids = utterance(length, n_symbols)
        waves = model.waves([ids], SpeechOptions())
        _require(len(waves) == 1, f"one utterance became {len(waves)} waves")
        _require_wave(waves[0], ids)


def text_to_wave_is_blind_to_its_batch(model: TextToWave, n_symbols: int) -> None:
    """Utterances of unequal lengths sound in a batch as they do alone."""
    batch = _batch(n_symbols)
    options = SpeechOptions()
    together = model.waves(batch, options)
    _require(len(together) == len(batch), f"{len(batch)} utterances became {len(together)} waves")
    for ids, wave in zip(batch, together, strict=True):
        alone = model.waves([ids], options)[0]
        what = f"the wave of {len(ids)} symbols"
        _require_close(wave.samples, alone.samples, what)
        _require_equal(wave.durations, alone.durations, what)


def text_to_wave_obeys_its_seed(model: TextToWave, n_symbols: int) -> None:
    """The same seed gives the same wave."""
    ids, options = utterance(20, n_symbols), SpeechOptions(seed=7)
    first, second = (model.waves([ids], options)[0] for _ in range(2))
    _require(np.array_equal(first.samples, second.samples), "the same seed gave two different waves")


def text_to_wave_obeys_its_pace(model: TextToWave, n_symbols: int) -> None:
    """A faster pace gives fewer samples, if the model obeys it at all."""
    if "pace" not in model.controls:
        return
    ids = utterance(60, n_symbols)
    slow, fast = (len(model.waves([ids], SpeechOptions(pace=pace))[0].samples) for pace in (0.5, 2.0))
    _require(fast < slow, f"pace 2.0 gave {fast} samples and pace 0.5 gave {slow}: the faster must be shorter")


def text_to_wave_ignores_nothing(model: TextToWave, n_symbols: int) -> None:
    """What it does not name among its controls changes nothing."""
    ids = utterance(20, n_symbols)
    _require_ignorance(lambda options: model.waves([ids], options)[0].samples, model.controls, "the wave")


ACOUSTIC_MODEL_CHECKS: tuple[AcousticModelCheck, ...] = (
    acoustic_model_makes_mels,
    acoustic_model_is_blind_to_its_batch,
    acoustic_model_obeys_its_seed,
    acoustic_model_obeys_its_pace,
    acoustic_model_ignores_nothing,
)
VOCODER_CHECKS: tuple[VocoderCheck, ...] = (
    vocoder_makes_samples,
    vocoder_is_blind_to_its_batch,
    vocoder_obeys_its_seed,
    vocoder_ignores_nothing,
)
TEXT_TO_WAVE_CHECKS: tuple[TextToWaveCheck, ...] = (
    text_to_wave_makes_samples,
    text_to_wave_is_blind_to_its_batch,
    text_to_wave_obeys_its_seed,
    text_to_wave_obeys_its_pace,
    text_to_wave_ignores_nothing,
)


def check_acoustic_model(model: AcousticModel, n_symbols: int) -> None:
    """Run every check of an acoustic model; `n_symbols` is the size of the symbol table that it was built for."""
    for check in ACOUSTIC_MODEL_CHECKS:
        check(model, n_symbols)


def check_vocoder(vocoder: Vocoder) -> None:
    """Run every check of a vocoder."""
    for check in VOCODER_CHECKS:
        check(vocoder)


def check_text_to_wave(model: TextToWave, n_symbols: int) -> None:
    """Run every check of a text-to-wave model; `n_symbols` as in check_acoustic_model."""
    for check in TEXT_TO_WAVE_CHECKS:
        check(model, n_symbols)


def check_alphabet(alphabet: Alphabet, language: str) -> None:
    """Two words become symbols with " " between them, punctuation stands as itself, and the second time is as the first."""
    symbols = alphabet("hello, world.", language)
    _require(isinstance(symbols, tuple), f"symbols must be a tuple, not {type(symbols).__name__}")
    _require(all(isinstance(symbol, str) and symbol for symbol in symbols), f"a symbol is empty or no text: {symbols}")
    for mark in (",", " ", "."):
        _require(mark in symbols, f"{mark!r} is missing from {symbols}")
    _require(alphabet("hello, world.", language) == symbols, "the same words were spelt in two ways")


def utterance(length: int, n_symbols: int) -> Ids:
    """Return `length` reproducible ids below `n_symbols`; 0, which pads batches, is left out where there are others."""
    return np.random.default_rng(length).integers(min(1, n_symbols - 1), n_symbols, length, dtype=np.int64)


def mel(n_frames: int, spec: MelSpec) -> Frames:
    """Return a reproducible mel of `n_frames` between silence and full level, as loud as speech is."""
    values = np.random.default_rng(n_frames).uniform(np.log(spec.floor), 0.5, (spec.n_mels, n_frames))
    return values.astype(np.float32)


def _batch(n_symbols: int) -> list[Ids]:
    return [utterance(length, n_symbols) for length in (30, 1, 12)]


def _require(condition: bool, message: str) -> None:
    """An assert that python -O does not remove: a plugin author's tests rest on it."""
    if not condition:
        raise AssertionError(message)


def _require_ignorance(speak: Callable[[SpeechOptions], Any], controls: frozenset[Control], what: str) -> None:
    usual = speak(SpeechOptions())
    for name in CHANGED.keys() - controls:
        other = speak(replace(SpeechOptions(), **{name: CHANGED[name]}))
        _require(np.array_equal(usual, other), f"{name} changes {what}, and is not among the controls")


def _require_array(array: Any, dtype: type, what: str) -> None:
    _require(isinstance(array, np.ndarray), f"{what} must be a numpy array, not {type(array).__name__}")
    _require(array.dtype == dtype, f"{what} must be {np.dtype(dtype)}, not {array.dtype}")


def _require_mel(made: Mel, ids: Ids, spec: MelSpec) -> None:
    _require_array(made.frames, np.float32, "Mel.frames")
    shape = made.frames.shape
    _require(
        len(shape) == 2 and shape[0] == spec.n_mels and shape[1] >= 1,
        f"the mel of {len(ids)} symbols has shape {shape}, not ({spec.n_mels}, at least 1)",
    )
    _require(bool(np.isfinite(made.frames).all()), f"the mel of {len(ids)} symbols is not finite")
    _require_durations(made.durations, ids, shape[1], "frames")


def _require_wave(made: Wave, ids: Ids) -> None:
    _require_samples(made.samples)
    _require(len(made.samples) >= 1, f"the wave of {len(ids)} symbols is empty")
    _require_durations(made.durations, ids, len(made.samples), "samples")


def _require_samples(samples: Samples) -> None:
    _require_array(samples, np.float32, "samples")
    _require(samples.ndim == 1, f"samples have shape {samples.shape}: they must be mono, (n_samples,)")
    _require(bool(np.isfinite(samples).all()), "samples are not finite")
    peak = float(np.abs(samples).max(initial=0.0))
    _require(peak <= 1.0, f"samples reach {peak:.3f}: they must stay in [-1, 1]")


def _require_durations(durations: Any, ids: Ids, total: int, unit: str) -> None:
    if durations is None:
        return
    _require_array(durations, np.int64, "durations")
    _require(durations.shape == ids.shape, f"durations have shape {durations.shape} for {len(ids)} symbols")
    _require(bool((durations >= 0).all()), f"a duration is negative: {durations.min()}")
    _require(int(durations.sum()) == total, f"durations sum to {durations.sum()}, not to the {total} {unit} there are")


def _require_close(batched: np.ndarray, alone: np.ndarray, what: str) -> None:
    _require(batched.shape == alone.shape, f"{what} has shape {batched.shape} in a batch and {alone.shape} alone")
    distance = float(np.abs(batched - alone).max(initial=0.0))
    _require(distance <= TOLERANCE, f"{what} differs by {distance:.2g} in a batch: what stands beside it must not change it")


def _require_equal(batched: Sequence[int] | np.ndarray | None, alone: Sequence[int] | np.ndarray | None, what: str) -> None:
    same = batched is alone if batched is None or alone is None else np.array_equal(batched, alone)
    _require(same, f"{what} has other durations in a batch than alone")
