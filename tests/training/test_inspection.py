"""Each flaw is put into a corpus that has no other, and must be all that is found."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
import soundfile

from tests.training.recorded import RATE_HZ, add, hum, write, write_recordings
from ttscli.errors import InputError
from ttscli.melspec import MelSpec
from ttscli.training.corpus import Corpus
from ttscli.training.inspection import Good, Inspection, Limits, clipped_share, loudest_db, strangers
from ttscli.training.metadata import Flaw


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_recordings(tmp_path / "recorded")


def flaws(folder: Path, limits: Limits | None = None) -> list[tuple[str, str]]:
    findings = Inspection(folder, MelSpec(), limits).findings()
    return [(finding.identity, finding.kind) for finding in findings if isinstance(finding, Flaw)]


def good(folder: Path) -> list[Good]:
    return [finding for finding in Inspection(folder, MelSpec()).findings() if isinstance(finding, Good)]


def test_good_items_have_no_flaws(folder: Path) -> None:
    assert flaws(folder) == []
    items = good(folder)
    assert [item.item.identity for item in items] == ["000", "001", "002"]
    assert all(item.samples.dtype == np.int16 and len(item.samples) == RATE_HZ for item in items)
    assert "".join(items[0].symbols) == "^həlˈo͡ʊ ðˈɛɹ.$"


def clipped(folder: Path) -> None:
    write(folder, "001.wav", np.clip(5 * hum(), -1, 1))


def truncated(folder: Path) -> None:
    soundfile.write(folder / "wavs" / "x.flac", hum(), RATE_HZ)
    (folder / "wavs" / "001.wav").write_bytes((folder / "wavs" / "x.flac").read_bytes()[:300])
    (folder / "wavs" / "x.flac").unlink()


def copied(folder: Path) -> None:
    (folder / "wavs" / "001.wav").write_bytes((folder / "wavs" / "000.wav").read_bytes())


FAULTS: list[tuple[str, Callable[[Path], object]]] = [
    ("clipped", clipped),
    ("silent", lambda f: write(f, "001.wav", np.zeros(RATE_HZ))),
    ("silent", lambda f: write(f, "001.wav", 1e-3 * np.random.default_rng(0).standard_normal(RATE_HZ) + 0.1)),
    ("empty", lambda f: write(f, "001.wav", np.zeros(0))),
    ("too-short", lambda f: write(f, "001.wav", hum(0.2))),
    ("too-long", lambda f: write(f, "001.wav", hum(21))),
    ("mis-sampled", lambda f: write(f, "001.wav", hum(rate_hz=16000), 16000)),
    ("duplicate", copied),
    ("unreadable", lambda f: (f / "wavs" / "001.wav").write_bytes(b"RIFF, they said")),
    ("unreadable", truncated),
    ("missing", lambda f: (f / "wavs" / "001.wav").unlink()),
]


@pytest.mark.parametrize(("kind", "spoil"), FAULTS)
def test_a_flawed_recording_is_found_and_left_out(kind: str, spoil: Callable[[Path], object], folder: Path) -> None:
    spoil(folder)
    assert flaws(folder) == [("001", kind)]
    assert [item.item.identity for item in good(folder)] == ["000", "002"]


def test_what_is_missing_is_not_known_by_its_words(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(path: Path) -> NoReturn:
        raise OSError("the end of the file is not there")

    monkeypatch.setattr(soundfile, "info", unreadable)
    (folder / "wavs" / "001.wav").unlink()
    assert flaws(folder) == [("000", "unreadable"), ("001", "missing"), ("002", "unreadable")]


@pytest.mark.parametrize(
    ("line", "flaw"),
    [
        ("new|", ("new", "empty")),
        ("new|...", ("new", "empty")),
        ("new|Hello Мария.", ("new", "characters")),
        ("new|Привет.", ("new", "characters")),
        ("new|caf\N{REPLACEMENT CHARACTER} there", ("new", "characters")),
        ("new|Hello.|Hello.|x", ("new", "malformed")),
        ("new", ("new", "malformed")),
        ("../000|Hello.", ("line 4", "malformed")),
        ("000|Hello again.", ("000", "duplicate")),
        (f"new|{'tongue twisters ' * 20}", ("new", "pace")),
    ],
)
def test_a_flawed_line_is_found(line: str, flaw: tuple[str, str], folder: Path) -> None:
    write(folder, "new.wav", hum(f0_hz=200))
    add(folder, line)
    found = [item for item in flaws(folder) if item[1] != "unused"]
    assert found == [flaw]
    assert len(good(folder)) == 3


def test_a_line_that_is_not_utf8_costs_itself_alone(folder: Path) -> None:
    metadata = folder / "metadata.csv"
    metadata.write_bytes(b"caf\xe9|Caf\xe9.\n" + metadata.read_bytes())
    assert flaws(folder) == [("line 1", "malformed")]
    assert len(good(folder)) == 3


def test_what_is_only_remarked_upon_is_kept(folder: Path) -> None:
    write(folder, "slow.wav", hum(8, f0_hz=200))
    add(folder, "slow|Hello.")
    write(folder, "nobody.wav", hum(f0_hz=220))
    remarks = [f for f in Inspection(folder, MelSpec()).findings() if isinstance(f, Flaw)]
    assert [(f.identity, f.kind, f.left_out) for f in remarks] == [("slow", "pace", False), ("nobody.wav", "unused", False)]
    assert len(good(folder)) == 4


@pytest.mark.parametrize("extension", ["wav", "flac", "ogg", "mp3"])
@pytest.mark.parametrize("rate_hz", [22050, 44100])
def test_every_format_at_every_rate_is_the_same_sound(extension: str, rate_hz: int, folder: Path) -> None:
    (folder / "wavs" / "000.wav").unlink()
    write(folder, f"000.{extension}", hum(rate_hz=rate_hz), rate_hz)
    heard = good(folder)[0].samples / 32768
    assert len(heard) == pytest.approx(RATE_HZ, abs=2500)  # mp3 pads
    middle = heard[RATE_HZ // 3 : RATE_HZ // 3 + 8192]
    assert np.abs(np.fft.rfft(middle * np.hanning(8192))).argmax() * RATE_HZ / 8192 == pytest.approx(120, abs=3)
    assert middle.std() == pytest.approx(hum().std(), rel=0.05)


def test_a_corpus_of_low_rate_is_a_corpus(tmp_path: Path) -> None:
    """Only what falls behind the others is mis-sampled."""
    folder = write_recordings(tmp_path / "recorded")
    for number in range(3):
        write(folder, f"{number:03}.wav", hum(rate_hz=16000, f0_hz=120 + number), 16000)
    assert flaws(folder) == []


def test_limits_are_the_callers(folder: Path) -> None:
    assert flaws(folder, Limits(1.5, 20.0)) == [(f"{n:03}", "too-short") for n in range(3)]
    assert flaws(folder, Limits(0.0, 0.5)) == [(f"{n:03}", "too-long") for n in range(3)]


def test_limits_of_the_corpus_hold_for_training(folder: Path) -> None:
    write(folder, "001.wav", hum(0.6))
    (folder / "corpus.toml").write_text("shortest_s = 0.8\n")
    assert flaws(folder) == [("001", "too-short")]
    assert [u.identity for u in Corpus(folder, MelSpec()).utterances] == ["000", "002"]
    assert (folder / "features" / "left-out.tsv").read_text() == "001\ttoo-short\t0.60 s, below 0.8\n"


def test_what_is_left_out_is_told_where_somebody_listens(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reasons = folder / "features" / "left-out.tsv"
    (folder / "wavs" / "001.wav").unlink()
    Corpus(folder, MelSpec())
    assert capsys.readouterr() == ("", f"tts: {folder}: 1 items are left out; {reasons} says why\n")
    (folder / "corpus.toml").write_text("shortest_s = 0.2\n")
    monkeypatch.setattr(sys, "stderr", None)
    Corpus(folder, MelSpec())
    assert capsys.readouterr().out == ""


def test_a_corpus_needs_metadata(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"metadata\.csv: cannot be read"):
        list(Inspection(tmp_path, MelSpec()).findings())


def test_clipped_share() -> None:
    samples = np.zeros(100, np.int16)
    samples[[3, 50, 51]] = 32767  # peaks
    assert clipped_share(samples) == 0
    samples[60:70] = -32768
    assert clipped_share(samples) == pytest.approx(0.1)
    assert clipped_share(np.zeros(0, np.int16)) == 0


def test_loudest_block() -> None:
    samples = np.zeros(1000, np.int16)
    assert loudest_db(samples, 100) == float("-inf")
    samples[400:500:2], samples[401:500:2] = 3277, -3277  # a tenth of full scale, for one block
    assert loudest_db(samples, 100) == pytest.approx(-20, abs=0.01)
    assert loudest_db(np.full(1000, 9000, np.int16), 100) == float("-inf")  # a constant is no sound


def test_strangers() -> None:
    assert strangers("Naïve café – it's 5 o'clock!", "LATIN") == set()
    assert strangers("Hello \x00Мир", "LATIN") == {"\x00", "М", "и", "р"}
    assert strangers("こんにちは、カ漢字", "CJK") == set()
