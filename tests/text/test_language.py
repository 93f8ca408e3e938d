import pytest

from ttscli.text.language import is_american, is_english


@pytest.mark.parametrize(
    ("tag", "english", "american"),
    [
        ("en", True, False),
        ("en-US", True, True),
        ("EN_us", True, True),
        ("en-GB", True, False),
        ("eno", False, False),
        ("de", False, False),
    ],
)
def test_tags(tag: str, english: bool, american: bool) -> None:
    assert (is_english(tag), is_american(tag)) == (english, american)
