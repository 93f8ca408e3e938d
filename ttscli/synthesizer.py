"""Text → a stream of AudioChunk. Owns no input and no output: files, pipes and loudspeakers are its consumers' business."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby, islice

import numpy as np

from ttscli import heap, library, registry
from ttscli.contract import (
    AcousticModel,
    AudioChunk,
    Control,
    Durations,
    Segment,
    Span,
    SpeechOptions,
    TextToWave,
    Vocoder,
    Wave,
    WordSpan,
)
from ttscli.device import resolve_device
from ttscli.errors import InputError, UsageError, VoiceError
from ttscli.pace import FASTEST, HIGHEST_SEMITONES, LOWEST_SEMITONES, SLOWEST
from ttscli.parts import choose_model, choose_vocoder
from ttscli.text.frontend import FrontEnd, Pauses
from ttscli.text.lexicon import Lexicon
from ttscli.text.passages import Delivery, Passage
from ttscli.voice import Voice

_REFUSED: tuple[Control, ...] = ("pace", "pitch_semitones", "pitch_range", "speaker", "denoise")
"""Where the model cannot do it: refused of a user, left out of what a document asks for."""
_CALLED: Mapping[Control, str] = {"pace": "speed", "pitch_semitones": "pitch"}
_QUIETEST_DB, _LOUDEST_DB = -120.0, 60.0
"""What a document asks for adds up without end: from silence to nothing but clipping."""
_BATCHES_AHEAD = 4
"""Among so many batches, sentences of alike length are looked for."""
_WINDOWS_PER_TIDYING = 20
"""Every time costs a twentieth of a sentence."""


def called(control: Control) -> str:
    """What a user calls it: the name of its option."""
    return _CALLED.get(control, control).replace("_", " ")


class MelPipeline:
    """An acoustic model and a vocoder that fit each other, seen as one text-to-wave model.

    Raises:
        VoiceError: their MelSpecs differ, naming the numbers.
    """

    def __init__(self, acoustic: AcousticModel, vocoder: Vocoder) -> None:
        if differences := acoustic.mel_spec.differences(vocoder.mel_spec):
            raise VoiceError(
                f"model and vocoder do not fit: {', '.join(differences)}", "tts models list names the parts of each voice"
            )
        self.acoustic = acoustic
        self.vocoder = vocoder
        self.controls = acoustic.controls | vocoder.controls
        self.sample_rate_hz = acoustic.mel_spec.sample_rate_hz

    def waves(self, batch: Sequence[np.ndarray], options: SpeechOptions) -> list[Wave]:
        """Speak each utterance of `batch`; as TextToWave.waves."""
        mels = self.acoustic.mels(batch, options)
        samples = self.vocoder.waves([mel.frames for mel in mels], options)
        hop = self.acoustic.mel_spec.hop_samples
        durations = (None if mel.durations is None else mel.durations * hop for mel in mels)
        return [Wave(*pair) for pair in zip(samples, durations, strict=True)]


@dataclass(frozen=True)
class _Line:
    """A segment and how it is spoken; `text` is the number of the text that it is of."""

    text: int
    segment: Segment
    delivery: Delivery


class Synthesizer:
    """One voice, ready to speak, and those that a document calls in.

    Attributes:
        disobeyed: what documents asked for that the models cannot do; they are spoken without it.
    """

    def __init__(
        self, front_end: FrontEnd, model: TextToWave | MelPipeline, call_in: Callable[[str], "Synthesizer"] | None = None
    ) -> None:
        """Take a front end and a model that fit, and a function that loads another voice by its name."""
        self.front_end = front_end
        self.model = model
        self.sample_rate_hz = model.sample_rate_hz
        self.disobeyed: set[Control] = set()
        self._call_in = call_in
        self._others: dict[str, Synthesizer] = {}

    @classmethod
    def for_voice(
        cls,
        voice: Voice,
        model: str | None = None,
        vocoder: str | None = None,
        device: str = "auto",
        pauses: Pauses | None = None,
        lexicon: Lexicon | None = None,
    ) -> "Synthesizer":
        """Load a voice.

        Args:
            voice: from ttscli.library.
            model: an acoustic or text-to-wave part of the voice, or VOICE:PART of another, which then also spells; None for the
                voice's first.
            vocoder: likewise; also the name of a vocoder plugin that needs no weights.
            device: "auto", "cpu", "cuda" or "cuda:N".
            pauses: silences between sentences and paragraphs; None for the usual ones.
            lexicon: how the user wants words to be spoken.

        Raises:
            UsageError: a text-to-wave model is given a vocoder.
            VoiceError: no part or plugin has that name, weights are damaged, or model and vocoder do not fit.
            DeviceError: the device is not there.
        """
        device = resolve_device(device)
        owner, part = choose_model(voice, model)
        front_end = FrontEnd(owner.spelling(), owner.language, pauses or Pauses(), lexicon)
        call_in = partial(cls._named, device=device, pauses=pauses, lexicon=lexicon)
        if part.kind == "text_to_wave":
            if vocoder is not None:
                raise UsageError(f"{part.name}: a text-to-wave model takes no vocoder", "leave --vocoder out")
            plugin = registry.text_to_wave(part.architecture)
            return cls(front_end, plugin.load(part.verified_weights(), part.config, owner.mel_spec, device), call_in)
        acoustic = registry.acoustic_model(part.architecture).load(part.verified_weights(), part.config, owner.mel_spec, device)
        giver, sounding = choose_vocoder(voice, vocoder)
        mel_spec = giver.mel_spec if giver else acoustic.mel_spec
        plugin_vocoder = registry.vocoder(sounding.architecture)
        loaded = plugin_vocoder.load(sounding.verified_weights(), sounding.config, mel_spec, device)
        return cls(front_end, MelPipeline(acoustic, loaded), call_in)

    @classmethod
    def _named(cls, name: str, device: str, pauses: Pauses | None, lexicon: Lexicon | None) -> "Synthesizer":
        return cls.for_voice(library.find(name), device=device, pauses=pauses, lexicon=lexicon)

    def speak(self, text: str | Iterable[str | Passage], options: SpeechOptions | None = None) -> Iterator[AudioChunk]:
        """Speak `text`, whole or in parts as they come, one chunk a sentence, synthesised when it is asked for.

        Raises:
            InputError: nothing in `text` can be spoken.
            UsageError: the options ask for what the model and the vocoder cannot do.
            VoiceError: a voice that the text calls in is not there, or has another sample rate.
        """
        spoken = False
        for _, chunk in self.speak_all([text], options):
            spoken = True
            yield chunk
        if not spoken:
            raise InputError("the text has nothing in it that can be spoken", "give it a word")

    def speak_all(
        self, texts: Iterable[str | Iterable[str | Passage]], options: SpeechOptions | None = None, batch_size: int = 1
    ) -> Iterator[tuple[int, AudioChunk]]:
        """Speak many texts, `batch_size` sentences at a time, in order.

        Sentences of about the same length are spoken together, so that little is padded; no more than a few batches are held.

        Yields:
            (index of the text, chunk). A text with nothing to speak yields nothing.

        Raises:
            UsageError, VoiceError: as in `speak`.
        """
        options = options or SpeechOptions()
        self.check(options)
        lines = (line for number, text in enumerate(texts) for line in self._lines(number, text))
        ahead = 1 if batch_size == 1 else batch_size * _BATCHES_AHEAD
        windows = iter(lambda: list(islice(lines, ahead)), [])
        for number, window in enumerate(windows, start=1):
            waves = self._waves(window, options, batch_size)
            if number % _WINDOWS_PER_TIDYING == 0:
                heap.give_back()
            for line, wave in zip(window, waves, strict=True):
                yield line.text, self._chunk(line, wave)

    def _lines(self, number: int, text: str | Iterable[str | Passage]) -> Iterator[_Line]:
        """Spell a text; what is silent at its beginning is kept back until something sounds."""
        waiting: list[_Line] = []
        sounds = False
        for part in [text] if isinstance(text, str) else text:
            passage = Passage(part) if isinstance(part, str) else part
            for segment in self._voice(passage.delivery).front_end.read(passage):
                waiting.append(_Line(number, segment, passage.delivery))
                sounds = sounds or bool(segment.symbols)
                if sounds:
                    yield from waiting
                    waiting.clear()

    def _voice(self, delivery: Delivery) -> "Synthesizer":
        name = delivery.voice
        if name is None or self._call_in is None:
            return self
        if name not in self._others:
            other = self._call_in(name)
            if other.sample_rate_hz != self.sample_rate_hz:
                rates = f"{other.sample_rate_hz} Hz, and not {self.sample_rate_hz} Hz like the voice before it"
                raise VoiceError(f"voice {name} speaks at {rates}", "voices of one text must have one rate")
            self._others[name] = other
        return self._others[name]

    def check(self, options: SpeechOptions) -> None:
        """Raise UsageError if the options ask for what the model and the vocoder cannot do.

        Nothing that is asked for is passed over in silence; temperature and seed ask for nothing.
        """
        usual = SpeechOptions()
        for name in _REFUSED:
            if getattr(options, name) != getattr(usual, name) and name not in self.model.controls:
                raise UsageError(
                    f"{called(name)}: neither the model nor the vocoder obeys it", "leave the option out, or choose another model"
                )

    def _waves(self, lines: Sequence[_Line], options: SpeechOptions, batch_size: int) -> list[Wave]:
        """Speak `lines` in batches that are delivered alike and of alike length; the waves come in the order of `lines`."""
        silence = Wave(np.empty(0, np.float32), None)
        waves = dict.fromkeys(range(len(lines)), silence)
        deliveries = list(dict.fromkeys(line.delivery for line in lines))

        def manner(place: int) -> int:
            return deliveries.index(lines[place].delivery)

        sounding = (place for place, line in enumerate(lines) if line.segment.symbols)
        ordered = sorted(sounding, key=lambda place: (manner(place), len(lines[place].segment.ids)))
        for number, alike in groupby(ordered, manner):
            voice, delivered = self._voice(deliveries[number]), self._delivered(deliveries[number], options)
            while batch := list(islice(alike, batch_size)):
                spoken = voice.model.waves([lines[place].segment.ids for place in batch], delivered)
                waves.update(zip(batch, spoken, strict=True))
        return list(waves.values())

    def _delivered(self, delivery: Delivery, options: SpeechOptions) -> SpeechOptions:
        """Return how a model is told to speak; what a document asks for and the model cannot do is left out and noted."""
        pace = min(max(options.pace * delivery.pace, SLOWEST), FASTEST)
        pitch = min(max(options.pitch_semitones + delivery.pitch_semitones, LOWEST_SEMITONES), HIGHEST_SEMITONES)
        wanted = replace(options, pace=pace, pitch_semitones=pitch)
        controls = self._voice(delivery).model.controls
        for name in _REFUSED:
            if getattr(wanted, name) != getattr(SpeechOptions(), name) and name not in controls:
                self.disobeyed.add(name)
                wanted = replace(wanted, **{name: getattr(SpeechOptions(), name)})
        return wanted

    def _chunk(self, line: _Line, wave: Wave) -> AudioChunk:
        segment, volume_db = line.segment, min(max(line.delivery.volume_db, _QUIETEST_DB), _LOUDEST_DB)
        silence = np.zeros(round(segment.pause_after_s * self.sample_rate_hz), np.float32)
        sound = np.clip(wave.samples * np.float32(10 ** (volume_db / 20)), -1, 1) if volume_db else wave.samples
        return AudioChunk(
            samples=np.concatenate([sound, silence]),
            sample_rate_hz=self.sample_rate_hz,
            segment=segment,
            words=_spans(segment.words, wave.durations),
            symbols=_symbol_spans(segment, wave.durations),
            marks=_spans(segment.marks, wave.durations) or tuple(Span(mark.text, 0, 0) for mark in segment.marks),
        )


def _spans(spans: Sequence[WordSpan], durations: Durations | None) -> tuple[Span, ...]:
    if durations is None:
        return ()
    edges = np.concatenate([[0], np.cumsum(durations)])
    return tuple(Span(span.text, int(edges[span.start]), int(edges[span.stop])) for span in spans)


def _symbol_spans(segment: Segment, durations: Durations | None) -> tuple[Span, ...]:
    if durations is None:
        return ()
    edges = np.concatenate([[0], np.cumsum(durations)])
    stretches = zip(segment.symbols, edges[:-1], edges[1:], strict=True)
    return tuple(Span(symbol, int(start), int(stop)) for symbol, start, stop in stretches)
