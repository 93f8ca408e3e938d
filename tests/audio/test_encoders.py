import io
from collections.abc import Sequence

import numpy as np
import pytest
import soundfile

from ttscli.audio import encoders
from ttscli.audio.encoders import open_encoder, wav_header, write_all
from ttscli.audio.pcm import pcm16
from ttscli.contract import Samples
from ttscli.errors import OutputError

SOUND: Samples = (0.3 * np.sin(np.arange(30000) * 0.1) * np.hanning(30000)).astype(np.float32)
HEADERS = {"flac": 42, "mp3": 208}
"""Bytes that hold lengths and a checksum, which a stream goes without."""


def encoded(format_name: str, seekable: bool, sample_rate_hz: int = 22050, cuts: Sequence[int] = (2, 5000)) -> bytes:
    file = io.BytesIO()
    encoder = open_encoder(format_name, file, sample_rate_hz, seekable)  # type: ignore[arg-type]
    for part in np.split(SOUND, cuts):
        encoder.write(part)
    encoder.close()
    return file.getvalue()


@pytest.mark.parametrize("seekable", [True, False])
@pytest.mark.parametrize("format_name", ["flac", "ogg", "mp3", "opus", "wav"])
def test_what_is_written_can_be_read(format_name: str, seekable: bool) -> None:
    data = encoded(format_name, seekable)
    if not seekable and format_name in HEADERS:
        # libsndfile cannot read a stream of unknown length; players can. All but the header is as in a file.
        whole = encoded(format_name, True)
        assert data[:2] == whole[:2]
        assert data[HEADERS[format_name] :] == whole[HEADERS[format_name] :]
        return
    samples, rate = soundfile.read(io.BytesIO(data), dtype="float32")
    assert rate == (24000 if format_name == "opus" else 22050)
    assert len(samples) / rate == pytest.approx(30000 / 22050, abs=0.1)
    assert np.abs(samples).max() == pytest.approx(0.3, abs=0.03)
    if format_name == "wav":
        assert np.array_equal(pcm16(samples), pcm16(SOUND))


@pytest.mark.parametrize(
    ("format_name", "from_hz", "to_hz"),
    [("opus", 22050, 24000), ("opus", 8001, 12000), ("mp3", 20000, 22050), ("mp3", 7999, 8000)],
)
def test_a_rate_that_the_format_does_not_have_becomes_the_next_higher_one(format_name: str, from_hz: int, to_hz: int) -> None:
    whole, rate = soundfile.read(io.BytesIO(encoded(format_name, True, from_hz, ())))
    assert (rate, len(whole)) == (to_hz, -(-len(SOUND) * to_hz // from_hz))
    for cuts in ((1,), range(10, len(SOUND), 10)):
        cut, _ = soundfile.read(io.BytesIO(encoded(format_name, True, from_hz, cuts)))
        np.testing.assert_array_equal(cut, whole)


@pytest.mark.parametrize(("format_name", "rate"), [("opus", 48001), ("mp3", 96000), ("ogg", 200001), ("flac", 655351)])
def test_a_rate_above_all_of_a_format_is_refused_and_wav_takes_it(format_name: str, rate: int) -> None:
    with pytest.raises(OutputError, match=f"^{format_name}: takes up to .* has {rate}$") as refused:
        encoded(format_name, True, rate)
    assert refused.value.hint == "WAV takes any: -F wav"
    assert soundfile.info(io.BytesIO(encoded("wav", True, rate))).samplerate == rate


def test_a_flac_file_loses_nothing_and_knows_its_length() -> None:
    samples, _ = soundfile.read(io.BytesIO(encoded("flac", True)), dtype="int16")
    assert np.array_equal(samples, pcm16(SOUND))


def test_raw_is_the_samples_alone() -> None:
    assert encoded("raw", False) == pcm16(SOUND).tobytes()


def test_the_wav_header_byte_for_byte() -> None:
    assert (
        wav_header(22050, 6).hex() == "524946462a00000057415645666d742010000000010001002256000044ac0000020010006461746106000000"
    )
    assert wav_header(22050, None)[4:8] == wav_header(22050, None)[40:44] == b"\xff\xff\xff\xff"


@pytest.mark.parametrize("block", [1000, 1 << 24])
def test_a_wav_too_long_for_its_lengths_becomes_rf64(monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    monkeypatch.setattr(encoders, "_MOST_RIFF_BYTES", 2 * len(SOUND) - 2)
    monkeypatch.setattr(encoders, "_SHIFTED_AT_ONCE", block)
    data = encoded("wav", True)
    assert (data[:4], len(data)) == (b"RF64", 80 + 2 * len(SOUND))
    with soundfile.SoundFile(io.BytesIO(data)) as sound:
        assert (sound.format, sound.frames, sound.samplerate) == ("RF64", len(SOUND), 22050)
        assert np.array_equal(sound.read(dtype="int16"), pcm16(SOUND))


def test_short_writes_are_taken_up() -> None:
    class Slow(io.RawIOBase):
        got = b""

        def write(self, data: object) -> int:
            self.got += bytes(data)[:3]  # type: ignore[call-overload]
            return min(3, len(data))  # type: ignore[arg-type]

    slow = Slow()
    write_all(slow, b"0123456789")
    assert slow.got == b"0123456789"
