from pathlib import Path

import pytest

from ttscli.audio import formats
from ttscli.errors import UsageError


def test_the_extension_or_the_option() -> None:
    assert formats.of_file(Path("a.WAV"), None) == "wav"
    assert formats.of_file(Path("a.oga"), "OGG") == "ogg"
    assert formats.of_file(Path("a.bin"), "raw") == "raw"
    assert formats.of_file(Path("/dev/null"), None) == "wav"


@pytest.mark.parametrize(("path", "asked"), [("a.wav", "mp3"), ("a.xyz", None), ("a", None), ("a.wav", "mp4")])
def test_neither_or_both(path: str, asked: str | None) -> None:
    with pytest.raises(UsageError):
        formats.of_file(Path(path), asked)
