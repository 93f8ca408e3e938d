"""Chunks → bytes of a format, into any binary file. Knows nothing of paths.

WAV and raw are written by hand: importing soundfile would cost 0.05 s of every start.
"""

import errno
import io
import struct
from bisect import bisect_left
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from ttscli.audio.formats import RAW, WAV
from ttscli.audio.pcm import pcm16
from ttscli.audio.resample import Resampler
from ttscli.contract import Samples
from ttscli.errors import OutputError

_UNKNOWN_LENGTH = 0xFFFFFFFF
_HEADER_BYTES = 44
_MOST_RIFF_BYTES = _UNKNOWN_LENGTH - _HEADER_BYTES
_SHIFTED_AT_ONCE = 1 << 24
_LIBSNDFILE = {"flac": ("FLAC", "PCM_16"), "ogg": ("OGG", "VORBIS"), "opus": ("OGG", "OPUS"), "mp3": ("MP3", "MPEG_LAYER_III")}
_RATES_HZ: dict[str, Sequence[int]] = {
    "flac": range(1, 655_351),
    "ogg": range(1, 200_001),
    "opus": (8000, 12000, 16000, 24000, 48000),
    "mp3": (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000),
}
# libsndfile 1.2.2 overflows its stack when it is handed many seconds of Vorbis at once.
_BLOCK = 1 << 14


class Encoder(Protocol):
    """Writes sound to an open file that stays its opener's to close."""

    def write(self, samples: Samples) -> None:
        """Append float32 (n_samples,)."""

    def close(self) -> None:
        """Write what is still owed: the last page, or lengths in the header."""


def open_encoder(format_name: str, file: io.RawIOBase, sample_rate_hz: int, seekable: bool) -> Encoder:
    """Begin sound of `format_name` (of ttscli.audio.formats) in `file`; where it is not seekable, lengths stay unknown.

    A rate that the format does not have becomes the next higher one that it has.

    Raises:
        OutputError: the format has no rate so high.
    """
    if format_name == RAW:
        return _Raw(file)
    if format_name == WAV:
        return _Wav(file, sample_rate_hz, seekable)
    rate_hz = _rate(format_name, sample_rate_hz)
    encoder = _Libsndfile(format_name, file, rate_hz, seekable)
    return encoder if rate_hz == sample_rate_hz else _Resampled(encoder, Resampler(sample_rate_hz, rate_hz))


def wav_header(sample_rate_hz: int, data_bytes: int | None) -> bytes:
    """The 44 bytes before 16-bit mono samples; None for a stream whose length is not known yet."""
    riff, data = (_UNKNOWN_LENGTH,) * 2 if data_bytes is None else (data_bytes + _HEADER_BYTES - 8, data_bytes)
    form = struct.pack("<IHHIIHH", 16, 1, 1, sample_rate_hz, 2 * sample_rate_hz, 2, 16)
    return b"RIFF" + struct.pack("<I", riff) + b"WAVEfmt " + form + b"data" + struct.pack("<I", data)


def rf64_header(sample_rate_hz: int, data_bytes: int) -> bytes:
    """The 80 bytes before 16-bit mono samples of any length: RIFF with 64-bit lengths (EBU Tech 3306)."""
    plain = wav_header(sample_rate_hz, None)
    lengths = struct.pack("<QQQI", data_bytes + 72, data_bytes, data_bytes // 2, 0)
    return b"RF64" + plain[4:12] + b"ds64" + struct.pack("<I", len(lengths)) + lengths + plain[12:]


def write_all(file: io.RawIOBase, data: bytes | memoryview) -> None:
    """Write every byte of `data`: an unbuffered file may take only some of them."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) or 0 :]


def shift(file: io.RawIOBase, start: int, stop: int, by: int) -> None:
    """Move the bytes from `start` to `stop` of an unbuffered file that can be read by so many towards the end, the last first."""
    while stop > start:
        first = max(start, stop - _SHIFTED_AT_ONCE)
        file.seek(first)
        block = _read_all(file, stop - first)
        file.seek(first + by)
        write_all(file, block)
        stop = first


def _read_all(file: io.RawIOBase, n_bytes: int) -> bytes:
    """Read `n_bytes` that are there: an unbuffered file may give only some of them."""
    data = b""
    while len(data) < n_bytes:
        part = file.read(n_bytes - len(data))
        if not part:
            raise OSError(errno.EIO, "what was written is gone")
        data += part
    return data


def _rate(format_name: str, least_hz: int) -> int:
    rates = _RATES_HZ[format_name]
    place = bisect_left(rates, least_hz)
    if place == len(rates):
        raise OutputError(f"{format_name}: takes up to {rates[-1]} Hz, and the sound has {least_hz}", "WAV takes any: -F wav")
    return rates[place]


class _Raw:
    def __init__(self, file: io.RawIOBase) -> None:
        self._file = file

    def write(self, samples: Samples) -> None:
        write_all(self._file, pcm16(samples).tobytes())

    def close(self) -> None:
        pass


class _Wav:
    """WAV; a file that grows beyond the 4 GiB of its 32-bit lengths becomes RF64 at its end, for which it must be readable."""

    def __init__(self, file: io.RawIOBase, sample_rate_hz: int, seekable: bool) -> None:
        self._file = file
        self._sample_rate_hz = sample_rate_hz
        self._seekable = seekable
        self._data_bytes = 0
        write_all(file, wav_header(sample_rate_hz, None))

    def write(self, samples: Samples) -> None:
        self._data_bytes += 2 * len(samples)
        write_all(self._file, pcm16(samples).tobytes())

    def close(self) -> None:
        if not self._seekable:
            return
        if self._data_bytes <= _MOST_RIFF_BYTES:
            header = wav_header(self._sample_rate_hz, self._data_bytes)
        else:
            header = rf64_header(self._sample_rate_hz, self._data_bytes)
            shift(self._file, _HEADER_BYTES, _HEADER_BYTES + self._data_bytes, len(header) - _HEADER_BYTES)
        self._file.seek(0)
        write_all(self._file, header)


@dataclass(frozen=True)
class _Resampled:
    """An encoder of another rate than what it is given; what the resampler holds back is written at the end."""

    encoder: Encoder
    resampler: Resampler

    def write(self, samples: Samples) -> None:
        self.encoder.write(self.resampler.push(samples))

    def close(self) -> None:
        self.encoder.write(self.resampler.close())
        self.encoder.close()


class _Libsndfile:
    """FLAC, Ogg and MP3. libsndfile writes to memory; from there the bytes go on to the file."""

    def __init__(self, format_name: str, file: io.RawIOBase, sample_rate_hz: int, seekable: bool) -> None:
        # Only these formats pay for the import.
        import soundfile  # noqa: PLC0415

        self._file = file
        self._seekable = seekable
        self._memory = _Tail()
        # Python handles signals in its main thread only. There, Ctrl-C inside one of libsndfile's calls back would be lost.
        self._thread = ThreadPoolExecutor(max_workers=1)
        major, subtype = _LIBSNDFILE[format_name]
        self._sound = soundfile.SoundFile(self._memory, "w", sample_rate_hz, 1, subtype, format=major)

    def write(self, samples: Samples) -> None:
        pcm = pcm16(samples)
        for start in range(0, len(pcm), _BLOCK):
            self._thread.submit(self._sound.write, pcm[start : start + _BLOCK]).result()
            write_all(self._file, self._memory.take())

    def close(self) -> None:
        self._thread.submit(self._sound.close).result()
        self._thread.shutdown()
        write_all(self._file, self._memory.take())
        for place, data in self._memory.corrections if self._seekable else ():
            self._file.seek(place)
            write_all(self._file, data)


class _Tail:
    """A file for libsndfile that keeps only what was not taken yet, and notes what is written over earlier bytes.

    Attributes:
        corrections: (place, bytes) to be written over what was taken: lengths, a checksum. A pipe does without them.
    """

    def __init__(self) -> None:
        self.corrections: list[tuple[int, bytes]] = []
        self._tail = bytearray()
        self._taken = 0
        self._place = 0

    def take(self) -> bytes:
        """Return the bytes since the last call, and forget them."""
        data = bytes(self._tail)
        self._taken += len(data)
        self._tail.clear()
        return data

    def write(self, data: bytes) -> int:
        early = data[: max(0, self._taken - self._place)]
        if early:
            self.corrections.append((self._place, early))
        start = self._place + len(early) - self._taken
        rest = data[len(early) :]
        self._tail[start : start + len(rest)] = rest
        self._place += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        self._place = (0, self._place, self._taken + len(self._tail))[whence] + offset
        return self._place

    def tell(self) -> int:
        return self._place

    def read(self, size: int = -1) -> bytes:
        return b""

    def flush(self) -> None:
        pass
