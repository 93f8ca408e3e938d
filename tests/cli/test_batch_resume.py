"""`tts batch` a second time: only what is missing or changed is made."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import FAKE_VOICES, Environment, Tts

MANIFEST = ".ttscli-manifest.jsonl"
TEXT = b"One.\nTwo.\nThree."


def stamps(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir() if path.name != MANIFEST}


@pytest.fixture
def done(tts: Tts, tmp_path: Path) -> Path:
    """A folder in which three lines are made."""
    assert tts("batch", "-", "-d", "out", input=TEXT).returncode == 0
    return tmp_path / "out"


def made_again(tts: Tts, folder: Path, *options: object, input: bytes = TEXT) -> list[str]:
    before = stamps(folder)
    again = tts("batch", "-", "-d", folder.name, *options, input=input)
    assert (again.returncode, again.stdout, again.stderr) == (0, b"", "")
    return sorted(name[6:10] for name, stamp in stamps(folder).items() if before.get(name) != stamp)


def test_nothing_is_made_twice(tts: Tts, done: Path) -> None:
    manifest = (done / MANIFEST).read_bytes()
    assert made_again(tts, done) == []
    assert (done / MANIFEST).read_bytes() == manifest
    assert made_again(tts, done, "--no-resume") == ["0000", "0001", "0002"]


def test_a_changed_text_a_missing_file_and_one_that_was_altered(tts: Tts, done: Path) -> None:
    whole = {path.name: path.read_bytes() for path in done.glob("*.wav")}
    assert made_again(tts, done, input=b"One.\nTwice.\nThree.\nFour.") == ["0001", "0003"]
    for name in ("stdin-0001.wav", "stdin-0003.wav"):
        (done / name).unlink()
    (done / "stdin-0000.wav").write_bytes(whole["stdin-0000.wav"][:-2])
    last = bytearray(whole["stdin-0002.wav"])
    last[-1] ^= 1
    (done / "stdin-0002.wav").write_bytes(last)
    assert made_again(tts, done, input=TEXT) == ["0000", "0001", "0002"]
    assert {name: (done / name).read_bytes() for name in whole} == whole


@pytest.mark.parametrize("options", [["-s", "1.5"], ["--volume", "-3"], ["--sentence-pause", "1"], ["--vocoder", "griffin-lim"]])
def test_a_changed_setting(tts: Tts, done: Path, options: list[str]) -> None:
    assert made_again(tts, done, *options) == ["0000", "0001", "0002"]
    assert made_again(tts, done, *options) == []


def test_a_changed_voice(tts: Tts, tmp_path: Path) -> None:
    folder = tmp_path / "voice"
    folder.mkdir()
    toml = (FAKE_VOICES / "fake" / "voice.toml").read_text(encoding="utf-8")
    row = b'{"text": "One.", "id": "mine", "voice": "./voice"}\n{"text": "Two.", "id": "other"}'
    for config, again in (("a = 1", ["mine.wav", "other.wav"]), ("a = 1", []), ("a = 2", ["mine.wav"])):
        (folder / "voice.toml").write_text(f"{toml}\n[vocoder.config]\n{config}\n", encoding="utf-8")
        due = tts("batch", "-", "--from", "jsonl", "-d", "out", "-n", input=row).stdout.decode().splitlines()
        assert [Path(line.split("\t")[0]).name for line in due] == again
        assert tts("batch", "-", "--from", "jsonl", "-d", "out", input=row).returncode == 0


def test_a_manifest_that_is_torn_or_nonsense(tts: Tts, done: Path) -> None:
    manifest = done / MANIFEST
    lines = manifest.read_bytes().splitlines(keepends=True)
    manifest.write_bytes(b'{"version": 2}\n[]\n{"version": 1, "output": 5}\n\xff\n' + b"".join(lines)[:-20])
    assert made_again(tts, done) == ["0002"]
    assert made_again(tts, done) == []
    assert json.loads(manifest.read_bytes().splitlines()[-1])["output"] == "stdin-0002.wav"


def test_a_manifest_whose_first_line_is_torn(tts: Tts, done: Path) -> None:
    for content in (b'{"vers', b"", b'{"vers\n{"ver'):
        (done / MANIFEST).write_bytes(content)
        assert made_again(tts, done) == ["0000", "0001", "0002"]
        assert made_again(tts, done) == []


@pytest.mark.parametrize("content", [b"My notes.\n", b'{"text": "Hello."}\n', b"\nMy notes.\n", b"\n", b'{\n  "a": 1\n}\n'])
def test_another_file_is_not_taken_for_a_manifest(tts: Tts, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "notes").write_bytes(content)
    refused = tts("batch", "-", "-d", "out", "--manifest", "notes", input=TEXT)
    assert refused.returncode == 6
    assert refused.stderr == "tts: notes: is no manifest of a batch\nhint: --manifest names another file\n"
    assert (tmp_path / "notes").read_bytes() == content
    assert not (tmp_path / "out").exists()


def test_a_manifest_elsewhere_and_a_folder_that_moved(tts: Tts, tmp_path: Path, done: Path) -> None:
    done.rename(tmp_path / "moved")
    assert made_again(tts, tmp_path / "moved") == []
    (tmp_path / "moved" / MANIFEST).rename(tmp_path / "m.jsonl")
    assert made_again(tts, tmp_path / "moved", "--manifest", "m.jsonl") == ["0000", "0001", "0002"]
    assert made_again(tts, tmp_path / "moved", "--manifest", "m.jsonl") == []
    assert not (tmp_path / "moved" / MANIFEST).exists()


def test_a_record_tells_of_the_file(done: Path) -> None:
    record = json.loads((done / MANIFEST).read_text().splitlines()[1])
    size = (done / "stdin-0001.wav").stat().st_size
    assert (record["output"], record["origin"], record["bytes"]) == ("stdin-0001.wav", "standard input:2", size)
    assert (record["n_samples"], record["sample_rate_hz"]) == ((size - 44) // 2, 22050)
    assert len(record["sha256"]) == len(record["key"]) == 64


def test_a_dry_run_tells_what_and_why_and_makes_nothing(tts: Tts, tmp_path: Path, done: Path) -> None:
    (done / "stdin-0002.wav").unlink()
    before = stamps(done)
    text, broken = b"One.\nTwice.\nThree.\nFour.\ncaf\xe9", {"FAKE_FAULT": "a model was asked"}
    dry = tts("batch", "-", "-d", "out", "--dry-run", input=text, env=broken)
    assert dry.returncode == 7
    assert [line.split("\t") for line in dry.stdout.decode().splitlines()] == [
        ["out/stdin-0001.wav", "standard input:2", "changed", "fake", "1", "6"],
        ["out/stdin-0002.wav", "standard input:3", "missing", "fake", "1", "6"],
        ["out/stdin-0003.wav", "standard input:4", "new", "fake", "1", "5"],
    ]
    table = json.loads(tts("batch", "-", "-d", "out", "-n", "--json", input=text).stdout)
    assert (table["version"], table["kept"], [item["why"] for item in table["items"]]) == (1, 1, ["changed", "missing", "new"])
    assert stamps(done) == before
    assert tts("batch", "-", "-d", "nowhere", "-n", input=b"One.").stdout.startswith(b"nowhere/stdin-0000.wav\t")
    assert not (tmp_path / "nowhere").exists()


def test_options_that_need_another(tts: Tts) -> None:
    assert "--json: goes with --dry-run" in tts("batch", "-", "-d", "out", "--json", input=b"One.").stderr
    assert "--gap: goes with --join" in tts("batch", "-", "-d", "out", "--gap", "1", input=b"One.").stderr


def test_two_runs_at_the_same_time_share_a_folder(tts: Tts, environment: Environment, tmp_path: Path) -> None:
    lines = ["One.", "Two.", "Three.", "Four."]
    slow = {**environment, "FAKE_SECONDS": "0.1"}
    runs = []
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text("\n".join(lines))
        command = [sys.executable, "-m", "ttscli", "batch", f"{name}.txt", "-d", "out", "--batch-size", "1"]
        runs.append(subprocess.Popen(command, cwd=tmp_path, env=slow, stderr=subprocess.PIPE))
    assert [(run.communicate()[1], run.returncode) for run in runs] == [(b"", 0)] * 2
    assert len(list((tmp_path / "out").glob("*.wav"))) == 8
    assert tts("batch", "a.txt", "b.txt", "-d", "out", "-n").stdout == b""


@pytest.mark.skipif(sys.platform != "linux", reason="mounts as Linux does")
def test_a_folder_that_cannot_be_written(tts: Tts, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", folder], capture_output=True).returncode != 0:
        if os.geteuid() == 0:
            pytest.skip("may not mount, and root may write anywhere")
        folder.chmod(0o500)
    try:
        done = tts("batch", "-", "-d", "out", input=TEXT)
        assert (done.returncode, done.stderr.count("\n")) == (6, 1)
        assert "cannot be written" in done.stderr
    finally:
        subprocess.run(["umount", folder], capture_output=True)


@pytest.mark.skipif(sys.platform != "linux", reason="mounts as Linux does")
def test_a_full_disk_leaves_whole_files_and_a_manifest_that_is_true(tts: Tts, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", folder], capture_output=True).returncode != 0:
        pytest.skip("may not mount")
    text = b"\n".join(b"A line of words of about this length." for _ in range(12))
    try:
        done = tts("batch", "-", "-d", "out", input=text)
        assert done.returncode == 7
        assert "No space left on device" in done.stderr
        files = sorted(folder.glob("*.wav"))
        assert 0 < len(files) < 12
        assert {path.stat().st_size for path in files} == {files[0].stat().st_size}
        assert [path.name for path in folder.iterdir() if path.suffix == ".part"] == []
        subprocess.run(["mount", "-o", "remount,size=9M", folder], check=True)
        before = stamps(folder)
        assert tts("batch", "-", "-d", "out", input=text).returncode == 0
        assert len(list(folder.glob("*.wav"))) == 12
        recorded = {json.loads(line)["output"] for line in (folder / MANIFEST).read_text().splitlines() if line.endswith("}")}
        assert len(recorded) == 12
        assert {name: stamps(folder)[name] for name in before} == before
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_manifest_that_cannot_be_written_fails_its_items(tts: Tts, tmp_path: Path) -> None:
    done = tts("batch", "-", "-d", "out", "--manifest", "/dev/full", input=b"One.\nTwo.")
    assert done.returncode == 7
    assert done.stderr.count("/dev/full: cannot be written: No space left on device") == 2
    assert len(list((tmp_path / "out").glob("*.wav"))) == 2
