import hashlib
from pathlib import Path

import pytest

from tests.conftest import FAKE_VOICES
from ttscli.errors import VoiceError
from ttscli.voice import Part, Voice

GOOD = (FAKE_VOICES / "fake" / "voice.toml").read_text(encoding="utf-8")
WEIGHTS = 'weights = "w.bin"\nsha256 = "{}"\n'


def voice(folder: Path, text: str = GOOD) -> Voice:
    (folder / "voice.toml").write_text(text, encoding="utf-8")
    return Voice.read(folder)


def test_a_voice(tmp_path: Path) -> None:
    read = voice(tmp_path, GOOD + WEIGHTS.format("0" * 64) + "[vocoder.config]\nchannels = 3\n")
    assert (read.name, read.language, read.licence, read.folder) == ("fake", "en-US", "CC0-1.0", tmp_path)
    assert read.mel_spec.hop_samples == 256
    text = read.spelling()
    assert (text.alphabet, text.start, text.end, text.symbols[:3]) == (
        "espeak-ipa",
        "^",
        "$",
        ("_", "^", "$"),
    )
    assert read.acoustic == (Part("acoustic", "fake", "fake", None, "", {}),)
    assert read.vocoder == (Part("vocoder", "fake", "fake", tmp_path / "w.bin", "0" * 64, {"channels": 3}),)
    assert read.text_to_wave == ()
    assert read.parts == (*read.acoustic, *read.vocoder)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('name = "fake"\nlanguage', "language", "'name' is missing"),
        ('language = "en-US"', "language = 3", "language must be a text"),
        ('licence = "CC0-1.0"', 'licence = ""', "licence must be a text"),
        ("hop_samples = 256", "", r"'mel\.hop_samples' is missing"),
        ("hop_samples = 256", 'hop_samples = "256"', "hop_samples"),
        ("hop_samples = 256", "hop_samples = -1", "must be positive"),
        ("n_mels = 80", "n_mels = 80\nbands = 3", r"not a voice: mel\.bands: MelSpec has no such key"),
        ("n_mels = 80", "n_mels = 0", r"must be positive"),
        ("floor = 1e-5", "floor = nan", r"floor: nan"),
        ("high_hz = 8000.0", "high_hz = inf", r"high_hz: inf"),
        ("high_hz = 8000.0", "high_hz = 12000.0", r"within half of the sample rate"),
        ("low_hz = 0.0", "low_hz = 8000.0", r"mel\.low_hz must lie below mel\.high_hz"),
        ("low_hz = 0.0", "low_hz = -100.0", r"mel\.low_hz must lie below mel\.high_hz"),
        ("window_samples = 1024", "window_samples = 2048", r"mel\.window_samples must not exceed"),
        ('alphabet = "espeak-ipa"', "", "'alphabet' is missing"),
        ('symbols = [\n    "_",', 'symbols = [\n    "^",', "symbols names a symbol twice"),
        ('symbols = [\n    "_",', "symbols = [\n    3,", "symbols must be a list of strings"),
        ('alphabet = "espeak-ipa"', 'alphabet = "espeak-ipa"\nmarks = "far"', "marks must be one of '', 'attached', 'apart'"),
        ('alphabet = "espeak-ipa"', 'alphabet = "espeak-ipa"\npadded = 1', "padded must be true or false"),
        ('blank = ""', 'blank = "QQ"', "blank 'QQ' is none of text.symbols"),
        ('architecture = "fake"', "", "'architecture' is missing"),
        ('architecture = "fake"', 'architecture = "fake"\nweights = "w.bin"', "'sha256' is missing"),
        ('architecture = "fake"', 'architecture = "fake"\nweights = "../w.bin"', r"weights '\.\./w\.bin' must be a file in"),
        ("[[acoustic]]", "[acoustic]", "not a voice"),
    ],
)
def test_what_is_wrong_is_named(old: str, new: str, named: str, tmp_path: Path) -> None:
    assert old in GOOD
    with pytest.raises(VoiceError, match=named) as fault:
        voice(tmp_path, GOOD.replace(old, new, 1))
    assert "\n" not in str(fault.value)
    assert str(fault.value).startswith(f"{tmp_path / 'voice.toml'}: not a voice: ")


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match=r"voice\.toml: cannot be read"):
        Voice.read(tmp_path / "nowhere")
    with pytest.raises(VoiceError, match="embedded null byte"):
        Voice.read(Path("no\0where"))
    with pytest.raises(VoiceError, match="not a TOML file"):
        voice(tmp_path, "name = ")
    (tmp_path / "voice.toml").write_bytes(b"\xff")
    with pytest.raises(VoiceError, match="not a TOML file"):
        Voice.read(tmp_path)


def test_weights_are_verified(tmp_path: Path) -> None:
    (tmp_path / "w.bin").write_bytes(b"weights")
    [part] = voice(tmp_path, GOOD + WEIGHTS.format(hashlib.sha256(b"weights").hexdigest())).vocoder
    assert part.verified_weights() == tmp_path / "w.bin"
    (tmp_path / "w.bin").write_bytes(b"Weights")
    with pytest.raises(VoiceError, match=r"w\.bin: damaged"):
        part.verified_weights()
    (tmp_path / "w.bin").unlink()
    with pytest.raises(VoiceError, match=r"w\.bin: cannot be read"):
        part.verified_weights()
    assert Voice.read(FAKE_VOICES / "fake").acoustic[0].verified_weights() is None
