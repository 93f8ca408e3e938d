"""Writes voice.toml, which ttscli.voice reads."""

import json
import re
from collections.abc import Mapping, Sequence


def voice_toml(
    head: Mapping[str, object],
    mel: Mapping[str, object],
    text: Mapping[str, object] | None,
    parts: Sequence[tuple[str, Mapping[str, object]]],
) -> str:
    """Write the tables of a voice.

    Args:
        head: name, language, licence, description.
        mel: a MelSpec.
        text: TextSettings; None for a voice without a model.
        parts: (kind, table) of each part; `config` in a table becomes a table of its own, and may be nested.

    Returns:
        The text of the file.

    Raises:
        TypeError: a value is none that TOML knows.
    """
    lines = [*assignments(head), "", "[mel]", *assignments(mel)]
    if text is not None:
        lines += ["", "[text]", *assignments(text)]
    for kind, part in parts:
        config = part["config"]
        if not isinstance(config, Mapping):
            raise TypeError(f"a config is a table, not {config!r}")
        plain = {key: value for key, value in part.items() if key != "config"}
        lines += ["", f"[[{kind}]]", *assignments(plain), f"[{kind}.config]", *assignments(config)]
    return "\n".join(lines) + "\n"


def assignments(table: Mapping[str, object]) -> list[str]:
    """Write a table's lines. What is None is left out: TOML has no word for it, and a missing key means the same."""
    return [f"{_key(key)} = {_value(value)}" for key, value in table.items() if value is not None]


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _value(key)


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(assignments(value)) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool | int):
        return json.dumps(value)
    if isinstance(value, float):
        return repr(value)
    raise TypeError(f"{value!r} has no place in a TOML file")
