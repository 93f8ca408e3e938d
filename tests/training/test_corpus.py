import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.training.miniature import SENTENCES, write_corpus
from tests.training.recorded import write_recordings
from tests.training.small import trainer
from ttscli.errors import InputError
from ttscli.melspec import MelSpec
from ttscli.training.corpus import VALIDATION_EVERY, Corpus, mel_file


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
