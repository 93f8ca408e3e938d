"""What can go wrong for a user, in one line each, and the exit code that a script sees.

0 done · 1 internal fault · 2 usage · 3 input · 4 voice, model or plugin · 5 device · 6 output · 7 partial ·
129 hung up · 130 interrupted · 141 closed pipe · 143 terminated
"""

from typing import ClassVar


class TtsError(Exception):
    """A user's mistake or a broken surrounding: `what: why`, and what to do about it.

    Args:
        message: one line, "what: why", without a final full stop.
        hint: the next step for the user, or None where there is none.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(TtsError):
    """The command line asks for what no command knows, or contradicts itself."""

    exit_code = 2


class InputError(TtsError):
    """The text is missing, unreadable, not UTF-8, or has nothing in it that can be spoken."""

    exit_code = 3


class VoiceError(TtsError):
    """A voice, model or plugin is missing, damaged or does not fit another."""

    exit_code = 4


class DeviceError(TtsError):
    """A GPU or a sound device is not there."""

    exit_code = 5


class OutputError(TtsError):
    """The audio cannot be written."""

    exit_code = 6


class PartialError(TtsError):
    """Some items of a batch failed, or not all of a text could be spoken; all else is done."""

    exit_code = 7
