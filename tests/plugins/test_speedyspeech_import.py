"""Imported students and teachers speak as the published program does."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from tests.parity.speedyspeech_outputs import CONFIG, FOLDER, VECTORS, given, load_teacher, statistics
from ttscli.contract import SpeechOptions
from ttscli.errors import DeviceError, VoiceError
from ttscli.importing import Imported
from ttscli_speedyspeech.checkpoints import student_importer, teacher_importer
from ttscli_speedyspeech.config import StudentConfig
from ttscli_speedyspeech.gpu import TorchRuntime
from ttscli_speedyspeech.model import SpeedySpeech
from ttscli_speedyspeech.teacher import Attention
from ttscli_speedyspeech.teacher_model import MelTeacher, SpeedySpeechTeacher
from ttscli_speedyspeech.text import CLOSING_PADS, GRAPHEMES, PHONEMES, text_settings

STUDENT, TEACHER = FOLDER / "checkpoint.pth", FOLDER / "teacher_checkpoint.pth"


def saved(imported: Imported, folder: Path) -> Path:
    save_file(dict(imported.tensors), folder / "w.safetensors")
    return folder / "w.safetensors"


def utterances() -> list[np.ndarray]:
    lengths = VECTORS["stu_plen"]
    return [ids[:length] for ids, length in zip(VECTORS["stu_phonemes"], lengths, strict=True)]


def test_a_student_speaks_as_the_published_program(tmp_path: Path) -> None:
    imported = student_importer([STUDENT], CONFIG)
    plugin = SpeedySpeech.load(saved(imported, tmp_path), imported.config, imported.mel_spec, "cpu")
    ids = VECTORS["stu1_phonemes"][0][:-CLOSING_PADS]
    [mel] = plugin.mels([ids], SpeechOptions())
    wanted = statistics().log_mel(given("stu1_spec_std"))[0].numpy().T
    np.testing.assert_allclose(mel.frames, wanted, atol=2e-4)
    assert mel.durations is not None
    assert mel.durations.tolist() == VECTORS["stu1_durations"][0][: len(ids)].tolist()


def test_closing_pads_are_heard_on_a_gpu_too(tmp_path: Path) -> None:
    imported = student_importer([STUDENT], CONFIG)
    path = saved(imported, tmp_path)
    plugin = SpeedySpeech.load(path, imported.config, imported.mel_spec, "cpu")
    config = {name: tuple(value) if isinstance(value, list) else value for name, value in imported.config.items()}
    runtime = TorchRuntime(path, StudentConfig(**config, n_mels=imported.mel_spec.n_mels), "cpu")  # type: ignore[arg-type]
    for one, other in zip(plugin.mels(utterances(), SpeechOptions()), runtime.mels(utterances(), 1.0), strict=True):
        np.testing.assert_allclose(one.frames, other.frames, atol=2e-4)
        assert np.array_equal(one.durations, other.durations)  # type: ignore[arg-type]
    silent = SpeedySpeech.load(path, {**imported.config, "closing_pads": 0}, imported.mel_spec, "cpu")
    assert not np.allclose(silent.mels(utterances()[:1], SpeechOptions())[0].frames[:, -3:], one.frames[:, -3:])


def test_what_an_import_says_of_itself() -> None:
    stft = CONFIG["stft"]
    for imported in (student_importer([STUDENT], CONFIG), teacher_importer([TEACHER], CONFIG)):
        assert imported.kind == "acoustic"
        assert imported.mel_spec.hop_samples == stft["hop_size"]
        assert imported.mel_spec.n_mels == stft["n_mel"]
        assert imported.text == text_settings(CONFIG["alphabet_size"])


def test_our_own_words_do_as_well() -> None:
    ours = {
        "encoder_dilations": CONFIG["student"]["enc_dilations"],
        "decoder_dilations": CONFIG["student"]["dec_dilations"],
        "mean": CONFIG["stft"]["spec_mean"],
        "hop_samples": CONFIG["stft"]["hop_size"],
    }
    one, other = student_importer([STUDENT], ours), student_importer([STUDENT], CONFIG)
    assert (one.config, one.mel_spec.hop_samples) == (other.config, other.mel_spec.hop_samples)
    assert all(np.array_equal(one.tensors[name], other.tensors[name]) for name in other.tensors)


@pytest.mark.parametrize(("theirs", "ours"), [("ours", "utterance"), ("standard", "standard"), (None, "none"), (False, "none")])
def test_positions_have_a_name_of_our_own(theirs: object, ours: str) -> None:
    imported = student_importer([STUDENT], {**CONFIG, "student": {**CONFIG["student"], "pos_enc": theirs}})
    assert imported.config["positions"] == ours


def test_alphabets() -> None:
    assert len(set(PHONEMES)) == len(PHONEMES) == 78
    assert len(set(GRAPHEMES)) == len(GRAPHEMES) == 36
    phones, letters = text_settings(len(PHONEMES)), text_settings(len(GRAPHEMES))
    assert phones is not None
    assert letters is not None
    assert (phones.alphabet, phones.symbols, phones.marks) == ("arpabet-stress", PHONEMES, "apart")
    assert (letters.alphabet, letters.symbols, letters.marks) == ("graphemes", GRAPHEMES, "")
    assert text_settings(3) is None
    assert text_settings(3, ("_", "AA0", " ")) == text_settings(3, ["_", "AA0", " "])
    assert text_settings(3, ("_", "a", "a")) is None


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"student": {"channels": 18}}, "channels is 16 by its tensors, not 18"),
        ({"stft": {"n_mel": 80}}, "n_mels is 20 by its tensors, not 80"),
        ({"student": {"enc_dilations": [1]}}, "4 layers"),
        ({"student": {"pos_enc": "far"}}, "config.positions"),
        ({"alphabet": ["a", "b"]}, "symbols"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: dict[str, Any], message: str) -> None:
    merged = {**CONFIG, **{key: {**CONFIG.get(key, {}), **v} if isinstance(v, dict) else v for key, v in settings.items()}}
    message = message.replace("16", str(CONFIG["student"]["channels"])).replace("20", str(CONFIG["stft"]["n_mel"]))
    with pytest.raises(VoiceError, match=message.replace("4 layers", f"{len(CONFIG['student']['enc_dilations'])} layers")):
        student_importer([STUDENT], merged)


def test_only_one_file_is_one_network() -> None:
    for importer in (student_importer, teacher_importer):
        with pytest.raises(VoiceError, match="2 files"):
            importer([STUDENT, TEACHER], CONFIG)


def test_a_teacher_speaks_from_its_own_output(tmp_path: Path) -> None:
    imported = teacher_importer([TEACHER], CONFIG)
    plugin = SpeedySpeechTeacher.load(saved(imported, tmp_path), imported.config, imported.mel_spec, "cpu")
    ids = VECTORS["tea_phonemes"][0]
    [mel] = plugin.mels([ids], SpeechOptions())
    n_frames = mel.frames.shape[1]
    one = torch.from_numpy(ids)[None]
    unit, attention = load_teacher().generate(one, torch.tensor([len(ids)]), n_frames, window=1)
    low, high = CONFIG["stft"]["spec_min"], CONFIG["stft"]["spec_max"]
    np.testing.assert_allclose(mel.frames, low + unit[0].T.numpy() * (high - low), atol=1e-4)
    steps = attention[0].argmax(dim=-1)
    assert mel.durations is not None
    assert mel.durations.tolist() == torch.bincount(steps, minlength=len(ids)).tolist()
    rate = CONFIG["teacher"]["w"]
    assert n_frames == math.ceil(3 * rate * len(ids)) or mel.durations[-1] == math.ceil(rate)


def test_speaking_ends_when_the_last_symbol_has_rested(monkeypatch: pytest.MonkeyPatch) -> None:
    """With an attention that is drawn to the end, and so moves on by one symbol a frame."""
    monkeypatch.setattr(Attention, "logits", lambda self, queries, keys: torch.arange(6.0).expand(1, 1, 6))
    ids, lengths = torch.arange(1, 7)[None], torch.tensor([6])
    whole, attention = load_teacher().generate(ids, lengths, 50, window=1)
    assert attention[0].argmax(dim=-1)[:7].tolist() == [1, 2, 3, 4, 5, 5, 5]
    ended, _ = load_teacher().generate(ids, lengths, 50, window=1, dwell=3)
    assert (whole.shape[1], ended.shape[1]) == (50, 4 + 3)
    torch.testing.assert_close(ended, whole[:, :7])


def test_an_attention_that_does_not_move_on_ends_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Attention, "logits", lambda self, queries, keys: -torch.arange(6.0).expand(1, 1, 6))
    network = MelTeacher(load_teacher().config).eval()
    with torch.no_grad():
        log_mel, symbols = network(torch.arange(1, 7))
    assert len(log_mel) == len(symbols) == math.ceil(3 * network.teacher.config.frames_per_symbol * 6)
    assert not symbols.any()


def test_a_teacher_that_cannot_be_had(tmp_path: Path) -> None:
    imported = teacher_importer([TEACHER], CONFIG)
    path = saved(imported, tmp_path)
    with pytest.raises(VoiceError, match="names no weights"):
        SpeedySpeechTeacher.load(None, imported.config, imported.mel_spec, "cpu")
    with pytest.raises(DeviceError):
        SpeedySpeechTeacher.load(path, imported.config, imported.mel_spec, "cuda:99")
    with pytest.raises(VoiceError, match=r"config\.frames_per_symbol: 0\.0: it must be in"):
        SpeedySpeechTeacher.load(path, {**imported.config, "frames_per_symbol": 0.0}, imported.mel_spec, "cpu")
