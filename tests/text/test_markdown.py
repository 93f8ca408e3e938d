import pytest

from ttscli.text.markdown import read_markdown
from ttscli.text.sentences import sentences

DOCUMENT = """---
title: Not spoken
---
# The *first* chapter[^1]

A [link](http://example.org/a) by [reference][r], a picture ![of a cat](cat.png), some `code`,
wrapped by hand. Line\\
broken; 2\\*3.

| Name | Age |
|------|-----|
| Ann  | 7   |

```python
print("never read")
```

    indented code

<!-- a comment
of two lines -->
<div class="x">In a box.</div>

- tea
- milk

> Quoted.

[r]: http://example.org/r

[^1]: A note.
"""


def prose_of(text: str) -> str:
    return "".join(piece.text for piece in read_markdown(text).pieces).strip()


def read(text: str) -> list[tuple[str, bool]]:
    return [(sentence.text, sentence.ends_paragraph) for sentence in sentences(prose_of(text))]


def test_what_is_read_of_a_document() -> None:
    assert read(DOCUMENT) == [
        ("The first chapter", True),
        ("A link by reference, a picture of a cat, some code, wrapped by hand.", False),
        ("Line broken; 2*3.", True),
        ("Name, Age.", True),
        ("Ann, 7.", True),
        ("In a box.", True),
        ("- tea", False),
        ("- milk", True),
        ("Quoted.", True),
        ("A note.", True),
    ]


def test_title_and_what_is_left_out() -> None:
    prose = read_markdown(DOCUMENT)
    assert (prose.title, len(prose.code)) == ("The first chapter", 2)
    assert read_markdown("Plain.").title == ""


@pytest.mark.parametrize("text", ["", "---\n", "---\nkey: value\n---\n", "```\nx\n```", "[r]: http://x"])
def test_nothing_to_read(text: str) -> None:
    assert prose_of(text) == ""


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("---\n\nHello rule.\n\n---\n\nAfter rule.", "Hello rule.\n\nAfter rule."),
        ("---\nHello there.\n\n---\nAfter.", "Hello there.\n\nAfter."),
        ("---\n# Heading\n\n---\nAfter.", "Heading\n\nAfter."),
        ("---\n---\nAfter.", "After."),
        ("---\ntitle: A: b\n# note\ntags:\n- one\n  - two\n\ndate: 2026-11-21\n---\nAfter.", "After."),
    ],
)
def test_a_rule_at_the_top_hides_nothing_but_front_matter(text: str, spoken: str) -> None:
    assert prose_of(text) == spoken


def test_plain_text_stays_as_it_is() -> None:
    assert prose_of("One.\n\nTwo\nlines; 3 < 4 & 5 * 6.") == "One.\n\nTwo lines; 3 < 4 & 5 * 6."


def test_numbers_of_lists_are_kept() -> None:
    assert read("3. Three.\n4. Four.\n") == [("3. Three.", False), ("4. Four.", True)]
