"""The `config` table of a part → the frozen dataclass of its plugin, checked key by key."""

import math
import reprlib
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from ttscli.errors import VoiceError

T = TypeVar("T")
_BRIEF = reprlib.Repr()
_BRIEF.maxlevel = 2


def read_config(cls: type[T], table: Mapping[str, object], where: str = "config", /, **known: object) -> T:
    """Build the dataclass `cls` from a TOML table; what is not in it keeps its default.

    Args:
        cls: a dataclass of ints, finite floats, bools, strings, Literals and tuples of numbers.
        table: keys and values as TOML has them: lists stand for tuples.
        where: what messages call the table.
        known: fields that the table may not set because something else decides them.

    Raises:
        VoiceError: a key is unknown, its value is of another type, or one is missing that has no default.
    """
    if not is_dataclass(cls):
        raise TypeError(f"{cls} is not a dataclass")
    names = {field.name for field in fields(cls)} - known.keys()
    if unknown := sorted(set(table) - names):
        raise VoiceError(f"{where}.{unknown[0]}: {cls.__name__} has no such key", f"its keys are: {', '.join(sorted(names))}")
    required = {field.name for field in fields(cls) if field.default is MISSING and field.default_factory is MISSING}
    if missing := sorted(required - table.keys() - known.keys()):
        raise VoiceError(f"{where}.{missing[0]}: it is missing, and {cls.__name__} cannot do without")
    hints = get_type_hints(cls)
    values = {name: _checked(f"{where}.{name}", hints[name], value) for name, value in table.items()}
    return cls(**values, **known)


def require_sizes(config: object, *names: str) -> None:
    """Refuse a size below 1, in fields that are ints or tuples of them; VoiceError names the first."""
    for name in names:
        value = getattr(config, name)
        if min(value if isinstance(value, tuple) else (value,), default=1) < 1:
            raise VoiceError(f"config.{name}: {value}: it must be at least 1")


def require_within(config: object, low: float, high: float, *names: str) -> None:
    """Refuse a number outside [low, high), and what is no number at all; VoiceError names the first."""
    for name in names:
        value = getattr(config, name)
        if not low <= value < high:
            raise VoiceError(f"config.{name}: {value}: it must be in [{low:g}, {high:g})")


def brief(value: object) -> str:
    """What a message says of a value from outside: its beginning, for a few lines of YAML may stand for millions of values."""
    return _BRIEF.repr(value)


def _checked(name: str, hint: Any, value: object) -> object:
    """`value` as `hint` wants it; VoiceError if it is something else."""
    origin = get_origin(hint)
    if origin is tuple and isinstance(value, list | tuple):
        item = get_args(hint)[0]
        return tuple(_checked(name, item, v) for v in value)
    if origin is not None and value in get_args(hint):
        return value
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    finite = not isinstance(value, float) or math.isfinite(value)
    if finite and isinstance(hint, type) and isinstance(value, hint) and (hint is bool or not isinstance(value, bool)):
        return value
    wanted = hint.__name__ if isinstance(hint, type) else hint
    raise VoiceError(f"{name}: {brief(value)} is not what is taken here ({wanted})")
