import dataclasses
import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from numpy.typing import NDArray

from tests.training.miniature import RATE_HZ, SENTENCES, SOUNDS, write_corpus
from tests.training.recorded import write_recordings
from tests.training.small import trainer
from ttscli.errors import InputError, OutputError
from ttscli.melspec import MelSpec
from ttscli.nn.mel import LogMel
from ttscli.training import recordings
from ttscli.training.corpus import VALIDATION_EVERY, Corpus, mel_file


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


def test_features_are_read_through_memory_maps_and_computed_once(corpus: Corpus, folder: Path) -> None:
    assert all(isinstance(array, np.memmap) for array in (corpus.mels, corpus.audio, corpus.f0_hz))
    written = (folder / "features" / "mels.f16").stat().st_mtime_ns
    Corpus(folder, MelSpec())
    assert (folder / "features" / "mels.f16").stat().st_mtime_ns == written


def test_other_mels_are_computed_anew(corpus: Corpus, folder: Path) -> None:
    other = Corpus(folder, MelSpec(n_mels=20))
    assert other.mels.shape == (len(corpus.f0_hz), 20)


def test_one_in_so_many_is_held_out(tmp_path: Path) -> None:
    write_corpus(tmp_path / "x", ("^a$",))
    corpus = Corpus(tmp_path / "x", MelSpec())
    assert (corpus.validation, corpus.training) == (corpus.utterances, [])
    corpus.utterances *= VALIDATION_EVERY + 1
    assert len(corpus.validation) == 2
    assert len(corpus.training) == VALIDATION_EVERY - 1


def test_no_utterance_is_in_both_parts(corpus: Corpus) -> None:
    assert corpus.validation == corpus.utterances[:1]
    assert corpus.training == corpus.utterances[1:]


def test_training_of_lengths(corpus: Corpus) -> None:
    lengths = sorted(u.n_frames for u in corpus.training)
    assert [u.n_frames for u in corpus.training_of(lengths[-1])] == lengths[-1:]
    assert corpus.training_of(most=lengths[0]) == [u for u in corpus.training if u.n_frames == lengths[0]]
    with pytest.raises(InputError, match="no utterance of 1 to 9 frames"):
        corpus.training_of(most=9)


def test_a_shorter_mel_file_leaves_later_utterances_out(corpus: Corpus, folder: Path) -> None:
    mels = [np.full((u.n_frames, 80), number, np.float32) for number, u in enumerate(corpus.utterances[:2])]
    corpus.write_mels(mel_file("own"), mels)
    own = Corpus(folder, MelSpec(), mel_file("own"))
    assert own.utterances == corpus.utterances[:2]
    assert [float(own.mels[u.first_frame].mean()) for u in own.utterances] == [0.0, 1.0]
    assert len(Corpus(folder, MelSpec()).utterances) == len(SENTENCES)


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


def test_mels_that_were_not_finished_replace_nothing(corpus: Corpus, folder: Path) -> None:
    def mels() -> Iterator[NDArray[np.float32]]:
        yield np.zeros((corpus.utterances[0].n_frames, 80), np.float32)
        raise KeyboardInterrupt

    before = (folder / "features" / "mels.f16").read_bytes()
    with pytest.raises(KeyboardInterrupt):
        corpus.write_mels("mels.f16", mels())
    assert (folder / "features" / "mels.f16").read_bytes() == before
    assert not list((folder / "features").glob("*.part"))


def test_a_mel_file_that_was_cut_off(corpus: Corpus, folder: Path) -> None:
    """Whole utterances are used, wherever the cut is."""
    n_frames = sum(u.n_frames for u in corpus.utterances[:2])
    path = folder / "features" / mel_file("own")
    path.write_bytes(bytes(160 * n_frames + 33))
    own = Corpus(folder, MelSpec(), mel_file("own"))
    assert own.utterances == corpus.utterances[:2]
    assert own.mels.shape == (n_frames, 80)
    path.write_bytes(bytes(33))
    with pytest.raises(InputError, match=r"mels-own\.f16: cut off"):
        Corpus(folder, MelSpec(), mel_file("own"))


def test_mel_statistics(corpus: Corpus) -> None:
    mean, deviation = corpus.mel_statistics()
    everything = corpus.mels.astype(np.float32)
    np.testing.assert_allclose(mean, everything.mean(0), atol=1e-3)
    np.testing.assert_allclose(deviation, everything.std(0), atol=1e-3)


def test_a_bin_in_which_nothing_sounds_has_a_deviation(corpus: Corpus) -> None:
    corpus.mels = np.zeros_like(corpus.mels)
    _, deviation = corpus.mel_statistics()
    assert deviation.tolist() == pytest.approx([1e-3] * 80)
    for name in ("speedyspeech", "nhv", "talknet-aligner"):
        assert bool((trainer(name, corpus).network.get_buffer("deviation") > 0).all())


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


def test_no_corpus(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a corpus"):
        Corpus(tmp_path, MelSpec())
    with pytest.raises(InputError, match="not a corpus"):
        Corpus(tmp_path / "nowhere", MelSpec())


def test_an_empty_corpus_is_refused(folder: Path) -> None:
    (folder / "alignments.jsonl").write_text("")
    with pytest.raises(InputError, match="no utterances"):
        Corpus(folder, MelSpec())


def test_missing_mels_are_named(corpus: Corpus, folder: Path) -> None:
    with pytest.raises(InputError, match=r"mels-own\.f16"):
        Corpus(folder, MelSpec(), mel_file("own"))


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


def test_recordings_without_alignments_are_a_corpus(tmp_path: Path) -> None:
    corpus = Corpus(write_recordings(tmp_path / "recorded"), MelSpec())
    assert [u.identity for u in corpus.utterances] == ["000", "001", "002"]
    assert [(u.n_frames, u.first_frame) for u in corpus.utterances] == [(87, 0), (87, 87), (87, 174)]
    assert corpus.utterances[0].symbols[0] == "^"
    assert corpus.utterances[0].symbols[-1] == "$"
    assert [round(float(np.median(corpus.f0_hz[start : start + 87]))) for start in (0, 87, 174)] == [120, 130, 140]
    with pytest.raises(InputError, match="000: its durations are not known") as fault:
        _ = corpus.utterances[0].durations
    assert fault.value.hint is not None
    assert "tts corpus align" in fault.value.hint


def test_alignments_that_are_found_out_later_are_seen(tmp_path: Path) -> None:
    folder = write_recordings(tmp_path / "recorded")
    [first, *_] = Corpus(folder, MelSpec()).utterances
    counts = [first.n_frames - len(first.symbols) + 1, *(1 for _ in first.symbols[1:])]
    row = {"id": first.identity, "symbols": first.symbols, "durations": counts}
    (folder / "alignments.jsonl").write_text(json.dumps(row) + "\n")
    corpus = Corpus(folder, MelSpec())
    assert [u.durations for u in corpus.utterances] == [tuple(counts)]
    assert float(np.median(corpus.f0_hz)) == pytest.approx(120, rel=0.01)  # it is estimated where the row has none


def test_the_alphabet_of_a_corpus_is_its_own(tmp_path: Path) -> None:
    folder = write_recordings(tmp_path / "recorded")
    (folder / "corpus.toml").write_text('alphabet = "graphemes"\n')
    assert "".join(Corpus(folder, MelSpec()).utterances[0].symbols) == "^hello there.$"
    (folder / "corpus.toml").write_text("alphabit = 3\n")
    with pytest.raises(InputError, match=r"corpus\.toml: alphabit"):
        Corpus(folder, MelSpec())
    (folder / "corpus.toml").write_text("alphabet = 3\n")
    with pytest.raises(InputError, match=r"corpus\.toml: alphabet: 3 is not what is taken here \(str\)$"):
        Corpus(folder, MelSpec())
    with pytest.raises(InputError, match=r"metadata\.csv/corpus\.toml: cannot be read: Not a directory$"):
        Corpus(folder / "metadata.csv", MelSpec())


def test_a_given_symbol_table_leaves_out_what_it_cannot_spell(corpus: Corpus) -> None:
    assert corpus.speak_with(["_", "a", "s", "u", "^", "$"]) == []
    assert corpus.symbols() == ["_", "a", "s", "u", "^", "$"]
    before = list(corpus.utterances)
    corpus.utterances[1:2] = [dataclasses.replace(before[1], symbols=("^", "x", "$"))]
    assert [u.identity for u in corpus.speak_with(["^", "a", "s", "u", "$"])] == ["000001"]
    assert corpus.utterances == [before[0], *before[2:]]
