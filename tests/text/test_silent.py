"""What of a sentence may make no sound: layout is not looked at."""

import pytest

from ttscli.text.silent import suspects


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("A <b>bold</b> x.", ["<b>", "</b>"]),
        ("If a<b and c > d.", ["<", ">"]),
        ("It grew.[1] It has parks[2, 3] too[4][5].", ["[1]", "[2, 3]", "[4][5]"]),
        ("In sys.argv[1] and [2].", []),
        ("======", []),
        ("Lee <lee@x.org> came.", ["@"]),
        ("> It goes > on.", []),
        ("Да, ☂", ["Да", "☂"]),
    ],
)
def test_what_may_be_silent_is_found(written: str, found: list[str]) -> None:
    assert [stretch for _, stretch, _ in suspects(written)] == found
    assert all(written.startswith(stretch, place) for place, stretch, _ in suspects(written))
