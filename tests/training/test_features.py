"""What recordings and alignments become, once, and when anew."""

import json
import math
import os
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from numpy.typing import NDArray

from tests.training.miniature import RATE_HZ, SENTENCES, SOUNDS
from tests.training.recorded import write_recordings
from ttscli.errors import InputError, OutputError
from ttscli.melspec import MelSpec
from ttscli.nn.mel import LogMel
from ttscli.training import recordings
from ttscli.training.corpus import Corpus, mel_file
from ttscli.whole_file import unfinished


def lengths(sentences: tuple[str, ...]) -> list[int]:
    return [sum(SOUNDS[symbol][0] for symbol in sentence) for sentence in sentences]


def test_features_are_as_long_as_the_durations_say(corpus: Corpus) -> None:
    assert [u.n_frames for u in corpus.utterances] == lengths(SENTENCES)
    assert [u.first_frame for u in corpus.utterances] == np.cumsum([0, *lengths(SENTENCES)])[:-1].tolist()
    total = sum(lengths(SENTENCES))
    assert corpus.mels.shape == (total, 80)
    assert corpus.audio.shape == (total, 256)
    assert corpus.f0_hz.shape == (total,)
    assert ["".join(u.symbols) for u in corpus.utterances] == list(SENTENCES)
    assert corpus.symbols() == sorted(SOUNDS)


def test_features_are_those_of_the_audio(corpus: Corpus, folder: Path) -> None:
    """Of the second utterance, so that a wrong offset shows."""
    utterance = corpus.utterances[1]
    samples, _ = soundfile.read(folder / "wavs" / f"{utterance.identity}.flac", dtype="int16")
    assert np.array_equal(corpus.audio[utterance.frames].reshape(-1), samples)
    mel = LogMel(MelSpec())(torch.from_numpy(samples / np.float32(32768))[None])[0, :, : utterance.n_frames].T
    np.testing.assert_allclose(corpus.mel(utterance), mel.numpy(), atol=6e-3)  # float16, up to 11.5
    f0 = [SOUNDS[s][1] for s, n in zip(utterance.symbols, utterance.durations, strict=True) for _ in range(n)]
    assert corpus.f0_hz[utterance.frames].tolist() == f0


@pytest.mark.skipif(sys.platform == "win32", reason="has no limit on the size of files")
def test_features_without_room_are_told_by_name(folder: Path) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    try:
        with pytest.raises(OutputError, match=r"features: cannot be written: File too large"):
            Corpus(folder, MelSpec())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not [*(folder / "features").iterdir()]
    assert Corpus(folder, MelSpec()).utterances


@pytest.mark.parametrize("more", [-511, -1, 1, 512])
def test_audio_is_cut_or_filled_to_durations_that_were_rounded(more: int, folder: Path) -> None:
    path = folder / "wavs" / "000001.flac"
    samples, _ = soundfile.read(path, dtype="int16")
    kept = min(len(samples), len(samples) + more)
    soundfile.write(path, np.pad(samples[:kept], (0, max(0, more)), constant_values=9), RATE_HZ)
    utterance = (corpus := Corpus(folder, MelSpec())).utterances[1]
    audio = corpus.audio[utterance.frames].reshape(-1)
    assert np.array_equal(audio[:kept], samples[:kept])
    assert not audio[kept:].any()


@pytest.mark.parametrize("n_frames", [1, 40, 400])
def test_durations_of_another_recording_leave_it_out(n_frames: int, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    soundfile.write(folder / "wavs" / "000001.flac", np.ones(256 * n_frames, np.int16), RATE_HZ)
    assert [u.identity for u in Corpus(folder, MelSpec()).utterances] == ["000000", "000002", "000003"]
    reasons = folder / "features" / "left-out.tsv"
    told = sum(SOUNDS[symbol][0] for symbol in SENTENCES[1])
    detail = f"its durations are {told} frames in all, its recording has {n_frames}"
    assert reasons.read_text() == f"000001\tunaligned\t{detail}\n"
    assert capsys.readouterr().err == f"tts: {folder}: 1 items are left out; {reasons} says why\n"


def test_another_sample_rate_is_brought_to_the_voices(folder: Path) -> None:
    path = folder / "wavs" / "000002.flac"
    samples, _ = soundfile.read(path)
    soundfile.write(path, np.repeat(samples, 2), 2 * RATE_HZ)  # as long as before
    utterance = (corpus := Corpus(folder, MelSpec())).utterances[2]
    audio = corpus.audio[utterance.frames].reshape(-1) / 32768
    assert np.corrcoef(audio, samples)[0, 1] > 0.95


def test_missing_audio_is_named(folder: Path) -> None:
    (folder / "wavs" / "000003.flac").unlink()
    with pytest.raises(InputError, match=r"wavs/000003: not there"):
        Corpus(folder, MelSpec())
    assert not (folder / "features" / "index.json").exists()  # what is half done is not taken for done


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", r"alignments\.jsonl: line 1"),
        ('{"id": "000000"}', r"alignments\.jsonl: line 1: .*symbols"),
        ('{"id": "000000", "symbols": ["a"], "durations": [1, 2], "f0_hz": [0, 0, 0]}', "line 1"),
        ('{"id": "000000", "symbols": ["a"], "durations": [2], "f0_hz": [0]}', "line 1"),
        ("[]", "line 1: 'id' is missing"),
    ],
)
def test_wrong_alignments_are_named(line: str, message: str, folder: Path) -> None:
    (folder / "alignments.jsonl").write_text(line + "\n")
    with pytest.raises(InputError, match=message):
        Corpus(folder, MelSpec())


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("durations", [3.5, 2.5]),
        ("durations", [True, 5]),
        ("durations", [-1, 7]),
        ("durations", ["3", "3"]),
        ("durations", {"a": 3, "s": 3}),
        ("durations", 6),
        ("symbols", ["a", 1]),
        ("symbols", "as"),
        ("symbols", None),
        ("id", 0),
        ("id", ""),
        ("f0_hz", ["120"] * 6),
        ("f0_hz", [math.nan] * 6),
        ("f0_hz", [-120.0] * 6),
        ("f0_hz", 120.0),
    ],
)
def test_alignments_are_not_trusted(key: str, value: object, folder: Path) -> None:
    row = {"id": "000000", "symbols": ["a", "s"], "durations": [3, 3], key: value}
    with open(folder / "alignments.jsonl", "a") as file:
        file.write(json.dumps(row) + "\n")
    with pytest.raises(InputError, match=rf"^[^\n]*alignments\.jsonl: line 5: {key} must be [^\n]*$"):
        Corpus(folder, MelSpec())


def test_frames_of_another_length_are_refused(folder: Path) -> None:
    path = folder / "alignments.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    path.write_text("".join(json.dumps(row | {"hop_samples": 256}) + "\n" for row in rows))
    assert len(Corpus(folder, MelSpec()).utterances) == len(SENTENCES)
    with pytest.raises(InputError, match="line 1: its frames have 256 samples, where 255 are wanted"):
        Corpus(folder, MelSpec(hop_samples=255))


def test_damaged_features_are_computed_anew(corpus: Corpus, folder: Path) -> None:
    index = folder / "features" / "index.json"
    for text in ("{", "{}", json.dumps({"mel_spec": {}, "utterances": []})):
        index.write_text(text)
        assert len(Corpus(folder, MelSpec()).utterances) == len(SENTENCES)


@pytest.mark.parametrize("name", ["audio.i16", "mels.f16", "f0.f32"])
def test_features_of_which_a_file_is_missing_are_computed_anew(name: str, corpus: Corpus, folder: Path) -> None:
    before = (folder / "features" / name).read_bytes()
    (folder / "features" / name).unlink()
    Corpus(folder, MelSpec())
    assert (folder / "features" / name).read_bytes() == before


def test_two_runs_that_begin_at_once_both_have_whole_features(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second computes all of them while the first is at its third recording."""
    read, calls = recordings.read, list[Path]()

    def interrupted(path: Path, rate_hz: int) -> NDArray[np.int16]:
        calls.append(path)
        if len(calls) == 3:
            whole.append(features(Corpus(folder, MelSpec())))
        return read(path, rate_hz)

    def features(corpus: Corpus) -> list[bytes]:
        return [array.tobytes() for array in (corpus.audio, corpus.mels, corpus.f0_hz)]

    whole: list[list[bytes]] = []
    monkeypatch.setattr(recordings, "read", interrupted)
    assert features(Corpus(folder, MelSpec())) == whole[0]
    assert sorted(path.name for path in (folder / "features").iterdir()) == [
        "audio.i16",
        "f0.f32",
        "index.json",
        "left-out.tsv",
        "mels.f16",
    ]


def test_alignments_that_are_found_out_later_are_seen(tmp_path: Path) -> None:
    folder = write_recordings(tmp_path / "recorded")
    [first, *_] = Corpus(folder, MelSpec()).utterances
    counts = [first.n_frames - len(first.symbols) + 1, *(1 for _ in first.symbols[1:])]
    row = {"id": first.identity, "symbols": first.symbols, "durations": counts}
    (folder / "alignments.jsonl").write_text(json.dumps(row) + "\n")
    corpus = Corpus(folder, MelSpec())
    assert [u.durations for u in corpus.utterances] == [tuple(counts)]
    assert float(np.median(corpus.f0_hz)) == pytest.approx(120, rel=0.01)  # it is estimated where the row has none


def test_what_people_say_of_recordings_changes_no_features(corpus: Corpus, folder: Path) -> None:
    """Nor does it cost the mels that were predicted."""
    corpus.write_mels(mel_file("own"), (corpus.mel(u) for u in corpus.utterances))
    (folder / "corpus.toml").write_text('licence = "CC0-1.0"\norigin = "Ann"\n')
    again = Corpus(folder, MelSpec(), mel_file("own"))
    assert (again.about.licence, len(again.utterances)) == ("CC0-1.0", len(SENTENCES))
    (folder / "corpus.toml").write_text("longest_s = 10.0\n")
    with pytest.raises(InputError, match=r"mels-own\.f16: not there"):
        Corpus(folder, MelSpec(), mel_file("own"))


def test_what_a_killed_process_left_goes_after_a_day(corpus: Corpus, folder: Path) -> None:
    with unfinished(folder / "features" / "mels.f16") as new:
        Corpus(folder, MelSpec())
        assert new.exists()  # somebody may be writing to it
        os.utime(new, times=(0, 0))
        Corpus(folder, MelSpec())
        assert not new.exists()
        new.touch()
