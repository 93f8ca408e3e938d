import sys

import pytest

from ttscli.telling import tell


def test_each_message_is_one_line_whatever_is_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    tell("a\nb \x1b[31m", "do\tthis")
    assert capsys.readouterr() == ("", "tts: a b [31m\nhint: do this\n")


def test_where_nobody_listens_nothing_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    tell("a")
    assert capsys.readouterr().out == ""
