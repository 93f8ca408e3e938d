"""Items in the order and the groups in which they are made."""

from pathlib import Path, PurePath

import pytest

from tests.conftest import FAKE_VOICES
from ttscli.batch.items import Entry, Item, Naming, by_manner, plan
from ttscli.batch.manner import Manner
from ttscli.batch.pool import balanced
from ttscli.contract import SpeechOptions
from ttscli.errors import VoiceError
from ttscli.text.frontend import Pauses
from ttscli.text.passages import Passage

FAKE = Manner(str(FAKE_VOICES / "fake"), None, None, "cpu", Pauses(), SpeechOptions(), 0.0)


def entry(text: str, **own: object) -> Entry:
    return Entry(f"x:{text}", (Passage(text),), text, "x", len(text), PurePath(), "{stem}-{index}", **own)  # type: ignore[arg-type]


def items(*entries: Entry) -> list[Item]:
    made, faults = plan(entries, Naming.chosen(Path("out"), None, None), FAKE)
    assert faults == []
    return made


def test_a_voice_is_loaded_once() -> None:
    other = str(FAKE_VOICES / ".." / "voices" / "fake")
    manners: list[dict[str, object]] = [{}, {"voice": other}, {"speed": 2.0}, {}, {"voice": other, "speed": 2.0}, {"speed": 2.0}]
    made = items(*(entry("a" * number, **own) for number, own in enumerate(manners, 1)))
    assert [item.number for item in by_manner(made)] == [0, 3, 2, 5, 1, 4]


@pytest.mark.parametrize("count", [1, 2, 5, 100])
def test_groups_hold_every_item_once_and_about_as_many_characters(count: int) -> None:
    made = items(*(entry("a" * (1 + number * 7 % 50), id=str(number), output=f"{number}") for number in range(60)))
    groups = balanced(made, count)
    assert sorted(item.number for group in groups for item in group) == list(range(60))
    sizes = [sum(item.n_characters for item in group) for group in groups]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] <= max(50, sum(sizes) / count)
    assert len(groups) <= 2 * count
    for group in groups:
        assert [item.number for item in group] == sorted(item.number for item in group)


def test_one_huge_item_is_a_group_and_comes_first() -> None:
    made = items(entry("a"), entry("b" * 1000), entry("cc"))
    assert [[item.number for item in group] for group in balanced(made, 4)] == [[1], [2], [0]]


def test_a_wrong_voice_is_whose_it_is() -> None:
    naming = Naming.chosen(Path("out"), None, None)
    made, faults = plan([entry("a"), entry("bb", voice="fakk")], naming, FAKE)
    assert ([item.number for item in made], len(faults)) == ([0], 1)
    assert str(faults[0]).startswith("x:bb: fakk: no voice has this name")
    with pytest.raises(VoiceError, match="fakk"):
        plan([entry("a")], naming, Manner("fakk", None, None, "cpu", Pauses(), SpeechOptions(), 0.0))
