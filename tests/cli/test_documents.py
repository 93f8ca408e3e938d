"""Files that are no text: named, with a program that makes text of them, and never spoken."""

import io
import wave
import zipfile
from pathlib import Path

import pytest

from tests.cli.test_errors import OUT, assert_nothing_made, assert_told
from tests.conftest import Tts
from ttscli.cli.documents import require_text
from ttscli.errors import InputError

HTML = b"<!-- made -->\n<!DOCTYPE HTML>\n<style>p {color: red}</style><p>Hello.\n"


def zipped() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("text.xml", "<p/>")
    return data.getvalue()


def sound() -> bytes:
    data = io.BytesIO()
    with wave.open(data, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
    return data.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "what", "hint"),
    [
        ("my doc.pdf", b"%PDF-1.7\n%\xe2\xe3", "a PDF document", "pdftotext 'my doc.pdf' 'my doc.txt'"),
        ("a.docx", zipped(), "a Word document", "pandoc -f docx -t plain -o a.txt a.docx"),
        ("a.EPUB", zipped(), "an EPUB book", "pandoc -f epub -t plain -o a.txt a.EPUB"),
        ("a.zip", zipped(), "an archive", "unpack it first"),
        ("a.rtf", b"{\\rtf1\\ansi Hello.}", "an RTF document", "pandoc -f rtf"),
        ("a.wav", sound(), "sound", "what is spoken is text"),
        ("a", b"\x7fELF\x02\x01", "a program", "what is spoken is text"),
        ("-", b"%PDF-1.7", "a PDF document", "pdftotext - -"),
    ],
)
def test_a_document_is_named_and_a_program_for_it(name: str, data: bytes, what: str, hint: str) -> None:
    with pytest.raises(InputError, match=f"is {what}, not text") as caught:
        require_text(data, name, stated=True)
    assert caught.value.hint is not None and hint in caught.value.hint


@pytest.mark.parametrize("text", ["", "PK", "MZ and RIFF are letters.", "ID3 tags", "ÿ", "GIF89a is a format.", "BZh", "{\\r}"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_text_is_text(text: str, encoding: str) -> None:
    """Whether it can be decoded is another's question."""
    require_text(text.encode(encoding), "a.txt")


def test_a_document_is_not_spoken(tts: Tts, tmp_path: Path) -> None:
    data = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"
    (tmp_path / "a.pdf").write_bytes(data)
    assert_told(tts("say", "-f", "a.pdf", *OUT), 3, "hint: convert it first: pdftotext a.pdf a.txt")
    assert_told(tts("say", *OUT, input=data), 3, "standard input: is a PDF document, not text")
    done = tts("batch", "a.pdf", "-d", "out")
    assert [line for line in done.stderr.splitlines() if "not UTF-8" in line] == []
    assert "tts: a.pdf: is a PDF document, not text\n" in done.stderr
    assert_nothing_made(tmp_path)


def test_html_is_text_only_where_the_user_says_so(tts: Tts, tmp_path: Path) -> None:
    (tmp_path / "page").write_bytes(HTML)
    (tmp_path / "part.htm").write_bytes(b"<p>Hello.\n")
    for name in ("page", "part.htm"):
        assert_told(tts("say", "-f", name, *OUT), 3, f"{name}: is a page of HTML, not text")
        assert f"{name}: is a page of HTML, not text" in tts("batch", name, "-d", "out").stderr
        assert tts("say", "-f", name, "--input-format", "text", *OUT).returncode == 0
        assert tts("batch", name, "--input-format", "text", "--from", "files", "-d", "out").returncode == 0
    assert_told(tts("normalize", input=HTML), 3, "hint: convert it first: pandoc -f html -t plain -o - -")
    assert tts("normalize", "--input-format", "text", input=HTML).returncode == 0
