"""What the pages of docs/ state can be computed, and is computed here."""

import re

import pytest

from benchmarks.architectures import beginning, n_parameters, rows
from benchmarks.subjects import SUBJECTS, Subject
from tests.conftest import REPOSITORY

PUBLISHED = {
    ("talknet", "published"): 13_208_659,
    ("speedyspeech", "published"): 4_306_001,
    ("speedyspeech-teacher", "published"): 708_920,
    ("glow-tts", "published"): 28_623_889 - 12 * (192 + 4 * 384 + 3 * 384 + 192),  # lengths of weight norm
    ("waveglow", "published"): 87_731_816,
    ("clarinet", "published, teacher"): 4_798_148,
    ("clarinet", "published, student"): 5_237_772 + 2 * (3 * 32 + 1),  # the upsampler, which is the teacher's there
    ("melgan", "published"): 4_260_257,
}
"""What the authors' own programs count, weight norm taken away."""


def named(subject: Subject) -> str:
    return f"{subject.architecture.group}-{subject.architecture.name}-{subject.size}"


def test_the_table_counts_what_the_code_has() -> None:
    """If not: `python -m benchmarks.architectures NAME` measures anew."""
    assert [line.split(" | ")[:3] for line in rows()] == [
        beginning(subject).removesuffix(" |").split(" | ") for subject in SUBJECTS
    ]


@pytest.mark.parametrize("subject", SUBJECTS, ids=named)
def test_published_sizes_are_those_of_the_published_programs(subject: Subject) -> None:
    known = PUBLISHED.get((subject.architecture.name, subject.size))
    assert known is None or n_parameters(subject) == known


def test_every_published_size_is_in_the_table() -> None:
    assert {(subject.architecture.name, subject.size) for subject in SUBJECTS} >= PUBLISHED.keys()


def test_links_lead_somewhere() -> None:
    for page in (REPOSITORY / "docs").glob("*.md"):
        links = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
        assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []
