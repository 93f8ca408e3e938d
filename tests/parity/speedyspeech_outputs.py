"""What our SpeedySpeech makes of the reference inputs: for every array of vectors.npz that is not an input, our own.

Sizes come from the material itself: config.json, the checkpoints and the inputs.

Letters: B batch, N symbols, T frames, C channels, M mel bands.
"""

import functools
import json
from collections.abc import Callable
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tests.parity.reference import reference
from tests.parity.speedyspeech_front_end import for_melgan, log_mels
from ttscli.melspec import MelSpec
from ttscli.nn.lengths import expand
from ttscli.nn.mel import LogMel
from ttscli_speedyspeech.checkpoints import read_student, read_teacher
from ttscli_speedyspeech.config import StudentConfig
from ttscli_speedyspeech.durations import durations, visits
from ttscli_speedyspeech.losses import duration_huber, guided_attention, masked_l1, ssim_loss
from ttscli_speedyspeech.positional import frame_positions, positional_encoding
from ttscli_speedyspeech.scale import Scale
from ttscli_speedyspeech.schedule import noam_lr
from ttscli_speedyspeech.student import MelStudent, Student, round_durations
from ttscli_speedyspeech.teacher import Teacher, TeacherConfig

FOLDER = reference("speedyspeech")
VECTORS: dict[str, NDArray[Any]] = dict(np.load(FOLDER / "vectors.npz"))
CONFIG: dict[str, Any] = json.loads((FOLDER / "config.json").read_text(encoding="utf-8"))

Outputs = dict[str, Any]
"""Name in vectors.npz → our array: a Tensor, or what numpy can make an array of."""


def given(name: str) -> Tensor:
    """An array of vectors.npz."""
    return torch.from_numpy(VECTORS[name])


def load_student() -> Student:
    """The reference student, ready to speak."""
    stated = CONFIG["student"]
    config, arrays = read_student(
        FOLDER / "checkpoint.pth",
        StudentConfig(
            encoder_dilations=tuple(stated["enc_dilations"]),
            decoder_dilations=tuple(stated["dec_dilations"]),
            positions="utterance" if stated["pos_enc"] == "ours" else "none",
        ),
    )
    student = Student(config)
    student.load_state_dict({name: torch.from_numpy(array) for name, array in arrays.items()})
    return student.eval()


def load_teacher() -> Teacher:
    """The reference teacher, ready to listen."""
    stated = CONFIG["teacher"]
    config, arrays = read_teacher(
        FOLDER / "teacher_checkpoint.pth",
        TeacherConfig(
            text_dilations=tuple(stated["dilations_txt_enc"]),
            audio_dilations=tuple(stated["dilations_audio_enc"]),
            decoder_dilations=tuple(stated["dilations_dec"]),
            frames_per_symbol=stated["w"],
        ),
    )
    teacher = Teacher(config)
    teacher.load_state_dict({name: torch.from_numpy(array) for name, array in arrays.items()})
    return teacher.eval()


def scale() -> Scale:
    stft = CONFIG["stft"]
    return Scale(stft["spec_mean"], stft["spec_std"], stft["spec_min"], stft["spec_max"])


def statistics() -> MelStudent:
    """A student that knows the mean and deviation of the published mels; its weights are of no use."""
    network = MelStudent(StudentConfig(n_mels=CONFIG["stft"]["n_mel"], channels=2))
    network.mean.fill_(scale().mean)
    network.deviation.fill_(scale().deviation)
    return network


def log_mel() -> LogMel:
    stft = CONFIG["stft"]
    names = ("sample_rate", "n_fft", "hop_size", "win_size", "n_mel", "mel_fmin", "mel_fmax", "clip_val")
    return LogMel(MelSpec(*(stft[name] for name in names)))


def listen(kept: Outputs, name: str, module: nn.Module) -> None:
    """Keep the output (B, C, time) of `module` as kept[name] (B, time, C) when it runs."""

    def keep(_module: nn.Module, _inputs: object, output: Tensor) -> None:
        kept[name] = output.transpose(1, 2)  # (B, C, time) → (B, time, C)

    module.register_forward_hook(keep)


# The published program takes all items of a batch to be as long as the longest, so that padding leaks into the others.


def encode(student: Student, ids: Tensor) -> tuple[Tensor, Tensor]:
    """Int64 (B, N) → encoded (B, C, N) and log durations (B, N)."""
    n_symbols = torch.full((len(ids),), ids.shape[1])
    encoded = student.encoder(ids, n_symbols)
    return encoded, student.duration_predictor(encoded, n_symbols)


def decode(student: Student, encoded: Tensor, durations: Tensor) -> Tensor:
    """Encoded (B, C, N), int64 (B, N) → standardised mel (B, T, M)."""
    expanded = expand(encoded.transpose(1, 2), durations)  # (B, C, N) → (B, T, C)
    expanded = expanded + frame_positions(durations, student.config.channels, student.config.positions)
    n_frames = torch.full((len(expanded),), expanded.shape[1])
    mel: Tensor = student.decoder(expanded.transpose(1, 2), n_frames).transpose(1, 2)  # (B, T, C) → (B, C, T) → (B, T, M)
    return mel


@torch.no_grad()
def speak(student: Student, ids: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """As the published program speaks: encoded (B, C, N), log durations and durations (B, N), standardised mel (B, T, M)."""
    encoded, log_durations = encode(student, ids)
    lasting = round_durations(log_durations, lengths)
    return encoded, log_durations, lasting, decode(student, encoded, lasting)


def student_batch() -> Outputs:
    ours: Outputs = {}
    student = load_student()
    listen(ours, "stu_prenet", student.encoder.prenet[-1])
    listen(ours, "stu_enc_resblock0", student.encoder.res_blocks[0])
    listen(ours, "stu_enc_resblocks", student.encoder.res_blocks[-1])
    listen(ours, "stu_dec_resblocks", student.decoder.res_blocks[-1])
    encoded, log_durations, lasting, mel = speak(student, given("stu_phonemes"), given("stu_plen"))
    channels = student.config.channels
    nopos = expand(encoded.transpose(1, 2), lasting)  # (B, C, N) → (B, T, C)
    positions = frame_positions(lasting, channels, "utterance")
    return ours | {
        "stu_encoder": encoded.transpose(1, 2),  # (B, C, N) → (B, N, C)
        "stu_log_durations": log_durations,
        "stu_durations": lasting,
        "stu_expanded_nopos": nopos,
        "stu_pos_ours": positions,
        "stu_pos_reset": frame_positions(lasting, channels, "reset"),
        "stu_pos_standard": frame_positions(lasting, channels, "standard")[0],
        "stu_expanded": nopos + positions,
        "stu_spec_std": mel,
        "stu_mel_for_melgan": for_melgan(statistics().log_mel(mel), lasting.sum(1), scale().low),
    }


def student_alone() -> Outputs:
    _, _, lasting, mel = speak(load_student(), given("stu1_phonemes"), given("stu_plen")[2:3])
    return {"stu1_spec_std": mel, "stu1_durations": lasting}


class _Exponentiated(Tensor):
    """Log durations of which exp is known to the last bit: halves must stay halves."""

    def exp(self) -> Self:
        return self


def rounding() -> Outputs:
    log_durations = given("stu_rounding_in").as_subclass(_Exponentiated)
    return {"stu_rounding_out": round_durations(log_durations, given("stu_rounding_plen")).as_subclass(Tensor)}


def student_losses(student: Student) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Predicted mel and log durations with the true durations; L1, SSIM and Huber."""
    encoded, log_durations = encode(student, given("loss_phonemes"))
    mel = decode(student, encoded, given("loss_durations"))
    target, n_frames = given("loss_target_spec"), given("loss_slen")
    l1, ssim = masked_l1(mel, target, n_frames), ssim_loss(mel, target, n_frames)
    return mel, log_durations, l1, ssim, duration_huber(log_durations, given("loss_durations"), given("loss_plen"))


def student_judged() -> Outputs:
    names = ("loss_pred_spec", "loss_pred_log_durations", "loss_l1", "loss_ssim", "loss_huber")
    ours: Outputs = dict(zip(names, student_losses(load_student()), strict=True))
    target = given("loss_target_spec")
    return ours | {"loss_ssim_identical": ssim_loss(target, target, given("loss_slen"))}


def student_trained() -> Outputs:
    student = load_student().train()
    mel, log_durations, l1, ssim, huber = student_losses(student)
    torch.autograd.backward(huber, retain_graph=True)
    huber_stays = all(parameter.grad is None for parameter in student.encoder.parameters())
    student.zero_grad()
    total = l1 + ssim + huber
    torch.autograd.backward(total)
    gradients = [parameter.grad for parameter in student.parameters() if parameter.grad is not None]
    return {
        "train_pred_spec": mel,
        "train_pred_log_durations": log_durations,
        "train_l1": l1,
        "train_ssim": ssim,
        "train_huber": huber,
        "train_total": total,
        "train_huber_grad_is_none_for_encoder": huber_stays,
        "train_grad_embedding": student.get_parameter("encoder.prenet.0.weight").grad,
        "train_grad_durpred_out": student.get_parameter("duration_predictor.layers.3.weight").grad,
        "train_grad_global_norm": torch.stack([gradient.norm() for gradient in gradients]).norm(),
        "train_bn_running_mean_after": student.get_buffer("decoder.post_net2.0.blocks.1.3.running_mean"),
        "train_bn_running_var_after": student.get_buffer("decoder.post_net2.0.blocks.1.3.running_var"),
    }


def front_end() -> Outputs:
    mel_of = log_mel()
    mels, n_frames = log_mels([given("fe_wav0"), given("fe_wav1")], mel_of)
    return {
        "fe_logmel": mels,
        "fe_slen": n_frames,
        "fe_standardised": statistics().standardise(mels.transpose(1, 2)).transpose(1, 2),  # (B, M, T) → (B, T, M) and back
        "fe_minmax": scale().unit(mels),
        "fe_mel_basis": mel_of.basis,
    }


@torch.no_grad()
def teacher_forced() -> Outputs:
    ours: Outputs = {}
    teacher = load_teacher()
    listen(ours, "tea_queries", teacher.audio_encoder)
    ids, n_symbols, mels, n_frames = (given(f"tea_{name}") for name in ("phonemes", "plen", "spec", "slen"))
    keys, values = teacher.txt_encoder.encode(ids)
    decoded, attention = teacher(ids, n_symbols, mels)
    channels = teacher.config.channels
    sigma = float(VECTORS["tea_guided_sigma"])
    return ours | {
        "tea_keys": keys.transpose(1, 2),  # (B, C, N) → (B, N, C)
        "tea_values": values.transpose(1, 2),  # (B, C, N) → (B, N, C)
        "tea_pos_keys": positional_encoding(ids.shape[1], channels, teacher.config.frames_per_symbol),
        "tea_pos_queries": positional_encoding(mels.shape[1], channels),
        "tea_attention": attention,
        "tea_decoded": decoded,
        "tea_l1": masked_l1(decoded, mels, n_frames),
        "tea_guided": guided_attention(attention, n_frames, n_symbols, sigma),
        "tea_guided_cfgsigma": guided_attention(attention, n_frames, n_symbols, CONFIG["teacher"]["sigma"]),
    }


def teacher_sequential() -> Outputs:
    teacher = load_teacher()
    ids, n_symbols, mels = given("tea_phonemes"), given("tea_plen"), given("tea_spec")
    n_free = len(VECTORS["tea_free_decoded"][0])
    ours: Outputs = {}
    ours["tea_ext_decoded"], ours["tea_ext_attention"] = teacher.align(ids, mels, window=1)
    ours["tea_free_decoded"], ours["tea_free_attention"] = teacher.generate(ids, n_symbols, n_free)
    ours["tea_free_w3_decoded"], ours["tea_free_w3_attention"] = teacher.generate(ids, n_symbols, n_free, window=3)
    return ours


def extraction() -> Outputs:
    ours: Outputs = {}
    sizes = zip(VECTORS["fert_slen"], VECTORS["fert_plen"], strict=True)
    for item, (n_frames, n_symbols) in enumerate(sizes):
        attention = VECTORS["fert_alignments"][item, :n_frames, :n_symbols].copy()
        attention[~attention.any(axis=1), -1] = 1  # a frame that has walked on into the padding
        ours[f"fert_raw{item}"] = visits(attention)
        ours[f"fert_smooth{item}"] = durations(attention)
    return ours


def learning_rates() -> Outputs:
    return {"noam_lr": [noam_lr(epoch) for epoch in range(len(VECTORS["noam_lr"]))]}


_MAKERS: tuple[Callable[[], Outputs], ...] = (
    student_batch,
    student_alone,
    rounding,
    student_judged,
    student_trained,
    front_end,
    teacher_forced,
    teacher_sequential,
    extraction,
    learning_rates,
)


@functools.cache
def outputs() -> dict[str, NDArray[Any]]:
    """All of our arrays by the names of vectors.npz, computed as the reference was: in one thread (tests/conftest.py)."""
    made = {name: value for maker in _MAKERS for name, value in maker().items()}
    return {name: value.detach().numpy() if isinstance(value, Tensor) else np.asarray(value) for name, value in made.items()}
