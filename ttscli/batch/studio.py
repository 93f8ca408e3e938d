"""Speaks the items of a batch, in this process."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby
from operator import attrgetter, itemgetter
from pathlib import Path

from ttscli.audio.pcm import louder
from ttscli.audio.writer import AudioFile
from ttscli.batch.items import Item
from ttscli.batch.manner import Manner
from ttscli.batch.verify import Verdict, Verification, best_take
from ttscli.contract import AudioChunk, Control, Unspoken
from ttscli.errors import OutputError, PartialError, TtsError
from ttscli.evaluation.recogniser import Recogniser, Whisper
from ttscli.synthesizer import Synthesizer
from ttscli.text.passages import Passage


@dataclass(frozen=True)
class Outcome:
    """What became of an item.

    Attributes:
        number: the item's.
        trouble: what is wrong with it, or why there is no file; None if all is well.
        unspoken: what of it makes no sound.
        disobeyed: what texts of its manner have asked for so far and the models cannot do.
        n_samples, sample_rate_hz: of the sound; 0 where there is no file.
        verdict: how it was understood, if it was to be.
    """

    number: int
    trouble: str | None = None
    unspoken: tuple[Unspoken, ...] = ()
    disobeyed: frozenset[Control] = frozenset()
    n_samples: int = 0
    sample_rate_hz: int = 0
    verdict: Verdict | None = None


@dataclass(frozen=True)
class Terms:
    """How a run works.

    Attributes:
        batch_size: sentences that are spoken at once; no byte depends on it.
        clobber: False to leave a file alone that has come into being meanwhile.
        fail_fast: begin no other item after one that fails.
        lenient: a voice that cannot be loaded is the fault of its items, and not the end of the run.
        strict: what is not spoken whole gets no file.
        verification: how well items are to be understood; None for no listening.
    """

    batch_size: int
    clobber: bool
    fail_fast: bool
    lenient: bool
    strict: bool
    verification: Verification | None


class Studio:
    """Makes items one after another; holds the voice that it loaded last."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._stopped = False
        self._loaded: tuple[Manner, Synthesizer] | None = None
        self._recognisers: dict[str, Recogniser] = {}

    def stop(self) -> None:
        """Begin no other item."""
        self._stopped = True

    def make(self, items: Sequence[Item]) -> Iterator[Outcome]:
        """Make items, those of one manner together; what goes wrong with one leaves the others alone.

        Raises:
            TtsError: a voice cannot be loaded, and the terms are not lenient; or the recogniser cannot be.
        """
        for outcome in self._make_all(items):
            if outcome.trouble and self._terms.fail_fast:
                self.stop()
            yield outcome

    def _make_all(self, items: Sequence[Item]) -> Iterator[Outcome]:
        for manner, alike in groupby(items, attrgetter("manner")):
            if self._stopped:
                return
            waiting = list(alike)
            try:
                synthesizer = self._synthesizer(manner)
            except TtsError as error:
                if not self._terms.lenient:
                    raise
                yield from (Outcome(item.number, str(error)) for item in waiting)
                continue
            self._recogniser(synthesizer.front_end.language)
            while waiting and not self._stopped:
                done = yield from self._make_together(waiting, synthesizer)
                waiting = waiting[done:]

    def _synthesizer(self, manner: Manner) -> Synthesizer:
        usual = manner.usual()
        if self._loaded is None or self._loaded[0] != usual:
            self._loaded = None  # two voices at once may be more than memory holds
            self._loaded = (usual, usual.synthesizer())
        synthesizer = self._loaded[1]
        synthesizer.check(manner.options)
        return synthesizer

    def _recogniser(self, language: str) -> Recogniser | None:
        wanted = self._terms.verification
        if wanted is None:
            return None
        if language not in self._recognisers:
            self._recognisers[language] = Whisper(wanted.recogniser, language)
        return self._recognisers[language]

    def _make_together(self, items: Sequence[Item], synthesizer: Synthesizer) -> Generator[Outcome, None, int]:
        """Make items in one stream, which a fault breaks; returns how many are dealt with."""
        taken = done = 0

        def texts() -> Iterator[Sequence[Passage]]:
            nonlocal taken
            for taken, item in enumerate(items, 1):  # noqa: B007  read outside
                yield item.passages

        stream = groupby(synthesizer.speak_all(texts(), items[0].manner.options, self._terms.batch_size), itemgetter(0))
        while not self._stopped:
            try:
                index, chunks = next(stream, (len(items), iter(())))
                made = [self._make_one(item, (chunk for _, chunk in chunks), synthesizer) for item in items[index : index + 1]]
            except Exception:
                # It may be any of those that were under way: each gets a stream of its own, so that only the bad one fails.
                taken = max(taken, done + 1)
                yield from self._make_each(items[done:taken], synthesizer)
                return taken
            yield from (Outcome(item.number, "nothing in it can be spoken") for item in items[done:index])
            yield from made
            done = index + 1
            if not made:
                break
        return done

    def _make_each(self, items: Sequence[Item], synthesizer: Synthesizer) -> Iterator[Outcome]:
        for item in items:
            if self._stopped:
                return
            try:
                outcome = self._make_one(item, synthesizer.speak(item.passages, item.manner.options), synthesizer)
            except TtsError as error:
                outcome = Outcome(item.number, str(error))
            except Exception as error:
                outcome = Outcome(item.number, f"internal fault: {type(error).__name__}: {error}")
            yield outcome

    def _make_one(self, item: Item, chunks: Iterator[AudioChunk], synthesizer: Synthesizer) -> Outcome:
        """Write one file of what is understood best, if it is to be understood; faults as in `_write`."""
        wanted, recogniser = self._terms.verification, self._recogniser(synthesizer.front_end.language)
        if wanted is None or recogniser is None:
            return self._write(item, chunks, synthesizer)
        best, verdict = best_take(item, list(chunks), synthesizer, recogniser, wanted)
        outcome = self._write(item, iter(best), synthesizer)
        return outcome if outcome.trouble else replace(outcome, verdict=verdict, trouble=verdict.trouble(wanted.limit))

    def _write(self, item: Item, chunks: Iterator[AudioChunk], synthesizer: Synthesizer) -> Outcome:
        """Write one file; a fault of the output is the item's own, any other is raised."""
        unspoken: list[Unspoken] = []
        n_samples = sample_rate_hz = 0
        first = next(chunks)
        try:
            make_folder(item.path.parent)
            with AudioFile(item.path, item.format_name, self._terms.clobber) as file:
                for chunk in louder(chain([first], chunks), item.manner.volume_db):
                    file.write(chunk)
                    unspoken += chunk.segment.unspoken
                    n_samples += len(chunk.samples)
                    sample_rate_hz = chunk.sample_rate_hz
                if unspoken and self._terms.strict:
                    raise PartialError("so --strict makes no file of it")
        except OutputError as error:
            return Outcome(item.number, str(error))
        except PartialError as error:
            return Outcome(item.number, str(error), tuple(unspoken))
        return Outcome(item.number, None, tuple(unspoken), frozenset(synthesizer.disobeyed), n_samples, sample_rate_hz)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, if need be; OutputError if it cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be made: {error.strerror}") from error
