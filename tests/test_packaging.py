"""What is shipped: the wheel has everything in it, and the pages that are generated or promised are true."""

import configparser
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from email.parser import Parser
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """The wheel of this working tree."""
    folder = tmp_path_factory.mktemp("dist")
    build = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder), str(REPOSITORY)]
    subprocess.run([sys.executable, "-m", "pip", *build], check=True, timeout=600)
    (path,) = folder.glob("ttscli-*.whl")
    with zipfile.ZipFile(path) as opened:
        yield opened


@pytest.mark.slow
def test_wheel_holds_every_voice(wheel: zipfile.ZipFile) -> None:
    for toml in (REPOSITORY / "voices").glob("*/voice.toml"):
        for file in toml.parent.iterdir():
            assert f"ttscli/_voices/{toml.parent.name}/{file.name}" in wheel.namelist()


@pytest.mark.slow
def test_wheel_holds_the_manual_and_the_licence(wheel: zipfile.ZipFile) -> None:
    installed = [name.partition(".data/data/share/man/")[2] for name in wheel.namelist() if ".data/data/share/" in name]
    pages = [path.relative_to(REPOSITORY / "man").as_posix() for path in (REPOSITORY / "man").glob("man?/*")]
    assert {"man1/tts.1", "man1/tts-say.1", "man5/tts-config.5", "man7/tts-plugins.7"} <= set(pages)
    assert sorted(installed) == sorted(pages)
    assert any(name.endswith("licenses/LICENSE") for name in wheel.namelist())


@pytest.mark.slow
def test_wheel_holds_types_of_every_package(wheel: zipfile.ZipFile) -> None:
    packages = [Path(path).name for path in PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]]
    assert packages
    for package in packages:
        assert f"{package}/py.typed" in wheel.namelist()


@pytest.mark.slow
def test_wheel_names_every_entry_point_and_holds_its_module(wheel: zipfile.ZipFile) -> None:
    (listed,) = [name for name in wheel.namelist() if name.endswith(".dist-info/entry_points.txt")]
    points = configparser.ConfigParser(delimiters=("=",))
    points.read_string(wheel.read(listed).decode())
    assert dict(points["console_scripts"]) == PROJECT["project"]["scripts"]
    for group, wanted in PROJECT["project"]["entry-points"].items():
        assert dict(points[group]) == wanted
        for value in wanted.values():
            assert value.split(":")[0].replace(".", "/") + ".py" in wheel.namelist()


@pytest.mark.slow
def test_wheel_holds_nothing_else(wheel: zipfile.ZipFile) -> None:
    strays = [name for name in wheel.namelist() if "__pycache__" in name or name.startswith(("tests/", "man/", "corpora/"))]
    assert strays == []
    (metadata,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    described = Parser().parsestr(wheel.read(metadata).decode())
    assert described["Name"] == "ttscli"
    assert described["License-Expression"] == "GPL-3.0-or-later"


def test_every_plugin_folder_is_shipped() -> None:
    shipped = set(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    assert {f"plugins/{path.name}" for path in (REPOSITORY / "plugins").glob("ttscli_*")} <= shipped


@pytest.mark.parametrize("name", ["speak", "test"])
def test_readme_has_one_command_between_its_markers(name: str) -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(rf"<!-- {name} -->\n```sh\n(.*?)\n```\n<!-- /{name} -->", readme, re.DOTALL)
    assert "\n" not in block
    assert block.startswith("python3 -m venv .venv && ")


def test_readme_links_lead_somewhere() -> None:
    for page in ("README.md", "CONTRIBUTING.md", "plugins/README.md", "voices/README.md"):
        path = REPOSITORY / page
        links = re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8"))
        missing = [link for link in links if "://" not in link and not (path.parent / link).exists()]
        assert missing == [], page
