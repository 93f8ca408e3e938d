"""The options of every command that speaks, written once: voice, prosody, run."""

import functools
import inspect
import os
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_type_hints

import typer

from ttscli.cli import lexicons
from ttscli.cli.completion import complete_model, complete_vocoder, complete_voice
from ttscli.cli.preferences import preferred
from ttscli.pace import FASTEST, HIGHEST_SEMITONES, LOWEST_SEMITONES, SLOWEST

if TYPE_CHECKING:
    from ttscli.contract import SpeechOptions
    from ttscli.synthesizer import Synthesizer
    from ttscli.text.frontend import Pauses
    from ttscli.text.lexicon import Lexicon
    from ttscli.voice import Voice

InputFormat = Annotated[
    Literal["text", "markdown", "ssml", "phonemes"] | None,
    typer.Option(
        "--input-format",
        help="What the text is; without it, what its file's extension says, else plain text. "
        "Of Markdown, front matter is not read.",
    ),
]
Emoji = Annotated[
    Literal["drop", "name", "keep"], typer.Option("--emoji", help="Say nothing of emoji, their names, or what the alphabet says.")
]
LexiconFiles = Annotated[
    list[str] | None,
    typer.Option("--lexicon", metavar="PATH", help="Words and how to say them, besides `tts lexicon`; may be repeated."),
]


def within(low: float, high: float) -> Callable[[float | None], float | None]:
    """Return a check of an option's value; unlike Typer's own limits it also refuses what is no number."""

    def check(value: float | None) -> float | None:
        if value is not None and not low <= value <= high:
            raise typer.BadParameter(f"{value:.15g} is not from {low:.15g} to {high:.15g}")
        return value

    return check


def _limit_threads(value: int | None) -> int | None:
    """Set the limit while the command line is read: numpy and torch look at it once, when they are imported."""
    within(1, 1024)(value)
    if value is not None:
        for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
            os.environ[name] = str(value)
    # numpy's own threads only get in each other's way on matrices as small as ours; sentences run side by side instead.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    return value


@dataclass(frozen=True)
class Speech:
    """How to speak; each field is an option."""

    voice: Annotated[
        str | None,
        typer.Option(
            "--voice",
            "-v",
            envvar="TTSCLI_VOICE",
            metavar="NAME",
            help="A voice of `tts voices list`, or its folder.",
            autocompletion=complete_voice,
        ),
    ] = None
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            "-m",
            envvar="TTSCLI_MODEL",
            metavar="NAME",
            help="A model of the voice, or VOICE:MODEL of another.",
            autocompletion=complete_model,
        ),
    ] = None
    vocoder: Annotated[
        str | None,
        typer.Option(
            envvar="TTSCLI_VOCODER",
            metavar="NAME",
            help="A vocoder of the voice, VOICE:VOCODER, or griffin-lim.",
            autocompletion=complete_vocoder,
        ),
    ] = None
    speed: Annotated[
        float,
        typer.Option(
            "--speed",
            "-s",
            envvar="TTSCLI_SPEED",
            metavar="X",
            help="2 is twice as fast: 0.25 to 4.",
            callback=within(SLOWEST, FASTEST),
        ),
    ] = 1.0
    sentence_pause: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="Silence after a sentence.", callback=within(0, 60))
    ] = None
    paragraph_pause: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="Silence after a paragraph.", callback=within(0, 60))
    ] = None
    lexicon: LexiconFiles = None
    volume: Annotated[float, typer.Option(metavar="DB", help="Louder or quieter, in decibels.", callback=within(-60, 40))] = 0.0
    temperature: Annotated[
        float | None,
        typer.Option(metavar="X", help="Variety of models that sample, 0 to 2; others have none.", callback=within(0, 2)),
    ] = None
    pitch: Annotated[
        float,
        typer.Option(
            metavar="SEMITONES", help="Higher or lower: -24 to 24.", callback=within(LOWEST_SEMITONES, HIGHEST_SEMITONES)
        ),
    ] = 0.0
    pitch_range: Annotated[float, typer.Option(metavar="X", help="0 is monotonous, 2 lively: 0 to 4.", callback=within(0, 4))] = (
        1.0
    )
    speaker: Annotated[int, typer.Option(metavar="N", help="Of a model with many speakers.", callback=within(0, 2**31))] = 0
    denoise: Annotated[
        float | None, typer.Option(metavar="X", help="Strength of the vocoder's denoiser: 0 to 10.", callback=within(0, 10))
    ] = None
    seed: Annotated[
        int, typer.Option(metavar="N", help="Same seed, same audio.", callback=within(0, 2**32 - 1), show_default=True)
    ] = 0
    device: Annotated[
        str, typer.Option(envvar="TTSCLI_DEVICE", metavar="NAME", help="auto, cpu, cuda or cuda:N.", show_default=True)
    ] = "auto"
    threads: Annotated[
        int | None, typer.Option(metavar="N", help="Threads to compute with, at most.", callback=_limit_threads)
    ] = None

    def options(self) -> "SpeechOptions":
        """Return what models are told."""
        from ttscli.contract import SpeechOptions

        return SpeechOptions(self.speed, self.temperature, self.seed, self.pitch, self.pitch_range, self.speaker, self.denoise)

    def pauses(self) -> "Pauses":
        """Return the silences between sentences and paragraphs."""
        from ttscli.text.frontend import Pauses

        usual = Pauses()
        return Pauses(
            usual.sentence_s if self.sentence_pause is None else self.sentence_pause,
            usual.paragraph_s if self.paragraph_pause is None else self.paragraph_pause,
        )

    def words(self) -> "Lexicon":
        """Return how the user wants words to be spoken; InputError if a lexicon cannot be read."""
        return lexicons.together(self.lexicon or [])

    def chosen_voice(self) -> "Voice":
        """Return the voice without its networks; errors as library.find."""
        from ttscli import library

        return library.find(self.voice or library.DEFAULT_VOICE)

    def synthesizer(self) -> "Synthesizer":
        """Load the voice; errors as Synthesizer.for_voice."""
        from ttscli.device import resolve_device

        # What is quickly known to be wrong is said before numpy and torch are imported.
        voice = self.chosen_voice()
        device = resolve_device(self.device)
        from ttscli.synthesizer import Synthesizer

        return Synthesizer.for_voice(voice, self.model, self.vocoder, device, self.pauses(), self.words())


def speaking(command: Callable[..., None]) -> Callable[..., None]:
    """Give `command`, with parameters `context` and `speech: Speech`, the fields of Speech as options in place of the latter."""
    hints = get_type_hints(Speech, include_extras=True)
    keyword = inspect.Parameter.KEYWORD_ONLY
    own = [parameter for name, parameter in inspect.signature(command).parameters.items() if name != "speech"]
    shared = [
        inspect.Parameter(field.name, keyword, default=field.default, annotation=hints[field.name]) for field in fields(Speech)
    ]

    @functools.wraps(command)
    def wrapper(**values: Any) -> None:
        speech = Speech(**{parameter.name: values.pop(parameter.name) for parameter in shared})
        command(speech=_without_idle_vocoder(values["context"], speech), **values)

    parameters = [*(parameter.replace(kind=keyword) for parameter in own), *shared]
    wrapper.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    wrapper.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return wrapper


def _without_idle_vocoder(context: typer.Context, speech: Speech) -> Speech:
    """A preferred vocoder waits while the model is one that makes waves by itself."""
    if speech.vocoder is None or not preferred(context, "vocoder"):
        return speech
    from ttscli.parts import choose_model

    _, part = choose_model(speech.chosen_voice(), speech.model)
    return replace(speech, vocoder=None) if part.kind == "text_to_wave" else speech
