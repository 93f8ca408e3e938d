"""Recordings and a run that has learned to listen → alignments.jsonl: how long each symbol lasts, and at which pitch."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from ttscli.contract import Span
from ttscli.errors import InputError, UsageError
from ttscli.melspec import MelSpec
from ttscli.nn.devices import torch_device
from ttscli.text.normalize import normalize
from ttscli.text.words import word_spans
from ttscli.timings import Sentence, to_textgrid
from ttscli.training.about import About
from ttscli.training.corpus import Corpus, Utterance
from ttscli.training.export import describe
from ttscli.training.features import ALIGNMENTS
from ttscli.training.metadata import Flaw, Item, items
from ttscli.training.runs import reopen, trainer_of
from ttscli.training.spelling import END, START, spell
from ttscli.training.trainer import AligningTrainer, Alignment
from ttscli.whole_file import told, unfinished, write_whole


class Aligning:
    """The alignment of the corpus at `folder` by the network of `run`.

    Raises:
        UsageError: the run is none that can align, or the corpus is aligned already and `replace` is not set.
        InputError: `run` is no run.
        VoiceError: the trainer of the run is not installed.
    """

    def __init__(self, run: Path, folder: Path, replace: bool = False, device: str = "cpu") -> None:
        self.run, self.folder, self.device = run, folder, torch_device(device)
        cls = trainer_of(run)
        if not issubclass(cls, AligningTrainer):
            hint = "name a run of speedyspeech-teacher or talknet-aligner"
            raise UsageError(f"{run}: a run of {describe(run)['trainer']}, which cannot align", hint)
        self._trainer = cls
        if (folder / ALIGNMENTS).is_file() and not replace:
            hint = f"--replace keeps them as {ALIGNMENTS}.old"
            raise UsageError(f"{folder / ALIGNMENTS}: there are alignments already", hint)

    def write(self, textgrids: Path | None = None) -> Iterator[Utterance | Flaw]:
        """Write alignments.jsonl, all of it or nothing, and a TextGrid for each utterance into the folder `textgrids`.

        Yields:
            Each utterance that is aligned; for each that is left out, why.

        Raises:
            InputError: the folder is no corpus, or nothing in it could be aligned; alignments that are there stay.
            OutputError: a file cannot be written.
        """
        with _set_aside(self.folder / ALIGNMENTS):
            corpus = Corpus(self.folder, MelSpec(**describe(self.run)["mel"]))
            everything = corpus.utterances
            trainer = reopen(self._trainer, self.run, corpus)
            network = trainer.network.to(self.device).eval()
            for utterance in everything:
                if unknown := sorted(set(utterance.symbols) - set(corpus.symbols())):
                    yield Flaw(utterance.identity, "characters", f"{self.run} has not learned {' '.join(unknown)}")
            grids = None if textgrids is None else TextGrids(textgrids, self.folder, corpus.mel_spec)
            alignments = self.folder / ALIGNMENTS
            with told(alignments), unfinished(alignments) as new, open(new, "w", encoding="utf-8") as file:
                for utterance in corpus.utterances:
                    outcome = _align(trainer, network, utterance)
                    if isinstance(outcome, Flaw):
                        yield outcome
                        continue
                    file.write(json.dumps(_row(corpus, utterance, outcome), ensure_ascii=False) + "\n")
                    if grids is not None:
                        grids.write(utterance, outcome)
                    yield utterance
                if not file.tell():
                    raise InputError(f"{self.folder}: nothing could be aligned", "was the run trained on this corpus?")


@contextmanager
def _set_aside(path: Path) -> Iterator[None]:
    """Rename `path`, so that the corpus is read from metadata.csv; undo it if that comes to nothing."""
    old = path.with_name(path.name + ".old")
    had = path.is_file()
    if had:
        path.replace(old)
    try:
        yield
    finally:
        if had and not path.exists():
            old.replace(path)


@torch.inference_mode()
def _align(trainer: AligningTrainer, network: nn.Module, utterance: Utterance) -> Alignment | Flaw:
    try:
        return trainer.align(network, utterance)
    except InputError as error:
        return Flaw(utterance.identity, "unaligned", str(error))


def _row(corpus: Corpus, utterance: Utterance, alignment: Alignment) -> dict[str, Any]:
    return {
        "id": utterance.identity,
        "symbols": list(utterance.symbols),
        "durations": alignment.durations.tolist(),
        "hop_samples": corpus.mel_spec.hop_samples,
        "f0_hz": [round(float(f0), 1) for f0 in corpus.f0_hz[utterance.frames]],
    }


class TextGrids:
    """Writes alignments as Praat reads them, into `out`; the words come from the metadata.csv of the corpus at `folder`."""

    def __init__(self, out: Path, folder: Path, spec: MelSpec) -> None:
        self.out, self.spec, self.about = out, spec, About.read(folder)
        lines = [item for item in items(folder) if isinstance(item, Item)]
        self._items = {item.identity: item for item in reversed(lines)}  # the first of an id counts, as for Inspection

    def write(self, utterance: Utterance, alignment: Alignment) -> None:
        """Write ID.TextGrid."""
        item = self._items[utterance.identity]
        edges = (np.concatenate([[0], np.cumsum(alignment.durations)]) * self.spec.hop_samples).tolist()
        symbols = tuple(map(Span, utterance.symbols, edges[:-1], edges[1:]))
        words = tuple(Span(text, edges[start], edges[stop]) for text, start, stop in self._words(item, utterance))
        sentence = Sentence(item.text, item.spoken, 0, edges[-1], words, symbols)
        path = self.out / f"{utterance.identity}.TextGrid"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, to_textgrid([sentence], edges[-1], self.spec.sample_rate_hz))

    def _words(self, item: Item, utterance: Utterance) -> Iterator[tuple[str, int, int]]:
        """Each word, and where its symbols stand among all."""
        inner = utterance.symbols[1:-1] if utterance.symbols[0] == START and utterance.symbols[-1] == END else utterance.symbols
        shift = (len(utterance.symbols) - len(inner)) // 2
        spoken = normalize(item.spoken, self.about.language)
        for word in word_spans(spoken, inner, lambda word: max(0, len(spell(word, self.about)) - 2)):
            yield word.text, word.start + shift, word.stop + shift
