import sys
from pathlib import Path

import pytest

from ttscli import registry
from ttscli.errors import VoiceError

POINTS = "[ttscli.vocoders]\n{name} = {module}:Vocoder\n"


def install(folder: Path, distribution: str, name: str, code: str = "class Vocoder: pass") -> None:
    """Lay a distribution of one module into `folder`."""
    module = distribution.replace("-", "_")
    info = folder / f"{module}-1.5.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.5\n")
    (info / "entry_points.txt").write_text(POINTS.format(name=name, module=module))
    (folder / f"{module}.py").write_text(code)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_a_plugin_is_found_and_not_imported(folder: Path) -> None:
    install(folder, "tone-one", "tone", "raise SystemExit('imported')")
    [tone] = [plugin for plugin in registry.available(registry.VOCODERS) if plugin.name == "tone"]
    assert tone == registry.Plugin(registry.VOCODERS, "tone", "tone_one:Vocoder", "tone-one", "1.5")
    assert "tone_one" not in sys.modules


def test_plugins_are_sorted_by_name() -> None:
    names = [plugin.name for plugin in registry.available(registry.VOCODERS)]
    assert names == sorted(names)
    assert {"fake", "griffin-lim"} <= set(names)


def test_a_plugin_is_loaded(folder: Path) -> None:
    install(folder, "tone-two", "tone")
    assert registry.vocoder("tone").__module__ == "tone_two"


def test_two_distributions_of_one_name_are_both_named(folder: Path) -> None:
    install(folder, "tone-three", "tone")
    install(folder, "tone-four", "tone")
    with pytest.raises(VoiceError, match="plugin tone: ") as fault:
        registry.vocoder("tone")
    assert "tone-three" in str(fault.value)
    assert "tone-four" in str(fault.value)
    assert fault.value.hint == "uninstall one of them"


@pytest.mark.parametrize("code", ["raise RuntimeError('no GPU')", "import nowhere_to_be_found", "_ = 1"])
def test_a_plugin_that_cannot_be_imported_is_named_with_the_cure(code: str, folder: Path) -> None:
    install(folder, "tone-five", "tone", code)
    sys.modules.pop("tone_five", None)
    with pytest.raises(VoiceError, match=r"plugin tone: the vocoder of tone-five 1\.5 cannot be imported: ") as fault:
        registry.vocoder("tone")
    assert str(fault.value.hint).endswith("pip uninstall tone-five")


def test_an_unknown_name_names_the_known() -> None:
    with pytest.raises(VoiceError, match="tune: no vocoder has this name") as fault:
        registry.vocoder("tune")
    assert "griffin-lim" in str(fault.value.hint)
    with pytest.raises(VoiceError, match="nothing: no text-to-wave model has this name"):
        registry.text_to_wave("nothing")
