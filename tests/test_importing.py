"""Every published checkpoint becomes a voice that speaks; of what is wrong with one, nothing is left but one line."""

import random
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import FAKE_VOICES
from tests.imports import CASES, FAULTS, Case, flipped, hostile
from ttscli import cli, library, registry
from ttscli.synthesizer import MelPipeline, Synthesizer
from ttscli.text.frontend import FrontEnd, Pauses
from ttscli.voice import Voice

SAVED_AGAIN = [case for case in CASES if "pickled" not in case.files[-1]]
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the user's voices go."""
    monkeypatch.setattr(library, "user_voices", lambda: tmp_path / "voices")
    return tmp_path / "voices"


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`tts voices import ARGS…` in this process: its exit code and what it says."""

    def imported(*arguments: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["tts", "voices", "import", *map(str, arguments), "--name", "new"])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        assert printed.out == ""
        return int(ended.value.code or 0), printed.err

    return imported


def refused(result: tuple[int, str], home: Path, exit_code: int = 4) -> str:
    code, said = result
    assert code == exit_code, said
    lines = said.splitlines()
    assert lines[0].startswith("tts: ")
    assert "internal fault" not in said
    assert len(lines) == 1 or (len(lines) == 2 and lines[1].startswith("hint: "))
    assert not home.exists() or list(home.iterdir()) == []
    return lines[0]


def of(case: Case) -> list[object]:
    settings = case.settings_path()
    return ["--architecture", case.architecture, *(() if settings is None else ("--config", settings))]


def speaker(voice: Voice) -> Synthesizer:
    """The voice, with whatever it needs to be heard: a vocoder, or an acoustic model of the same mels."""
    if voice.text_to_wave:
        return Synthesizer.for_voice(voice, device="cpu")
    if voice.acoustic:
        return Synthesizer.for_voice(voice, vocoder="griffin-lim", device="cpu")
    [part] = voice.vocoder
    vocoder = registry.vocoder(part.architecture).load(part.verified_weights(), part.config, voice.mel_spec, "cpu")
    fake = Voice.read(FAKE_VOICES / "fake")
    acoustic = registry.acoustic_model("fake").load(None, {}, voice.mel_spec, "cpu")
    return Synthesizer(FrontEnd(fake.spelling(), "en-US", Pauses()), MelPipeline(acoustic, vocoder))


def test_every_importer_has_a_case() -> None:
    assert {plugin.name for plugin in registry.available(registry.IMPORTERS)} == {case.architecture for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_checkpoint_becomes_a_voice_that_speaks(case: Case, run: Run, home: Path) -> None:
    code, said = run(*case.paths(), *of(case))
    assert code == 0, said
    assert len(said.splitlines()) == 1
    assert {path.name for path in (home / "new").iterdir()} == {f"{case.architecture}.safetensors", "voice.toml"}
    [chunk] = speaker(Voice.read(home / "new")).speak("No.")
    assert len(chunk.samples) > 0
    assert np.isfinite(chunk.samples).all()
    assert np.abs(chunk.samples).max() <= 1
    assert np.abs(chunk.samples).max() > 0


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_architecture_is_recognised(case: Case, run: Run, home: Path) -> None:
    settings = case.settings_path()
    code, said = run(*case.paths(), *(() if settings is None else ("--config", settings)))
    assert code == 0, said
    assert f"new: {case.architecture};" in said


STATED = [case for case in CASES if case.architecture != "talknet" and "text2wave" not in case.files[0]]
"""Those whose settings are of the network and its mels alone."""


@pytest.mark.parametrize("case", STATED, ids=str)
def test_an_import_may_be_stated_in_its_own_words_and_the_mels_in_the_authors(case: Case) -> None:
    importer = registry.importer(case.architecture)
    made = importer(case.paths(), case.config())
    again = importer(case.paths(), {**made.config, **asdict(made.mel_spec), "sampling_rate": 32000})
    assert again.config == made.config
    assert again.mel_spec == replace(made.mel_spec, sample_rate_hz=32000)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_misspelt_key_is_named(case: Case, run: Run, home: Path, tmp_path: Path) -> None:
    settings = tmp_path / "settings.json"
    settings.write_text('{"num_layer": 4}')
    said = refused(run(*case.paths(), "--architecture", case.architecture, "--config", settings), home)
    assert "num_layer: " in said


@pytest.mark.parametrize("case", CASES, ids=str)
def test_another_architecture_is_refused(case: Case, run: Run, home: Path) -> None:
    for other in sorted({other.architecture for other in CASES} - {case.architecture}):
        refused(run(*case.paths(), "--architecture", other), home)


@pytest.mark.parametrize("case", SAVED_AGAIN, ids=str)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_file_is_refused(fault: str, case: Case, run: Run, home: Path, tmp_path: Path) -> None:
    dice = random.Random(f"{case}{fault}")
    for number, path in [*enumerate(case.paths())] * 3:
        broken = tmp_path / f"broken-{path.name}"
        broken.write_bytes(FAULTS[fault](path.read_bytes(), dice))
        paths = [broken if i == number else other for i, other in enumerate(case.paths())]
        assert broken.name in refused(run(*paths, *of(case)), home)


@pytest.mark.parametrize("case", SAVED_AGAIN, ids=str)
def test_a_hostile_file_is_refused(case: Case, run: Run, home: Path, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    for number, path in enumerate(case.paths()):
        broken = tmp_path / f"broken-{path.name}"
        broken.write_bytes(hostile(path.read_bytes(), marker))
        paths = [broken if i == number else other for i, other in enumerate(case.paths())]
        assert "holds more than data: posix.mkdir" in refused(run(*paths, *of(case)), home)
        assert not marker.exists()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_file_with_flipped_bits_is_refused_or_speaks(case: Case, run: Run, home: Path, tmp_path: Path) -> None:
    dice = random.Random(str(case))
    for _ in range(6):
        paths = [tmp_path / f"broken-{path.name}" for path in case.paths()]
        for broken, path in zip(paths, case.paths(), strict=True):
            broken.write_bytes(flipped(path.read_bytes(), dice))
        result = run(*paths, *of(case), "--force")
        if result[0] != 0:
            refused(result, home)
        else:
            assert Voice.read(home / "new").name == "new"
            shutil.rmtree(home / "new")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_missing_files(case: Case, run: Run, home: Path, tmp_path: Path) -> None:
    assert "no such file" in refused(run(tmp_path / "nowhere.pt", *case.paths()[1:], *of(case)), home, 3).lower()
    refused(run(tmp_path, *case.paths()[1:], *of(case)), home, 3)
