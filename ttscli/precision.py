"""In which precision networks are trained. The command line needs to know as soon as it starts, so that nothing else is here."""

from typing import Literal, TypeAlias

Precision: TypeAlias = Literal["32-true", "16-mixed", "bf16-mixed"]
"""In Lightning's words: the mixed ones keep weights, flows and losses in single precision."""
