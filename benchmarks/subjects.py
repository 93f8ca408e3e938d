"""What is measured: each architecture in the sizes of its recipes, with random weights."""

import math
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ttscli import registry
from ttscli.config import read_config
from ttscli.melspec import MelSpec
from ttscli_clarinet.config import clarinet_config
from ttscli_clarinet.student import Student as ClariNetStudent
from ttscli_clarinet.teacher import Teacher as ClariNetTeacher
from ttscli_clarinet.text_to_wave import DistilledTextToWave, TextToWave
from ttscli_clarinet.text_to_wave_config import text_to_wave_config
from ttscli_glowtts.config import glow_tts_config
from ttscli_glowtts.network import GlowTts
from ttscli_melgan.config import melgan_config
from ttscli_melgan.generator import Generator
from ttscli_nhv.config import NhvConfig
from ttscli_nhv.network import FilterEstimator
from ttscli_speedyspeech.config import StudentConfig
from ttscli_speedyspeech.student import MelStudent
from ttscli_speedyspeech.teacher import TeacherConfig
from ttscli_speedyspeech.teacher_model import MelTeacher
from ttscli_talknet.config import talknet_config
from ttscli_talknet.network import Networks
from ttscli_waveglow.config import waveglow_config
from ttscli_waveglow.network import WaveGlow

PLUGINS = Path(__file__).parent.parent / "plugins"
SPEC = MelSpec()
SYMBOLS_PER_S = 13.5
"""Letters and phones in a second of LJ Speech."""
FRAMES_PER_SYMBOL = SPEC.sample_rate_hz / SPEC.hop_samples / SYMBOLS_PER_S

Table = Mapping[str, Any]


@dataclass(frozen=True)
class Architecture:
    """A plugin, and how to look at its network.

    Attributes:
        group, name: its entry point.
        build: config table → the network with plain weights; None where there is none.
        symbols_per_s: how many symbols it reads; 0 for a vocoder.
        heads: layers that are made to answer a constant, so that random weights speak at a usual pace: name → that answer.
        in_torch: speaks once in torch, where the plugin itself does not: network, ids (N,), mel (M, T) → frames.
    """

    group: str
    name: str
    build: Callable[[Table], nn.Module] | None
    symbols_per_s: float = 0.0
    heads: Mapping[str, float] = field(default_factory=dict)
    in_torch: Callable[[Any, Tensor, Tensor], int] | None = None


@dataclass(frozen=True)
class Subject:
    """An architecture in one size: how the table calls it, its config, and how many seconds of audio it makes in one run."""

    architecture: Architecture
    size: str
    config: Table
    seconds: float


def _student_in_torch(network: MelStudent, ids: Tensor, mel: Tensor) -> int:
    durations = torch.full_like(ids, round(FRAMES_PER_SYMBOL))
    network(ids[None], durations[None], torch.tensor([len(ids)]))
    return int(durations.sum())


def _estimator_in_torch(network: FilterEstimator, ids: Tensor, mel: Tensor) -> int:
    network(mel[None])
    return mel.shape[1]


def _teacher_in_torch(network: ClariNetTeacher, ids: Tensor, mel: Tensor) -> int:
    network(torch.zeros(1, mel.shape[1] * SPEC.hop_samples), mel[None])
    return mel.shape[1]


def _text_to_wave_in_torch(network: TextToWave | DistilledTextToWave, ids: Tensor, mel: Tensor) -> int:
    hidden = network.speak(ids).hidden
    if isinstance(network, TextToWave):
        return _teacher_in_torch(network.vocoder, ids, hidden)
    network.vocoder(torch.zeros(1, hidden.shape[1] * SPEC.hop_samples), network.vocoder.upsampler(hidden[None]))
    return hidden.shape[1]


def _clarinet(table: Table) -> nn.Module:
    config = clarinet_config(table, SPEC)
    return ClariNetTeacher(config) if config.kind == "teacher" else ClariNetStudent(config)


def _text_to_wave(table: Table) -> nn.Module:
    config = text_to_wave_config(table, SPEC)
    return TextToWave(config) if config.vocoder.kind == "teacher" else DistilledTextToWave(config)


TALKNET = Architecture(
    registry.ACOUSTIC_MODELS,
    "talknet",
    lambda table: Networks(talknet_config(table, SPEC, n_symbols=59)),
    symbols_per_s=2 * SYMBOLS_PER_S,  # every second one is a blank
    heads={"durations.head": math.log(FRAMES_PER_SYMBOL / 2 + 1)},
)
GLOW_TTS = Architecture(
    registry.ACOUSTIC_MODELS,
    "glow-tts",
    lambda table: GlowTts(glow_tts_config(table, n_symbols=148, n_mels=SPEC.n_mels)),
    symbols_per_s=SYMBOLS_PER_S,
    heads={"duration_predictor.outlet": math.log(FRAMES_PER_SYMBOL - 0.5)},  # rounded up
)
STUDENT = Architecture(
    registry.ACOUSTIC_MODELS,
    "speedyspeech",
    lambda table: MelStudent(read_config(StudentConfig, table, n_symbols=78, n_mels=SPEC.n_mels)),
    symbols_per_s=SYMBOLS_PER_S,
    heads={"student.duration_predictor.layers.3": math.log(FRAMES_PER_SYMBOL)},
    in_torch=_student_in_torch,
)
TEACHER = Architecture(
    registry.ACOUSTIC_MODELS,
    "speedyspeech-teacher",
    lambda table: MelTeacher(read_config(TeacherConfig, table, n_symbols=78, n_mels=SPEC.n_mels)),
    symbols_per_s=SYMBOLS_PER_S / 3,  # its attention does not move on, and it gives up after three times as long
)
WAVEGLOW = Architecture(registry.VOCODERS, "waveglow", lambda table: WaveGlow(waveglow_config(table, SPEC)))
CLARINET = Architecture(registry.VOCODERS, "clarinet", _clarinet)
CLARINET_TEACHER = Architecture(registry.VOCODERS, "clarinet", _clarinet, in_torch=_teacher_in_torch)
MELGAN = Architecture(registry.VOCODERS, "melgan", lambda table: Generator(melgan_config(table, SPEC)))
NHV = Architecture(
    registry.VOCODERS,
    "nhv",
    lambda table: FilterEstimator(read_config(NhvConfig, table, n_mels=SPEC.n_mels)),
    in_torch=_estimator_in_torch,
)
GRIFFIN_LIM = Architecture(registry.VOCODERS, "griffin-lim", None)
TEXT_TO_WAVE = Architecture(
    registry.TEXT_TO_WAVE,
    "clarinet",
    _text_to_wave,
    symbols_per_s=SYMBOLS_PER_S / 3,  # as the teacher of SpeedySpeech
    heads={"decoder.done": -10.0},
    in_torch=_text_to_wave_in_torch,
)


def recipe(path: str) -> dict[str, Any]:
    """The config that a recipe trains: its table [network], without the tables in it, which tell how to train."""
    table = tomllib.loads((PLUGINS / path).read_text(encoding="utf-8")).get("network", {})
    return {key: value for key, value in table.items() if not isinstance(value, dict)}


def student(size: str) -> dict[str, Any]:
    """ClariNet's flows."""
    return {"kind": "student", **recipe(f"ttscli_clarinet/recipes/{size}.toml")}


def text_to_wave(size: str, distilled: bool = False) -> dict[str, Any]:
    """ClariNet as a whole, with its WaveNet, or with flows in the place of it. It may end at once: its WaveNet is slow."""
    table = {"n_symbols": 60, **recipe(f"ttscli_clarinet/text_to_wave_recipes/{size}.toml"), "least_steps": 0}
    if not distilled:
        return table
    own = {key: value for key, value in table.items() if not key.startswith("vocoder_")}
    return own | {f"vocoder_{key}": value for key, value in student(size).items()}


SUBJECTS = (
    Subject(TALKNET, "published", recipe("ttscli_talknet/recipes/published.toml"), 10.0),
    Subject(TALKNET, "fast", recipe("ttscli_talknet/recipes/fast.toml"), 10.0),
    Subject(STUDENT, "published", {}, 10.0),
    Subject(STUDENT, "fast", recipe("ttscli_speedyspeech/recipes/fast.toml"), 10.0),
    Subject(TEACHER, "published", recipe("ttscli_speedyspeech/teacher_recipes/published.toml"), 3.0),
    Subject(GLOW_TTS, "published", recipe("ttscli_glowtts/recipes/published.toml"), 10.0),
    Subject(GLOW_TTS, "fast", recipe("ttscli_glowtts/recipes/fast.toml"), 10.0),
    Subject(WAVEGLOW, "published", recipe("ttscli_waveglow/recipes/published.toml"), 1.0),
    Subject(WAVEGLOW, "fast", recipe("ttscli_waveglow/recipes/fast.toml"), 10.0),
    Subject(CLARINET_TEACHER, "published, teacher", recipe("ttscli_clarinet/teacher_recipes/published.toml"), 0.2),
    Subject(CLARINET_TEACHER, "fast, teacher", recipe("ttscli_clarinet/teacher_recipes/fast.toml"), 0.5),
    Subject(CLARINET, "published, student", student("published"), 1.0),
    Subject(CLARINET, "fast, student", student("fast"), 5.0),
    Subject(MELGAN, "published", recipe("ttscli_melgan/recipes/published.toml"), 5.0),
    Subject(MELGAN, "fast", recipe("ttscli_melgan/recipes/fast.toml"), 10.0),
    Subject(NHV, "fast", recipe("ttscli_nhv/recipes/fast.toml"), 10.0),
    Subject(GRIFFIN_LIM, "32 iterations", {}, 10.0),
    Subject(TEXT_TO_WAVE, "paper, teacher", text_to_wave("published"), 0.2),
    Subject(TEXT_TO_WAVE, "fast, teacher", text_to_wave("fast"), 0.2),
    Subject(TEXT_TO_WAVE, "paper, student", text_to_wave("published", distilled=True), 1.0),
    Subject(TEXT_TO_WAVE, "fast, student", text_to_wave("fast", distilled=True), 5.0),
)
