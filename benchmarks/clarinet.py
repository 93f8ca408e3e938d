"""Time ClariNet's two ways of speaking against the plain ones, in turn; print medians and ratios as Markdown tables.

The teacher: sample by sample with rings of past inputs, alone and eight utterances side by side, against running the parallel
network over its receptive field for every sample. The student: in pieces with the past of each convolution at hand, against
pieces that begin a receptive field earlier. Weights are random: speed does not depend on them.
"""

import argparse

import torch
from torch import Tensor

from benchmarks.timing import medians
from ttscli_clarinet.config import ClariNetConfig, WaveNetConfig
from ttscli_clarinet.incremental import Incremental
from ttscli_clarinet.student import Student, StudentSounder
from ttscli_clarinet.wavenet import WaveNet

RATE_HZ = 22050
PIECE_FRAMES, N_FRAMES = 16, 64
TEACHERS = {
    "32 channels, 2 x 8": WaveNetConfig(layers=8, residual_channels=32, gate_channels=32, skip_channels=32),
    "64 channels, 2 x 10": WaveNetConfig(residual_channels=64, gate_channels=64, skip_channels=64),
    "published, 2 x 10": WaveNetConfig(),
}
STUDENTS = {
    "16 channels, 3 x 7": ClariNetConfig("student", 80, (16, 16), (1,) * 3, 7, 16, 32, 16, 3),
    "32 channels, 4 x 8": ClariNetConfig("student", 80, (16, 16), (1,) * 4, 8, 32, 32, 32, 3),
    "published, 6 x 10": ClariNetConfig("student", 80, (16, 16), (1,) * 6, 10, 64, 128, 64, 3),
}


def window_by_window(network: WaveNet, conditions: Tensor, noise: Tensor) -> Tensor:
    """Samples (T,) of one utterance: the newest column of the parallel network, run anew for each."""
    reach = network.config.reach_samples
    heard = torch.zeros(reach + len(noise))
    padded = torch.nn.functional.pad(conditions, (reach - 1, 0))
    for t in range(len(noise)):
        mean, log_std = network(heard[None, t : t + reach], padded[..., t : t + reach])
        heard[t + reach] = (mean[0, -1] + log_std[0, -1].exp() * noise[t]).clamp(-1, 1)
    return heard[reach:]


def piece_by_piece(student: Student, mel: Tensor, noise: Tensor) -> Tensor:
    """A wave (T,) of pieces, each computed from a receptive field before it."""
    hop = student.upsampler.hop_samples
    reach = -(-sum(wavenet.reach_samples for wavenet in student.config.wavenets) // hop)
    pieces = []
    for start in range(0, mel.shape[1], PIECE_FRAMES):
        stop, before = start + PIECE_FRAMES, max(0, start - reach)
        conditions = student.upsampler.stretch(mel[None], before, min(stop, mel.shape[1]))
        pieces.append(student(noise[None, before * hop : stop * hop], conditions).waves[0, (start - before) * hop :])
    return torch.cat(pieces).clamp(-1, 1)


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    torch.set_num_threads(1)
    torch.manual_seed(0)
    with torch.inference_mode():
        _teachers(runs)
        _students(runs)


def _teachers(runs: int) -> None:
    print("| teacher, samples/s on one core | with rings | eight at a time | window by window | ratio |")
    print("| --- | --- | --- | --- | --- |")
    for name, config in TEACHERS.items():
        network = WaveNet(config).eval()
        one, eight, plain = _teacher_rates(network, runs)
        print(f"| {name} | {one:.0f} | {eight:.0f} | {plain:.1f} | {one / plain:.0f} |", flush=True)


def _teacher_rates(network: WaveNet, runs: int) -> list[float]:
    """Samples a second of one utterance, of eight together, and of one window by window."""
    incremental, conditions, noise = Incremental(network), torch.rand(8, 80, 1000), torch.randn(8, 1000)

    def said(batch: int) -> None:
        incremental.advance(conditions[:batch].numpy(), noise[:batch].numpy(), incremental.beginning(batch))

    def plain() -> None:
        window_by_window(network, conditions[:1, :, :5], noise[0, :5])

    times = medians([lambda: said(1), lambda: said(8), plain], runs)
    return [n / seconds for n, seconds in zip((1000, 8000, 5), times, strict=True)]


def _students(runs: int) -> None:
    print("\n| student, x real time on one core | with caches | a receptive field earlier | ratio |")
    print("| --- | --- | --- | --- |")
    for name, config in STUDENTS.items():
        cached, plain = _student_times(Student(config).eval(), runs)
        print(f"| {name} | {1 / cached:.2f} | {1 / plain:.2f} | {plain / cached:.2f} |", flush=True)


def _student_times(student: Student, runs: int) -> list[float]:
    """Seconds a second of sound, with caches and without."""
    sounder, mel, noise = StudentSounder(student), torch.rand(80, N_FRAMES), torch.randn(N_FRAMES * 256)
    times = medians([lambda: sounder.waves([mel], [noise]), lambda: piece_by_piece(student, mel, noise)], runs)
    return [seconds * RATE_HZ / len(noise) for seconds in times]


if __name__ == "__main__":
    main()
