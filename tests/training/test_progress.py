import io
import json

import pytest
from rich.console import Console

from ttscli.training.progress import Bar, Lines, Reporter, reporter

ROW = {"kind": "training", "step": 50, "seconds": 1.5, "total": 0.25}


def test_lines_are_json(capsys: pytest.CaptureFixture[str]) -> None:
    with Lines() as lines:
        lines.advanced(1, 0.5)
        lines.row(ROW)
    assert json.loads(capsys.readouterr().out) == ROW


def test_a_bar_shows_the_step_the_share_and_the_losses() -> None:
    shown = io.StringIO()
    with Bar(Console(file=shown, force_terminal=True, width=100)) as bar:
        bar.advanced(50, 0.25)
        bar.row(ROW)
    text = shown.getvalue()
    assert "step      50  total 0.25" in text
    assert "step 50" in text
    assert "25%" in text


def test_only_the_first_process_tells(capsys: pytest.CaptureFixture[str]) -> None:
    assert isinstance(reporter(first=True), Lines)  # standard output is no terminal here
    with reporter(first=False) as silent:
        silent.row(ROW)
    assert type(silent) is Reporter
    assert capsys.readouterr().out == ""
