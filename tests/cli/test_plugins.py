"""`tts plugins`, as a real process."""

import json
import os
from pathlib import Path

from tests.conftest import Environment, Tts

BROKEN = """
class Broken:
    @classmethod
    def load(cls, weights, config, mel_spec, device):
        vocoder = cls()
        vocoder.mel_spec = mel_spec
        return vocoder

    def waves(self, mels, options):
        import numpy as np
        return [np.zeros(mel.shape[1], np.float32) for mel in mels]
"""


def distribution(folder: Path, name: str, entry_points: str, code: str) -> None:
    """Lay an installed distribution of one module into `folder`."""
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(entry_points)
    (folder / f"{name}.py").write_text(code)


def with_path(environment: Environment, folder: Path) -> Environment:
    return {"PYTHONPATH": os.pathsep.join((environment["PYTHONPATH"], str(folder)))}


def test_list_names_kind_distribution_and_code(tts: Tts) -> None:
    rows = [line.split("\t") for line in tts("plugins", "list").stdout.decode().splitlines()]
    assert ["fake", "vocoder", "ttscli-fake 0.1", "ttscli_fake:FakeVocoder"] in rows
    assert ["espeak-ipa", "alphabet"] in [row[:2] for row in rows]


def test_list_json(tts: Tts) -> None:
    printed = json.loads(tts("plugins", "list", "--json").stdout)
    assert printed["version"] == 1
    assert {"name", "kind", "group", "value", "distribution", "version"} == set(printed["plugins"][0])


def test_check_holds_a_plugin_to_the_contract(tts: Tts) -> None:
    done = tts("plugins", "check", "fake")
    assert done.returncode == 0, done.stderr
    rows = [line.split("\t") for line in done.stdout.decode().splitlines()]
    assert ["ok", "acoustic model fake (fake:fake)", "keeps its promises"] in [row[:3] for row in rows]


def test_check_of_an_unknown_plugin_is_wrong_usage(tts: Tts) -> None:
    done = tts("plugins", "check", "nobody")
    assert done.returncode == 2
    assert "nobody" in done.stderr


def test_a_broken_promise_is_one_line_and_exit_4(tts: Tts, environment: Environment, tmp_path: Path) -> None:
    distribution(tmp_path / "site", "ttscli_short", "[ttscli.vocoders]\nshort = ttscli_short:Broken\n", BROKEN)
    done = tts("plugins", "check", "short", env=with_path(environment, tmp_path / "site"))
    assert done.returncode == 4
    (line,) = done.stdout.decode().splitlines()
    assert line.startswith("fail\tvocoder short\tbreaks a promise: 1 frames of 256 samples became 1 samples, not 256")
    assert len(done.stderr.splitlines()) == 1


def test_a_plugin_that_cannot_be_imported_hides_no_other(tts: Tts, environment: Environment, tmp_path: Path) -> None:
    entry = "[ttscli.vocoders]\nfake = ttscli_dead:Nothing\n"
    distribution(tmp_path / "site", "ttscli_dead", entry.replace("fake =", "dead ="), "raise ImportError('no such library')")
    env = with_path(environment, tmp_path / "site")
    listed = tts("plugins", "list", env=env)
    assert listed.returncode == 0
    assert b"dead\tvocoder\tttscli_dead 1.0" in listed.stdout
    done = tts("plugins", "check", "dead", "--json", env=env)
    assert done.returncode == 4
    (finding,) = json.loads(done.stdout)["findings"]
    assert finding["status"] == "fail"
    assert "no such library" in finding["detail"]
    assert "pip uninstall ttscli_dead" in finding["cure"]


def test_a_vocoder_that_cannot_be_made_fails_alone(tts: Tts, environment: Environment, tmp_path: Path) -> None:
    entry = "[ttscli.vocoders]\nodd = ttscli_odd:Odd\n[ttscli.alphabets]\nodd = ttscli.text.graphemes:graphemes\n"
    distribution(tmp_path / "site", "ttscli_odd", entry, "Odd = 5\n")
    done = tts("plugins", "check", "odd", env=with_path(environment, tmp_path / "site"))
    assert (done.returncode, done.stderr) == (4, "tts: plugins: 1 of the checks failed\n")
    told = ["fail\tvocoder odd\tAttributeError: 'int' object has no attribute 'load'", "ok\talphabet odd\tkeeps its promises"]
    assert [line.rstrip() for line in done.stdout.decode().splitlines()] == told


def test_two_plugins_of_one_name_are_an_error_that_names_both(tts: Tts, environment: Environment, tmp_path: Path) -> None:
    distribution(tmp_path / "site", "ttscli_twin", "[ttscli.vocoders]\nfake = ttscli_twin:Broken\n", BROKEN)
    done = tts("plugins", "check", "fake", env=with_path(environment, tmp_path / "site"))
    assert done.returncode == 4
    assert "ttscli-fake" in done.stdout.decode()
    assert "ttscli_twin" in done.stdout.decode()


def test_a_trainer_without_its_packages_is_a_warning(tts: Tts, environment: Environment, tmp_path: Path) -> None:
    entry = "[ttscli.trainers]\nlazy = ttscli_lazy:Trainer\n"
    distribution(tmp_path / "site", "ttscli_lazy", entry, "import a_package_nobody_has")
    done = tts("plugins", "check", "lazy", env=with_path(environment, tmp_path / "site"))
    assert done.returncode == 0
    assert done.stdout.startswith(b"warn\ttrainer lazy\tcannot train")


def test_a_voice_pack_without_voices_fails(tts: Tts, environment: Environment, tmp_path: Path) -> None:
    distribution(tmp_path / "site", "ttscli_pack", "[ttscli.voices]\npack = ttscli_pack_voices\n", "")
    (tmp_path / "site" / "ttscli_pack_voices").mkdir()
    (tmp_path / "site" / "ttscli_pack_voices" / "__init__.py").write_text("")
    done = tts("plugins", "check", "pack", env=with_path(environment, tmp_path / "site"))
    assert done.returncode == 4
    assert b"no voice in" in done.stdout
