"""What a run has learned so far, to be heard and seen: a held-out sentence, made by the plugin that will speak with the weights.

Written to samples/ in the run folder: step-N.wav, and step-N.png with the recording's mel above and the network's below; of a
network that aligns, its attention, and the mel with lines where its symbols change.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from ttscli import registry
from ttscli.audio import formats
from ttscli.audio.writer import AudioFile
from ttscli.contract import Mel, SpeechOptions
from ttscli.errors import TtsError
from ttscli.melspec import MelSpec
from ttscli.nn.mel import log_mel_of
from ttscli.training.checkpoints import WEIGHTS
from ttscli.training.corpus import Utterance
from ttscli.training.pictures import Picture, attention_picture, mel_picture, png, stacked
from ttscli.training.trainer import AligningTrainer, Trainer
from ttscli.whole_file import told, write_whole

_LONGEST_CLIP = 256
"""Frames that a vocoder is asked for: 3 s; some of them are slow."""


def write_sample(trainer: Trainer, network: nn.Module, description: Mapping[str, Any], run: Path, step: int) -> list[str]:
    """Write a sample of a run whose weights.safetensors are those of `network`.

    Args:
        trainer: of the run.
        network: the averaged network.
        description: what run.json says.
        run: the run's folder.
        step: how far it has got.

    Returns:
        The names of the files; none where there is no plugin to speak with them, or the plugin cannot yet.

    Raises:
        OutputError: a file cannot be written.
    """
    if not (held_out := trainer.corpus.validation):
        return []
    try:
        picture, samples = _sample(trainer, network, description, run / WEIGHTS, held_out[0])
    except TtsError:  # a network that has learned little may make nothing that could be heard
        return []
    folder = run / "samples"
    with told(folder):
        folder.mkdir(exist_ok=True)
    stem = f"step-{step:07}"
    write_whole(folder / f"{stem}.png", png(picture))
    if samples is None:
        return [f"{stem}.png"]
    with AudioFile(folder / f"{stem}.wav", formats.WAV) as sound:
        sound.write_samples(samples, trainer.corpus.mel_spec.sample_rate_hz)
    return [f"{stem}.png", f"{stem}.wav"]


def _sample(
    trainer: Trainer, network: nn.Module, description: Mapping[str, Any], weights: Path, utterance: Utterance
) -> tuple[Picture, NDArray[np.float32] | None]:
    spec, true = trainer.corpus.mel_spec, trainer.corpus.mel(utterance).T  # (T, M) → (M, T)
    if isinstance(trainer, AligningTrainer):
        with torch.no_grad():
            alignment = trainer.align(network.eval(), utterance)
        return stacked([attention_picture(alignment.attention), mel_picture([true], alignment.durations.tolist())]), None
    architecture, options = str(description["architecture"]), SpeechOptions()
    about = (weights, description["config"], spec, "cpu")
    if trainer.kind == "vocoder":
        true = true[:, :_LONGEST_CLIP]
        [samples] = registry.vocoder(architecture).load(*about).waves([true], options)
        return mel_picture([true, log_mel_of(samples, spec)]), samples
    symbols = description["text"]["symbols"]
    ids = np.array([symbols.index(symbol) for symbol in utterance.symbols])
    if trainer.kind == "text_to_wave":
        [wave] = registry.text_to_wave(architecture).load(*about).waves([ids], options)
        return mel_picture([true, log_mel_of(wave.samples, spec)]), wave.samples
    [mel] = registry.acoustic_model(architecture).load(*about).mels([ids], options)
    return mel_picture([true, mel.frames]), _sounded(mel, spec)


def _sounded(mel: Mel, spec: MelSpec) -> NDArray[np.float32]:
    """An acoustic model's mel as it sounds without a vocoder that had to be trained."""
    [samples] = registry.vocoder("griffin-lim").load(None, {}, spec, "cpu").waves([mel.frames], SpeechOptions())
    return samples
