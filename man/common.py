"""The sections that stand in every page: exit codes, environment, files, and where to read on."""

from collections.abc import Iterable, Iterator

from man.troff import bold, escape, italic, paragraphs, section, tagged, verbatim
from ttscli import __version__
from ttscli.cli.faults import CLOSED_PIPE, HUNG_UP, INTERRUPTED, TERMINATED
from ttscli.errors import TtsError

_OTHER_CODES = {
    0: "Done.",
    1: "A fault of the program; please report it.",
    8: "Kept for the network, which this version never uses.",
    HUNG_UP: "The terminal was closed.",
    INTERRUPTED: "Interrupted.",
    CLOSED_PIPE: "The reader of a pipe went away.",
    TERMINATED: "Terminated.",
}
_ENVIRONMENT = {
    "TTSCLI_VOICES": "Folders that hold voices, separated as in PATH; searched before all others.",
    "TTSCLI_DEBUG": "When set, an error comes with its traceback.",
    "NO_COLOR, COLUMNS": "No colours, and the width of tables and of help.",
    "CUDA_VISIBLE_DEVICES, OMP_NUM_THREADS": "Which GPUs are seen, and how many threads the CPU uses.",
    "XDG_CONFIG_HOME, XDG_DATA_HOME": "Instead of ~/.config and ~/.local/share.",
}
FILES: dict[str, tuple[str, frozenset[str]]] = {
    "~/.local/share/ttscli/voices": (
        "Your own voices, a folder each. Other systems have other folders: tts voices path.",
        frozenset({"tts", "say", "batch", "voices", "models", "doctor", "export", "eval"}),
    ),
    "VOICE/voice.toml": (
        "Everything that is needed to speak with a voice.",
        frozenset({"tts", "say", "voices", "models", "export", "tts-plugins"}),
    ),
    "~/.config/ttscli/config.toml, .tts.toml": (
        "Preferences, your own and a project's: see tts-config(5).",
        frozenset({"tts", "say", "batch", "config"}),
    ),
    "~/.config/ttscli/lexicon.tsv, .tts.lexicon.tsv": (
        "How words are spoken: lines of a word, a tab, and phonemes or = and another spelling. The project's, in the current "
        "folder or above, goes before your own, and --lexicon before both.",
        frozenset({"tts", "say", "batch", "lexicon", "normalize", "g2p"}),
    ),
    "DIR/.ttscli-manifest.jsonl": (
        "What a batch has made, a JSON line each: with it the next run makes only what is new or changed.",
        frozenset({"batch"}),
    ),
    "RUN": ("The folder of a run: its recipe, checkpoints, log, sounds and pictures.", frozenset({"train", "export", "corpus"})),
}


def head(name: str, number: int, what: str) -> Iterator[str]:
    """The title and the NAME section; `what` is a sentence."""
    summary = what[:1].lower() + what[1:].rstrip(".")
    group = {1: "User Commands", 5: "File Formats", 7: "Miscellaneous"}[number]
    yield f'.TH {name.upper()} {number} "" "ttscli {__version__}" "{group}"'
    yield ".nh"  # a path or an option that is cut at the end of a line is none any more
    yield from section("NAME", [rf"{escape(name)} \- {escape(summary)}"])


def exit_status() -> Iterator[str]:
    """The contract of exit codes, as ttscli.errors has it."""
    faults = {fault.exit_code: (fault.__doc__ or "").splitlines()[0] for fault in TtsError.__subclasses__()}
    for code, meaning in sorted({**_OTHER_CODES, **faults}.items()):
        yield from tagged(bold(str(code)), meaning)


def environment(params: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The variables: those that stand for an option, given as (variable, option), and those that every command obeys."""
    for variable, option in params:
        yield from tagged(bold(variable), f"Instead of {option}, when that is not given.")
    for variable, text in _ENVIRONMENT.items():
        yield from tagged(bold(variable), text)


def files(page: str) -> Iterator[str]:
    """The files that the command of a page reads or writes."""
    for path, (text, pages) in FILES.items():
        if page in pages:
            yield from tagged(italic(path), text)


def examples(pairs: Iterable[tuple[str, str]], lines: Iterable[str] = ()) -> Iterator[str]:
    """Command lines: `lines` as the program's help gives them, then each of `pairs` below what it is for."""
    shown = list(lines)
    if shown:
        yield from verbatim(shown)
    for what, line in pairs:
        yield from (".PP", *paragraphs(what), ".PP", ".RS 4", *verbatim([line]), ".RE")


def see_also(pages: Iterable[tuple[str, int]]) -> Iterator[str]:
    """References to other pages."""
    listed = [f".BR {escape(name)} ({number})" for name, number in pages]
    yield from (*(f"{line}," for line in listed[:-1]), listed[-1])
