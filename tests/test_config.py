import math
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from ttscli.config import read_config, require_sizes, require_within
from ttscli.errors import VoiceError


@dataclass(frozen=True)
class Sizes:
    width: int = 3
    slope: float = 0.5
    fast: bool = False
    mode: Literal["a", "b"] = "a"
    label: str = ""
    kernels: tuple[int, ...] = (1, 2)
    given: int = 0


@dataclass(frozen=True)
class Needy:
    width: int
    height: int
    depth: int = 3


def test_what_is_not_set_keeps_its_default() -> None:
    assert read_config(Sizes, {}) == Sizes()


def test_values_become_what_the_dataclass_says() -> None:
    table = {"width": 5, "slope": 2, "fast": True, "mode": "b", "label": "x", "kernels": [3, 4]}
    read = read_config(Sizes, table, given=7)
    assert read == Sizes(5, 2.0, True, "b", "x", (3, 4), 7)
    assert isinstance(read.slope, float)
    assert isinstance(read.kernels, tuple)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("width", 1.5),
        ("width", "3"),
        ("width", True),
        ("slope", True),
        ("slope", "1"),
        ("slope", math.nan),
        ("slope", -math.inf),
        ("fast", 1),
        ("mode", "c"),
        ("label", 3),
        ("kernels", 3),
        ("kernels", [1, "2"]),
        ("kernels", [1.5]),
    ],
)
def test_values_of_another_type_are_named(key: str, value: Any) -> None:
    with pytest.raises(VoiceError, match=rf"^config\.{key}: "):
        read_config(Sizes, {key: value})


def test_unknown_keys_are_named_with_the_known() -> None:
    with pytest.raises(VoiceError, match=r"^config\.widht: Sizes has no such key") as fault:
        read_config(Sizes, {"widht": 3})
    assert "width" in str(fault.value.hint)


def test_what_something_else_decides_cannot_be_set() -> None:
    with pytest.raises(VoiceError, match=r"^config\.given: "):
        read_config(Sizes, {"given": 1}, given=2)


def test_what_has_no_default_must_be_there() -> None:
    assert read_config(Needy, {"width": 1}, height=2) == Needy(1, 2)
    with pytest.raises(VoiceError, match=r"^config\.height: it is missing, and Needy cannot do without"):
        read_config(Needy, {"width": 1})


def test_a_value_is_told_in_a_few_words() -> None:
    """Eight lines of YAML make this one, whose text has nine figures."""
    nested: list[Any] = ["x"] * 9
    for _ in range(8):
        nested = [nested] * 9
    with pytest.raises(VoiceError, match=r"^config\.width: \[") as fault:
        read_config(Sizes, {"width": nested})
    assert len(str(fault.value)) < 1000


def test_only_dataclasses() -> None:
    with pytest.raises(TypeError, match="not a dataclass"):
        read_config(int, {})


def test_sizes_are_at_least_one() -> None:
    require_sizes(Sizes(), "width", "kernels")
    require_sizes(Sizes(kernels=()), "kernels")
    for config, message in ((Sizes(width=0), "config.width: 0: "), (Sizes(kernels=(1, 0)), r"config.kernels: \(1, 0\): ")):
        with pytest.raises(VoiceError, match=message):
            require_sizes(config, "width", "kernels")


def test_numbers_must_be_within() -> None:
    require_within(Sizes(slope=0.0), 0, 1, "slope", "given")
    for slope in (1.0, -0.1, math.nan, math.inf):
        with pytest.raises(VoiceError, match=r"^config\.slope: .*: it must be in \[0, 1\)"):
            require_within(Sizes(slope=slope), 0, 1, "given", "slope")
