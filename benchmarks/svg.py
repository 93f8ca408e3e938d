"""The frame of every drawing here."""

from collections.abc import Sequence

COLOURS = ("#1f6feb", "#d29922", "#8b949e", "#3fb950")
"""Of what is compared, one after the other."""


def drawing(width: int, height: int, parts: Sequence[str]) -> str:
    """An SVG of these elements on white."""
    size = f'width="{width}" height="{height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="13">'
    return "\n".join([head, '<rect width="100%" height="100%" fill="white"/>', *parts, "</svg>"]) + "\n"
