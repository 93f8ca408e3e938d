"""Listens to an item before it is kept: what a recogniser does not understand is spoken again with another seed."""

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from pathlib import Path

import numpy as np

from ttscli.batch.items import Item
from ttscli.contract import AudioChunk
from ttscli.evaluation.metrics import word_errors
from ttscli.evaluation.recogniser import Recogniser, words
from ttscli.synthesizer import MelPipeline, Synthesizer
from ttscli.text.passages import Inlay

_SEEDS = 2**32
_SHOWN_CHARACTERS = 80
_CLOCK = re.compile(r"(?<![$£€\w.])(\d{1,2})\.(\d{2})\b")
"""A time as Whisper often writes it: 10.30."""


@dataclass(frozen=True)
class Verification:
    """How well items are to be understood.

    Attributes:
        recogniser: folder of a Whisper model; None for the one that the extra [eval] brings.
        limit: the highest word error rate of what counts as understood, as a share.
        tries: how often an item is spoken at most, ≥ 1.
    """

    recogniser: Path | None
    limit: float
    tries: int


@dataclass(frozen=True)
class Verdict:
    """How an item was understood that is kept.

    Attributes:
        wer: its word error rate, as a share; None where no word is to compare, as all are given by their sound.
        heard: what the recogniser understood.
        seed: with which it was spoken.
        tries: how often it was spoken.
    """

    wer: float | None
    heard: str
    seed: int
    tries: int

    def trouble(self, limit: float) -> str | None:
        """What is wrong with it, where more than `limit` of its words are; else None."""
        if self.wer is None or self.wer <= limit:
            return None
        how_often = "1 try" if self.tries == 1 else f"{self.tries} tries"
        heard = textwrap.shorten(self.heard, _SHOWN_CHARACTERS, placeholder=" …")
        return f"word error rate {100 * self.wer:.0f} % after {how_often}; heard: {heard or 'nothing'}"


def best_take(
    item: Item, first: Sequence[AudioChunk], synthesizer: Synthesizer, recogniser: Recogniser, wanted: Verification
) -> tuple[Sequence[AudioChunk], Verdict]:
    """Speak an item until it is understood.

    Args:
        item: what is spoken.
        first: its chunks, as spoken with its own seed.
        synthesizer: which has spoken them.
        recogniser: of its language.
        wanted: when to stop.

    Returns:
        The chunks that were understood best, and how.
    """
    language = synthesizer.front_end.language
    said, n_sounds = _said(item, synthesizer)
    if not said:
        return first, Verdict(None, "", item.manner.options.seed, 1)
    tries, best = 0, None
    for tries, (seed, chunks) in enumerate(_takes(item, first, synthesizer, wanted.tries), 1):  # noqa: B007  read outside
        heard = recogniser.hear(np.concatenate([chunk.samples for chunk in chunks]), chunks[0].sample_rate_hz)
        readings = (heard, _CLOCK.sub(r"\1:\2", heard))
        errors = min(word_errors(said, words(reading, language)) for reading in readings)
        errors -= n_sounds  # each of which was heard as a word too many
        take = (max(0, errors) / len(said), seed, heard, chunks)
        best = take if best is None else min(best, take, key=itemgetter(0))
        if best[0] <= wanted.limit:
            break
    assert best is not None
    wer, seed, heard, chunks = best
    return chunks, Verdict(wer, heard, seed, tries)


def _takes(
    item: Item, first: Sequence[AudioChunk], synthesizer: Synthesizer, tries: int
) -> Iterator[tuple[int, Sequence[AudioChunk]]]:
    """Yield (seed, chunks) of an item spoken again and again, but only once where chance has no part in the words.

    A model that draws from a distribution obeys the temperature. In others, and in vocoders, a seed decides at most the noise in
    the sound.
    """
    options, model = item.manner.options, synthesizer.model
    chooser = model.acoustic if isinstance(model, MelPipeline) else model
    yield options.seed, first
    for number in range(1, tries if "temperature" in chooser.controls else 1):
        seed = (options.seed + number) % _SEEDS
        chunks = list(synthesizer.speak(item.passages, replace(options, seed=seed)))
        if all(np.array_equal(chunk.samples, other.samples) for chunk, other in zip(chunks, first, strict=True)):
            return
        yield seed, chunks


def _said(item: Item, synthesizer: Synthesizer) -> tuple[list[str], int]:
    """The spoken words of an item but for those that are given by their sound alone, and how many these are."""
    spoken: list[str] = []
    n_sounds = 0
    for passage in item.passages:
        inlays = tuple(replace(inlay, spoken="") if _is_sound(inlay) else inlay for inlay in passage.inlays)
        n_sounds += sum(map(_is_sound, passage.inlays))
        spoken += (text for _, text in synthesizer.front_end.normalized(replace(passage, inlays=inlays)))
    return words(" ".join(spoken), synthesizer.front_end.language), n_sounds


def _is_sound(inlay: Inlay) -> bool:
    """Tell a sound whose word is not known, as in [[…]]."""
    return bool(inlay.phonemes) and inlay.spoken.strip() == inlay.phonemes
