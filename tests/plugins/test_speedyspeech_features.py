"""SpeedySpeech's front end and alphabets."""

import numpy as np
import torch

from ttscli.melspec import MelSpec
from ttscli.nn.mel import LogMel
from ttscli_speedyspeech.features import CLOSING_FRAMES, Scale, for_melgan, log_mels
from ttscli_speedyspeech.text import GRAPHEMES, PHONEMES, clean, ids, padded

SPEC = MelSpec(n_mels=12)


def wave(n_samples: int) -> torch.Tensor:
    return torch.rand(n_samples, generator=torch.Generator().manual_seed(n_samples)) - 0.5


def test_a_neighbour_in_the_batch_changes_no_frame() -> None:
    log_mel = LogMel(SPEC)
    waves = [wave(5000), wave(12345), wave(512), wave(40)]
    together, n_frames = log_mels(waves, log_mel)
    assert n_frames.tolist() == [len(item) // SPEC.hop_samples + 1 for item in waves]
    for item, row, frames in zip(waves, together, n_frames, strict=True):
        alone, _ = log_mels([item], log_mel)
        torch.testing.assert_close(row[:, :frames], alone[0, :, :frames], rtol=0, atol=1e-4)


def test_scales() -> None:
    scale, mel = Scale(), torch.linspace(-14, 4, 50)
    torch.testing.assert_close(scale.log_mel(scale.standardise(mel)), mel)
    unit = scale.unit(mel)
    assert unit.min() == 0.0
    assert unit.max() == 1.0
    assert scale.unit(torch.tensor(scale.low)) == 0.0


def test_melgan_hears_silence_after_the_end() -> None:
    scale = Scale()
    made = for_melgan(torch.randn(2, 7, 3), torch.tensor([7, 4]), scale)
    assert made.shape == (2, 3, 7 + CLOSING_FRAMES)
    assert (made[0, :, 7:] == scale.low).all()
    assert (made[1, :, 4:] == scale.low).all()
    assert (made[1, :, :4] != scale.low).all()


def test_alphabets_hold_each_symbol_once() -> None:
    assert len(set(PHONEMES)) == len(PHONEMES) == 78
    assert len(set(GRAPHEMES)) == len(GRAPHEMES) == 36


def test_ids() -> None:
    assert ids(["HH", "UW", "-", "'", " "], PHONEMES).tolist() == [35, 63, 1, 1, 72]
    assert ids("hi, you", GRAPHEMES).tolist() == [9, 10, 31, 28, 26, 16, 22]
    assert ids([], PHONEMES).dtype == np.int64


def test_clean_drops_only_what_stands_before_a_bracket() -> None:
    assert clean("Plain 42; (OK)!") == "plain 42; (ok)!"
    assert clean("a5] b] 7]") == "a b] "


def test_padding() -> None:
    batch, lengths = padded([np.array([3, 4]), np.array([5])])
    assert batch.tolist() == [[3, 4, 0, 0, 0, 0, 0], [5, 0, 0, 0, 0, 0, 0]]
    assert lengths.tolist() == [2, 1]
