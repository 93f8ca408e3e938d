import struct
import zlib

import numpy as np

from ttscli.training.pictures import attention_picture, colours, mel_picture, png, stacked


def test_a_png_can_be_read_back() -> None:
    """By hand: the chunks, their checksums, and the pixels."""
    picture = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    data = png(picture)
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    place, chunks = 8, {}
    while place < len(data):
        length, kind = struct.unpack(">I4s", data[place : place + 8])
        content = data[place + 8 : place + 8 + length]
        assert struct.unpack(">I", data[place + 8 + length : place + 12 + length])[0] == zlib.crc32(kind + content)
        chunks[kind] = content
        place += 12 + length
    assert struct.unpack(">IIBBBBB", chunks[b"IHDR"]) == (7, 5, 8, 2, 0, 0, 0)
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(5, 22)
    assert not rows[:, 0].any()
    assert np.array_equal(rows[:, 1:].reshape(5, 7, 3), picture)
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]


def test_louder_is_brighter() -> None:
    shades = colours(np.array([[-20, 0, 0.25, 0.5, 0.75, 1, 20]], np.float32), 0.0, 1.0)[0].astype(int)
    brightness = shades @ [3, 6, 1]
    assert (np.diff(brightness[1:6]) > 0).all()
    assert (shades[0] == shades[1]).all()
    assert (shades[-1] == shades[-2]).all()


def test_low_bins_are_below_and_symbols_are_parted() -> None:
    mel = np.zeros((4, 6), np.float32)
    mel[0] = 5  # the lowest bin is loud
    picture = mel_picture([mel, mel[:, :4]], [2, 4])
    height = picture.shape[0] // 2
    assert picture[height - 2, 0].sum() > picture[0, 0].sum()
    assert picture[height - 2, 2].sum() < picture[height - 2, 1].sum()  # the line
    assert (picture[-1, 4:] == 255).all()  # the shorter one is filled up


def test_attention_goes_upwards() -> None:
    picture = attention_picture(np.eye(3, dtype=np.float32))
    height = picture.shape[0] // 3
    for symbol in range(3):
        rows = picture[(2 - symbol) * height].astype(int).sum(-1)
        assert rows.argmax() == symbol


def test_stacked_pictures_keep_their_widths() -> None:
    tall, wide = np.zeros((4, 2, 3), np.uint8), np.zeros((2, 5, 3), np.uint8)
    both = stacked([tall, wide])
    assert both.shape == (4 + 3 + 2, 5, 3)
    assert (both[:4, 2:] == 255).all()
