"""Needs the extra [corpus]; the speaker itself is not asked to speak here."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

pytest.importorskip("hibari")
pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
pytest.importorskip("soxr")

from ttscli.errors import UsageError
from ttscli.melspec import MelSpec
from ttscli.text.ipa import split_symbols
from ttscli.training import synthetic


@pytest.mark.parametrize("seed", range(5))
def test_frames_add_up_whatever_the_units(seed: int) -> None:
    units = np.random.default_rng(seed).integers(0, 12, 40).tolist()
    frames = synthetic._frames(units)
    assert len(frames) == len(units)
    assert min(frames) >= 0
    assert sum(frames) == round(sum(units) * 0.025 * 22050 / 256)
    exact = np.cumsum(units) * 0.025 * 22050 / 256
    assert np.abs(np.cumsum(frames) - exact).max() <= 0.5  # errors do not pile up


@pytest.mark.parametrize(("symbol", "spelled"), [("a͡ɪ", "I"), ("t͡ʃ", "ʧ"), ("ɑː", "ɑ"), ("ɜː", "ɜɹ"), ("s", "s"), (" ", " ")])
def test_spelling(symbol: str, spelled: str) -> None:
    assert synthetic._spell(symbol) == spelled


def test_an_r_is_spelled_once() -> None:
    symbols = split_symbols("hˈɪstɚɹi ʌndɚɹˈiːd")
    assert "".join(synthetic._spelled(symbols)) == "hˈɪstəɹi ʌndəɹˈid"
    assert len(synthetic._spelled(symbols)) == len(symbols)


def test_units_of_a_symbol_are_those_of_its_characters() -> None:
    assert list(synthetic._per_symbol(np.array([5, 1, 2, 3, 7]), ["ɜɹ", "s"])) == [5, 3, 3, 7]


def test_the_speaker_says_what_voices_will_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[str, ...]] = []
    monkeypatch.setattr(synthetic, "read_aloud", lambda symbols, seed: heard.append(symbols))
    synthetic._read_to_file(("000000", "Unplug it.", "en-US", tmp_path))
    assert "".join(heard[0]).startswith("ˌʌnplˈʌɡ")


def test_a_row_says_what_its_frames_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    n_samples = 7 * MelSpec().hop_samples
    reading = synthetic.Reading(np.zeros(n_samples, np.float32), ("^", "a", "$"), [2, 4, 1], [0.0] * 7)
    monkeypatch.setattr(synthetic, "read_aloud", lambda symbols, seed: reading)
    _, _, row = synthetic._read_to_file(("000000", "Ah.", "en-US", tmp_path))
    assert row is not None
    assert sum(row["durations"]) * row["hop_samples"] == n_samples == soundfile.info(tmp_path / "000000.flac").frames


@pytest.mark.parametrize("name", ["metadata.csv", "alignments.jsonl"])
def test_no_corpus_is_overwritten(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(UsageError, match=f"has a {name} already"):
        synthetic.make_corpus(["one"], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "mine"
