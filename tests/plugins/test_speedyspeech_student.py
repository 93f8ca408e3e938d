"""SpeedySpeech's student in numpy, to speak, and in torch, to learn; random weights, the published ones are in parity."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from ttscli.contract import Mel, SpeechOptions
from ttscli.errors import DeviceError, VoiceError
from ttscli.melspec import MelSpec
from ttscli.nn.lengths import expand
from ttscli.nn.lite import read_tensors
from ttscli.nn.weights import read_weights, save_weights
from ttscli.testing import ACOUSTIC_MODEL_CHECKS, AcousticModelCheck, utterance
from ttscli_speedyspeech import speak
from ttscli_speedyspeech.config import Positions, StudentConfig
from ttscli_speedyspeech.gpu import TorchRuntime
from ttscli_speedyspeech.model import SpeedySpeech
from ttscli_speedyspeech.positional import frame_positions
from ttscli_speedyspeech.speak import LiteStudent
from ttscli_speedyspeech.student import MelStudent, round_durations

N_SYMBOLS = 12
BASE = StudentConfig(
    n_symbols=N_SYMBOLS,
    n_mels=6,
    channels=8,
    encoder_kernel=3,
    decoder_kernel=3,
    encoder_dilations=(1, 2),
    decoder_dilations=(1, 4),
    convs_per_block=1,
    positions="ends",
)
POSITIONS: tuple[Positions, ...] = get_args(Positions)
CONFIGS = [
    *(replace(BASE, positions=mode) for mode in POSITIONS),
    replace(BASE, encoder_kernel=4, decoder_kernel=2, convs_per_block=2),
    replace(BASE, encoder_kernel=1, decoder_kernel=5, encoder_dilations=(3,), decoder_dilations=(2, 2, 2)),
    replace(BASE, pitch=True, positions="utterance"),
]


def student(config: StudentConfig = BASE) -> MelStudent:
    """Random weights, norms that have seen data, and symbols that last a few frames, each another number of them."""
    torch.manual_seed(0)
    network = MelStudent(config).eval()
    for name, tensor in network.state_dict().items():
        if name.endswith(("running_mean", "running_var", "deviation")) or name == "mean":
            tensor.uniform_(0.5, 1.5)
    last = network.student.duration_predictor.layers[3]
    assert isinstance(last, torch.nn.Conv1d)
    with torch.no_grad():
        last.weight.mul_(3)
        assert last.bias is not None
        length = torch.tensor([40])
        encoded = network.student.encoder(torch.from_numpy(utterance(40, N_SYMBOLS))[None], length)
        last.bias.add_(1.2 - network.student.duration_predictor(encoded, length).mean())
    return network


def saved(config: StudentConfig, folder: Path) -> Path:
    save_weights(student(config), folder / "w.safetensors", torch.float32)
    return folder / "w.safetensors"


@torch.no_grad()
def in_torch(network: MelStudent, ids: np.ndarray, pace: float = 1.0) -> Mel:
    one, length = torch.from_numpy(ids)[None], torch.tensor([len(ids)])
    encoded = network.student.encoder(one, length)
    durations = round_durations(network.student.duration_predictor(encoded, length), length, pace)
    frames = network.log_mel(network.student.decode(encoded, durations))[0].T
    return Mel(frames.numpy(), durations[0].numpy())


def name(config: StudentConfig) -> str:
    return "-".join(f"{key}={value}" for key, value in asdict(config).items() if value != getattr(BASE, key)) or "base"


@pytest.mark.parametrize("config", CONFIGS, ids=name)
def test_numpy_and_torch_speak_alike(config: StudentConfig, tmp_path: Path) -> None:
    network, lite = student(config), LiteStudent(read_tensors(saved(config, tmp_path)), config)
    for length in (1, 2, 3, 4, 5, 23):
        ids = utterance(length, N_SYMBOLS)
        wanted, [made] = in_torch(network, ids), lite.mels([ids], 1.0)
        assert made.durations is not None
        assert made.durations.tolist() == wanted.durations.tolist()  # type: ignore[union-attr]
        np.testing.assert_allclose(made.frames, wanted.frames, atol=1e-4, err_msg=str(length))
        assert len(set(made.durations.tolist())) > 1 or length < 20


@pytest.mark.parametrize("config", CONFIGS, ids=name)
def test_a_batch_in_torch_is_single_utterances_in_numpy(config: StudentConfig, tmp_path: Path) -> None:
    path = saved(config, tmp_path)
    batch = [utterance(length, N_SYMBOLS) for length in (9, 1, 30, 4, 2)]
    together = TorchRuntime(path, config, "cpu").mels(batch, 1.0)
    alone = LiteStudent(read_tensors(path), config).mels(batch, 1.0)
    for one, other in zip(together, alone, strict=True):
        assert np.array_equal(one.durations, other.durations)  # type: ignore[arg-type]
        np.testing.assert_allclose(one.frames, other.frames, atol=1e-4)


@torch.no_grad()
def test_padding_does_not_leak_into_what_is_learned(tmp_path: Path) -> None:
    network, lengths = student(BASE), torch.tensor([30, 4, 11])
    ids = pad_sequence([torch.from_numpy(utterance(n, N_SYMBOLS)) for n in lengths.tolist()], batch_first=True)
    durations = (1 + ids % 3) * (ids > 0)
    outputs, log_durations = network(ids, durations, lengths)
    for item, n in enumerate(lengths.tolist()):
        alone, log_durations_alone = network(ids[item, None, :n], durations[item, None, :n], lengths[item, None])
        torch.testing.assert_close(outputs[item, : alone.shape[1]], alone[0])
        torch.testing.assert_close(log_durations[item, :n], log_durations_alone[0])


def load(weights: Path | None, device: str = "cpu", **config: Any) -> SpeedySpeech:
    table = {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(BASE).items()}
    del table["n_mels"]
    return SpeedySpeech.load(weights, table | config, MelSpec(n_mels=6), device)


@pytest.mark.parametrize("check", ACOUSTIC_MODEL_CHECKS)
def test_contract(check: AcousticModelCheck, tmp_path: Path) -> None:
    check(load(saved(BASE, tmp_path)), N_SYMBOLS)


@pytest.mark.parametrize("check", ACOUSTIC_MODEL_CHECKS)
def test_contract_in_torch(check: AcousticModelCheck, tmp_path: Path) -> None:
    runtime = TorchRuntime(saved(BASE, tmp_path), BASE, "cpu")
    check(SpeedySpeech(MelSpec(n_mels=6), runtime, StudentConfig()), N_SYMBOLS)


@pytest.mark.parametrize("pace", [0.5, 2.0, 1000.0])
def test_pace_divides_durations(pace: float, tmp_path: Path) -> None:
    path, ids = saved(BASE, tmp_path), utterance(40, N_SYMBOLS)
    plain, paced = (load(path).mels([ids], SpeechOptions(pace=p))[0].durations for p in (1.0, pace))
    assert plain is not None and paced is not None
    assert np.abs(paced - np.maximum(1, plain / pace)).max() <= 0.5 + 0.5 / pace
    [in_batch] = TorchRuntime(path, BASE, "cpu").mels([ids], pace)
    assert np.array_equal(in_batch.durations, paced)  # type: ignore[arg-type]


def test_symbols_that_nobody_counted_are_read_from_the_weights(tmp_path: Path) -> None:
    path, ids = saved(BASE, tmp_path), [utterance(5, N_SYMBOLS)]
    wanted = load(path).mels(ids, SpeechOptions())[0].frames
    [made] = TorchRuntime(path, replace(BASE, n_symbols=99), "cpu").mels(ids, 1.0)
    np.testing.assert_allclose(made.frames, wanted, atol=1e-4)


# Parts


def test_expand_holds_each_symbol() -> None:
    encoded = torch.arange(1.0, 7.0).view(1, 3, 2).repeat(2, 1, 1)
    held = expand(encoded, torch.tensor([[2, 0, 1], [1, 1, 3]]))
    assert held.tolist() == [[[1, 2], [1, 2], [5, 6], [0, 0], [0, 0]], [[1, 2], [3, 4], [5, 6], [5, 6], [5, 6]]]


@pytest.mark.parametrize("mode", POSITIONS)
def test_positions_in_numpy_and_torch(mode: Positions) -> None:
    durations, config = np.array([3, 1, 5, 2]), replace(BASE, positions=mode)
    wanted = frame_positions(torch.from_numpy(durations)[None], BASE.channels, mode)
    assert wanted.shape == (1, 11, BASE.channels)
    np.testing.assert_allclose(speak.frame_positions(durations, config), wanted[0].numpy(), atol=1e-5)


def test_positions_count_from_where_their_mode_says() -> None:
    durations = torch.tensor([[3, 2], [2, 0]])
    of = {mode: frame_positions(durations, 8, mode) for mode in POSITIONS}
    assert not of["none"].any()
    assert torch.equal(of["utterance"][0], of["standard"][0])
    assert not of["utterance"][1, 2:].any()  # after an item's end
    assert torch.equal(of["reset"][0, :2], of["reset"][0, 3:])  # the second symbol begins anew
    assert not torch.equal(of["reset"][0, 0], of["reset"][0, 1])
    first, last = of["ends"][0, :, :4], of["ends"][0, :, 4:]
    assert torch.equal(first[0], first[3])  # where symbols begin
    assert torch.equal(last[2], last[4])  # where they end
    assert torch.equal(first[:3], last[:3].flip(0))


def test_durations_are_rounded() -> None:
    log_durations = torch.tensor([[0.1, 2.5, 3.6, 7.4], [4.0, 9.9, 1.0, 1.0]]).log()
    rounded = round_durations(log_durations, torch.tensor([4, 2]))
    assert rounded.dtype == torch.int64
    assert rounded.tolist() == [[1, 2, 4, 7], [4, 10, 0, 0]]
    assert round_durations(log_durations, torch.tensor([4, 2]), pace=2.0).tolist() == [[1, 1, 2, 4], [2, 5, 0, 0]]


def test_statistics_stand_between_mel_and_network() -> None:
    network = student()
    mel = torch.randn(1, 5, 6)
    torch.testing.assert_close(network.log_mel(network.standardise(mel)), mel)
    with_pitch = torch.cat([network.standardise(mel), torch.randn(1, 5, 2)], dim=-1)
    torch.testing.assert_close(network.log_mel(with_pitch), mel)


# What does not fit


def altered(tensors: dict[str, Tensor], change: str) -> dict[str, Tensor]:
    match change:
        case "missing":
            del tensors["student.decoder.post_net1.0.bias"]
        case "extra":
            tensors["student.more"] = torch.zeros(1)
        case "misshapen":
            tensors["student.encoder.prenet.1.weight"] = torch.zeros(8, 7, 1)
        case "statistics":
            tensors["mean"] = torch.zeros(1)
    return tensors


@pytest.mark.parametrize(
    ("change", "tensor"),
    [
        ("missing", r"student\.decoder\.post_net1\.0\.bias"),
        ("extra", r"student\.more"),
        ("misshapen", r"student\.encoder\.prenet\.1\.weight"),
        ("statistics", "tensor mean"),
    ],
)
@pytest.mark.parametrize("runtime", ["numpy", "torch"])
def test_a_tensor_that_does_not_fit_is_named(change: str, tensor: str, runtime: str, tmp_path: Path) -> None:
    path = saved(BASE, tmp_path)
    save_weights(altered(read_weights(path), change), path, torch.float32)
    with pytest.raises(VoiceError, match=tensor):
        if runtime == "numpy":
            load(path)
        else:
            TorchRuntime(path, BASE, "cpu")


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"channel": 8}, "config.channel:"),
        ({"n_mels": 6}, "config.n_mels:"),
        ({"positions": "elsewhere"}, "config.positions:"),
        ({"closing_pads": -1}, "config.closing_pads: -1:"),
        ({"gain_db": 1e300}, "config.gain_db:"),
        ({"decoder_kernel": 5}, r"student\.decoder\.res_blocks\.0"),
        ({"encoder_dilations": [1]}, r"student\.encoder\.res_blocks\.1"),
        ({"pitch": True}, r"student\.decoder\.post_net2\.1\.weight"),
        ({"convs_per_block": 2}, r"blocks\.1"),
    ],
)
def test_a_config_that_does_not_fit_is_named(config: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match=message):
        load(saved(BASE, tmp_path), **config)


def test_it_needs_weights_and_a_device(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="names no weights"):
        load(None)
    with pytest.raises(DeviceError, match="cuda:99"):
        load(saved(BASE, tmp_path), "cuda:99")
