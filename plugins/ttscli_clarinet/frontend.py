"""Mels as the published networks were trained on them.

A mel becomes a conditioner in [0, 1] over 20 dB a decade: 0 is the floor, 1 an amplitude of 10. On the published mels (power 2,
floor 1e-4, 125 to 7600 Hz) that is what the public program makes, (20 · log10(M) - 20 + 100) / 100.
"""

import math

from torch import Tensor

from ttscli.melspec import MelSpec

PUBLISHED_MEL = MelSpec(low_hz=125.0, high_hz=7600.0, floor=1e-4, power=2.0)
"""The mels of the public program."""

_LOUDEST = 10.0


def conditioner(mels: Tensor, floor: float) -> Tensor:
    """Log mels of any shape → the same in [0, 1]; `floor` is that of their MelSpec."""
    return ((mels - math.log(floor)) / math.log(_LOUDEST / floor)).clamp(0, 1)
