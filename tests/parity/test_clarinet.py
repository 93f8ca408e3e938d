"""Our ClariNet vocoders against arrays that the published program made; README.md beside the vectors gives the tolerances."""

import copy
import json
from functools import cache
from typing import Any, TypeVar

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tests.parity.reference import reference
from ttscli.importing import Imported
from ttscli.melbasis import mel_filterbank
from ttscli.nn.checkpoint import read_checkpoint, state_dict
from ttscli.nn.mel import LogMel
from ttscli.nn.weight_norm import weight_normed
from ttscli_clarinet.checkpoints import importer
from ttscli_clarinet.config import ClariNetConfig, clarinet_config
from ttscli_clarinet.frontend import PUBLISHED_MEL, conditioner
from ttscli_clarinet.incremental import Incremental
from ttscli_clarinet.layout import wavenet_tensors
from ttscli_clarinet.losses import frame_distance, kl_divergence, log_std_distance, magnitudes, negative_log_likelihood
from ttscli_clarinet.student import Flowed, Student
from ttscli_clarinet.teacher import Teacher
from ttscli_clarinet.wavenet import Gaussian

FOLDER = reference("clarinet")
CONFIG: dict[str, Any] = json.loads((FOLDER / "config.json").read_text(encoding="utf-8"))
TOLERANCE, GENERATION_TOLERANCE, FAR_TOLERANCE = 1e-4, 2e-5, 6e-2
LOSS = {"rtol": 1e-5, "atol": 1e-4}
NLL_CUT, KL_CUT, REGULARISER = (CONFIG[key] for key in ("nll_log_std_min", "kl_log_std_min", "lambda_reg"))


Network = TypeVar("Network", bound=nn.Module)


@cache
def vectors() -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {}
    for name in ("vectors.npz", "frontend.npz"):
        with np.load(FOLDER / name, allow_pickle=False) as file:
            arrays |= file
    return arrays


def named(start: str) -> list[str]:
    return sorted(name for name in vectors() if name.startswith(start))


FLOWS = [f"flow{j}_out" for j in range(len(CONFIG["student"]["num_blocks_student"]))]
GRADIENTS, COLDER = named("grad__"), named("student_audio_temp")
TEACHER = ("teacher_out", "teacher_mean", "teacher_logstd", "teacher_on_student")
INSIDE = ("upsample_stage1", "teacher_front", "teacher_block0_res", "teacher_block0_skip", "teacher_skip_sum", "teacher_last_res")
LIKELIHOODS = ("nll_per_sample", "nll_mean", "nll_sum", "nll2_per_sample", "nll2_mean")
GENERATED = ("gen_audio", "gen_params", "gen_audio_zero_noise")
STUDENT = ("student_audio", "mu_tot", "logs_tot", *FLOWS, *COLDER)
DIVERGENCES = ("kl_qp_per_step", "kl_reg_per_step", "kl_qp_losses", "kl_pq_per_step", "kl_pq_losses")
SPECTRA = ("stft_student_mag", "stft_truth_mag", "stft_student_log", "frame_loss")
TOTALS = ("total_loss_qp", "grad_global_norm", *GRADIENTS)
FRONT_END = ("audio_out", "mel_out", "mel_basis")

COMPARED = {"c_up", *TEACHER, *INSIDE, *LIKELIHOODS, *GENERATED, *STUDENT, *DIVERGENCES, *SPECTRA, *TOTALS, *FRONT_END}
NOT_COMPARED = {
    **dict.fromkeys(("mel", "audio"), "input of the teacher"),
    "z": "input of the student",
    "nll2_target": "input of nll2_*",
    **dict.fromkeys(("gen_mel", "gen_noise"), "input of gen_*"),
    "wav_in": "input of the front end",
}


def test_every_array_is_compared_or_its_reason_given() -> None:
    assert set(vectors()) == COMPARED | set(NOT_COMPARED)
    assert not COMPARED & set(NOT_COMPARED)
    assert FLOWS and GRADIENTS and COLDER


def given(name: str) -> Tensor:
    """An array; a wave (B, 1, T) as (B, T)."""
    tensor = torch.from_numpy(vectors()[name])
    return tensor.squeeze(1) if tensor.ndim == 3 and tensor.shape[1] == 1 else tensor


def recorded(name: str) -> Gaussian:
    """(B, 2, T) → 2 × (B, T)."""
    return Gaussian(*given(name).unbind(dim=1))


def require_close(made: Tensor | NDArray[Any], name: str, atol: float = TOLERANCE, rtol: float = 0.0) -> None:
    wanted = vectors()[name]
    array = made.detach().numpy() if isinstance(made, Tensor) else made
    np.testing.assert_allclose(array.reshape(wanted.shape), wanted, rtol=rtol, atol=atol, err_msg=name)


def relative(name: str) -> float:
    """A tolerance of 1e-4 of the largest value."""
    return 1e-4 * float(np.abs(vectors()[name]).max())


@cache
def part(*files: str) -> Imported:
    return importer([FOLDER / name for name in files], CONFIG)


def config(read: Imported) -> ClariNetConfig:
    return clarinet_config(read.config, read.mel_spec)


def filled(network: Network, read: Imported) -> Network:
    network.load_state_dict({name: torch.from_numpy(array) for name, array in read.tensors.items()})
    return network.eval().requires_grad_(False)


@cache
def teacher() -> Teacher:
    read = part("teacher.pth")
    return filled(Teacher(config(read)), read)


@cache
def student() -> Student:
    read = part("student.pth", "teacher.pth")
    return filled(Student(config(read)), read)


@cache
def flowed() -> Flowed:
    return student().advance(given("z"), given("c_up"), student().beginning(len(given("z"))))[0]


def test_sizes() -> None:
    """Hop, front end, receptive fields and parameters are those that the published program counted."""
    hop_samples = CONFIG["hop"]
    assert part("teacher.pth").mel_spec.hop_samples == teacher().upsampler.hop_samples == hop_samples
    assert part("teacher.pth").mel_spec.sample_rate_hz == CONFIG["sample_rate"]
    assert teacher().wavenet.config.reach_samples == CONFIG["teacher_receptive_field"]
    reaches = (sizes.reach_samples for sizes in config(part("student.pth", "teacher.pth")).wavenets)
    assert sum(reach - 1 for reach in reaches) + 1 == CONFIG["student_receptive_field"]
    assert sum(map(torch.numel, weight_normed(teacher()).parameters())) == CONFIG["teacher_params"]
    assert sum(map(torch.numel, weight_normed(student().flows).parameters())) == CONFIG["student_params"]


@pytest.mark.parametrize("name", TEACHER)
def test_teacher(name: str) -> None:
    heard = given("student_audio" if name == "teacher_on_student" else "audio")
    mean, log_std = teacher()(heard, given("mel"))
    made = {"teacher_mean": mean, "teacher_logstd": log_std}
    require_close(made.get(name, torch.stack([mean, log_std], dim=1)), name)


def test_inside_of_the_teacher() -> None:
    seen: list[Tensor] = []
    made: list[tuple[Tensor, Tensor]] = []
    stages: list[Tensor] = []
    network = copy.deepcopy(teacher())
    network.upsampler.layers[1].register_forward_pre_hook(lambda _, inputs: stages.append(inputs[0]))
    for block in network.wavenet.blocks:
        block.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
        block.register_forward_hook(lambda _, __, outputs: made.append(outputs[:2]))
    require_close(network.upsampler(given("mel")), "c_up")
    network(given("audio"), given("mel"))
    length = vectors()["teacher_front"].shape[2]
    require_close(stages[0], "upsample_stage1")
    of_blocks = {
        "teacher_front": seen[0],
        "teacher_block0_res": made[0][0],
        "teacher_block0_skip": made[0][1],
        "teacher_skip_sum": torch.stack([skipped for _, skipped in made]).sum(dim=0),
        "teacher_last_res": made[-1][0],
    }
    for name, tensor in of_blocks.items():
        require_close(tensor[:1, :, :length], name)


def test_likelihood_of_the_teacher() -> None:
    """From the recorded distribution; the second target is near its mean, so that a wrong cut is seen."""
    out = recorded("teacher_out")
    shifted = negative_log_likelihood(Gaussian(*(x[:, :-1] for x in out)), given("audio")[:, 1:], NLL_CUT)
    require_close(shifted, "nll_per_sample", **LOSS)
    require_close(shifted.mean(), "nll_mean", **LOSS)
    require_close(shifted.mean(dim=1).sum(), "nll_sum", **LOSS)
    near = negative_log_likelihood(out, given("nll2_target").squeeze(2), NLL_CUT)
    require_close(near, "nll2_per_sample", **LOSS)
    require_close(near.mean(), "nll2_mean", **LOSS)


def test_likelihood_from_our_own_teacher() -> None:
    out = teacher()(given("audio"), given("mel"))
    near = negative_log_likelihood(out, given("nll2_target").squeeze(2), NLL_CUT)
    require_close(near, "nll2_per_sample", atol=FAR_TOLERANCE)
    require_close(near.mean(), "nll2_mean", atol=1e-3)


@pytest.mark.parametrize(("name", "share"), [("gen_audio", 1.0), ("gen_audio_zero_noise", 0.0)])
def test_generation(name: str, share: float) -> None:
    noise = vectors()["gen_noise"][None] * np.float32(share)
    conditions = teacher().upsampler(given("gen_mel"))[..., : noise.shape[1]].numpy()
    incremental = Incremental(teacher().wavenet)
    samples, _ = incremental.advance(conditions, noise, incremental.beginning(1))
    require_close(samples, name, atol=GENERATION_TOLERANCE)


def test_distributions_while_generating() -> None:
    """The samples, one late, heard at once."""
    heard = nn.functional.pad(given("gen_audio")[None, :-1], (1, 0))
    conditions = teacher().upsampler(given("gen_mel"))[..., : heard.shape[1]]
    require_close(torch.stack([x[0] for x in teacher().wavenet(heard, conditions)]), "gen_params")


def test_student() -> None:
    require_close(flowed().waves, "student_audio")
    require_close(flowed().distribution.mean[:, 1:], "mu_tot")
    require_close(flowed().distribution.log_std[:, 1:], "logs_tot")


@pytest.mark.parametrize("name", COLDER)
def test_student_at_another_temperature(name: str) -> None:
    temperature = float(name.removeprefix("student_audio_temp"))
    require_close(student()(temperature * given("z"), given("c_up")).waves, name)


def test_flows() -> None:
    x = given("z")
    for name, flow in zip(FLOWS, student().flows, strict=True):
        mean, log_std = flow(x, given("c_up"))
        require_close(torch.stack([mean, log_std], dim=1), name)
        x = nn.functional.pad(x[:, 1:] * log_std[:, :-1].exp() + mean[:, :-1], (1, 0))


def test_divergences() -> None:
    q = Gaussian(given("mu_tot"), given("logs_tot"))
    p = Gaussian(*(x[:, :-1] for x in recorded("teacher_on_student")))
    distance = log_std_distance(q, p)
    require_close(distance, "kl_reg_per_step", **LOSS)
    for way, kl in (("qp", kl_divergence(q, p, KL_CUT)), ("pq", kl_divergence(p, q, KL_CUT))):
        require_close(kl, f"kl_{way}_per_step", **LOSS)
        means = [kl.mean() + REGULARISER * distance.mean(), kl.mean(), distance.mean()]
        require_close(torch.stack(means), f"kl_{way}_losses", **LOSS)


def test_frames() -> None:
    """Of recorded waves."""
    made, real = given("student_audio")[:, 1:], given("audio")[:, 1:]
    for name, waves in (("stft_student_mag", made), ("stft_truth_mag", real)):
        require_close(magnitudes(waves, "rectangular"), name, atol=relative(name))
    require_close(2 * magnitudes(made, "rectangular").log(), "stft_student_log", rtol=1e-4, atol=1e-3)
    require_close(frame_distance(made, real, "rectangular"), "frame_loss", rtol=1e-4)


def test_gradients() -> None:
    """Of the whole distillation, through the teacher, with respect to lengths and directions of the student's weights."""
    content = state_dict(read_checkpoint(FOLDER / "student.pth"), "student.pth", "state_dict")
    network = weight_normed(student(), lambda name: name.startswith("flows."))
    network.flows.requires_grad_(True)
    network.flows.load_state_dict(renamed(content))
    made = network(given("z"), given("c_up"))
    p = Gaussian(*(x[:, :-1] for x in teacher()(made.waves, given("mel"))))
    q = Gaussian(*(x[:, 1:] for x in made.distribution))
    divergence = kl_divergence(q, p, KL_CUT).mean() + REGULARISER * log_std_distance(q, p).mean()
    total = divergence + frame_distance(made.waves[:, 1:], given("audio")[:, 1:], "rectangular")
    total.backward()
    require_close(total, "total_loss_qp", rtol=1e-4)
    gradients = {name: parameter.grad for name, parameter in network.flows.named_parameters() if parameter.grad is not None}
    norm = torch.stack([gradient.norm() for gradient in gradients.values()]).norm()
    require_close(norm, "grad_global_norm", rtol=1e-4)
    for name in GRADIENTS:
        ours = published_order(content, gradients)[name.removeprefix("grad__")]
        require_close(ours, name, atol=relative(name))


def renamed(content: dict[str, Tensor]) -> dict[str, Tensor]:
    """Lengths and directions of all flows under our names and notation."""
    tensors: dict[str, Tensor] = {}
    for j in range(len(FLOWS)):
        flow = {name.removeprefix(f"iafs.{j}."): value for name, value in content.items() if name.startswith(f"iafs.{j}.")}
        tensors |= {f"{j}.{name}": value for name, value in wavenet_tensors(flow).items()}
    ours = {".weight_g": ".parametrizations.weight.original0", ".weight_v": ".parametrizations.weight.original1"}
    return {name.removesuffix(name[-9:]) + ours.get(name[-9:], name[-9:]): value for name, value in tensors.items()}


def published_order(content: dict[str, Tensor], gradients: dict[str, Tensor]) -> dict[str, Tensor]:
    """Gradients of our tensors → of theirs: numbers in the place of values say where each of them has gone."""
    first, numbers = 0, {}
    for name, tensor in content.items():
        numbers[name] = torch.arange(first, first + tensor.numel()).reshape(tensor.shape)
        first += tensor.numel()
    flat = torch.zeros(first)
    for name, places in renamed(numbers).items():
        flat[places] = gradients[name]
    return {name: flat[places] for name, places in numbers.items()}


def test_front_end() -> None:
    """The recording's peak is just below 1; its mel is made without the silence at both ends that makes it as long."""
    wave = vectors()["wav_in"] * np.float32(0.999 / np.abs(vectors()["wav_in"]).max())
    hop_samples = PUBLISHED_MEL.hop_samples
    missing = (len(wave) // hop_samples + 1) * hop_samples - len(wave)
    require_close(np.pad(wave, (missing // 2, missing - missing // 2)), "audio_out", atol=1e-6)
    mel = conditioner(LogMel(PUBLISHED_MEL)(torch.from_numpy(wave)[None])[0], PUBLISHED_MEL.floor)
    require_close(mel.T, "mel_out")
    require_close(np.asarray(mel_filterbank(PUBLISHED_MEL)), "mel_basis", atol=1e-7)
