"""What stands between log mels and the published student and teacher: numbers of the program published with them.

Vainer and Dušek, "SpeedySpeech", 2020. Differs from it: nothing. A student trained here has the mean and deviation of each bin of
its own corpus instead (student.py).
"""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Scale:
    """The defaults are the published ones, from LJ Speech.

    Attributes:
        mean, deviation: of all values of all bands, for the student.
        low, high: what 0 and 1 stand for, for the teacher; `low` is also silence.
    """

    mean: float = -5.522
    deviation: float = 2.063
    low: float = -11.5129
    high: float = 2.0584

    def unit(self, log_mel: Tensor) -> Tensor:
        """Log mel → what the teacher hears and makes, in [0, 1]; any shape."""
        return ((log_mel - self.low) / (self.high - self.low)).clamp(0, 1)
