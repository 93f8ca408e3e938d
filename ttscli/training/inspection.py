"""Is a corpus fit to be trained on? Item by item: each is either good, with its symbols and samples, or has flaws.

What `tts corpus check` reports and what training leaves out is decided here and nowhere else. One recording is held at a time.
"""

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ttscli.errors import InputError
from ttscli.melspec import MelSpec
from ttscli.training import recordings
from ttscli.training.about import About
from ttscli.training.metadata import Flaw, Item, items
from ttscli.training.spelling import spell

_FULL_SCALE = 32735  # 0.999 of it: lossy formats do not give back the very limit
_CLIPPED_RUN = 3
"""So many samples in a row at full scale are no mere peak."""
_CLIPPED_SHARE = 5e-4
_SILENT_DB = -50.0
_BLOCK_S = 0.02
_NO_CHARACTERS = ("Cc", "Cn", "Co", "Cs")  # control, unassigned, private, surrogate
_ASKED = 200
"""What is usual in a corpus is what most of so many of its first items have."""


@dataclass(frozen=True)
class Limits:
    """Bounds of a good item.

    Attributes:
        shortest_s, longest_s: of a recording; the corpus's own are in corpus.toml.
        fastest: letters a second; nobody speaks so fast, so the text is another one, or the rate in the file's head is wrong.
        slowest: letters a second; below it an item is remarked upon, and kept.
    """

    shortest_s: float
    longest_s: float
    fastest: float = 40.0
    slowest: float = 2.0


@dataclass(frozen=True)
class Good:
    """An item to train on: its symbols, and int16 (n_samples,) at the rate that was asked for."""

    item: Item
    symbols: tuple[str, ...]
    samples: NDArray[np.int16]


class Inspection:
    """One look through the corpus at `folder`.

    Args:
        folder: with metadata.csv and wavs/.
        spec: what will be made of it.
        limits: of a good item; those of corpus.toml if None, which are those of training.
    """

    def __init__(self, folder: Path, spec: MelSpec, limits: Limits | None = None) -> None:
        self.folder, self.spec, self.about = folder, spec, About.read(folder)
        self.limits = limits or Limits(self.about.shortest_s, self.about.longest_s)
        self._identities: set[str] = set()
        self._sounds: dict[bytes, str] = {}
        self._usual_hz, self._usual_writing = spec.sample_rate_hz, ""

    def findings(self) -> Iterator[Good | Flaw]:
        """Yield, in the order of metadata.csv, every good item and every flaw; last, recordings that no line names.

        Raises:
            InputError: there is no metadata.csv.
        """
        self._look_ahead()
        for item in items(self.folder):
            if isinstance(item, Flaw):
                yield item
                continue
            try:
                yield from self._inspect(item)
            except recordings.MissingError as error:
                yield Flaw(item.identity, "missing", str(error))
            except InputError as error:
                yield Flaw(item.identity, "unreadable", str(error))
        yield from self._unused()

    def _look_ahead(self) -> None:
        """Find out which rate and which writing are usual."""
        rates, writings = Counter[int](), Counter[str]()
        for item in islice(items(self.folder), _ASKED):
            if isinstance(item, Item):
                writings.update(writing(letter) for letter in item.spoken if letter.isalpha())
                with suppress(InputError):  # it is found again, and reported, when its turn comes
                    rates[recordings.length(recordings.find(self.folder, item.identity))[1]] += 1
        self._usual_hz = max(rates, key=rates.__getitem__, default=self.spec.sample_rate_hz)
        self._usual_writing = max(writings, key=writings.__getitem__, default="")

    def _inspect(self, item: Item) -> Iterator[Good | Flaw]:
        if item.identity in self._identities:
            yield Flaw(item.identity, "duplicate", "an earlier line has the same id")
            return
        self._identities.add(item.identity)
        symbols = spell(item.spoken, self.about)
        flaws = list(text_flaws(item, symbols, self._usual_writing))
        path = recordings.find(self.folder, item.identity)
        seconds, rate_hz = recordings.length(path)
        flaws += self._length_flaws(item, seconds)
        if rate_hz < min(self._usual_hz, self.spec.sample_rate_hz):
            detail = f"{rate_hz} Hz, where others have {self._usual_hz}: it has nothing above {rate_hz // 2} Hz"
            flaws.append(Flaw(item.identity, "mis-sampled", detail))
        if 0 < seconds <= self.limits.longest_s:  # a longer one is not even read
            samples = recordings.read(path, self.spec.sample_rate_hz)
            flaws += self._sound_flaws(item, samples)
        yield from flaws
        if not any(flaw.left_out for flaw in flaws):
            yield Good(item, symbols, samples)

    def _length_flaws(self, item: Item, seconds: float) -> Iterator[Flaw]:
        limits = self.limits
        if not seconds:
            yield Flaw(item.identity, "empty", "the recording has no samples")
        elif seconds < limits.shortest_s:
            yield Flaw(item.identity, "too-short", f"{seconds:.2f} s, below {limits.shortest_s:g}")
        elif seconds > limits.longest_s:
            yield Flaw(item.identity, "too-long", f"{seconds:.1f} s, above {limits.longest_s:g}")
        else:
            pace = sum(map(str.isalpha, item.spoken)) / seconds
            if pace > limits.fastest:
                reason = "another text, a recording cut off, or a wrong rate in its head"
                yield Flaw(item.identity, "pace", f"{pace:.0f} letters a second: {reason}")
            elif 0 < pace < limits.slowest:
                yield Flaw(item.identity, "pace", f"{pace:.1f} letters a second: long silences, or words missing", left_out=False)

    def _sound_flaws(self, item: Item, samples: NDArray[np.int16]) -> Iterator[Flaw]:
        if (share := clipped_share(samples)) > _CLIPPED_SHARE:
            yield Flaw(item.identity, "clipped", f"{100 * share:.2f} % of its samples stand at full scale")
        if (level := loudest_db(samples, round(_BLOCK_S * self.spec.sample_rate_hz))) < _SILENT_DB:
            yield Flaw(item.identity, "silent", f"nowhere louder than {level:.0f} dB")
            return
        digest = hashlib.sha1(samples.tobytes(), usedforsecurity=False).digest()
        if (first := self._sounds.setdefault(digest, item.identity)) != item.identity:
            yield Flaw(item.identity, "duplicate", f"the same recording as {first}")

    def _unused(self) -> Iterator[Flaw]:
        wavs = self.folder / "wavs"
        for path in sorted(wavs.rglob("*")):
            name = path.relative_to(wavs).as_posix()
            if path.suffix in recordings.EXTENSIONS and name.removesuffix(path.suffix) not in self._identities:
                yield Flaw(name, "unused", "no line of metadata.csv names it", left_out=False)


def text_flaws(item: Item, symbols: tuple[str, ...], usual: str) -> Iterator[Flaw]:
    """What is wrong with what an item is said to say, in the `usual` writing and, as symbols, in the voice's alphabet."""
    if not item.spoken:
        yield Flaw(item.identity, "empty", "no text")
    elif strange := sorted(strangers(item.spoken, usual)):
        named = ", ".join(f"{sign!r} ({unicodedata.name(sign, 'unnamed').lower()})" for sign in strange[:5])
        yield Flaw(item.identity, "characters", f"the alphabet has no {named}")
    elif not symbols:
        yield Flaw(item.identity, "empty", f"nothing in {item.spoken!r} can be spoken")


def strangers(text: str, usual: str) -> set[str]:
    """Return the characters that no alphabet spells: what is no character, and letters of another than the `usual` writing."""
    return {
        character
        for character in text
        if (character.isalpha() and writing(character) != usual)
        or (unicodedata.category(character) in _NO_CHARACTERS and not character.isspace())
        or character == "\N{REPLACEMENT CHARACTER}"
    }


def writing(letter: str) -> str:
    """LATIN, GREEK, CYRILLIC …: the first word of a letter's name; the three writings of Japanese are one."""
    first = unicodedata.name(letter, "UNNAMED").split()[0].partition("-")[0]
    return "CJK" if first in ("HIRAGANA", "KATAKANA") else first


def clipped_share(samples: NDArray[np.int16]) -> float:
    """Share of the samples that stand at full scale, several in a row: int16 (n_samples,) → 0 to 1."""
    beyond = (np.abs(samples.astype(np.int32)) >= _FULL_SCALE).astype(np.int8)
    edges = np.flatnonzero(np.diff(beyond, prepend=0, append=0))
    runs = edges[1::2] - edges[::2]
    return float(runs[runs >= _CLIPPED_RUN].sum() / max(1, len(samples)))


def loudest_db(samples: NDArray[np.int16], block: int) -> float:
    """Level of the loudest `block` samples around their own mean, in dB of full scale; -inf for digital silence."""
    n_blocks = max(1, len(samples) // block)
    blocks = np.resize(samples, n_blocks * block) if len(samples) < block else samples[: n_blocks * block]
    deviation = (blocks.reshape(n_blocks, -1).astype(np.float32) / 32768).std(1).max()
    return float(20 * np.log10(deviation)) if deviation > 0 else float("-inf")
