"""What must hold of text-to-wave, whatever its weights: small networks, random weights, no reference."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.utils.rnn import pad_sequence

from tests.plugins.clarinet_text_to_wave import FLOWS, N_SYMBOLS, SMALL, networks
from ttscli.contract import SpeechOptions
from ttscli.errors import VoiceError
from ttscli.melspec import MelSpec
from ttscli.nn.weights import save_weights
from ttscli.testing import TEXT_TO_WAVE_CHECKS, TextToWaveCheck, utterance
from ttscli_clarinet.decoder import Decoded
from ttscli_clarinet.text_to_wave import Recordings, Spoken, TextToWave, conditions, symbol_path
from ttscli_clarinet.text_to_wave_config import text_to_wave_config
from ttscli_clarinet.text_to_wave_model import ClariNetTextToWave, at_pace

SPEC = MelSpec(n_mels=6, hop_samples=15, fft_samples=64)
STRIDES = {"vocoder_upsample_strides": [3, 5]}


def network(seed: int = 3, **table: Any) -> TextToWave:
    torch.manual_seed(seed)
    built = networks(SMALL | STRIDES | table, SPEC)
    assert isinstance(built, TextToWave)
    return built.eval().requires_grad_(False)


def generate(network: TextToWave, n_symbols: int, most_steps: int) -> Decoded:
    ids = torch.from_numpy(utterance(n_symbols, N_SYMBOLS))[None]
    return network.decoder.generate(network.remember(ids, torch.tensor([n_symbols])), most_steps)


def test_step_by_step_is_all_at_once() -> None:
    """What the decoder says of its own output, heard as a recording, is that output."""
    built = network(window_back=9, window_ahead=9)
    stepwise = generate(built, 9, 12)
    mels = stepwise.mel_logits.sigmoid()
    heard = torch.cat([torch.zeros(1, 2, SPEC.n_mels), mels[:, :-2]], dim=1)
    ids = torch.from_numpy(utterance(9, N_SYMBOLS))[None]
    at_once = built.decoder(heard, built.remember(ids, torch.tensor([9])))
    for ours, theirs in zip(stepwise, at_once, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5)


def test_no_step_hears_itself_or_what_follows() -> None:
    built, mels = network(), torch.rand(1, 20, SPEC.n_mels)
    memory = built.remember(torch.arange(5)[None], torch.tensor([5]))
    before = built.decoder(mels, memory)
    after = built.decoder(torch.cat([mels[:, :12], torch.rand(1, 8, SPEC.n_mels)], dim=1), memory)
    assert torch.equal(before.states[..., :6], after.states[..., :6])
    assert not torch.equal(before.states[..., 6], after.states[..., 6])


def test_attention_that_is_forced_reads_what_it_is_told() -> None:
    built, mels = network(attends=[False, False, True]), torch.rand(1, 20, SPEC.n_mels)
    memory = built.remember(torch.arange(5)[None], torch.tensor([5]))
    free = built.decoder(mels, memory)
    as_before = built.decoder(mels, memory, free.attention[:, 0])
    torch.testing.assert_close(as_before.states, free.states)
    elsewhere = built.decoder(mels, memory, free.attention[:, 0].roll(1, dims=2))
    assert torch.equal(elsewhere.attention, free.attention)  # what it would have chosen
    assert not torch.allclose(elsewhere.states, free.states, atol=1e-3)


@pytest.mark.parametrize("dwell", [1, 2, 5])
def test_attention_goes_on_when_it_has_been_at_a_symbol_for_long(dwell: int) -> None:
    made = generate(network(dwell=dwell, window_back=0, window_ahead=2), 9, 100)
    paths = made.attention[0].argmax(dim=2)  # (L, S)
    for path in paths:
        symbols, steps = path.unique_consecutive(return_counts=True)
        assert symbols.tolist() == sorted(set(symbols.tolist()))
        assert steps[:-1].max() <= dwell
    assert paths.shape[1] <= 9 * dwell
    assert (paths[:, -dwell:] == 8).all()  # said to its end, though it never says that it is done


def test_some_steps_hear_silence_while_training() -> None:
    """Then, and only then, what is said depends less on the frames before."""

    def differing(built: TextToWave) -> float:
        """Share of steps that notice that the frames before them are others; nothing else tells the two apart."""
        ids, n_symbols, n_frames = torch.arange(5)[None], torch.tensor([5]), torch.tensor([400])
        nothing, starts = torch.zeros(1, 0), torch.zeros(1, dtype=torch.int64)
        states = []
        for seed in (0, 1):
            mels = torch.rand(1, 400, SPEC.n_mels, generator=torch.Generator().manual_seed(seed))
            torch.manual_seed(0)
            states.append(built.hear(Recordings(ids, n_symbols, mels, n_frames, starts, nothing))[0].states)
        return (states[0] != states[1]).any(dim=1).float().mean().item()

    deaf = network(unheard=0.5, dropout=0.0, prenet=[[16, 1, 1]], decoder=[[16, 1, 1]], attends=[True])
    assert differing(deaf) > 0.99  # all but the first step
    assert 0.4 < differing(deaf.train()) < 0.6


@pytest.mark.parametrize(("back", "ahead"), [(1, 3), (0, 2), (0, 1)])
def test_attention_moves_within_its_window(back: int, ahead: int) -> None:
    made = generate(network(window_back=back, window_ahead=ahead), 30, 40)
    torch.testing.assert_close(made.attention.sum(-1), torch.ones(1, 2, 40))
    paths = made.attention[0].argmax(-1)
    assert (paths[:, 0] < ahead).all()
    assert ((paths.diff(dim=1) >= -back) & (paths.diff(dim=1) < ahead)).all()
    assert back > 0 or (symbol_path(made.attention[0]).diff() >= 0).all()


@pytest.mark.parametrize(("bias", "least", "most", "steps"), [(100.0, 4, 50, 5), (-100.0, 4, 50, 50), (100.0, 60, 50, 50)])
def test_it_stops_when_it_is_done_but_not_too_early_nor_too_late(bias: float, least: int, most: int, steps: int) -> None:
    built = network(least_steps=least)
    built.decoder.done.weight.zero_()
    built.decoder.load_state_dict({"done.bias": torch.tensor([bias])}, strict=False)
    made = generate(built, 7, most)
    assert made.done_logits.shape == (1, steps)
    assert made.mel_logits.shape == (1, 2 * steps, SPEC.n_mels)


@pytest.mark.parametrize("n_symbols", [1, 40, 400])
def test_speech_is_bounded_by_its_text(n_symbols: int) -> None:
    """Three times the average length, and the least that there is, if it never says that it is done."""
    spoken = network(key_rate=0.5).speak(torch.from_numpy(utterance(n_symbols, N_SYMBOLS)))
    assert len(spoken.symbols) == 2 * (3 + round(1.5 * n_symbols))
    assert spoken.hidden.shape == (10, len(spoken.symbols))


def recordings(n_symbols: list[int], n_frames: list[int], clip_frames: int) -> Recordings:
    torch.manual_seed(5)
    mels = pad_sequence([torch.rand(n, SPEC.n_mels) for n in n_frames], batch_first=True)
    return Recordings(
        ids=pad_sequence([torch.randint(1, N_SYMBOLS, (n,)) for n in n_symbols], batch_first=True),
        n_symbols=torch.tensor(n_symbols),
        mels=torch.nn.functional.pad(mels, (0, 0, 0, -mels.shape[1] % 2)),
        n_frames=torch.tensor(n_frames),
        starts=torch.tensor([n - clip_frames for n in n_frames]),
        clips=torch.rand(len(n_frames), clip_frames * SPEC.hop_samples) * 2 - 1,
    )


def test_what_stands_beside_a_recording_changes_nothing() -> None:
    built, batch = network(), recordings([9, 4, 1], [23, 14, 8], clip_frames=4)
    together = built(batch)
    for i, (n_symbols, n_frames) in enumerate(zip([9, 4, 1], [23, 14, 8], strict=True)):
        alone = built(
            Recordings(*(field[i : i + 1] for field in batch))._replace(
                ids=batch.ids[i : i + 1, :n_symbols], mels=batch.mels[i : i + 1, : n_frames + n_frames % 2]
            )
        )
        n_steps = -(-n_frames // 2)
        pairs = [
            (together.decoded.mel_logits[i, :n_frames], alone.decoded.mel_logits[0, :n_frames]),
            (together.decoded.done_logits[i, :n_steps], alone.decoded.done_logits[0]),
            (together.decoded.attention[i, :, :n_steps, :n_symbols], alone.decoded.attention[0]),
            (together.spectra[i, :, :n_frames], alone.spectra[0, :, :n_frames]),
            (together.samples.mean[i], alone.samples.mean[0]),
        ]
        for batched, single in pairs:
            torch.testing.assert_close(batched, single, rtol=0, atol=1e-5)


def test_a_clip_is_conditioned_as_within_the_whole() -> None:
    """Also with odd strides, whose transposed convolutions make a column too many."""
    built, batch = network(), recordings([9, 4], [23, 14], clip_frames=6)
    hidden = torch.rand(2, 10, 24)
    clips = conditions(built.vocoder.upsampler, hidden, batch)
    for i, (start, n_frames) in enumerate(zip(batch.starts.tolist(), [23, 14], strict=True)):
        whole = built.vocoder.upsampler(hidden[i : i + 1, :, :n_frames])
        assert whole.shape == (1, 10, n_frames * SPEC.hop_samples)
        wanted = whole[0, :, start * SPEC.hop_samples : (start + 6) * SPEC.hop_samples]
        torch.testing.assert_close(clips[i], wanted, rtol=0, atol=1e-6)


def spoken(n_frames: int) -> Spoken:
    return Spoken(torch.arange(n_frames).expand(3, -1).float(), torch.arange(n_frames) // 3)


@pytest.mark.parametrize(("pace", "n_frames"), [(1.0, 30), (2.0, 15), (0.5, 60), (1.3, 23), (100.0, 1)])
def test_pace_stretches_states_and_symbols_alike(pace: float, n_frames: int) -> None:
    before, after = spoken(30), at_pace(spoken(30), pace)
    assert after.hidden.shape == (3, n_frames)
    assert after.symbols.shape == (n_frames,)
    assert (after.symbols - after.hidden[0] / 3).abs().max() <= 1  # a state is still where its symbol is
    if pace == 1:
        assert torch.equal(after.hidden, before.hidden)


def load(folder: Path, table: dict[str, Any], seed: int = 0) -> ClariNetTextToWave:
    torch.manual_seed(seed)
    save_weights(networks(table, SPEC), folder / "w.safetensors", torch.float32)
    return ClariNetTextToWave.load(folder / "w.safetensors", table, SPEC, "cpu")


@pytest.mark.parametrize("table", [SMALL | STRIDES, FLOWS | STRIDES], ids=["wavenet", "flows"])
@pytest.mark.parametrize("check", TEXT_TO_WAVE_CHECKS)
def test_contract(check: TextToWaveCheck, table: dict[str, Any], tmp_path: Path) -> None:
    check(load(tmp_path, table), N_SYMBOLS)


def test_symbols_last_as_attention_moves(tmp_path: Path) -> None:
    ids = utterance(30, N_SYMBOLS)
    [wave] = load(tmp_path, SMALL | STRIDES | {"key_rate": 1.0}).waves([ids], SpeechOptions())
    assert wave.durations is not None
    assert wave.durations.dtype == np.int64
    assert (wave.durations % (2 * SPEC.hop_samples) == 0).all()
    assert wave.durations.sum() == len(wave.samples)
    assert (wave.durations > 0).sum() > 1


def test_without_noise_the_seed_means_nothing(tmp_path: Path) -> None:
    model = load(tmp_path, SMALL | STRIDES)
    waves = [
        model.waves([utterance(9, N_SYMBOLS)], SpeechOptions(temperature=t, seed=s))[0].samples for t in (0, 1) for s in (1, 2)
    ]
    assert np.array_equal(waves[0], waves[1])
    assert not np.array_equal(waves[2], waves[3])


def test_weights_are_needed_and_must_fit(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="without weights"):
        ClariNetTextToWave.load(None, SMALL | STRIDES, SPEC, "cpu")
    load(tmp_path, SMALL | STRIDES)
    with pytest.raises(VoiceError, match=r"encoder\.embedding\.weight has shape"):
        ClariNetTextToWave.load(tmp_path / "w.safetensors", SMALL | STRIDES | {"n_symbols": 21}, SPEC, "cpu")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"decoder": []}, r"made of \[channels, kernel, dilation\]"),
        ({"encoder": []}, r"made of \[channels, kernel, dilation\]"),
        ({"encoder": [[12, 3]]}, r"made of \[channels, kernel, dilation\]"),
        ({"bridge": [[12, 4, 1]]}, "must be odd"),
        ({"decoder": [[16, 3, 1], [12, 3, 1], [16, 1, 1]]}, "as wide as the last one of the pre-net"),
        ({"attends": [False, False, False]}, "attends must say"),
        ({"attends": [True]}, "attends must say"),
        ({"frames_per_step": 3}, "cannot be cut into 3 frames"),
        ({"embedding": 15}, "even number of channels"),
        ({"key_rate": 0.0}, "rates must be positive"),
        ({"window_ahead": 0}, "at least 1"),
        ({"dwell": -1}, "dwell and least_steps not negative"),
        ({"dropout": 1.0}, "dropout and unheard must be"),
        ({"vocoder_upsample_strides": [3, 4]}, "is not the hop"),
        ({"vocoder_layer": 2}, "no such key"),
        ({"widow_ahead": 2}, "no such key"),
    ],
)
def test_a_config_that_cannot_be_is_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(VoiceError, match=message):
        text_to_wave_config(SMALL | STRIDES | wrong, SPEC)
