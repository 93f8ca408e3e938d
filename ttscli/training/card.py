"""The model card of a voice: README.md with all that its runs remember. What only people know is left to be filled in."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ttscli.nn.weights import read_weights
from ttscli.training.checkpoints import LOG, losses_of
from ttscli.voice import Part, Voice

FILE_NAME = "README.md"
_PARTS_HEAD = ("| part | architecture | kind | size | parameters |", "| --- | --- | --- | --- | --- |")
_TRAINING_HEAD = (
    "| part | trainer, recipe | seed | steps | hours | held-out losses at the end |",
    "| --- | --- | --- | --- | --- | --- |",
)


@dataclass(frozen=True)
class Trained:
    """A part of the voice: its name, the folder of its run, and what the run says of itself."""

    name: str
    run: Path
    description: Mapping[str, Any]


def model_card(voice: Voice, parts: Sequence[Trained]) -> str:
    """Write the card of a voice that was made of `parts`."""
    files = {part.name: part for part in voice.parts}
    sections = [
        [f"# {voice.name}", "", voice.description or "(What does it sound like?)"],
        [f"Language {voice.language}; {voice.mel_spec.sample_rate_hz:,} Hz; licence of the weights: {voice.licence}."],
        [*_PARTS_HEAD, *(_part_row(part, files[part.name]) for part in parts)],
        ["## Data", "", *_data(parts)],
        ["## Training", "", *_TRAINING_HEAD, *map(_training_row, parts), "", *_machines(parts)],
        ["## Scores", "", f"Not measured yet: `tts eval {voice.name} --text sentences.txt -o scores`."],
        ["## Limits", "", "(What does it say wrongly, or not at all?)"],
    ]
    return "\n\n".join("\n".join(lines) for lines in sections) + "\n"


def _part_row(part: Trained, file: Part) -> str:
    assert file.weights is not None
    count = sum(tensor.numel() for tensor in read_weights(file.weights).values())
    kind = part.description["kind"].replace("_", "-")
    size = f"{file.weights.stat().st_size / 1e6:.1f} MB"
    return f"| `{part.name}` | {part.description['architecture']} | {kind} | {size} | {count / 1e6:.2f} million |"


def _data(parts: Sequence[Trained]) -> Iterator[str]:
    """A line for each corpus that a part was trained on."""
    corpora = {json.dumps(c, sort_keys=True): c for part in parts if (c := part.description.get("corpus"))}
    for corpus in corpora.values():
        origin = corpus["origin"] or "(whose voice is it? write `origin` into its corpus.toml)"
        licence = corpus["licence"] or "(write `licence` into its corpus.toml)"
        yield f"- {corpus['name']}: {corpus['utterances']:,} utterances, {corpus['hours']:.2f} h; {origin}; licence: {licence}"


def _training_row(part: Trained) -> str:
    said = part.description
    recipe = f"{said['trainer']}, `{Path(said.get('recipe_name') or '?').name}`"
    last = last_validation(part.run)
    losses = losses_of(last)
    hours = f"{last.get('seconds', 0) / 3600:.2f}"
    shown = ", ".join(f"{key} {value:.3g}" for key, value in losses.items())
    return f"| `{part.name}` | {recipe} | {said.get('seed', '?')} | {last.get('step', 0):,} | {hours} | {shown} |"


def _machines(parts: Sequence[Trained]) -> Iterator[str]:
    for part in parts:
        if machine := part.description.get("machine"):
            yield f"- `{part.name}`: on {machine}; by {part.description['program']}"


def last_validation(run: Path) -> dict[str, Any]:
    """The last row about held-out utterances in a run's log; empty if there is none."""
    last: dict[str, Any] = {}
    if (run / LOG).is_file():
        with open(run / LOG, encoding="utf-8") as lines:
            for line in lines:
                with suppress(ValueError):  # a full disk may have torn a line
                    row = json.loads(line)
                    last = row if row["kind"] == "validation" else last
    return last
