"""What the program has to say beside its output: on standard error, a line each."""

import contextlib
import sys


def tell(message: str, hint: str | None = None) -> None:
    """Print one message of the program, and what to do; where nobody is there to be told, do nothing."""
    if sys.stderr is None:
        return
    lines = [f"tts: {one_line(message)}", *([f"hint: {one_line(hint)}"] if hint else [])]
    with contextlib.suppress(OSError):
        sys.stderr.write("".join(f"{line}\n" for line in lines))
        sys.stderr.flush()


def one_line(text: str) -> str:
    """Names out of files from outside may hold anything, also what a terminal obeys."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
