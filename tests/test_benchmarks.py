"""benchmarks/: the texts, the table and the plot, and a run with one rival that is the program itself."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
import torch

from benchmarks import learning_curves, side_by_side, waveglow_inverse
from benchmarks.figures import Row, plot, table
from benchmarks.learning_curves import read_curve
from benchmarks.pages import between
from benchmarks.pages import replace as replace_part
from benchmarks.processes import run
from benchmarks.side_by_side import Size
from benchmarks.subjects import FRAMES_PER_SYMBOL, STUDENT
from benchmarks.systems import System, ours
from benchmarks.texts import SENTENCES, sentences
from tests.conftest import Environment
from ttscli import __version__
from ttscli_waveglow.config import WaveGlowConfig

ROWS = [
    Row("help", "s", {"a": [0.3, 0.1, 0.2], "b": [0.4]}),
    Row("speed", "× real time", {"a": [70.0], "b": [7.0], "c <2>": [1234.0]}),
    Row("memory", "MB", {"a": [100.0]}),
]


def test_sentences_are_all_different_and_begin_alike() -> None:
    many = sentences(1000)
    assert len(set(many)) == len(many) == 1000
    assert many[:20] == sentences(20) == list(SENTENCES)
    assert many[20] == "In chapter 1, the kettle was already singing when she came down the stairs."


def test_the_table_has_medians_and_their_ratios() -> None:
    assert table(ROWS, ["a", "b"])[2:] == [
        "| help, s | 0.20 | 0.40 | 0.50 |",
        "| speed, × real time | 70.0 | 7.00 | 10.00 |",
        "| memory, MB | 100 | – | – |",
    ]


def test_the_longest_bar_of_each_row_is_as_long_as_that_of_another() -> None:
    tree = ElementTree.fromstring(plot(ROWS, ["a", "b", "c <2>"]))
    widths = [float(bar.attrib["width"]) for bar in tree.findall(".//{*}rect") if "%" not in bar.attrib["width"]]
    assert len(widths) == 5 and widths[0] == widths[1] / 2 and widths[1] == widths[4] == max(widths)


def test_only_what_is_between_the_marks_is_replaced(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- x -->\nold\n<!-- /x -->\nafter\n")
    replace_part(page, "x", ["new"])
    assert page.read_text() == "before\n<!-- x -->\nnew\n<!-- /x -->\nafter\n"
    assert between(page, "x") == "\nnew\n"


def test_the_student_speaks_in_torch_too() -> None:
    assert STUDENT.build is not None
    assert STUDENT.in_torch is not None
    student = STUDENT.build({"channels": 8, "encoder_dilations": [1], "decoder_dilations": [1]}).eval()
    with torch.no_grad():
        assert STUDENT.in_torch(student, torch.arange(9), torch.zeros(80, 5)) == 9 * round(FRAMES_PER_SYMBOL)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into processes as on Linux")
def test_memory_is_that_of_the_process_and_its_children() -> None:
    hold = "import time; held = b'x' * {}; time.sleep(0.5)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {hold.format(10**8)!r}]); {hold.format(5 * 10**7)}"
    alone = run([[sys.executable, "-c", hold.format(0)]]).peak_mb
    both = run([[sys.executable, "-c", parent]]).peak_mb
    assert 150 < both - alone < 190
    assert run([[sys.executable, "-c", hold.format(10**8)]] * 2).peak_mb - 2 * alone == pytest.approx(200, abs=20)


def test_curves_are_means_of_training_and_end_with_a_validation() -> None:
    training = [{"kind": "training", "step": 50 * n, "seconds": 60.0 * n, "mel": 9.0 - n} for n in range(1, 10)]
    validations = [{"kind": "validation", "step": step, "seconds": 1.0, "mel": step / 100} for step in (100, 470)]
    log = [json.dumps(row) for row in (*training[:4], validations[0], *training[4:], validations[1])]
    curve = read_curve("a <b>", log, "mel")
    assert (curve.minutes, curve.values, curve.steps, curve.last) == (
        [2.0, 4.0, 6.0, 8.0],
        [7.5, 5.5, 3.5, 1.5],
        470,
        {"mel": 4.7},
    )
    assert learning_curves.table([curve])[2] == "| a <b> | 470 | 4.70 |"
    drawn = ElementTree.fromstring(learning_curves.plot([curve], "mel"))
    [line] = drawn.findall("{*}polyline")
    (x, y), *_, (last_x, last_y) = (tuple(map(float, point.split(","))) for point in line.attrib["points"].split())
    assert 50 < x < last_x == 50 + 480
    assert 0 == y < last_y == pytest.approx(260 * (1 - 1.5 / 7.5), abs=0.1)


def test_two_processes_are_two_of_a_program_that_knows_but_one(tmp_path: Path) -> None:
    def system(jobs: str) -> System:
        return System("x", "1", [], lambda wav: [], None, lambda text, folder: ["x", text.name, folder.name], jobs)

    (tmp_path / "one").mkdir()
    assert system("-j").commands(["a", "b", "c"], tmp_path / "one", 2) == [["x", "part0.txt", "part0", "-j", "2"]]
    assert system("").commands(["a", "b", "c"], tmp_path, 2) == [["x", f"part{n}.txt", f"part{n}"] for n in range(2)]
    assert [(tmp_path / f"part{n}.txt").read_text() for n in range(2)] == ["a\nc\n", "b\n"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks into processes as on Linux")
def test_a_run_writes_table_plot_and_every_figure(
    environment: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "results.md").write_text("<!-- side by side -->\n<!-- /side by side -->\n")
    own = ours(Path(sys.prefix))
    side_by_side.compare([own, replace(own, name="rival", pipe=None, jobs="")], [Size(2, 1)], tmp_path)
    figures = json.loads((tmp_path / "results.json").read_text())
    assert figures["versions"] == {"ttscli": __version__, "rival": __version__}
    found = {(row["what"], row["unit"]): row["runs"] for row in figures["rows"]}
    assert list(found[("first sound of 30 lines on a pipe", "s")]) == ["ttscli"]
    speeds = [runs for (what, unit), runs in found.items() if unit == "× real time"]
    assert len(speeds) == 2 and all(value > 0 for runs in speeds for [value] in runs.values())
    assert (
        found[("2 sentences, 2 processes", "MB at most")]["rival"][0]
        > found[("2 sentences, 1 process", "MB at most")]["rival"][0]
    )
    assert "| help, s |" in (tmp_path / "results.md").read_text()
    assert ElementTree.parse(tmp_path / "results.svg").getroot().tag.endswith("svg")


def test_both_ways_of_waveglow_make_the_same(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """It compares them before it times them."""
    small = WaveGlowConfig(channels=8, n_layers=2, n_flows=2, early_every=1)
    monkeypatch.setattr(waveglow_inverse, "CONFIGS", {"small": small})
    monkeypatch.setattr(sys, "argv", ["waveglow_inverse", "--seconds", "0.1", "--runs", "1"])
    waveglow_inverse.main()
    assert [line.split(" | ")[0] for line in capsys.readouterr().out.splitlines()[-2:]] == ["| small", "| recipe fast"]
