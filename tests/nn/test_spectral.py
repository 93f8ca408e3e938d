import pytest
import torch

from ttscli.nn.spectral import FFT_SAMPLES, magnitudes, multi_resolution_stft_loss


def test_equal_waves_have_no_distance() -> None:
    wave = torch.randn(2, 5000)
    assert multi_resolution_stft_loss(wave, wave) == 0


def test_the_louder_the_noise_the_greater_the_distance() -> None:
    wave, noise = torch.randn(2, 5000), torch.randn(2, 5000)
    distances = [float(multi_resolution_stft_loss(wave + level * noise, wave)) for level in (0.01, 0.1, 1.0)]
    assert distances == sorted(distances)


def test_half_as_loud_is_known_in_closed_form() -> None:
    """ln 2 in every bin, and half of the norm."""
    wave = torch.randn(1, 8000)
    assert float(multi_resolution_stft_loss(wave / 2, wave)) == pytest.approx(0.6931 + 0.5, abs=1e-3)
    assert float(multi_resolution_stft_loss(wave / 2, wave, 4.0)) == pytest.approx(0.6931 + 4 * 0.5, abs=1e-3)


@pytest.mark.parametrize("n_samples", [1, 100, 3000])
def test_any_length_and_silence_have_finite_gradients(n_samples: int) -> None:
    made = torch.zeros(1, n_samples, requires_grad=True)
    multi_resolution_stft_loss(made, torch.zeros(1, n_samples)).backward()  # type: ignore[no-untyped-call]
    assert made.grad is not None
    assert torch.isfinite(made.grad).all()


@pytest.mark.parametrize("fft_samples", FFT_SAMPLES)
def test_magnitudes(fft_samples: int) -> None:
    """A cosine on a bin of a Hann window has the magnitude N / 4."""
    wave = torch.cos(2 * torch.pi * 32 * torch.arange(8 * fft_samples) / fft_samples)
    found = magnitudes(wave[None], fft_samples)
    assert found.shape == (1, fft_samples // 2 + 1, 33)
    assert float(found[0, 32, 16]) == pytest.approx(fft_samples / 4, rel=1e-3)
