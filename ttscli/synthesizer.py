"""Text → a stream of AudioChunk. Owns no input and no output: files, pipes and loudspeakers are its consumers' business."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import numpy as np

from ttscli import registry
from ttscli.contract import AcousticModel, AudioChunk, Control, Durations, Segment, Span, SpeechOptions, TextToWave, Vocoder, Wave
from ttscli.device import resolve_device
from ttscli.errors import InputError, UsageError, VoiceError
from ttscli.parts import choose_model, choose_vocoder
from ttscli.text.frontend import FrontEnd, Pauses
from ttscli.voice import Voice

_REFUSED: tuple[Control, ...] = ("pace", "pitch_semitones", "pitch_range", "speaker", "denoise")
_BATCHES_AHEAD = 4
"""Among so many batches, sentences of alike length are looked for."""


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


class Synthesizer:
    """One voice, ready to speak."""

    def __init__(self, front_end: FrontEnd, model: TextToWave | MelPipeline) -> None:
        self.front_end = front_end
        self.model = model
        self.sample_rate_hz = model.sample_rate_hz

    @classmethod
    def for_voice(
        cls,
        voice: Voice,
        model: str | None = None,
        vocoder: str | None = None,
        device: str = "auto",
        pauses: Pauses | None = None,
    ) -> "Synthesizer":
        """Load a voice.

        Args:
            voice: from ttscli.library.
            model: an acoustic or text-to-wave part of the voice, or VOICE:PART of another, which then also spells; None for the
                voice's first.
            vocoder: likewise; also the name of a vocoder plugin that needs no weights.
            device: "auto", "cpu", "cuda" or "cuda:N".
            pauses: silences between sentences and paragraphs; None for the usual ones.

        Raises:
            UsageError: no part or plugin has that name.
            VoiceError: weights are damaged, or model and vocoder do not fit.
            DeviceError: the device is not there.
        """
        device = resolve_device(device)
        owner, kind, part = choose_model(voice, model)
        front_end = FrontEnd(owner.spelling(), owner.language, pauses or Pauses())
        if kind == "text_to_wave":
            if vocoder is not None:
                raise UsageError(f"{part.name}: a text-to-wave model takes no vocoder", "leave --vocoder out")
            plugin = registry.text_to_wave(part.architecture)
            return cls(front_end, plugin.load(part.verified_weights(), part.config, owner.mel_spec, device))
        acoustic = registry.acoustic_model(part.architecture).load(part.verified_weights(), part.config, owner.mel_spec, device)
        giver, sounding = choose_vocoder(voice, vocoder)
        mel_spec = giver.mel_spec if giver else acoustic.mel_spec
        plugin_vocoder = registry.vocoder(sounding.architecture)
        loaded = plugin_vocoder.load(sounding.verified_weights(), sounding.config, mel_spec, device)
        return cls(front_end, MelPipeline(acoustic, loaded))

    def speak(self, text: str | Iterable[str], options: SpeechOptions | None = None) -> Iterator[AudioChunk]:
        """Speak `text`, whole or in paragraphs as they come, one chunk a sentence, synthesised when it is asked for.

        Raises:
            InputError: nothing in `text` can be spoken.
            UsageError: the options ask for what the model and the vocoder cannot do.
        """
        spoken = False
        for _, chunk in self.speak_all([text] if isinstance(text, str) else text, options):
            spoken = True
            yield chunk
        if not spoken:
            raise InputError("the text has nothing in it that can be spoken", "give it a word")

    def speak_all(
        self, texts: Iterable[str], options: SpeechOptions | None = None, batch_size: int = 1
    ) -> Iterator[tuple[int, AudioChunk]]:
        """Speak many texts, `batch_size` sentences at a time, in order.

        Sentences of about the same length are spoken together, so that little is padded; no more than a few batches are held.

        Yields:
            (index of the text, chunk). A text with nothing to speak yields nothing.

        Raises:
            UsageError: the options ask for what the model and the vocoder cannot do.
        """
        options = options or SpeechOptions()
        self.check(options)
        segments = ((index, segment) for index, text in enumerate(texts) for segment in self.front_end.segments(text))
        ahead = 1 if batch_size == 1 else batch_size * _BATCHES_AHEAD
        while window := list(islice(segments, ahead)):
            waves = self._waves([segment for _, segment in window], options, batch_size)
            for (index, segment), wave in zip(window, waves, strict=True):
                yield index, self._chunk(segment, wave)

    def check(self, options: SpeechOptions) -> None:
        """Raise UsageError if the options ask for what the model and the vocoder cannot do.

        Nothing that is asked for is passed over in silence; temperature and seed ask for nothing.
        """
        usual = SpeechOptions()
        for name in _REFUSED:
            if getattr(options, name) != getattr(usual, name) and name not in self.model.controls:
                what = name.replace("_", " ")
                raise UsageError(
                    f"{what}: neither the model nor the vocoder obeys it", "leave the option out, or choose another model"
                )

    def _waves(self, segments: Sequence[Segment], options: SpeechOptions, batch_size: int) -> list[Wave]:
        """Speak `segments` in batches of alike length; the waves come in the order of `segments`."""
        by_length = sorted(range(len(segments)), key=lambda place: len(segments[place].ids))
        waves: dict[int, Wave] = {}
        for start in range(0, len(segments), batch_size):
            batch = by_length[start : start + batch_size]
            waves.update(zip(batch, self.model.waves([segments[place].ids for place in batch], options), strict=True))
        return [waves[place] for place in range(len(segments))]

    def _chunk(self, segment: Segment, wave: Wave) -> AudioChunk:
        silence = np.zeros(round(segment.pause_after_s * self.sample_rate_hz), np.float32)
        return AudioChunk(
            samples=np.concatenate([wave.samples, silence]),
            sample_rate_hz=self.sample_rate_hz,
            segment=segment,
            words=_word_spans(segment, wave.durations),
            symbols=_symbol_spans(segment, wave.durations),
        )


def _word_spans(segment: Segment, durations: Durations | None) -> tuple[Span, ...]:
    if durations is None:
        return ()
    edges = np.concatenate([[0], np.cumsum(durations)])
    return tuple(Span(word.text, int(edges[word.start]), int(edges[word.stop])) for word in segment.words)


def _symbol_spans(segment: Segment, durations: Durations | None) -> tuple[Span, ...]:
    if durations is None:
        return ()
    edges = np.concatenate([[0], np.cumsum(durations)])
    stretches = zip(segment.symbols, edges[:-1], edges[1:], strict=True)
    return tuple(Span(symbol, int(start), int(stop)) for symbol, start, stop in stretches)
