"""One run of a batch: reads the inputs, finds what is due, has it made and joined, and keeps the manifest."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

from ttscli import library
from ttscli.audio import formats
from ttscli.audio.writer import remove_abandoned
from ttscli.batch.items import Entry, Item, Naming, by_manner, plan
from ttscli.batch.join import Joint
from ttscli.batch.manifest import Manifest, Reason
from ttscli.batch.manner import Manner
from ttscli.batch.studio import Outcome, Terms, make_folder
from ttscli.batch.verify import Verification
from ttscli.cli import faults
from ttscli.cli.batch_engine import Engine, EngineName, engine
from ttscli.cli.batch_entries import Reading, entries
from ttscli.cli.batch_inputs import Note, find
from ttscli.cli.batch_report import Due, Finished, draining, print_due, progress
from ttscli.cli.ledger import Ledger, tell_disobeyed
from ttscli.cli.options import Speech
from ttscli.contract import Control
from ttscli.errors import InputError, OutputError, PartialError, UsageError
from ttscli.telling import tell


@dataclass(frozen=True)
class Wishes:
    """How the user wants a run; each field is an option of `tts batch`."""

    speech: Speech
    reading: Reading
    folder: Path
    manifest: Path
    engine: EngineName
    ray_address: str | None
    jobs: int
    batch_size: int
    resume: bool
    clobber: bool
    fail_fast: bool
    strict: bool
    verification: Verification | None
    quiet: bool


def collect(wishes: Wishes, inputs: Sequence[str], naming: Naming) -> tuple[list[Item], int]:
    """Read all inputs; return what to make, and how many texts cannot be, each of which is told.

    Raises:
        UsageError, VoiceError: as ttscli.batch.items.plan.
        InputError: there is no text at all, or none of it can be read.
        PartialError: a text cannot be read, and the user wishes no run with such.
    """
    found = list(entries(find(inputs, wishes.folder), wishes.reading))
    if not wishes.quiet:
        for note in (note for note in found if isinstance(note, Note)):
            tell(f"note: {note.text}")
    items, errors = plan([entry for entry in found if isinstance(entry, Entry)], naming, _manner(wishes.speech))
    errors = [error for error in found if isinstance(error, InputError)] + errors
    if errors and not any(isinstance(entry, Entry) for entry in found):
        _refuse(errors)
    for error in errors[: 1 if wishes.fail_fast else None]:
        tell(str(error), error.hint)
    if wishes.fail_fast and errors:
        raise _partial(len(errors), len(items) + len(errors))
    if not items and not errors:
        raise InputError("the text is empty", "give it a word")
    return items, len(errors)


def _refuse(errors: Sequence[InputError]) -> NoReturn:
    *others, last = errors
    for error in others:
        tell(str(error), error.hint)
    raise last


def joint_of(items: Sequence[Item], path: Path, gap_s: float) -> Joint:
    """Return what joins `items`; UsageError where they cannot be joined in `path`."""
    if any(item.format_name == formats.RAW for item in items):
        raise UsageError("--join: bare samples do not know their rate", "leave -F raw out")
    if taken := [item for item in items if item.path.resolve() == path.resolve()]:
        raise UsageError(f"{path}: {taken[0].origin} would become it too", "give --join another name")
    return Joint(path, formats.of_file(path, None), gap_s, [(item.title, item.path) for item in items])


class Run:
    """What is due of `items`, and their joint.

    Attributes:
        failed: how many texts went wrong so far.
    """

    def __init__(self, wishes: Wishes, items: Sequence[Item], joint: Joint | None, failed: int) -> None:
        self.failed = failed
        self._wishes = wishes
        self._items = items
        self._joint = joint
        self._total = len(items) + failed
        self._manifest = Manifest(wishes.manifest)

    @cached_property
    def due(self) -> list[tuple[Item, Reason]]:
        """What is to be made, and why."""
        return [(item, reason) for item in self._items if (reason := self._reason(item.path, item.key) or self._unchecked(item))]

    def print_due(self, as_json: bool) -> None:
        """Print what would be made."""
        rows = [
            Due(str(item.path), item.origin, why, item.manner.voice, item.manner.options.pace, item.n_characters)
            for item, why in self.due
        ]
        if self._joint is not None and (why := self._joint_reason(self._joint)):
            rows.append(
                Due(str(self._joint.path), f"{len(self._items)} items", why, "", 1.0, sum(row.characters for row in rows))
            )
        print_due(rows, len(self._items) - len(self.due), as_json)

    def make(self) -> None:
        """Make what is due, then the joint if nothing went wrong.

        Raises:
            SystemExit: SIGTERM came; what was under way is finished.
        """
        folders = {self._wishes.folder, *(item.path.parent for item in self._items)}
        for folder in folders:
            remove_abandoned(folder)
        try:
            if self.due:
                make_folder(self._wishes.folder)
                make_folder(self._wishes.manifest.parent)
                with self._manifest:
                    self._make_items(by_manner(item for item, _ in self.due))
        finally:
            for folder in folders:
                remove_abandoned(folder)
        if self._joint is not None:
            self._make_joint(self._joint)

    def end(self) -> None:
        """Tell of files that only an earlier run has made of these texts; PartialError if something went wrong."""
        read = {_source(item.origin) for item in self._items} - {""}
        taken = {item.path for item in self._items}
        left = [path for path, origin in self._manifest.others(taken) if _source(origin) in read]
        if left and not self._wishes.quiet:
            more = f" and {len(left) - 1} more" if len(left) > 1 else ""
            tell(f"note: of an earlier run, and not of this one: {left[0]}{more}")
        if self.failed:
            raise _partial(self.failed, self._total)

    def _reason(self, path: Path, key: str) -> Reason | None:
        """Why the file at `path` is due, as the user wishes to know; None if it is not."""
        if not self._wishes.clobber:
            return None if path.exists() else "new"
        return self._manifest.reason(path, key) if self._wishes.resume else "again"

    def _unchecked(self, item: Item) -> Reason | None:
        """Why an item whose file is there is due all the same."""
        wishes, record = self._wishes, self._manifest.find(item.path)
        if record is None or not wishes.clobber:
            return None
        silent = wishes.strict and record.n_unspoken != 0
        limit = None if wishes.verification is None else wishes.verification.limit
        misheard = limit is not None and (record.tries is None or (record.wer or 0) > limit)
        return "unchecked" if silent or misheard else None

    def _joint_reason(self, joint: Joint) -> Reason | None:
        if not self._wishes.clobber:
            return None if _taken(joint) else "new"
        if self.due:
            return "changed" if joint.path.exists() else "new"
        return self._reason(joint.path, joint.key()) or self._reason(joint.sidecar, joint.key())

    def _make_items(self, items: Sequence[Item]) -> None:
        wishes = self._wishes
        maker = _engine(wishes, items)
        disobeyed: set[Control] = set()
        made = 0
        try:
            with draining(maker.stop) as terminated, progress(items, wishes.quiet) as finished:
                by_number = {item.number: item for item in items}
                for outcome in maker.make(items):
                    done = self._take(by_number[outcome.number], outcome, finished)
                    made += done
                    disobeyed |= outcome.disobeyed
                    if wishes.fail_fast and not done:
                        maker.stop()
        except KeyboardInterrupt:
            self._tell_rest(len(items) - made)
            raise
        tell_disobeyed(disobeyed, wishes.quiet)
        if terminated():
            self._tell_rest(len(items) - made)
            raise SystemExit(faults.TERMINATED)

    def _take(self, item: Item, outcome: Outcome, finished: Finished) -> bool:
        """Note and tell what became of an item; returns whether all is well with it."""
        ledger = Ledger()
        ledger.take(outcome.unspoken)
        missed = self._record(item, outcome) if outcome.sample_rate_hz else None
        told = list(filter(None, [ledger.message, outcome.trouble, missed]))
        if outcome.trouble or missed:
            self.failed += 1
            finished(item, f"{item.origin}: {'; '.join(told)}")
            return False
        if outcome.verdict and outcome.verdict.wer is None:
            told.append("not read back, as all its words are given by their sound")
        finished(item, f"warning: {item.origin}: {'; '.join(told)}" if told and not self._wishes.quiet else None)
        return True

    def _record(self, item: Item, outcome: Outcome) -> str | None:
        """Add an item to the manifest; returns what went wrong."""
        manifest, sound, verdict = self._manifest, (outcome.n_samples, outcome.sample_rate_hz), outcome.verdict
        heard: dict[str, Any] = {} if verdict is None else {"wer": verdict.wer, "seed": verdict.seed, "tries": verdict.tries}
        try:
            manifest.add(manifest.record(item.path, item.key, item.origin, *sound, n_unspoken=len(outcome.unspoken), **heard))
        except OutputError as error:
            return str(error)
        return None

    def _tell_rest(self, count: int) -> None:
        if count and not self._wishes.quiet:
            tell(f"stopped: {count} files are still to be made", "the same command goes on from here")

    def _tell_stale(self, joint: Joint) -> None:
        """Tell of a joint that lacks what was made just now, or is missing, for the sake of --no-clobber."""
        taken = None if self._wishes.clobber else _taken(joint)
        if taken and not self._wishes.quiet and (self.due or not joint.path.exists()):
            tell(f"{joint.path}: not joined, as {taken} exists already", "leave --no-clobber out to replace it")

    def _make_joint(self, joint: Joint) -> None:
        if self.failed:
            tell(f"{joint.path}: not joined, as not all of it is well")
            return
        if not self._joint_reason(joint):
            self._tell_stale(joint)
            return
        make_folder(joint.path.parent)
        n_samples, rate_hz = joint.make(self._wishes.clobber)
        with self._manifest as manifest:
            for path in (joint.path, joint.sidecar):
                manifest.add(manifest.record(path, joint.key(), f"{len(joint.parts)} items", n_samples, rate_hz))


def _source(origin: str) -> str:
    """The file of a line or row; "" for what is no line."""
    file, _, line = origin.rpartition(":")
    return file if line.isdigit() else ""


def _taken(joint: Joint) -> Path | None:
    """What is there already of the joint and its marks, of which neither fits another's."""
    return next((path for path in (joint.path, joint.sidecar) if path.exists()), None)


def _manner(speech: Speech) -> Manner:
    voice = speech.voice or library.DEFAULT_VOICE
    options, words = speech.options(), tuple(speech.words().items())
    return Manner(voice, speech.model, speech.vocoder, speech.device, speech.pauses(), options, speech.volume, words)


def _engine(wishes: Wishes, items: Sequence[Item]) -> Engine:
    lenient = len({item.manner for item in items}) > 1
    terms = Terms(wishes.batch_size, wishes.clobber, wishes.fail_fast, lenient, wishes.strict, wishes.verification)
    return engine(wishes.engine, wishes.ray_address, terms, min(wishes.jobs, len(items)), wishes.speech)


def _partial(failed: int, total: int) -> PartialError:
    return PartialError(f"{failed} of {total} items failed")
