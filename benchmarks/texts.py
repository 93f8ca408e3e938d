"""Sentences to measure with: any number of them, all different, the same on every day."""

from pathlib import Path

SENTENCES = tuple(Path(__file__).with_name("sentences.txt").read_text(encoding="utf-8").splitlines())


def sentences(n: int) -> list[str]:
    """Return the lines of sentences.txt, then the same again, each with a number before it, so that no two are alike."""
    again = SENTENCES * (n // len(SENTENCES))
    numbered = [f"In chapter {number}, {text[0].lower()}{text[1:]}" for number, text in enumerate(again, 1)]
    return [*SENTENCES, *numbered][:n]
