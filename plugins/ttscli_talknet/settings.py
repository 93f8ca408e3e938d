"""What the configurations of TalkNet's archives say: of blocks, of mels and of spelling. What they leave out is as published."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ttscli.config import brief
from ttscli.errors import VoiceError
from ttscli.melspec import MelSpec
from ttscli.voice import TextSettings
from ttscli_talknet.archives import Archive
from ttscli_talknet.blocks import read_stack
from ttscli_talknet.text import text_settings

_FRONT_END = "preprocessor"
_FIXED = {"stride": 1, "se_context_size": -1, "residual_mode": "add"}
"""Settings of a block that would make another network of the same tensors, and their only value here."""

_LARGEST = 1e6


def stack_fields(archive: Archive) -> dict[str, object]:
    """The fields of StackConfig: what tensors say, and what only the configuration can.

    conv_mask is not read: nothing lies past the end of an item where utterances are spoken one by one.
    """
    try:
        fields = read_stack(archive.tensors)
    except VoiceError as error:
        raise VoiceError(f"{archive.source}: {error}", error.hint) from error
    n_blocks = len(fields["filters"])
    blocks = archive.setting("encoder", "jasper") or [{}] * n_blocks
    if not isinstance(blocks, list) or len(blocks) != n_blocks or not all(isinstance(block, Mapping) for block in blocks):
        raise VoiceError(f"{archive.source}: encoder.jasper does not describe the {n_blocks} blocks that there are")
    for block in blocks:
        for key, only in _FIXED.items():
            if _single(block.get(key, only)) != only:
                raise VoiceError(f"{archive.source}: encoder.jasper: {key} {brief(block[key])} is not supported, only {only}")
    dilations = tuple(_single(block.get("dilation", 1)) for block in blocks)
    return fields | {"dilations": dilations, "activation": archive.setting("encoder", "activation") or "relu"}


def _single(value: object) -> object:
    """What a list of one value holds."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def mel_spec_of(archive: Archive) -> MelSpec:
    """The mels of the spectrogram's front end."""
    normalised = archive.setting(_FRONT_END, "normalize") in ("per_feature", "all_features")
    if normalised or archive.setting(_FRONT_END, "log") is False:
        raise VoiceError(f"{archive.source}: {_FRONT_END}: only log mels that are not normalised are supported")
    published = MelSpec()
    rate = round(number(archive, _FRONT_END, "sample_rate") or published.sample_rate_hz)
    window = _samples(archive, "window_size", rate) or published.window_samples
    high_hz = number(archive, _FRONT_END, "highfreq") or (rate / 2 if archive.setting(_FRONT_END) else published.high_hz)
    return MelSpec(
        sample_rate_hz=rate,
        fft_samples=round(number(archive, _FRONT_END, "n_fft") or 2 ** math.ceil(math.log2(window))),
        hop_samples=_samples(archive, "window_stride", rate) or published.hop_samples,
        window_samples=window,
        n_mels=len(archive.tensors["proj.bias"]) if "proj.bias" in archive.tensors else published.n_mels,
        low_hz=number(archive, _FRONT_END, "lowfreq") or 0.0,
        high_hz=high_hz,
        floor=number(archive, _FRONT_END, "log_zero_guard_value") or published.floor,
        power=number(archive, _FRONT_END, "mag_power") or published.power,
    )


def _samples(archive: Archive, key: str, rate: int) -> int:
    """A length that is given in samples, as n_KEY, or else in seconds, as KEY; 0 if it is not given."""
    in_samples, in_seconds = (number(archive, _FRONT_END, name) for name in (f"n_{key}", key))
    return round(in_samples or (in_seconds or 0.0) * rate)


def number(archive: Archive, *keys: str) -> float | None:
    """A number ≥ 0 of the configuration; None if it is not given, or false."""
    value = archive.setting(*keys)
    if value is None or value is False:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _LARGEST:
        raise VoiceError(f"{archive.source}: {'.'.join(keys)}: {brief(value)} is not a number that can be meant")
    return float(value)


def text_of(archives: Iterable[Archive]) -> TextSettings:
    """How the voice spells; all archives that say something of it must say the same.

    Raises:
        VoiceError: they do not, or there is no such vocabulary.
    """
    found: dict[TextSettings, str] = {}
    for archive in archives:
        dataset = archive.setting("train_ds", "dataset")
        if isinstance(dataset, Mapping):
            found.setdefault(_spelling(dataset, archive.source), archive.source)
    if len(found) > 1:
        raise VoiceError(f"{' and '.join(found.values())}: their vocabularies differ", "give archives of one voice")
    return next(iter(found), _spelling({}, "talknet"))


def _spelling(dataset: Mapping[str, Any], source: str) -> TextSettings:
    vocabulary = dataset.get("vocab", {})
    if not isinstance(vocabulary, Mapping):
        raise VoiceError(f"{source}: train_ds.dataset.vocab is not a table")
    text = text_settings(vocabulary)
    return text if dataset.get("blanking", True) else replace(text, start="", end="", blank="")
