import numpy as np
import pytest
import torch

from ttscli.melbasis import mel_filterbank
from ttscli.melspec import MelSpec
from ttscli.nn.mel import LogMel, reflect_ends

SPECS = (MelSpec(), MelSpec(16000, 512, 160, 400, 40, 50.0, 7600.0))


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("n_samples", [1, 2, 100, 255, 256, 512, 513, 4000])
def test_any_length_has_frames(spec: MelSpec, n_samples: int) -> None:
    mel = LogMel(spec)(torch.randn(2, n_samples))
    assert mel.shape == (2, spec.n_mels, 1 + n_samples // spec.hop_samples)
    assert torch.isfinite(mel).all()


def test_silence_is_the_floor() -> None:
    mel = LogMel(MelSpec())(torch.zeros(1, 3000))
    assert torch.allclose(mel, torch.tensor(MelSpec().floor).log())


def test_a_tone_is_loudest_in_its_band() -> None:
    spec = MelSpec()
    tone = torch.sin(2 * torch.pi * 1000 * torch.arange(22050) / 22050)
    band = LogMel(spec)(tone[None])[0, :, 40].argmax()
    bins_hz = np.linspace(0, 11025, 513)
    weights = mel_filterbank(spec)[band]
    assert bins_hz[weights > 0].min() < 1000 < bins_hz[weights > 0].max()


@pytest.mark.parametrize("spec", SPECS)
def test_a_batch_is_its_items(spec: MelSpec) -> None:
    log_mel, waves = LogMel(spec), torch.randn(3, 2000)
    together = log_mel(waves)
    for wave, mel in zip(waves, together, strict=True):
        assert torch.allclose(log_mel(wave[None])[0], mel, atol=1e-4)


@pytest.mark.parametrize("n_samples", [2, 3, 7, 50, 51, 200])
def test_ends_are_mirrored_as_often_as_needed(n_samples: int) -> None:
    wave = np.random.default_rng(0).standard_normal(n_samples).astype(np.float32)
    padded = reflect_ends(torch.from_numpy(wave)[None], 50)[0].numpy()
    np.testing.assert_array_equal(padded, np.pad(wave, 50, mode="reflect"))


def test_gradients_of_silence_are_finite() -> None:
    wave = torch.zeros(1, 2000, requires_grad=True)
    LogMel(MelSpec())(wave).sum().backward()
    assert wave.grad is not None
    assert torch.isfinite(wave.grad).all()


def test_it_holds_no_weights() -> None:
    assert not LogMel(MelSpec()).state_dict()


def test_bands_have_area_one() -> None:
    bank = mel_filterbank(MelSpec())
    areas = bank.sum(axis=1) * 22050 / 1024
    np.testing.assert_allclose(areas[40:], 1, atol=0.05)  # narrow bands fall between the bins
    assert not bank.flags.writeable
