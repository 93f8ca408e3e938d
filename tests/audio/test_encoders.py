import io

import numpy as np
import pytest
import soundfile

from ttscli.audio import encoders
from ttscli.audio.encoders import open_encoder, wav_header, write_all
from ttscli.audio.pcm import pcm16
from ttscli.contract import Samples

SOUND: Samples = (0.3 * np.sin(np.arange(30000) * 0.1) * np.hanning(30000)).astype(np.float32)
HEADERS = {"flac": 42, "mp3": 208}
"""Bytes that hold lengths and a checksum, which a stream goes without."""


def encoded(format_name: str, seekable: bool) -> bytes:
    file = io.BytesIO()
    encoder = open_encoder(format_name, file, 22050, seekable)  # type: ignore[arg-type]
    for part in np.array_split(SOUND, [2, 5000]):
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
